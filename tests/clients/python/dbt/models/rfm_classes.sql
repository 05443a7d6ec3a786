{{ config(materialized='view') }}
select user_id,
  case
    when r >= 4 and f >= 4 and m >= 4 then '重要价值客户'
    when r >= 4 and f < 4 and m >= 4 then '重要发展客户'
    when r < 4 and f >= 4 and m >= 4 then '重要保持客户'
    when r < 4 and f < 4 and m >= 4 then '重要挽留客户'
    when r >= 4 and f >= 4 then '一般价值客户'
    when r >= 4 then '一般发展客户'
    when f >= 4 then '一般保持客户'
    else '一般挽留客户'
  end as rfm_class
from {{ ref('rfm_scores') }}
