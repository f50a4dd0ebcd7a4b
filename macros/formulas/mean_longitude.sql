{#
    Mean of longitudes, -180 to 180. Places on both sides of the date line, where 180 meets -180, have
    theirs between them, not at the other end of the world: there degrees are counted from 0 to 360.

    {{ mean_longitude('longitude') }}
#}
{% macro mean_longitude(longitude) -%}
    {%- set eastward = 'if(' ~ longitude ~ ' < 0, ' ~ longitude ~ ' + 360, ' ~ longitude ~ ')' -%}
    case
        when max({{ longitude }}) - min({{ longitude }}) > 180
            then pmod({{ ratio(exact_sum(eastward), 'count(*)') }} + 180, 360) - 180
        else {{ ratio(exact_sum(longitude), 'count(*)') }}
    end
{%- endmacro %}
