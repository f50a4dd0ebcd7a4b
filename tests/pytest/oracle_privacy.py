"""Which values may be released: a second opinion on the privacy gate, in plain DuckDB.

For every antenna and feature, and for every pair of antennas, this counts the distinct users the
value rests on and the largest share that one of them has in what the value is made of, and decides
from these two numbers:

    oracle = compute(raw_glob, locations, params)
    verdict = decide(oracle, privacy_k=15, privacy_max_share=0.5)
    verdict.features     # antenna_id, feature, value, users, max_share, decision
    verdict.pairs        # antenna_id1, antenna_id2, feature, value, users, max_share, decision

What a value rests on are its components: the sum of one measure in one window of time at one
antenna. A user belongs to a component when the measure is not NULL for him in that window. A value
of several components has the smallest of their users and the largest of their shares. The share in
a component whose sum is 0 (calls of no length) is NULL, which dominates nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pandas as pd

from bench.oracle import DIRECTIONS, FINAL_COLUMNS, KINDS, MEASURES, Oracle

NO_DATA = "no_data"
NOT_EXISTING = "not_existing"
WITHHELD_K = "withheld_k"
WITHHELD_DOMINANCE = "withheld_dominance"
RELEASED = "released"

#: Columns that say nothing about users.
ABOUT_NOBODY = ("longitude", "latitude", "dist2c")
PAIR_VALUES = ("sms_count", "call_count", "vol_sum")

_WINDOWS = {
    "alltime": "true",
    "free_days": "is_free(week_part(day))",
    "work": "is_work(hour)",
    "early": "is_early(hour)",
    "late": "is_late(hour)",
}


@dataclass
class Verdict:
    """The decision on every value, and the numbers that it follows from."""

    features: pd.DataFrame
    pairs: pd.DataFrame

    def release(self) -> pd.DataFrame:
        """final_features as they may be published: what is not released is NULL.

        The ends of each scale are antennas whose own value is released. Scaling is linear, so that
        values scaled over all antennas can be scaled again over these.
        """
        shown = self.features.assign(
            value=self.features["value"].where(self.features["decision"] == RELEASED)
        )
        wide = shown.pivot(index="antenna_id", columns="feature", values="value")
        for feature in wide.columns[wide.columns.str.startswith("scaled_")]:
            least, greatest = wide[feature].min(), wide[feature].max()
            wide[feature] = (wide[feature] - least) / (greatest - least)
        return wide.reindex(columns=list(FINAL_COLUMNS[1:])).reset_index()

    def decision(self, antenna_id: str, feature: str) -> str:
        """The decision on one antenna's value of one feature."""
        rows = self.features.query("antenna_id == @antenna_id and feature == @feature")
        return rows["decision"].item()


def decide(oracle: Oracle, privacy_k: int = 15, privacy_max_share: float = 0.5) -> Verdict:
    """Decide on all features and pairs; privacy_k = 0 switches the gate off altogether."""
    con = oracle.con
    con.execute("create schema if not exists oracle_privacy")
    _components(con)
    _weekly_ratios(con)
    _links(con)
    _feature_support(con)
    _pair_support(con)
    about_nobody = ", ".join(f"'{name}'" for name in ABOUT_NOBODY)
    by_support = f"""
                when {privacy_k} > 0 and users <= {privacy_k} then '{WITHHELD_K}'
                when {privacy_k} > 0 and max_share > {privacy_max_share}
                    then '{WITHHELD_DOMINANCE}'
                else '{RELEASED}'"""
    features = con.sql(
        f"""
        select
            antenna_id,
            feature,
            value,
            users,
            max_share,
            case
                when feature in ({about_nobody}) then '{RELEASED}'
                when active_users is null then '{NO_DATA}'
                -- that something did not happen would also be told of few people
                when active_users <= {privacy_k} then '{WITHHELD_K}'
                when value is null then '{NOT_EXISTING}'{by_support}
            end as decision
        from oracle_privacy.feature_values
        inner join oracle_privacy.feature_order using (feature)
        left join oracle.active_users_features using (antenna_id)
        left join oracle_privacy.feature_support using (antenna_id, feature)
        order by antenna_id, position
        """
    ).df()
    pairs = con.sql(
        f"""
        select
            antenna_id1,
            antenna_id2,
            feature,
            value,
            users,
            max_share,
            case
                when least(home1.active_users, home2.active_users) <= {privacy_k}
                    then '{WITHHELD_K}'
                when value is null then '{NOT_EXISTING}'{by_support}
            end as decision
        from oracle_privacy.pair_values
        inner join oracle.active_users_features as home1 on antenna_id1 = home1.antenna_id
        inner join oracle.active_users_features as home2 on antenna_id2 = home2.antenna_id
        left join oracle_privacy.pair_support using (antenna_id1, antenna_id2, feature)
        order by antenna_id1, antenna_id2, feature
        """
    ).df()
    return Verdict(features, pairs)


