"""Level 1: what users do per hour, which of them are machines, where the others live."""

from __future__ import annotations

import duckdb

from bench.oracle.definitions import OracleParams
from bench.oracle.sql import table


def create_users(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """All tables of level 1."""
    _metrics_and_machines(con, params)
    _homes(con)


def _metrics_and_machines(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """What users do per hour; machines are found and left out."""
    table(
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
    # The mean is taken over the weeks in which the user was active, not over the whole period.
    table(
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
    table(
        con,
        "user_metrics",
        """
        select * exclude (events)
        from oracle.all_user_metrics
        anti join oracle.machines using (user_id)
        """,
        "view",
    )
    table(
        con,
        "human_events",
        """
        select *
        from oracle.events
        anti join oracle.machines on caller_id = user_id
        """,
        "view",
    )


def _homes(con: duckdb.DuckDBPyConnection) -> None:
    """The antenna at which a user has the most events at night; ties go to the smallest id."""
    table(
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
