"""What the privacy gate buys, measured by attacks on a mock-up whose truth is known.

    python -m scripts.privacy_audit [--output output]

Three runs of the pipeline over invented data: four weeks; the same four weeks without one person;
five weeks. Each is attacked as it is released (gate on) and as it would be without the gate (off):

- reading off: values that are one person's or have a dominant one, and shares of a whole whose rest
  is few people's;
- membership: whether a person is in the data. The strong attacker knows the records of all others
  at the antenna and computes the release with and without the target; the weak one knows the
  target's indicators and those of half of the people elsewhere, and decides by likelihood;
- subtraction of two releases of almost the same data.

Features that depend on an antenna's residents alone are computed here anew, with and without each
person, and checked against the pipeline's. Left out are the twelve others (scaled_*, distances,
isolation, entropy), which depend on everybody. Results: a table and privacy_audit.json.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dbt_gnuper.local_files import write_key
from dbt_gnuper.spark_connect import connect
from python_udfs.bandicoot_columns import INDICATOR_NAMES
from scripts import mockup, server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "privacy_audit"
K, MAX_SHARE = 15, 0.5
KINDS = ("calls", "sms", "vol")
MEASURES = [f"{direction}_{kind}" for direction in ("og", "ic") for kind in KINDS]
COUNTS = ["call_count", "sms_count", "vol_sum"]
INDICATORS = ["reporting__number_of_records", *INDICATOR_NAMES]
SIZES = {"up to 15 residents": (1, 15), "16 to 50": (16, 50), "over 50": (51, 10**9)}
RELEASED, WITHHELD, NOT_EXISTING = 0, 1, 2
SAME = 1e-9  # relative; the files have all digits of a double

# Value = sum of the first parts / sum of the second; a part is a window and a measure.
RATIOS = {
    **{f"{x}_ratio": ([("alltime", f"og_{x}")], [("alltime", f"ic_{x}")]) for x in KINDS},
    "sms2calls_ratio": (
        [("alltime", "og_sms"), ("alltime", "ic_sms")],
        [("alltime", "og_calls"), ("alltime", "ic_calls")],
    ),
    **{f"{m}_week_ratio": ([("nonworkday", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_work_ratio": ([("work", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_peak_ratio": ([("early_peak", m)], [("late_peak", m)]) for m in MEASURES},
}
FEATURES = [*RATIOS, *(f"{kind}_ratio_var" for kind in KINDS), "active_users", *INDICATORS]


# --- runs of the pipeline -------------------------------------------------------------------------


@dataclass
class Tables:
    """What a run leaves behind, restricted tables included."""

    homes: pd.Series  # antenna of each user
    parts: pd.DataFrame  # per user: a column for each window (or week) and measure
    indicators: pd.DataFrame  # per user: bandicoot's indicators
    decisions: pd.DataFrame  # per antenna and feature: value, users, largest_share, decision
    pairs: pd.DataFrame  # per pair of antennas and count: value, users, decision
    links: pd.DataFrame  # per user and correspondent: their antennas and counts


@contextmanager
def project(folder: Path) -> Iterator[None]:
    """A profile and a key of the audit's own, a server; the audit's tables go at the end."""
    profile = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (folder / "profiles.yml").write_text(profile.replace("schema: gnuper", f"schema: {SCHEMA}"))
    write_key(folder / "pseudonym.key", secrets.token_hex(32))
    if server.main(["start"]):
        raise SystemExit(1)
    doors = server.running_server()
    os.environ["GNUPER_THRIFT_PORT"] = str(doors.thrift_port)
    os.environ["GNUPER_CONNECT_PORT"] = str(doors.connect_port)
    try:
        yield
    finally:
        with connect() as spark:
            for schema in (SCHEMA, f"{SCHEMA}_restricted"):
                spark.sql(f"drop schema if exists {schema} cascade")


def run_pipeline(raw: Path, folder: Path) -> Tables:
    """Build all levels over a folder of raw files, with the default gate."""
    from dbt.cli.main import dbtRunner

    settings = {
        "raw_data_path": str(raw),
        "pseudonym_key_file": str(folder / "pseudonym.key"),
        "privacy_k": K,
        "privacy_max_share": MAX_SHARE,
        "overlapping_release": "allow",
    }
    result = dbtRunner().invoke(
        [
            "build", "--resource-type", "model", "--resource-type", "seed", "--quiet",
            "--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(folder),
            "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
            "--vars", json.dumps(settings),
        ]
    )  # fmt: skip
    if not result.success:
        raise SystemExit("dbt build has failed; its message is above.")
    with connect() as spark:
        spark.sql(f"use {SCHEMA}_restricted")
        return read_tables(lambda query: spark.sql(query).toArrow().to_pandas())


def read_tables(query: Any) -> Tables:
    """The tables of the last run, by a function that gives the rows of a query."""
    homes = query("select * from user_home_antenna").set_index("user_id")["antenna_id"]
    windows = query("select * from user_metrics_window")
    window = windows["week"].astype(str).where(windows["window"] == "week", windows["window"])
    parts = windows.assign(window=window).pivot(
        index="user_id", columns="window", values=[*MEASURES, "calls", "sms"]
    )
    rows = query(
        "select user_id, array(double(number_of_records)) || indicators from user_bandicoot"
    )
    indicators = pd.DataFrame(list(rows.iloc[:, 1]), index=rows["user_id"], columns=INDICATORS)
    pairs = query(
        "select antenna_id1, antenna_id2, stack(3, "
        + ", ".join(f"'{c}', double({c}), {c}_users, {c}_decision" for c in COUNTS)
        + ") as (count, value, users, decision) from interaction_decisions inner join "
        "(select antenna_id1, antenna_id2, call_count_users, sms_count_users, vol_sum_users "
        "from antenna_interactions) using (antenna_id1, antenna_id2)"
    )
    return Tables(
        homes,
        parts.swaplevel(axis=1).reindex(homes.index).astype(float),
        indicators.reindex(homes.index).astype(float),
        query("select * from feature_decisions where feature != 'dist2c'"),
        pairs.dropna(subset="value"),
        query("select * from user_interactions"),
    )


# --- the release of an antenna --------------------------------------------------------------------


def release(parts: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Value and decision of each of FEATURES for an antenna with these residents, by the rules."""
    total = parts.sum(min_count=1)
    weeks = [window for window, measure in parts if window[0] == "2" and measure == "sms"]
    rows = {}
    for name, (upper, lower) in RATIOS.items():
        is_mixed = name == "sms2calls_ratio"
        rests_on = [("alltime", "sms"), ("alltime", "calls")] if is_mixed else upper + lower
        rows[name] = (sum(total[p] for p in upper) / sum(total[p] for p in lower), rests_on)
    for kind in KINDS:
        weekly = total.unstack()
        weekly = (weekly[f"og_{kind}"] / weekly[f"ic_{kind}"])[weeks]
        weekly = weekly[np.isfinite(weekly)]
        rests_on = [(week, f"{way}_{kind}") for week in weekly.index for way in ("og", "ic")]
        rows[f"{kind}_ratio_var"] = (weekly.var(), rests_on)
    users, share = parts.count(), parts.max() / total
    found = pd.DataFrame(
        {
            name: (value, users[rests_on].min(), share[rests_on].max())
            for name, (value, rests_on) in rows.items()
        },
        index=["value", "users", "share"],
    ).T
    found.loc["active_users"] = len(parts), len(parts), 1 / max(len(parts), 1)
    size = indicators.abs()
    share = size.max() / size.sum()
    means = {"value": indicators.mean(), "users": indicators.count(), "share": share}
    found = pd.concat([found, pd.DataFrame(means)])
    exists = np.isfinite(found["value"])
    is_withheld = (found["users"] <= K) | (found["share"] > MAX_SHARE)
    found["decision"] = np.where(exists, np.where(is_withheld, WITHHELD, RELEASED), NOT_EXISTING)
    if len(parts) <= K:
        found["decision"] = WITHHELD
    return found


