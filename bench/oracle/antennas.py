"""Level 2: what the residents of antennas do, and who talks to whom."""

from __future__ import annotations

import duckdb

from bench.oracle.sql import each, table


def create_antennas(con: duckdb.DuckDBPyConnection) -> None:
    """All tables of level 2."""
    _metrics_over_time(con)
    _interactions(con)


def _metrics_over_time(con: duckdb.DuckDBPyConnection) -> None:
    """The six measures of the users who live at an antenna."""
    sums = each("sum({m})::bigint as {m}")
    table(
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
    table(
        con,
        "antenna_metrics_hourly",
        f"""
        select antenna_id, hour, {sums}
        from oracle.user_metrics
        inner join oracle.user_home_antenna using (user_id)
        group by antenna_id, hour
        """,
    )


def _interactions(con: duckdb.DuckDBPyConnection) -> None:
    """Who talks to whom, by the homes of both sides."""
    table(
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
