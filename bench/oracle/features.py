"""Levels 3 and 4: the features of each antenna."""

from __future__ import annotations

import duckdb

from bench.oracle.definitions import FINAL_COLUMNS, KINDS, SUMS, OracleParams
from bench.oracle.sql import each, table


def create_features(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """All tables of levels 3 and 4."""
    _alltime_features(con)
    _variance_features(con)
    _daily_features(con)
    _hourly_features(con)
    _interaction_features(con)
    _active_users_and_distances(con, params)
    _final_features(con)


def _alltime_features(con: duckdb.DuckDBPyConnection) -> None:
    """Ratios and scaled sums of the whole period."""
    scaled = ",\n            ".join(
        f"ratio({m} - min({m}) over (), max({m}) over () - min({m}) over ()) as scaled_{m}"
        for m in SUMS
    )
    table(
        con,
        "alltime_features",
        f"""
        with totals as (
            select antenna_id, {each("sum({m}) as {m}")}
            from oracle.antenna_metrics_week
            group by antenna_id
        )
        select
            antenna_id,
            {each("ratio(og_{m}, ic_{m}) as {m}_ratio", KINDS)},
            ratio(og_sms + ic_sms, og_calls + ic_calls) as sms2calls_ratio,
            {scaled}
        from totals
        """,
    )


def _variance_features(con: duckdb.DuckDBPyConnection) -> None:
    """The variance of the ratios from week to week."""
    table(
        con,
        "variance_features",
        f"""
        with weekly as (
            select antenna_id, week, {each("ratio(sum(og_{m}), sum(ic_{m})) as {m}_ratio", KINDS)}
            from oracle.antenna_metrics_week
            group by antenna_id, week
        )
        select antenna_id, {each("var_samp({m}_ratio) as {m}_ratio_var", KINDS)}
        from weekly
        group by antenna_id
        """,
    )


def _share(measure: str, condition: str, whole: str = "true") -> str:
    """SQL for a measure's sum over the rows of a condition, divided by its sum over the whole."""
    part, over = (f"sum({measure}) filter ({c})" for c in (condition, whole))
    return f"ratio({part}, {over})"


def _daily_features(con: duckdb.DuckDBPyConnection) -> None:
    """What weekends and holidays contribute to each sum."""
    free_days = ", ".join(f"{_share(m, 'is_free(week_part)')} as {m}_week_ratio" for m in SUMS)
    table(
        con,
        "daily_features",
        f"""
        select antenna_id, {free_days}
        from oracle.antenna_metrics_week
        group by antenna_id
        """,
    )


def _hourly_features(con: duckdb.DuckDBPyConnection) -> None:
    """What working hours contribute to each sum, and the early peak divided by the late one."""
    work = ", ".join(f"{_share(m, 'is_work(hour)')} as {m}_work_ratio" for m in SUMS)
    peak = ", ".join(
        f"{_share(m, 'is_early(hour)', 'is_late(hour)')} as {m}_peak_ratio" for m in SUMS
    )
    table(
        con,
        "hourly_features",
        f"""
        select antenna_id, {work}, {peak}
        from oracle.antenna_metrics_hourly
        group by antenna_id
        """,
    )


def _interaction_features(con: duckdb.DuckDBPyConnection) -> None:
    """Distance, isolation and entropy of an antenna's pairs."""
    per_kind = ",\n            ".join(
        f"""ratio(sum({count} * distance), sum({count})) as {x}_dist_mean,
            ratio(count({count}), home_antennas) as {x}_isolation,
            0 - sum({count} / all_{count} * log2({count} / all_{count})) as {x}_entropy"""
        for x, count in (("calls", "call_count"), ("sms", "sms_count"))
    )
    table(
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


def _active_users_and_distances(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """The residents of each antenna, and its distance from the capital."""
    table(
        con,
        "active_users_features",
        """
        select antenna_id, count(*) as active_users
        from oracle.user_home_antenna
        group by antenna_id
        """,
    )
    latitude, longitude = params.cap_coords
    table(
        con,
        "capital_distances",
        f"""
        select antenna_id, km(latitude, longitude, {latitude!r}, {longitude!r}) as dist2c
        from oracle.antennas
        """,
    )


def _final_features(con: duckdb.DuckDBPyConnection) -> None:
    """One row per antenna of the locations file."""
    table(
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
