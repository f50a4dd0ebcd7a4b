"""The whole pipeline a second time, in plain DuckDB, as an oracle for the tests.

Raw call detail records go in, the features per antenna come out, by the same definitions as the
dbt models but without sharing a line with them. Every step is one table of an in-memory database,
so a test can compare any level, not only the last one:

    oracle = compute("data/20*.csv*", "data/MS_LOCATION.csv", OracleParams(week_starts_on=7))
    oracle.final_features          # a pandas DataFrame, ordered by its key
    oracle.con.sql("select * from oracle.user_metrics")   # or ask the database itself

How the raw text is understood:

* A line is a row; blank lines are none. A field may stand in double quotes; a quote that does not
  end on its line makes the row malformed, as does text that is not UTF-8.
* Everything is read as text. Ids are never trimmed, padded or turned into numbers.
* A line of the locations file counts when it has both ids and a place on Earth.
* A duration is a number when it is written with digits, a point and an exponent ("12", ".5",
  "1e3", blanks around it allowed); "NaN", "Infinity", "12d" or "1_000" are not numbers. Nothing, or
  nothing but blanks, is no fault: the call counts, and its length is NULL.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pandas as pd

MEASURES = ("og_sms", "ic_sms", "og_calls", "ic_calls", "og_vol", "ic_vol")
KINDS = ("calls", "sms", "vol")
DIRECTIONS = ("og", "ic")

#: Why a row can be rejected, in the order in which the reasons are tried.
REJECT_REASONS = (
    "malformed_row",
    "missing_id",
    "bad_timestamp",
    "unknown_direction",
    "unknown_interaction",
    "unknown_national",
    "bad_duration",
    "unknown_cell",
)

ALLTIME = ("calls_ratio", "sms_ratio", "vol_ratio", "sms2calls_ratio") + tuple(
    f"scaled_{d}_{x}" for d in DIRECTIONS for x in KINDS
)
INTERACTIONS = tuple(
    f"{x}_{name}" for name in ("dist_mean", "isolation", "entropy") for x in ("calls", "sms")
)
VARIANCE = tuple(f"{x}_ratio_var" for x in KINDS)
DAILY = tuple(f"{d}_{x}_week_ratio" for d in DIRECTIONS for x in KINDS)
HOURLY = tuple(f"{d}_{x}_{w}_ratio" for w in ("work", "peak") for d in DIRECTIONS for x in KINDS)
FEATURES = (*ALLTIME, "active_users", *INTERACTIONS, "dist2c", *VARIANCE, *DAILY, *HOURLY)
FINAL_COLUMNS = ("antenna_id", "longitude", "latitude", *FEATURES)

#: Each table's key: what one row is, and the order in which a DataFrame comes.
TABLES = {
    "cells": ("cell_id", "antenna_id"),
    "antennas": ("antenna_id",),
    "events": (
        "caller_id",
        "event_time",
        "direction",
        "interaction",
        "correspondent_id",
        "antenna_id",
        "call_duration",
        "national",
    ),
    "file_counts": ("file",),
    "rejects": ("file", "reason"),
    "machines": ("user_id",),
    "user_home_antenna": ("user_id",),
    "user_metrics": ("user_id", "day", "hour"),
    "antenna_metrics_week": ("antenna_id", "week_part", "week"),
    "antenna_metrics_hourly": ("antenna_id", "hour"),
    "antenna_interactions": ("antenna_id1", "antenna_id2"),
    "alltime_features": ("antenna_id",),
    "variance_features": ("antenna_id",),
    "daily_features": ("antenna_id",),
    "hourly_features": ("antenna_id",),
    "interaction_features": ("antenna_id",),
    "active_users_features": ("antenna_id",),
    "final_features": ("antenna_id",),
}


@dataclass(frozen=True)
class OracleParams:
    """The pipeline's parameters, with its defaults."""

    cap_coords: Sequence[float] = (52.52437, 13.41053)  # latitude, longitude
    noct_begin: int = 19
    noct_end: int = 7
    work_begin: int = 9
    work_end: int = 17
    ep_begin: int = 3
    ep_end: int = 5
    lp_begin: int = 10
    lp_end: int = 12
    weekend_days: Sequence[int] = (6, 7)
    holidays: Sequence[str | date] = ()
    week_starts_on: int = 1
    call_unit: str = "s"
    max_weekly_interactions: float = 1000
    timestamp_format: str | Sequence[str] = "yyyy-MM-dd HH:mm:ss"

    @property
    def timestamp_formats(self) -> tuple[str, ...]:
        """The timestamp patterns as a tuple, also where only one was given."""
        one = isinstance(self.timestamp_format, str)
        return (self.timestamp_format,) if one else tuple(self.timestamp_format)

    @property
    def seconds_per_unit(self) -> int:
        """How many seconds one unit of call_duration is."""
        return {"s": 1, "m": 60}[self.call_unit]


