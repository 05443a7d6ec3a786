{{ config(materialized='incremental', incremental_strategy='microbatch', unique_key=['day', 'channel'], event_time='day', batch_size='day', begin='2024-03-01', lookback=1) }}
select date_trunc('day', at at time zone 'UTC') as day, channel, count(*) as orders, avg(amount) as average
from {{ source('crm', 'orders') }} group by 1, 2
