{{ config(materialized='ephemeral') }}
select order_id, user_id, amount, at, channel, date_trunc('day', at at time zone 'Asia/Shanghai')::date as day
from {{ source('crm', 'orders') }}
where amount is not null