@dataclass
class Oracle:
    """The computed tables. Each name in TABLES is an attribute that gives a DataFrame."""

    con: duckdb.DuckDBPyConnection
    params: OracleParams
    _fetched: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """One table, ordered by its key. NULL is None in text columns and NaN in numbers."""
        if name not in self._fetched:
            order = ", ".join(TABLES[name])
            self._fetched[name] = self.con.sql(f"select * from oracle.{name} order by {order}").df()
        return self._fetched[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise AttributeError(name)
        return self.table(name)

    @property
    def reject_counts(self) -> dict[str, int]:
        """Rejected rows per reason over all files; every reason is there, 0 where none."""
        counts = self.rejects.groupby("reason")["rows"].sum()
        return {reason: int(counts.get(reason, 0)) for reason in REJECT_REASONS}


def compute(
    raw_glob: str,
    locations: str,
    params: OracleParams | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Oracle:
    """Compute every level from the CDR files that match raw_glob and the locations file.

    The tables are written into the schema "oracle" of the connection, replacing earlier ones;
    without a connection a new in-memory database is used.
    """
    params = params or OracleParams()
    if con is None:
        con = duckdb.connect()
        con.execute("set preserve_insertion_order = false")
    begin(con, locations, params)
    _events(con, raw_glob, params)
    features_of_events(con, params)
    return Oracle(con, params)


def begin(con: duckdb.DuckDBPyConnection, locations: str, params: OracleParams) -> None:
    """Everything that does not depend on the events."""
    con.execute("create schema if not exists oracle")
    _macros(con, params)
    _cells_and_antennas(con, locations)


def features_of_events(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Levels 1 to 4, from the table "events"; the benchmark fills it in another way."""
    _users(con, params)
    _antennas_over_time(con, params)
    _antenna_interactions(con)
    _ratio_features(con, params)
    _interaction_features(con, params)
    _final_features(con)


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


def _text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def _each(template: str, names: Sequence[str] = MEASURES) -> str:
    """The template once per name, as a select list."""
    return ",\n            ".join(template.format(m=name) for name in names)


def _table(con: duckdb.DuckDBPyConnection, name: str, query: str, kind: str = "table") -> None:
    con.execute(f"create or replace {kind} oracle.{name} as {query}")


def _macros(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """The formulas that several tables share."""
    holidays = ", ".join(f"date {_text(day)}" for day in params.holidays)
    weekend = ", ".join(str(int(day)) for day in params.weekend_days)
    macros = {
        "ratio(a, b)": "a / nullif(b, 0)",
        "week_start(day)": f"day - ((isodow(day) - {params.week_starts_on} + 7) % 7)::int",
        "week_part(day)": f"""
            case
                when list_contains([{weekend}]::int[], isodow(day)::int) then 'weekend'
                when list_contains([{holidays}]::date[], day) then 'holiday'
                else 'workday'
            end""",
        "is_free(week_part)": "week_part in ('weekend', 'holiday')",
        "is_night(hour)": f"(hour >= {params.noct_begin} or hour < {params.noct_end})",
        "is_work(hour)": f"(hour between {params.work_begin} and {params.work_end})",
        "is_early(hour)": f"(hour between {params.ep_begin} and {params.ep_end})",
        "is_late(hour)": f"(hour between {params.lp_begin} and {params.lp_end})",
        # great-circle distance on a sphere of 6371 km
        "km(lat1, lon1, lat2, lon2)": """
            2 * 6371 * asin(least(1, sqrt(
                pow(sin(radians(lat2 - lat1) / 2), 2)
                + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)
            )))""",
        # the fields of a line in which some are quoted; NULL when they do not make up the line
        "quoted_parts(line)": """
            regexp_extract_all(',' || line, ',("(?:[^"]|"")*"|[^",][^,]*|)', 1)""",
        "quoted_fields(line)": """
            case
                when length(array_to_string(quoted_parts(line), ',')) = length(line)
                    then list_transform(quoted_parts(line), lambda part: case
                        when part[1] = '"' then replace(part[2:-2], '""', '"')
                        else part
                    end)
            end""",
    }
    for signature, body in macros.items():
        con.execute(f"create or replace temp macro {signature} as {body}")


def _cells_and_antennas(con: duckdb.DuckDBPyConnection, locations: str) -> None:
    """Level 0: where the cells and antennas are."""
    _table(
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
                {_text(locations)}, auto_detect = false, header = false,
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
    _table(
        con,
        "antennas",
        """
        select antenna_id, avg(longitude) as longitude, avg(latitude) as latitude
        from oracle.cells
        group by antenna_id
        """,
    )


def _events(con: duckdb.DuckDBPyConnection, raw_glob: str, params: OracleParams) -> None:
    """Level 0: every raw row, accepted or with the reason why not; tac_code is not read."""
    patterns = [strptime_pattern(pattern) for pattern in params.timestamp_formats]
    # A time is good when it reads back as the text it was parsed from. strptime alone also takes
    # "2018-1-5 3:00:00". Names of months and AM/PM may be in any case.
    event_time = ", ".join(
        f"case when lower(strftime(try_strptime(datetime, {_text(p)}), {_text(p)})) = "
        f"lower(datetime) then try_strptime(datetime, {_text(p)}) end"
        if "%b" in p or "%p" in p
        else f"case when strftime(try_strptime(datetime, {_text(p)}), {_text(p)}) = datetime "
        f"then try_strptime(datetime, {_text(p)}) end"
        for p in patterns
    )
    con.execute("drop table if exists raw_scans; drop table if exists raw_errors")
    # one column only: the delimiter is a character that no text file holds
    _table(
        con,
        "raw_rows",
        f"""
        with lines as (
            select
                parse_filename(filename) as file,
                case when suffix(line, chr(13)) then left(line, -1) else line end as line
            from read_csv(
                {_text(raw_glob)}, auto_detect = false, header = false,
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
        ),

        named as (
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
        ),

        typed as (
            select
                *,
                coalesce({event_time}) as event_time,
                case
                    when interaction = '1' and regexp_full_match(
                        duration, '\\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\\s*'
                    ) then try_cast(duration as double) * {params.seconds_per_unit}
                end as seconds
            from named
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
    _table(
        con,
        "events",
        "select * exclude (reason) from oracle.raw_rows where reason is null",
        "view",
    )
    _table(
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
    _table(
        con,
        "file_counts",
        f"""
        with files as (
            select parse_filename(file) as file from glob({_text(raw_glob)})
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


def _users(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Level 1: what users do per hour, which of them are machines, where the others live."""
    _table(
        con,
        "all_user_metrics",
        """
        select
            caller_id as user_id,
            event_time::date as day,
            hour(event_time)::int as hour,
            count(*) as events,
            nullif(count(*) filter (direction = 'out' and interaction = 'text'), 0) as og_sms,
            nullif(count(*) filter (direction = 'in' and interaction = 'text'), 0) as ic_sms,
            nullif(count(*) filter (direction = 'out' and interaction = 'call'), 0) as og_calls,
            nullif(count(*) filter (direction = 'in' and interaction = 'call'), 0) as ic_calls,
            (sum(call_duration) filter (direction = 'out'))::bigint as og_vol,
            (sum(call_duration) filter (direction = 'in'))::bigint as ic_vol
        from oracle.events
        group by caller_id, event_time::date, hour(event_time)
        """,
    )
    # Events per week in which the user did anything, not per week of the period
    _table(
        con,
        "machines",
        f"""
        with weekly as (
            select user_id, week_start(day) as week, sum(events) as events
            from oracle.all_user_metrics
            group by all
        )
        select user_id, avg(events) as weekly_events
        from weekly
        group by user_id
        having avg(events) > {params.max_weekly_interactions}
        """,
    )
    _table(
        con,
        "user_metrics",
        """
        select * exclude (events)
        from oracle.all_user_metrics
        anti join oracle.machines using (user_id)
        """,
        "view",
    )
    _table(
        con,
        "human_events",
        """
        select *
        from oracle.events
        anti join oracle.machines on caller_id = user_id
        """,
        "view",
    )
    _table(
        con,
        "user_home_antenna",
        """
        with nights as (
            select caller_id as user_id, antenna_id, count(*) as night_events
            from oracle.human_events
            where is_night(hour(event_time))
            group by caller_id, antenna_id
        ),
        most as (
            select user_id, max(night_events) as night_events from nights group by user_id
        )
        select user_id, min(antenna_id) as antenna_id, night_events
        from nights
        inner join most using (user_id, night_events)
        group by user_id, night_events
        """,
    )


def _antennas_over_time(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Level 2: the six measures of the users who live at an antenna."""
    sums = _each("sum({m})::bigint as {m}")
    _table(
        con,
        "antenna_metrics_week",
        f"""
        with daily as (
            select antenna_id, day, {sums}
            from oracle.user_metrics
            inner join oracle.user_home_antenna using (user_id)
            group by antenna_id, day
        )
        select antenna_id, week_part(day) as week_part, week_start(day) as week, {sums}
        from daily
        group by all
        """,
    )
    _table(
        con,
        "antenna_metrics_hourly",
        f"""
        select antenna_id, hour, {sums}
        from oracle.user_metrics
        inner join oracle.user_home_antenna using (user_id)
        group by antenna_id, hour
        """,
    )


def _antenna_interactions(con: duckdb.DuckDBPyConnection) -> None:
    """Level 2: who talks to whom, by the homes of both sides."""
    _table(
        con,
        "antenna_interactions",
        """
        select
            caller_home.antenna_id as antenna_id1,
            correspondent_home.antenna_id as antenna_id2,
            nullif(count(*) filter (interaction = 'text'), 0) as sms_count,
            nullif(count(*) filter (interaction = 'call'), 0) as call_count,
            sum(call_duration)::bigint as vol_sum
        from oracle.human_events
        inner join oracle.user_home_antenna as caller_home
            on caller_id = caller_home.user_id
        inner join oracle.user_home_antenna as correspondent_home
            on correspondent_id = correspondent_home.user_id
        group by antenna_id1, antenna_id2
        """,
    )


def _ratio_features(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Level 3: alltime, variance, daily and hourly features."""
    by_direction = [(d, x) for d in DIRECTIONS for x in KINDS]
    sums = _each("sum({m}) as {m}")

    scaled = ",\n            ".join(
        f"ratio({m} - min({m}) over (), max({m}) over () - min({m}) over ()) as scaled_{m}"
        for m in (f"{d}_{x}" for d, x in by_direction)
    )
    _table(
        con,
        "alltime_features",
        f"""
        with totals as (
            select antenna_id, {sums} from oracle.antenna_metrics_week group by antenna_id
        )
        select
            antenna_id,
            {_each("ratio(og_{m}, ic_{m}) as {m}_ratio", KINDS)},
            ratio(og_sms + ic_sms, og_calls + ic_calls) as sms2calls_ratio,
            {scaled}
        from totals
        """,
    )
    _table(
        con,
        "variance_features",
        f"""
        with weekly as (
            select antenna_id, week, {_each("ratio(sum(og_{m}), sum(ic_{m})) as {m}_ratio", KINDS)}
            from oracle.antenna_metrics_week
            group by antenna_id, week
        )
        select antenna_id, {_each("var_samp({m}_ratio) as {m}_ratio_var", KINDS)}
        from weekly
        group by antenna_id
        """,
    )
    part = "sum({m}) filter ({condition})"

    def share(m: str, condition: str, whole: str | None = None) -> str:
        over = f"sum({m})" if whole is None else part.format(m=m, condition=whole)
        return f"ratio({part.format(m=m, condition=condition)}, {over})"

    free_days = ", ".join(
        f"{share(f'{d}_{x}', 'is_free(week_part)')} as {d}_{x}_week_ratio" for d, x in by_direction
    )
    _table(
        con,
        "daily_features",
        f"""
        select antenna_id, {free_days}
        from oracle.antenna_metrics_week
        group by antenna_id
        """,
    )
    work = ", ".join(
        f"{share(f'{d}_{x}', 'is_work(hour)')} as {d}_{x}_work_ratio" for d, x in by_direction
    )
    peak = ", ".join(
        f"{share(f'{d}_{x}', 'is_early(hour)', 'is_late(hour)')} as {d}_{x}_peak_ratio"
        for d, x in by_direction
    )
    _table(
        con,
        "hourly_features",
        f"""
        select antenna_id, {work}, {peak}
        from oracle.antenna_metrics_hourly
        group by antenna_id
        """,
    )


def _interaction_features(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Level 3: distance, isolation and entropy of an antenna's pairs, and its users."""
    per_kind = ",\n            ".join(
        f"""ratio(sum({count} * distance), sum({count})) as {x}_dist_mean,
            ratio(count({count}), home_antennas) as {x}_isolation,
            0 - sum({count} / all_{count} * log2({count} / all_{count})) as {x}_entropy"""
        for x, count in (("calls", "call_count"), ("sms", "sms_count"))
    )
    _table(
        con,
        "interaction_features",
        f"""
        with pairs as (
            select
                pair.antenna_id1 as antenna_id,
                pair.sms_count,
                pair.call_count,
                sum(pair.sms_count) over () as all_sms_count,
                sum(pair.call_count) over () as all_call_count,
                km(here.latitude, here.longitude, there.latitude, there.longitude) as distance
            from oracle.antenna_interactions as pair
            inner join oracle.antennas as here on pair.antenna_id1 = here.antenna_id
            inner join oracle.antennas as there on pair.antenna_id2 = there.antenna_id
        ),
        homes as (
            select count(distinct antenna_id) as home_antennas from oracle.user_home_antenna
        )
        select
            antenna_id,
            {per_kind}
        from pairs
        cross join homes
        group by antenna_id, home_antennas
        """,
    )
    _table(
        con,
        "active_users_features",
        """
        select antenna_id, count(*) as active_users
        from oracle.user_home_antenna
        group by antenna_id
        """,
    )
    latitude, longitude = params.cap_coords
    _table(
        con,
        "capital_distances",
        f"""
        select antenna_id, km(latitude, longitude, {latitude!r}, {longitude!r}) as dist2c
        from oracle.antennas
        """,
    )


def _final_features(con: duckdb.DuckDBPyConnection) -> None:
    """Level 4: one row per antenna of the locations file."""
    _table(
        con,
        "final_features",
        f"""
        select {", ".join(FINAL_COLUMNS)}
        from oracle.antennas
        left join oracle.alltime_features using (antenna_id)
        left join oracle.active_users_features using (antenna_id)
        left join oracle.interaction_features using (antenna_id)
        left join oracle.capital_distances using (antenna_id)
        left join oracle.variance_features using (antenna_id)
        left join oracle.daily_features using (antenna_id)
        left join oracle.hourly_features using (antenna_id)
        """,
    )
