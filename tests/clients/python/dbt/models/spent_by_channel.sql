{{ config(materialized='incremental', incremental_strategy='merge', unique_key='channel', merge_exclude_columns=['first_run']) }}
select channel, sum(amount) as amount, count(distinct user_id) as users, (select today from dbt.clock) as first_run, (select today from dbt.clock) as last_run
from {{ ref('recent_orders') }} where day < (select today from dbt.clock)
{% if not is_incremental() %} and channel <> 'web' {% endif %}
group by 1
