"""What each person contributes to what is said about antennas, from the tables of bench.oracle.

    people = People(compute(raw_glob, locations, params), bandicoot=True)
    people.amounts("a1", "og_calls")    # what each resident of a1 did, by hour and week
    people.links                        # what each user did with each correspondent
    people.indicators                   # bandicoot's indicators of each user

Whether a value may be released follows from such contributions alone, see oracle_privacy.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from bench.oracle import MEASURES, Oracle, features_of_events
from bench.oracle.sql import create_macros
from python_udfs.bandicoot_batches import map_users
from python_udfs.bandicoot_columns import INDICATOR_NAMES, RECORDS
from python_udfs.bandicoot_events import EVENT_COLUMNS, TOTAL_ORDER, BandicootSettings

PAIR_COUNTS = ("call_count", "sms_count", "vol_sum")
INDICATORS = (RECORDS, *INDICATOR_NAMES)


@dataclass(frozen=True)
class Contributions:
    """How many people a sum rests on, and how much of it is the largest one's.

    Who adds 0 is no contributor. Sizes count, not signs.
    """

    users: int
    total: float
    largest: float

    @classmethod
    def of(cls, amounts: Iterable[float]) -> Contributions:
        """From what each person adds; NaN is nothing."""
        known = np.asarray(amounts, float)
        sizes = np.abs(known[~np.isnan(known)]).tolist()
        users = len(sizes) - sizes.count(0)
        return cls(users, math.fsum(sizes), max(sizes, default=0.0))

    @property
    def share(self) -> float:
        """The largest one's share; NaN where there is nothing to share."""
        return self.largest / self.total if self.total else float("nan")


@dataclass(frozen=True)
class Amounts:
    """One measure at one antenna: a row per resident, NaN where one has no such event."""

    hours: pd.DataFrame
    weeks: pd.DataFrame
    workdays: pd.Series
    free_days: pd.Series

    @property
    def alltime(self) -> pd.Series:
        """The sums of all events."""
        return self.hours.sum(axis="columns", min_count=1)

    def in_hours(self, hours: Iterable[int]) -> pd.Series:
        """The sums of some hours of the day."""
        return self.hours[list(hours)].sum(axis="columns", min_count=1)


class People:
    """Everybody with a home."""

    def __init__(self, oracle: Oracle, *, bandicoot: bool = False) -> None:
        self.params = oracle.params
        self.antennas = list(oracle.antennas["antenna_id"])
        homes = oracle.user_home_antenna.set_index("user_id")["antenna_id"]
        self.residents = {
            antenna: sorted(users.index) for antenna, users in homes.groupby(homes, observed=True)
        }
        metrics = oracle.con.sql(
            f"""
            select antenna_id, user_id, hour, week_start(day) as week,
                is_free(week_part(day)) as is_free, {", ".join(MEASURES)}
            from oracle.user_metrics
            inner join oracle.user_home_antenna using (user_id)
            """
        ).df()
        self.weeks = sorted(metrics["week"].unique())
        self._amounts = {
            (antenna, measure): amounts
            for antenna, rows in metrics.groupby("antenna_id")
            for measure, amounts in self._amounts_of(antenna, rows)
        }
        self.links = _links(oracle.con)
        self.indicators = _indicators(oracle) if bandicoot else None

    def _amounts_of(self, antenna: str, rows: pd.DataFrame) -> Iterator[tuple[str, Amounts]]:
        """By measure, from what the residents of an antenna did per hour and day."""
        users = self.residents[antenna]
        columns = {"hour": range(24), "week": self.weeks, "is_free": (False, True)}
        sums = {
            by: rows.groupby(["user_id", by])[list(MEASURES)].sum(min_count=1).unstack(by)
            for by in columns
        }
        for measure in MEASURES:
            hours, weeks, days = (
                sums[by][measure].reindex(index=users, columns=list(columns[by])).astype(float)
                for by in columns
            )
            yield measure, Amounts(hours, weeks, days[False], days[True])

    def amounts(self, antenna: str, measure: str) -> Amounts:
        """What each resident did."""
        return self._amounts[antenna, measure]

    def indicator(self, antenna: str, name: str) -> np.ndarray:
        """Each resident's value of an indicator, NaN where there is none."""
        return self._indicators_of[antenna][name]

    @cached_property
    def _indicators_of(self) -> dict[str, dict[str, np.ndarray]]:
        assert self.indicators is not None, "made without bandicoot"
        found = {}
        for antenna, users in self.residents.items():
            values = self.indicators.reindex(users).to_numpy()
            found[antenna] = dict(zip(INDICATORS, values.T, strict=True))
        return found


def _links(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What each user did with each correspondent, by the homes of both."""
    return con.sql(
        """
        select
            caller_home.antenna_id as antenna_id1,
            correspondent_home.antenna_id as antenna_id2,
            caller_id as user_id,
            correspondent_id,
            nullif(count(*) filter (interaction = 'call'), 0)::double as call_count,
            nullif(count(*) filter (interaction = 'text'), 0)::double as sms_count,
            sum(call_duration)::double as vol_sum
        from oracle.human_events
        inner join oracle.user_home_antenna as caller_home
            on caller_id = caller_home.user_id
        inner join oracle.user_home_antenna as correspondent_home
            on correspondent_id = correspondent_home.user_id
        group by all
        """
    ).df()


def _indicators(oracle: Oracle) -> pd.DataFrame:
    """The indicators of each user with national events; what is left is level 1."""
    order = ", ".join(f"{name} nulls first" for name in TOTAL_ORDER)
    events = oracle.con.sql(
        f"""
        select caller_id as user_id, {", ".join(EVENT_COLUMNS)}
        from (
            select *, event_time as event_at
            from oracle.human_events
            inner join oracle.antennas using (antenna_id)
            where national = 1
        )
        order by user_id, {order}
        """
    ).to_arrow_table()
    if not events.num_rows:
        return pd.DataFrame(columns=list(INDICATORS), dtype=float)
    settings = BandicootSettings(
        weekend_days=tuple(oracle.params.weekend_days),
        night_begin=oracle.params.noct_begin,
        night_end=oracle.params.noct_end,
    )
    rows = pa.Table.from_batches(map_users(events.to_batches(), settings, "compiled")).to_pandas()
    assert rows["error"].isna().all()
    values = np.column_stack([rows["number_of_records"], np.stack(rows["indicators"])])
    return pd.DataFrame(values.astype(float), rows["user_id"], list(INDICATORS))


def periods(oracle: Oracle, period: str) -> dict[str, Oracle]:
    """The same computed from each month or week alone, save who is a machine."""
    label = {
        "month": "strftime(event_time, '%Y-%m')",
        "week": "strftime(week_start(event_time::date), '%Y-%m-%d')",
    }[period]
    labels = oracle.con.sql(f"select distinct {label} from oracle.human_events").fetchall()
    return {name: _only(oracle, f"{label} = '{name}'") for (name,) in sorted(labels)}


def _only(oracle: Oracle, condition: str) -> Oracle:
    """All levels from the events of people that meet a condition."""
    con = duckdb.connect()
    con.execute("create schema oracle")
    params = dataclasses.replace(oracle.params, max_weekly_interactions=10**9)
    create_macros(con, params)
    antennas = oracle.con.sql("from oracle.antennas").to_arrow_table()
    events = oracle.con.sql(f"from oracle.human_events where {condition}").to_arrow_table()
    con.execute("create table oracle.antennas as from antennas")
    con.execute("create table oracle.events as from events")
    assert len(antennas) and len(events)
    features_of_events(con, params)
    return Oracle(con, params)
