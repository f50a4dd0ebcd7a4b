{#
    Post-hook of cell_sites: stops the run when no row of the locations file can be used, or when it does
    not have the antennas of var capital. Warns of rows that are left out.
#}
{% macro check_cell_sites(cell_sites) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set columns = raw_layout().locations.columns -%}
    {%- set cells = run_query(
        'select count(*), count_if(malformed_row is null), count_if('
        ~ 'try_cast(' ~ location_field('longitude') ~ ' as double) between -180 and 180 '
        ~ 'and try_cast(' ~ location_field('latitude') ~ ' as double) between -90 and 90 '
        ~ 'and ' ~ location_field('antenna_id') ~ ' is not null '
        ~ 'and ' ~ location_field('cell_id') ~ ' is not null) from ' ~ cell_sites
    ).rows[0] -%}
    {%- if cells[0] == 0 -%}{%- do no_cell_sites(locations_file()) -%}{%- endif -%}
    {%- if cells[1] == 0 or cells[2] == 0 -%}
        {{ exceptions.raise_compiler_error(
            "None of the " ~ cells[0] ~ " rows of the locations file '" ~ locations_file() ~ "' "
            ~ ('has exactly ' ~ {3: 'three', 4: 'four'}.get(columns | length, columns | length) ~ ' columns'
                if cells[1] == 0 else 'has ids and possible coordinates')
            ~ '. It must have ' ~ ('a' if raw_layout().locations.header else 'no') ~ ' header and the columns '
            ~ columns | join(', ') ~ ' (decimal degrees), by var layout.'
        ) }}
    {%- elif cells[2] < cells[0] -%}
        {%- do exceptions.warn(
            (cells[0] - cells[2]) ~ ' of the ' ~ cells[0] ~ " rows of the locations file '" ~ locations_file()
            ~ "' are left out: they do not have exactly the columns " ~ columns | join(', ')
            ~ ', or their coordinates are impossible (longitude -180 to 180, latitude -90 to 90).'
        ) -%}
    {%- endif -%}
    {%- if capital() and not var('zones') -%}
        {%- do _check_antennas_of_capital(cell_sites) -%}
    {%- endif -%}
{%- endmacro %}


{% macro _check_antennas_of_capital(cell_sites) -%}
    {%- set antennas = run_query(
        'select distinct ' ~ location_field('antenna_id') ~ ' from ' ~ cell_sites
        ~ ' where ' ~ location_field('antenna_id') ~ ' is not null'
    ).columns[0].values() -%}
    {%- set problem = adapter.capital_problem(
        capital(), antennas, "antennas of the locations file '" ~ locations_file() ~ "'"
    ) -%}
    {%- if problem -%}{{ exceptions.raise_compiler_error(problem) }}{%- endif -%}
{%- endmacro %}
