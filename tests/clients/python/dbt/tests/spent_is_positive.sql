{{ config(severity='warn', store_failures=true, limit=10) }}
select user_id, spent from {{ ref('rfm_scores') }} where spent < 1
