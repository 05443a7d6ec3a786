{{ config(materialized='incremental', incremental_strategy='append') }}
select day, count(*) as orders, sum(amount) as amount from {{ ref('recent_orders') }}
where day < (select today from dbt.clock)
{% if is_incremental() %} and day > (select coalesce(max(day), '1900-01-01') from {{ this }}) {% endif %}
group by day
