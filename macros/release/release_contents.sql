{# Query of one row: `contents_hash`, equal if the rows of features and of pairs are equal. #}
{% macro release_contents() -%}
    select sha2(array_join(array_sort(collect_list(row_hash)), ''), 256) as contents_hash
    from (
        select sha2(to_json(struct(final_features.*)), 256) as row_hash
        from {{ ref('final_features') }} as final_features
        union all
        select sha2(to_json(struct(final_interactions.*)), 256) as row_hash
        from {{ ref('final_interactions') }} as final_interactions
    )
{%- endmacro %}