def check(tables: Tables) -> None:
    """The computation above gives what the pipeline gives, or there is nothing to audit."""
    pipeline = tables.decisions.set_index(["antenna_id", "feature"])
    names = {"released": RELEASED, "not_existing": NOT_EXISTING}
    for antenna, users in tables.homes.groupby(tables.homes).groups.items():
        own = release(tables.parts.loc[users], tables.indicators.loc[users])
        its = pipeline.loc[antenna].loc[own.index]
        value = own["value"].where(np.isfinite(own["value"]))
        np.testing.assert_allclose(value, its["value"].astype(float), rtol=SAME, atol=SAME)
        assert (own["decision"] == its["decision"].map(names).fillna(WITHHELD)).all()


# --- attacks --------------------------------------------------------------------------------------


def shown(found: pd.DataFrame, gate: bool) -> pd.Series:
    """The values that the release shows; NaN for all others."""
    is_shown = (found["decision"] == RELEASED) if gate else np.isfinite(found["value"])
    return found["value"].where(is_shown)


def reading_off(tables: Tables, gate: bool) -> dict[str, int]:
    """Values that tell of one person without any computation, and rests that do."""
    values, pairs = tables.decisions.dropna(subset="value"), tables.pairs
    if gate:
        values, pairs = (table[table["decision"] == "released"] for table in (values, pairs))
    shares = values[values["feature"].str.contains("_week_ratio|_work_ratio")]
    places = shares[["antenna_id", "feature"]].itertuples(index=False)
    rests = np.array([rest_users(tables, *place) for place in places])
    return {
        "values of antennas": len(values),
        "values of one person": int((values["users"] == 1).sum()),
        "antennas with such a value": int(values["antenna_id"][values["users"] == 1].nunique()),
        "values with one person above half": int((values["largest_share"] > MAX_SHARE).sum()),
        "counts of pairs": len(pairs),
        "counts of one person": int((pairs["users"] == 1).sum()),
        "shares of a whole": len(rests),
        "shares whose rest is one person's": int((rests == 1).sum()),
        f"shares whose rest is 2 to {K} people's": int(((rests > 1) & (rests <= K)).sum()),
    }


