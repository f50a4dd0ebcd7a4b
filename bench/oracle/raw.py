"""Level 0: cells, antennas, and every raw row, accepted or rejected."""

from __future__ import annotations

import duckdb

from bench.oracle.definitions import OracleParams
from bench.oracle.sql import table, text


def create_cells_and_antennas(con: duckdb.DuckDBPyConnection, locations: str) -> None:
    """Where the cells and antennas are."""
    table(
        con,
        "cells",
        f"""
        with rounded as (
            select
                cell_id,
                antenna_id,
                round(try_cast(longitude as double), 6) as longitude,
                round(try_cast(latitude as double), 6) as latitude
            from read_csv(
                {text(locations)}, auto_detect = false, header = false,
                delim = ',', quote = '"', escape = '"', ignore_errors = true,
                columns = {{
                    antenna_id: 'varchar', cell_id: 'varchar',
                    longitude: 'varchar', latitude: 'varchar'
                }}
            )
        )
        select cell_id, antenna_id, avg(longitude) as longitude, avg(latitude) as latitude
        from rounded
        where
            cell_id <> ''
            and antenna_id <> ''
            and longitude between -180 and 180
            and latitude between -90 and 90
        group by cell_id, antenna_id
        """,
    )
    table(
        con,
        "antennas",
        """
        select antenna_id, avg(longitude) as longitude, avg(latitude) as latitude
        from oracle.cells
        group by antenna_id
        """,
    )


def read_events(con: duckdb.DuckDBPyConnection, raw_glob: str, params: OracleParams) -> None:
    """All raw rows: accepted, or rejected with a reason. tac_code is not read."""
    _read_fields(con, raw_glob)
    _judge_rows(con, params)
    con.execute("drop table oracle.raw_fields")
    _count_rows(con, raw_glob)


def _read_fields(con: duckdb.DuckDBPyConnection, raw_glob: str) -> None:
    """The fields of each line as text."""
    con.execute("drop table if exists raw_scans; drop table if exists raw_errors")
    # A line is one column: no text file contains this delimiter.
    table(
        con,
        "raw_fields",
        f"""
        with lines as (
            select
                parse_filename(filename) as file,
                case when suffix(line, chr(13)) then left(line, -1) else line end as line
            from read_csv(
                {text(raw_glob)}, auto_detect = false, header = false,
                delim = chr(1), quote = '', escape = '', columns = {{line: 'varchar'}},
                filename = true, store_rejects = true,
                rejects_scan = 'raw_scans', rejects_table = 'raw_errors'
            )
            where regexp_matches(line, '[^ \\t\\r]')
        ),

        fields as (
            select
                file,
                case
                    when contains(line, '"') then quoted_fields(line)
                    else string_split(line, ',')
                end as fields
            from lines
        )

        select
            file,
            coalesce(len(fields), 0) <> 9 as is_malformed,
            fields[1] as direction,
            fields[2] as caller_id,
            fields[3] as datetime,
            fields[4] as interaction,
            fields[5] as cell_id,
            fields[6] as national,
            fields[7] as correspondent_id,
            fields[9] as duration
        from fields
        """,
    )


