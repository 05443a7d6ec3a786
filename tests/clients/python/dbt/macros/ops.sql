{% macro audience(city) %}
  {% set found = run_query("select count(*) as n, min(name) as first from public.tags where city = '" ~ city ~ "'") %}
  {{ log(city ~ ': ' ~ found.rows[0][0] ~ ' ' ~ found.columns['first'].values()[0], info=true) }}
  {% for c in adapter.get_columns_in_relation(api.Relation.create(schema='public', identifier='tags')) %}
    {{ log(c.name ~ ' ' ~ c.data_type ~ ' ' ~ c.is_string() ~ ' ' ~ c.is_number(), info=true) }}
  {% endfor %}
{% endmacro %}

{% macro drop_target(name) %}
  {% do adapter.drop_relation(load_relation(ref(name))) %}
  {{ log('dropped ' ~ name, info=true) }}
{% endmacro %}