def rest_users(tables: Tables, antenna: str, feature: str) -> int:
    """How many residents stand behind 1 - part / whole."""
    (part,), (whole,) = RATIOS[feature]
    residents = tables.parts[tables.homes == antenna]
    return int((residents[whole].fillna(0) > residents[part].fillna(0)).sum())


def membership(tables: Tables, sample: int) -> pd.DataFrame:
    """True less false positive rate of both attackers, by size of the antenna and gate."""
    rng = np.random.default_rng(1)
    users = tables.homes.index.sort_values()
    sizes = tables.homes.map(tables.homes.value_counts())
    small = users[sizes[users] <= K]
    large = users.difference(small)
    targets = small.union(rng.choice(large, min(sample, len(large)), False))
    rows = []
    for target in targets:
        is_here = tables.homes == tables.homes[target]
        residents, elsewhere = tables.homes.index[is_here], tables.homes.index[~is_here]
        others = residents.drop(target)
        with_target, without = (
            release(tables.parts.loc[u], tables.indicators.loc[u]) for u in (residents, others)
        )
        shadow = tables.indicators.loc[rng.choice(elsewhere, len(elsewhere) // 2, False)]
        for gate in (True, False):
            one, other = shown(with_target, gate), shown(without, gate)
            is_same = np.isclose(one, other, rtol=SAME, atol=0, equal_nan=True)
            y = tables.indicators.loc[target]
            exact = one * len(residents) - other * len(others)
            rows.append(
                {
                    "residents": len(residents),
                    "gate": gate,
                    "strong": not is_same.all(),
                    "weak, in": likelihood(one, y, shadow, len(residents)),
                    "weak, out": likelihood(other, y, shadow, len(residents)),
                    "subtracted": float(
                        np.isclose(exact[INDICATORS], y, rtol=1e-6).sum() / y.count()
                    ),
                }
            )
    table = pd.DataFrame(rows)
    result = []
    for (size, (least, most)), gate in itertools.product(SIZES.items(), (False, True)):
        part = table[table["residents"].between(least, most) & (table["gate"] == gate)]
        result.append(
            {
                "antenna": size,
                "gate": "on" if gate else "off",
                "people": len(part),
                "strong attacker": float(part["strong"].mean()),
                "weak attacker": advantage(part["weak, in"], part["weak, out"]),
                "indicators by subtraction": float(part["subtracted"].mean()),
            }
        )
    return pd.DataFrame(result)


def likelihood(values: pd.Series, y: pd.Series, shadow: pd.DataFrame, residents: int) -> float:
    """Log likelihood ratio of being one of the residents; 0 when nothing is released.

    As if indicators were independent and normal, with the shadow people's mean and deviation.
    """
    mean, deviation = shadow.mean(), shadow.std().replace(0, np.nan)
    target = ((y - mean) / deviation).clip(-3, 3)
    antenna = (values[INDICATORS] - mean) / deviation
    return float(np.nansum(antenna * target - target**2 / (2 * residents)))


def advantage(inside: pd.Series, outside: pd.Series) -> float:
    """True less false positive rate; the threshold is taken from the other half of the people."""
    halves = []
    for mine in (np.arange(len(inside)) % 2 == 0, np.arange(len(inside)) % 2 == 1):
        a, b = inside[~mine].to_numpy(), outside[~mine].to_numpy()
        cuts = np.append(np.unique(np.append(a, b)), np.inf)
        best = max(cuts, key=lambda cut: (a >= cut).mean() - (b >= cut).mean())
        halves.append((inside[mine] >= best).mean() - (outside[mine] >= best).mean())
    return float(np.mean(halves))


def subtraction(first: Tables, second: Tables, gate: bool) -> dict[str, int]:
    """What two releases both show but not equally, and how many people each difference is of."""
    columns = ["antenna_id1", "antenna_id2", "count"]
    both = first.pairs.merge(second.pairs, on=columns)
    one, other = (shown_by_antenna(tables, gate) for tables in (first, second))
    if gate:
        both = both[(both["decision_x"] == "released") & (both["decision_y"] == "released")]
    both = both[both["value_x"] != both["value_y"]]
    of_pairs, of_antennas = people_behind_pairs(first, second), people_behind(first, second)
    changed = one.notna() & other.notna() & ~np.isclose(one, other, rtol=SAME, atol=0)
    people = {
        "values of antennas": of_antennas.reindex_like(changed).to_numpy()[changed].astype(int),
        "counts of pairs": [of_pairs[pair] for pair in both[columns].itertuples(False, None)],
    }
    result = {}
    for kind, numbers in people.items():
        numbers = np.array(numbers, int)
        result[f"{kind}: different"] = len(numbers)
        result[f"{kind}: difference of one person"] = int((numbers == 1).sum())
        result[f"{kind}: of 2 to {K} people"] = int(((numbers > 1) & (numbers <= K)).sum())
    return result


def shown_by_antenna(tables: Tables, gate: bool) -> pd.DataFrame:
    """The values shown of FEATURES: a row per antenna."""
    values = tables.decisions
    if gate:
        values = values[values["decision"] == "released"]
    table = values.pivot(index="antenna_id", columns="feature", values="value")
    return table.reindex(index=sorted(set(tables.decisions["antenna_id"])), columns=FEATURES)


def people_behind(first: Tables, second: Tables) -> pd.DataFrame:
    """Per antenna and feature the number of people whose part in it differs; the truth."""
    users = first.homes.index.union(second.homes.index)
    homes = [tables.homes.reindex(users) for tables in (first, second)]
    one, other = (pd.concat([t.parts, t.indicators], axis=1) for t in (first, second))
    columns = one.columns.union(other.columns)
    one, other = (table.reindex(index=users, columns=columns) for table in (one, other))
    needs = {name: upper + lower for name, (upper, lower) in RATIOS.items()}
    for kind in KINDS:
        weekly = [c for c in columns if c[0][0] == "2" and c[1] in (f"og_{kind}", f"ic_{kind}")]
        needs[f"{kind}_ratio_var"] = weekly
    rows = {}
    for antenna in set(homes[0].dropna()) | set(homes[1].dropna()):
        here, there = (home == antenna for home in homes)
        x, y = one.where(here), other.where(there)
        differs = (x != y) & (x.notna() | y.notna())
        people = {name: differs[parts].any(axis=1).sum() for name, parts in needs.items()}
        people["active_users"] = (here != there).sum()
        rows[antenna] = pd.concat([pd.Series(people), differs[INDICATORS].sum()])
    return pd.DataFrame(rows).T


def people_behind_pairs(first: Tables, second: Tables) -> dict[tuple[str, str, str], int]:
    """Per pair and count the people whose part in it differs, at the end with fewer of them."""
    ends = []
    for user in ("user_id", "correspondent_id"):
        keys = ["antenna_id1", "antenna_id2", user]
        one, other = (t.links.fillna(0).groupby(keys)[COUNTS].sum() for t in (first, second))
        differs = one.sub(other, fill_value=0) != 0
        ends.append(differs.groupby(keys[:2]).sum().stack())
    return pd.concat(ends, axis=1).min(axis=1).astype(int).to_dict()


# --- command line ---------------------------------------------------------------------------------


def remove_a_person(raw: Path) -> None:
    """Take the records of one person of an antenna of middle size out of the files."""
    homes = pd.read_csv(raw / "truth" / "homes.csv", dtype=str)
    residents = homes.groupby("antenna_id")["user_id"].transform("count")
    person = homes["user_id"][residents.between(30, 40)].iloc[0]
    for file in raw.glob("20*.csv"):
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if row.split(",")[1] != person))


