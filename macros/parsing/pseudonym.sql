{#
    A person's id as a keyed pseudonym: SHA-256 over the secret key followed by the id, folded to
    64 bits. NULL for an id that is NULL, empty or blank. Spark itself reads the key from its file, in a
    scalar subquery. So the key appears in no SQL text, plan or log.

    {{ pseudonym('caller_id') }}
#}
{% macro pseudonym(id) -%}
    {# the condition is also needed because xxhash64 of NULL is a number #}
    case
        when trim({{ id }}) != '' then xxhash64(sha2(concat(
            (select pseudonym_key.value from {{ ref('pseudonym_key') }} as pseudonym_key), {{ id }}
        ), 256))
    end
{%- endmacro %}
