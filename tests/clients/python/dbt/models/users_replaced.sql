{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id', 'channel'], on_schema_change='sync_all_columns') }}
select user_id, channel, count(*) as orders, sum(amount) as amount, min(day) as first_day
from {{ ref('recent_orders') }} where user_id <= 40 and day < (select today from dbt.clock) group by 1, 2