def audit(four: Tables, fewer: Tables, five: Tables, people: int) -> dict[str, pd.DataFrame]:
    """All attacks: a table each."""
    check(four)

    def by_gate(attack: Callable[[bool], dict[str, int]]) -> pd.DataFrame:
        return pd.DataFrame({"gate off": attack(False), "gate on": attack(True)})

    return {
        "Reading off one release": by_gate(lambda gate: reading_off(four, gate)),
        "Who is in the data, and what of a person's indicators a release without him gives": (
            membership(four, people)
        ),
        "Subtraction: one person more": by_gate(lambda gate: subtraction(fewer, four, gate)),
        "Subtraction: one week more": by_gate(lambda gate: subtraction(four, five, gate)),
    }


def main() -> None:
    """Make the data, run the pipeline three times, attack, tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "output")
    parser.add_argument("--people", type=int, default=300, help="targets in larger antennas")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, project(folder := Path(temporary)):
        raw = folder / "raw"
        mockup.generate(mockup.Options(antennas=50, days=35), raw)
        five = run_pipeline(raw, folder)
        for file in sorted(raw.glob("20*.csv"))[28:]:
            file.unlink()
        four = run_pipeline(raw, folder)
        remove_a_person(raw)
        fewer = run_pipeline(raw, folder)
    tables = audit(four, fewer, five, options.people)
    for title, table in tables.items():
        print(f"\n{title}\n{table.to_string(float_format='%.2f')}")
    options.output.mkdir(parents=True, exist_ok=True)
    file = options.output / "privacy_audit.json"
    found = {title: json.loads(table.to_json(orient="split")) for title, table in tables.items()}
    file.write_text(json.dumps({"privacy_k": K, "privacy_max_share": MAX_SHARE, **found}, indent=1))
    print(f"\nWritten to {file}.")


if __name__ == "__main__":
    main()
