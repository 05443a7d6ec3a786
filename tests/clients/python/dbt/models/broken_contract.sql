select 'x'::text as city, 1 as other
