{{ config(materialized='materialized_view', indexes=[{'columns': ['id'], 'unique': true}], on_configuration_change='apply') }}
select id, case when age < 25 then '导入期' when vip then '成熟期' when level >= 6 then '成长期' when level <= 1 then '流失期' else '休眠期' end as stage,
  coalesce(city, '未知') as city
from {{ source('raw', 'tags') }}
