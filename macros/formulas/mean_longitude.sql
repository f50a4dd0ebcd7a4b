{#
    Mean of longitudes, -180 to 180. At the date line 180 meets -180, and a plain mean of places on both
    sides would be at the other end of the world. For such places degrees are counted from 0 to 360.

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
