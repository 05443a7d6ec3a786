{{ config(materialized='table', unlogged=true) }}
select id, grade::text as grade, city, timestamp '2024-01-01' as changed
from {{ source('raw', 'tags') }} where id <= 12
