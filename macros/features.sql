{#
    The features of an antenna, gnuper's in its order and then those beyond gnuper, each with the
    model that computes it and the parts of the data that it rests on. A feature is released only if
    every one of these parts has enough users behind it and none who dominates it; see
    `antenna_support` for the parts.
#}
{% macro features() -%}
    {%- set features = [] -%}

    {%- for kind in ['calls', 'sms', 'vol'] -%}
        {%- do features.append({'name': kind ~ '_ratio', 'model': 'alltime_features',
            'rests_on': ['alltime.og_' ~ kind, 'alltime.ic_' ~ kind]}) -%}
    {%- endfor -%}
    {%- do features.append({'name': 'sms2calls_ratio', 'model': 'alltime_features',
            'rests_on': ['alltime.sms', 'alltime.calls']}) -%}
    {%- for measure in measures() -%}
        {%- do features.append({'name': 'scaled_' ~ measure, 'model': 'alltime_features',
            'rests_on': ['alltime.' ~ measure]}) -%}
    {%- endfor -%}
    {%- do features.append({'name': 'active_users', 'model': 'active_users_features',
            'rests_on': ['residents']}) -%}
    {%- for name in ['dist_mean', 'isolation', 'entropy'] -%}
        {%- for kind in ['calls', 'sms'] -%}
            {%- do features.append({'name': kind ~ '_' ~ name, 'model': 'interaction_features',
            'rests_on': ['partners.' ~ kind]}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do features.append({'name': 'dist2c', 'model': 'interaction_features',
            'rests_on': []}) -%}
    {%- for kind in ['calls', 'sms', 'vol'] -%}
        {%- do features.append({'name': kind ~ '_ratio_var', 'model': 'variance_features',
            'rests_on': ['weeks.' ~ kind]}) -%}
    {%- endfor -%}
    {%- for measure in measures() -%}
        {%- do features.append({'name': measure ~ '_week_ratio', 'model': 'daily_features',
            'rests_on': ['nonworkday.' ~ measure, 'alltime.' ~ measure]}) -%}
    {%- endfor -%}
    {%- for measure in measures() -%}
        {%- do features.append({'name': measure ~ '_work_ratio', 'model': 'hourly_features',
            'rests_on': ['work.' ~ measure, 'alltime.' ~ measure]}) -%}
    {%- endfor -%}
    {%- for measure in measures() -%}
        {%- do features.append({'name': measure ~ '_peak_ratio', 'model': 'hourly_features',
            'rests_on': ['early_peak.' ~ measure, 'late_peak.' ~ measure]}) -%}
    {%- endfor -%}

    {#- beyond gnuper -#}
    {%- for kind in ['calls', 'sms'] -%}
        {%- do features.append({'name': kind ~ '_partner_entropy', 'model': 'interaction_features',
            'rests_on': ['partners.' ~ kind]}) -%}
    {%- endfor -%}
    {{ return(features) }}
{%- endmacro %}
