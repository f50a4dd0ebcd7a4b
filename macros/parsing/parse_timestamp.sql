{#
    Converts a text to local time without zone (timestamp_ntz), with the first pattern that fits. NULL when
    none does.

    Times are in the data_timezone of the kind of files, or in the zone that the pattern reads from the
    text. They are converted to the local_timezone. Without zones they are local already. In the hour that
    daylight saving repeats, the earlier of the two instants is used.

    {{ parse_timestamp('datetime', kind) }}
#}
{% macro parse_timestamp(text, kind) -%}
    {%- set parsed = [] -%}
    {%- for pattern in timestamp_patterns(kind) -%}
        {%- set time = _parsed_time(text, pattern) -%}
        {%- set zone = 'UTC' if has_offset(pattern) else kind.data_timezone -%}
        {%- set local = kind.local_timezone -%}
        {%- if not zone or not local or zone == local -%}
            {%- do parsed.append('cast(' ~ time ~ ' as timestamp_ntz)') -%}
        {%- elif zone == 'UTC' -%}
            {#- Sessions have the time zone UTC. convert_timezone would look up both zones for every row. -#}
            {%- do parsed.append(
                'cast(from_utc_timestamp(' ~ time ~ ', ' ~ text_literal(local) ~ ') as timestamp_ntz)'
            ) -%}
        {%- else -%}
            {%- do parsed.append(
                'convert_timezone(' ~ text_literal(zone) ~ ', ' ~ text_literal(local) ~ ', cast(' ~ time
                ~ ' as timestamp_ntz))'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    coalesce({{ parsed | join(', ') }})
{%- endmacro %}


{#
    Converts a text to a timestamp, with or without zone, with one pattern. For the usual pattern a cast does
    the same in a third of the time, as long as the text has exactly the pattern's shape.
#}
{% macro _parsed_time(text, pattern) -%}
    {%- if pattern == 'yyyy-MM-dd HH:mm:ss' -%}
        case
            when length({{ text }}) = 19 and {{ text }} like '____-__-__ __:__:__'
                and right({{ text }}, 1) between '0' and '9'
                then try_cast({{ text }} as timestamp_ntz)
        end
    {%- elif pattern in ['epoch', 'epoch_ms'] -%}
        {#- more digits would not fit into a timestamp -#}
        case
            when {{ text }} rlike '^[0-9]{1,{{ 11 if pattern == 'epoch' else 14 }}}([.][0-9]*)?$'
                then timestamp_millis(
                    cast(cast({{ text }} as decimal(20, 3)){{ ' * 1000' if pattern == 'epoch' }} as bigint)
                )
        end
    {%- else -%}
        {#- Spark may fail the whole job at a year of more than four digits #}
        {%- set impossible_year = adapter.impossible_year(pattern) -%}
        case
            {%- if impossible_year %}
            when {{ text }} rlike {{ text_literal(impossible_year) }} then null
            {%- endif %}
            else try_to_timestamp({{ text }}, {{ text_literal(pattern) }})
        end
    {%- endif -%}
{%- endmacro %}