def _table(con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    con.execute(f"create or replace table oracle_privacy.{name} as {query}")


def _components(con: duckdb.DuckDBPyConnection) -> None:
    """Users and largest share per antenna, measure and window.

    Besides the six measures there are "sms" and "calls", both directions together, because
    sms2calls_ratio rests on whoever has either.
    """
    sums = ", ".join(f"sum({measure}) as {measure}" for measure in MEASURES)
    windows = "\n            union all\n            ".join(
        f"""select antenna_id, user_id, '{name}' as span, {sums}
            from resident_metrics
            where {condition}
            group by antenna_id, user_id"""
        for name, condition in _WINDOWS.items()
    )
    _table(
        con,
        "components",
        f"""
        with resident_metrics as (
            select * from oracle.user_metrics
            inner join oracle.user_home_antenna using (user_id)
        ),
        per_user as (
            {windows}
            union all
            select antenna_id, user_id, week_start(day)::text, {sums}
            from resident_metrics
            group by antenna_id, user_id, week_start(day)
        ),
        with_both_directions as (
            select
                *,
                coalesce(og_sms + ic_sms, og_sms, ic_sms) as sms,
                coalesce(og_calls + ic_calls, og_calls, ic_calls) as calls
            from per_user
        ),
        -- leaves out NULL: who did not do it is not in the component
        long as (
            unpivot with_both_directions
            on {", ".join(MEASURES)}, sms, calls
            into name measure value amount
        )
        select
            antenna_id,
            measure,
            span,
            count(distinct user_id) as users,
            sum(amount) as total,
            ratio(max(amount), sum(amount)) as max_share
        from long
        group by antenna_id, measure, span
        """,
    )


def _weekly_ratios(con: duckdb.DuckDBPyConnection) -> None:
    """What the variances rest on: the weakest of the weeks in which the ratio exists."""
    per_kind = "\n        union all\n        ".join(
        f"""select
            outgoing.antenna_id,
            '{kind}_ratio_var' as feature,
            min(least(outgoing.users, incoming.users)) as users,
            max(greatest(outgoing.max_share, incoming.max_share)) as max_share
        from oracle_privacy.components as outgoing
        inner join oracle_privacy.components as incoming using (antenna_id, span)
        where
            outgoing.measure = 'og_{kind}'
            and incoming.measure = 'ic_{kind}'
            and incoming.total <> 0
            and span not in ({", ".join(f"'{name}'" for name in _WINDOWS)})
        group by outgoing.antenna_id"""
        for kind in KINDS
    )
    _table(con, "weekly_ratio_support", per_kind)


def _links(con: duckdb.DuckDBPyConnection) -> None:
    """What each user contributes to each pair of antennas, seen from both ends."""
    _table(
        con,
        "ends",
        """
        with links as (
            select
                caller_home.antenna_id as antenna_id1,
                correspondent_home.antenna_id as antenna_id2,
                caller_id,
                correspondent_id,
                nullif(count(*) filter (interaction = 'text'), 0) as sms_count,
                nullif(count(*) filter (interaction = 'call'), 0) as call_count,
                sum(call_duration) as vol_sum
            from oracle.human_events
            inner join oracle.user_home_antenna as caller_home
                on caller_id = caller_home.user_id
            inner join oracle.user_home_antenna as correspondent_home
                on correspondent_id = correspondent_home.user_id
            group by all
        ),
        both_ends as (
            select antenna_id1, antenna_id2, 1 as side, caller_id as user_id,
                sms_count, call_count, vol_sum
            from links
            union all
            select antenna_id1, antenna_id2, 2, correspondent_id, sms_count, call_count, vol_sum
            from links
        ),
        long as (
            unpivot both_ends
            on sms_count, call_count, vol_sum
            into name feature value amount
        )
        select antenna_id1, antenna_id2, side, user_id, feature, sum(amount) as amount
        from long
        group by all
        """,
    )


def _feature_support(con: duckdb.DuckDBPyConnection) -> None:
    """Users and largest share per antenna and feature."""
    rows = [(f"{kind}_ratio", f"{d}_{kind}", "alltime") for kind in KINDS for d in DIRECTIONS]
    rows += [("sms2calls_ratio", measure, "alltime") for measure in ("sms", "calls")]
    for measure in MEASURES:
        rows += [
            (f"scaled_{measure}", measure, "alltime"),
            (f"{measure}_week_ratio", measure, "free_days"),
            (f"{measure}_week_ratio", measure, "alltime"),
            (f"{measure}_work_ratio", measure, "work"),
            (f"{measure}_work_ratio", measure, "alltime"),
            (f"{measure}_peak_ratio", measure, "early"),
            (f"{measure}_peak_ratio", measure, "late"),
        ]
    ingredients = ", ".join(str(row) for row in rows)
    of_pairs = ", ".join(
        f"('{kind}_{name}', '{count}')"
        for kind, count in (("calls", "call_count"), ("sms", "sms_count"))
        for name in ("dist_mean", "isolation", "entropy")
    )
    _table(
        con,
        "feature_support",
        f"""
        with ingredients as (
            select * from (values {ingredients}) as rows (feature, measure, span)
        ),
        of_components as (
            select
                antenna_id,
                feature,
                min(coalesce(users, 0)) as users,
                max(max_share) as max_share
            from oracle.antennas
            cross join ingredients
            left join oracle_privacy.components using (antenna_id, measure, span)
            group by antenna_id, feature
        ),
        -- an antenna's pairs, whoever is at their other end
        per_user as (
            select antenna_id1 as antenna_id, feature, side, user_id, sum(amount) as amount
            from oracle_privacy.ends
            group by all
        ),
        per_side as (
            select
                antenna_id,
                feature as count_name,
                count(*) as users,
                ratio(max(amount), sum(amount)) as max_share
            from per_user
            group by antenna_id, feature, side
        ),
        of_pairs as (
            select
                antenna_id,
                feature,
                coalesce(min(users), 0) as users,
                max(max_share) as max_share
            from oracle.antennas
            cross join (values {of_pairs}) as names (feature, count_name)
            left join per_side using (antenna_id, count_name)
            group by antenna_id, feature
        ),
        of_weeks as (
            select
                antenna_id,
                feature,
                coalesce(users, 0) as users,
                max_share
            from oracle.antennas
            cross join (
                values {", ".join(f"('{kind}_ratio_var')" for kind in KINDS)}
            ) as names (feature)
            left join oracle_privacy.weekly_ratio_support using (antenna_id, feature)
        )
        select * from of_components
        union all
        select * from of_pairs
        union all
        select * from of_weeks
        union all
        select antenna_id, 'active_users', coalesce(active_users, 0), null
        from oracle.antennas
        left join oracle.active_users_features using (antenna_id)
        """,
    )
    features = FINAL_COLUMNS[1:]
    _table(
        con,
        "feature_order",
        "select * from (values "
        + ", ".join(str((name, place)) for place, name in enumerate(features))
        + ") as names (feature, position)",
    )
    _table(
        con,
        "feature_values",
        f"""
        with wide as (
            select antenna_id, {", ".join(f"{name}::double as {name}" for name in features)}
            from oracle.final_features
        )
        from wide unpivot include nulls (value for feature in ({", ".join(features)}))
        """,
    )


def _pair_support(con: duckdb.DuckDBPyConnection) -> None:
    """Users and largest share per pair of antennas and value."""
    _table(
        con,
        "pair_support",
        """
        with per_end as (
            select
                antenna_id1,
                antenna_id2,
                feature,
                count(*) as users,
                ratio(max(amount), sum(amount)) as max_share
            from oracle_privacy.ends
            group by antenna_id1, antenna_id2, feature, side
        )
        select
            antenna_id1,
            antenna_id2,
            feature,
            min(users) as users,
            max(max_share) as max_share
        from per_end
        group by antenna_id1, antenna_id2, feature
        """,
    )
    _table(
        con,
        "pair_values",
        f"""
        with wide as (
            select
                antenna_id1,
                antenna_id2,
                {", ".join(f"{name}::double as {name}" for name in PAIR_VALUES)}
            from oracle.antenna_interactions
        )
        from wide unpivot include nulls (value for feature in ({", ".join(PAIR_VALUES)}))
        """,
    )
