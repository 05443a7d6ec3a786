{{ config(materialized='table', indexes=[{'columns': ['user_id'], 'unique': true}, {'columns': ['r', 'f', 'm'], 'type': 'btree'}],
   pre_hook="select 1", post_hook="analyze {{ this }}") }}
with o as (
  select user_id, max(day) as last_day, count(*) as orders, sum(amount) as spent
  from {{ ref('recent_orders') }} group by user_id
)
select user_id,
  ntile(5) over (order by last_day, user_id) as r,
  ntile(5) over (order by orders, user_id) as f,
  ntile(5) over (order by spent, user_id) as m,
  last_day, orders, spent
from o
