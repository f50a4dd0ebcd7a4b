{#
    Text that lists a row's withheld values: 'feature=rule' in the given order, separated by '; '. Empty
    when nothing was withheld. `entries` is an array of (feature, decision) structs. With the gate off
    every row says that it is not for release.
#}
{% macro withheld_text(entries) -%}
    {%- if var('privacy_k') == 0 -%}
        'PRIVACY GATE OFF, NOT FOR RELEASE'
    {%- else -%}
        array_join(
            transform(
                filter({{ entries }}, entry -> entry.decision like 'withheld%'),
                entry -> concat(
                    entry.feature, '=', substring(entry.decision, length('withheld_') + 1)
                )
            ),
            '; '
        )
    {%- endif -%}
{%- endmacro %}
