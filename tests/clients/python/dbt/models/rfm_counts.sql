{{ config(materialized='table') }}
select rfm_class::text as rfm_class, count(*) as users, sum(spent)::numeric(14,2) as spent, max(seen) as seen
from {{ ref('rfm_classes') }}
join {{ ref('rfm_scores') }} using (user_id)
left join (select id as user_id, seen from {{ source('raw', 'tags') }}) t using (user_id)
group by 1