def _judge_rows(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Give the fields their types, and each row the reason why it is rejected, if any."""
    event_time = ", ".join(map(_event_time, params.timestamp_formats))
    table(
        con,
        "raw_rows",
        f"""
        with typed as (
            select
                *,
                coalesce({event_time}) as event_time,
                case
                    when interaction = '1' and regexp_full_match(
                        duration, '\\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\\s*'
                    ) then try_cast(duration as double) * {params.seconds_per_unit}
                end as seconds
            from oracle.raw_fields
        ),

        -- a cell belongs to one antenna; where the file says two, to the smallest
        antenna_of_cell as (
            select cell_id, min(antenna_id) as antenna_id from oracle.cells group by cell_id
        )

        select
            file,
            caller_id,
            correspondent_id,
            case direction when '1' then 'in' when '2' then 'out' end as direction,
            case interaction when '1' then 'call' when '2' then 'text' end as interaction,
            case national when '1' then 1 when '2' then 2 end as national,
            event_time,
            case when seconds between 0 and 86400 then round(seconds)::int end as call_duration,
            antenna_id,
            case
                when is_malformed then 'malformed_row'
                when caller_id = '' or correspondent_id = '' then 'missing_id'
                when event_time is null then 'bad_timestamp'
                when direction not in ('1', '2') then 'unknown_direction'
                when interaction not in ('1', '2') then 'unknown_interaction'
                when national not in ('1', '2') then 'unknown_national'
                when interaction = '1' and not regexp_full_match(duration, '\\s*')
                    and coalesce(seconds not between 0 and 86400, true)
                    then 'bad_duration'
                when antenna_id is null then 'unknown_cell'
            end as reason
        from typed
        left join antenna_of_cell using (cell_id)
        """,
    )
    table(
        con,
        "events",
        "select * exclude (reason) from oracle.raw_rows where reason is null",
        "view",
    )


def _event_time(spark_pattern: str) -> str:
    """SQL that reads `datetime` by one pattern.

    A time is good when it reads back as the text it was parsed from. strptime alone also takes
    "2018-1-5 3:00:00". Names of months and AM/PM may be in any case.
    """
    pattern = strptime_pattern(spark_pattern)
    parsed = f"try_strptime(datetime, {text(pattern)})"
    again, given = f"strftime({parsed}, {text(pattern)})", "datetime"
    if "%b" in pattern or "%p" in pattern:
        again, given = f"lower({again})", f"lower({given})"
    return f"case when {again} = {given} then {parsed} end"


def _count_rows(con: duckdb.DuckDBPyConnection, raw_glob: str) -> None:
    """Rejected rows by file and reason, and the rows of each file."""
    table(
        con,
        "rejects",
        """
        with rejected as (
            select file, reason from oracle.raw_rows where reason is not null
            union all
            -- lines that could not even be read as text
            select parse_filename(file_path), 'malformed_row'
            from (select distinct scan_id, file_id, line from raw_errors)
            inner join raw_scans using (scan_id, file_id)
        )
        select file, reason, count(*) as rows
        from rejected
        group by file, reason
        """,
    )
    table(
        con,
        "file_counts",
        f"""
        with files as (
            select parse_filename(file) as file from glob({text(raw_glob)})
        ),
        accepted as (
            select file, count(*) as rows from oracle.events group by file
        ),
        rejected as (
            select file, sum(rows)::bigint as rows from oracle.rejects group by file
        )
        select
            file,
            coalesce(accepted.rows, 0) + coalesce(rejected.rows, 0) as raw_rows,
            coalesce(accepted.rows, 0) as accepted_rows,
            coalesce(rejected.rows, 0) as rejected_rows
        from files
        left join accepted using (file)
        left join rejected using (file)
        """,
    )


def strptime_pattern(spark_pattern: str) -> str:
    """Translate a Spark timestamp pattern: yyyy-MM-dd HH:mm:ss -> %Y-%m-%d %H:%M:%S."""
    codes = {
        "yyyy": "%Y",
        "yy": "%y",
        "MMM": "%b",
        "MM": "%m",
        "dd": "%d",
        "HH": "%H",
        "hh": "%I",
        "mm": "%M",
        "ss": "%S",
        "SSS": "%g",
        "a": "%p",
    }
    result, rest = "", spark_pattern
    while rest:
        if rest[0] == "'":  # text between quotes stands for itself
            literal, _, rest = rest[1:].partition("'")
            result += (literal or "'").replace("%", "%%")
            continue
        run = rest[: len(rest) - len(rest.lstrip(rest[0]))]
        if run[0].isalpha() and run not in codes:
            raise ValueError(f"timestamp pattern {spark_pattern!r}: {run!r} is not supported")
        result += codes.get(run, run.replace("%", "%%"))
        rest = rest[len(run) :]
    return result
