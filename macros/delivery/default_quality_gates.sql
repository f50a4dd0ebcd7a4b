{#
    The quality gates. Each has the default limit and the default severity: warn, stop or off. A row of
    delivery_quality breaks a gate if the column of its name is above the limit, or under the condition
    `broken` (LIMIT stands for the limit). Gates of the whole delivery look at delivery_totals and have a
    meaning (`meaning`) and a remedy. A gate that is not off stops the run above its stop_limit.
#}
{% macro default_quality_gates() -%}
    {%- set lost = 'See reasons and shapes in rejected_rows. Correct the layout, or list in leave_out what is no call and no text.' -%}
    {{ return({
        'rejected_share': {'limit': 0.5, 'severity': 'warn'},
        'unknown_cell_share': {'limit': 0.2, 'severity': 'warn'},
        'hours_without_events': {
            'broken': '(accepted > 0 or source_file is null) and hours_without_events > LIMIT', 'limit': 6, 'severity': 'off'},
        'change': {'broken': 'abs(change) > LIMIT', 'limit': 0.5, 'severity': 'off'},
        'lost_calls': {'meaning': 'this share of all calls are rejected, if all rejected rows of an unknown kind are calls', 'remedy': lost,
            'limit': 0.02, 'severity': 'warn', 'stop_limit': 0.3},
        'lost_texts': {'meaning': 'this share of all texts are rejected, if all rejected rows of an unknown kind are texts', 'remedy': lost,
            'limit': 0.02, 'severity': 'warn', 'stop_limit': 0.3},
        'lost_seconds': {'meaning': 'this share of the seconds of all calls are rejected', 'remedy': lost,
            'limit': 0.02, 'severity': 'warn', 'stop_limit': 0.3},
        'shared_cells': {'meaning': 'this share of the events are of cells that belong to several antennas on the same day',
            'remedy': 'If a cell is two columns, join them (cell_id: [lac, ci]); if cells move, set valid_from and valid_to.',
            'limit': 0, 'severity': 'warn', 'stop_limit': 0.02},
        'unknown_correspondents': {'meaning': 'this share of the correspondents have no record of their own',
            'remedy': 'Are ids spelled in two ways? Set phone_numbers or trim_ids, or caller_id by direction.',
            'limit': 0.99, 'severity': 'warn'},
        'mirrored_events': {'meaning': 'this share of the incoming events is an outgoing event of the same person too',
            'remedy': 'Does the direction decide whose record it is? Set caller_id and correspondent_id by direction.',
            'limit': 0.02, 'severity': 'warn'},
        'spoilt_ids': {'meaning': 'this share of the records have an id in scientific notation or with decimals',
            'remedy': 'A spreadsheet or a data frame wrote them as numbers, and several people may have one id. Export them as text.',
            'limit': 0, 'severity': 'warn'},
        'strange_antennas': {'meaning': 'antennas are at 0,0, or more than 2000 km from the middle of all, or have a cell more than 10 km from the mean place of their cells',
            'remedy': 'Are longitude and latitude in the right columns? Look at the tables antennas and cells.',
            'limit': 0, 'severity': 'warn'},
        'cells_with_gaps': {'meaning': 'cells have days without an antenna between valid_to and the next valid_from',
            'remedy': 'Events on these days have an unknown cell. Both days belong to a span.',
            'limit': 0, 'severity': 'warn'},
        'stray_days': {'meaning': 'this share of the events is left out, because their days are far from all others or from the date in the name of their file',
            'remedy': 'The days are in the table distant_days.',
            'limit': 0, 'severity': 'warn'},
        'distant_days': {'meaning': 'this share of the events is on days that a year without an event separates from most others',
            'remedy': 'If they are mistakes, set period_begin and period_end; if they are not, set this gate to off.',
            'limit': 0, 'severity': 'stop'},
        'distant_names': {'meaning': 'this share of the events is on days more than two months from the date in the name of their file',
            'remedy': 'Does timestamp_format read day and month in the right order? Set period_begin and period_end, or, if the days are right, this gate to off.',
            'limit': 0, 'severity': 'stop'},
        'repeated_files': {'broken': 'repeated_share > LIMIT', 'limit': 0.5, 'severity': 'warn'},
        'one_time_of_day': {'meaning': 'this share of the events are on days with all events in one hour',
            'remedy': 'Does the layout read the time? Join its column (datetime: [date, time]). Features of hours mean nothing without it.',
            'limit': 0.5, 'severity': 'warn'},
    }) }}
{%- endmacro %}
