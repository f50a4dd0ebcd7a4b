{# on-run-end: releases the lock, so that the next run can start. #}
{% macro unlock_run() -%}
    {%- if execute -%}{%- do adapter.unlock_run(target.schema) -%}{%- endif -%}
{%- endmacro %}
