"""What the privacy gate protects, measured by attacks on a mock-up with known truth.

    python -m scripts.privacy_audit [--output output] [--people 300]

The pipeline runs three times over invented data: four weeks; the same four weeks without one person;
five weeks. Each release is attacked as it is (gate on) and as it would be without the gate (off):

- reading off: values of one person or with a dominating person, shares with a complement that rests on
  few people, and the smallest antenna's totals, which define the scale of all others;
- membership: whether a person is in the data. The strong attacker knows the records of all others
  at the antenna and computes the release with and without the target; the weak one knows the
  target's indicators and those of half of the people elsewhere, and decides by likelihood;
- subtraction of two releases of almost the same data.

Features that depend only on an antenna's residents are computed here again, with and without each
person, and compared with the pipeline's. The twelve other features (scaled_*, distances, isolation,
entropy) depend on everybody and are left out. Results: tables, and privacy_audit.json.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dbt_gnuper.local_files import write_key
from dbt_gnuper.spark_connect import connect
from python_udfs.bandicoot_columns import INDICATOR_NAMES
from scripts import mockup, server

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SCHEMA = "privacy_audit"
K, MAX_SHARE = 15, 0.5
KEY = "5eed" * 16  # no secret: the people are invented, and the same sample is drawn every time
KINDS = ("calls", "sms", "vol")
MEASURES = [f"{direction}_{kind}" for direction in ("og", "ic") for kind in KINDS]
COUNTS = ["call_count", "sms_count", "vol_sum"]
PAIR = ["antenna_id1", "antenna_id2"]
INDICATORS = ["reporting__number_of_records", *INDICATOR_NAMES]
SAME = 1e-9  # relative; the files have all digits of a double

# Value = sum of the first parts / sum of the second; a part is a window and a measure.
RATIOS = {
    **{
        f"{kind}_ratio": ([("alltime", f"og_{kind}")], [("alltime", f"ic_{kind}")])
        for kind in KINDS
    },
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
    write_key(folder / "pseudonym.key", KEY)
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


def read_tables(rows: Callable[[str], pd.DataFrame]) -> Tables:
    """The tables of the last run, by a function that gives the rows of a query."""
    homes = rows("select * from user_home_antenna").set_index("user_id")["antenna_id"]
    windows = rows("select *, coalesce(string(week), window) as span from user_metrics_window")
    parts = windows.pivot(index="user_id", columns="span", values=[*MEASURES, "calls", "sms"])
    bandicoot = rows("select user_id, number_of_records, indicators from user_bandicoot")
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    indicators = pd.DataFrame(values.astype(float), index=bandicoot["user_id"], columns=INDICATORS)
    pairs = rows(
        "select antenna_id1, antenna_id2, stack(3, "
        + ", ".join(f"'{c}', double({c}), {c}_users, {c}_decision" for c in COUNTS)
        + ") as (count, value, users, decision) from interaction_decisions inner join "
        "(select antenna_id1, antenna_id2, call_count_users, sms_count_users, vol_sum_users "
        "from antenna_interactions) using (antenna_id1, antenna_id2)"
    )
    return Tables(
        homes,
        parts.swaplevel(axis=1).reindex(homes.index).astype(float),
        indicators.reindex(homes.index),
        rows("select * from feature_decisions where feature != 'dist2c'"),
        pairs.dropna(subset="value"),
        rows("select * from user_interactions"),
    )


# --- the release of an antenna --------------------------------------------------------------------


def release(tables: Tables, residents: pd.Index) -> tuple[pd.Series, pd.Series]:
    """FEATURES of an antenna with these residents, and the gate's decisions, without the rule."""
    parts, indicators = tables.parts.loc[residents], tables.indicators.loc[residents]
    total = parts.sum(min_count=1)
    found = {
        name: (sum(total[part] for part in over) / sum(total[part] for part in under), over + under)
        for name, (over, under) in RATIOS.items()
    }
    rests_on_either = [("alltime", "sms"), ("alltime", "calls")]
    found["sms2calls_ratio"] = (found["sms2calls_ratio"][0], rests_on_either)
    by_week = total[total.index.get_level_values(0).str.startswith("2")].unstack()
    for kind in KINDS:
        weekly = by_week[f"og_{kind}"] / by_week[f"ic_{kind}"]
        weekly = weekly[np.isfinite(weekly)]
        rests_on = [(week, f"{way}_{kind}") for week in weekly.index for way in ("og", "ic")]
        found[f"{kind}_ratio_var"] = (weekly.var(), rests_on)
    users, share = parts.count(), parts.max() / total
    support = {name: (users[part].min(), share[part].max()) for name, (_, part) in found.items()}
    support["active_users"] = (len(parts), 1 / len(parts) if len(parts) else np.nan)
    size = indicators.abs()
    support |= zip(INDICATORS, zip(indicators.count(), size.max() / size.sum()))  # noqa: B905
    values = pd.Series({name: value for name, (value, _) in found.items()})
    values = pd.concat([values, pd.Series({"active_users": len(parts)}), indicators.mean()])
    values = values.astype(float).replace([np.inf, -np.inf], np.nan)
    users, share = pd.DataFrame(support).T.reindex(values.index).to_numpy().T
    decisions = np.where((users > K) & ~(share > MAX_SHARE), "released", "withheld")
    decisions = pd.Series(np.where(values.notna(), decisions, "not_existing"), values.index)
    if len(parts) <= K:
        decisions[:] = "withheld" if len(parts) else "no_data"
    return values, decisions


def check(tables: Tables) -> None:
    """The computation above gives what the pipeline gives, or there is nothing to audit."""
    pipeline = tables.decisions.set_index(["antenna_id", "feature"])
    for antenna, residents in tables.homes.groupby(tables.homes).groups.items():
        values, decisions = release(tables, residents)
        its = pipeline.loc[antenna].reindex(values.index)
        np.testing.assert_allclose(values, its["value"].astype(float), rtol=SAME, atol=SAME)
        assert (decisions == its["decision"].replace("withheld_.*", "withheld", regex=True)).all()


# --- attacks --------------------------------------------------------------------------------------


def reading_off(tables: Tables, gate: bool) -> dict[str, int]:
    """Values that disclose one person without any computation, and complements that do."""
    values, pairs = tables.decisions.dropna(subset="value"), tables.pairs
    if gate:
        values, pairs = (table[table["decision"] == "released"] for table in (values, pairs))
    shares = values[values["feature"].str.contains("_week_ratio|_work_ratio")]
    rests = []
    for antenna, feature in shares[["antenna_id", "feature"]].itertuples(index=False):
        (part,), (whole,) = RATIOS[feature]
        residents = tables.parts[tables.homes == antenna].fillna(0)
        rests.append((residents[whole] > residents[part]).sum())
    rests = np.array(rests)
    return {
        "values of antennas": len(values),
        "values of one person": (values["users"] == 1).sum(),
        "antennas with such a value": values["antenna_id"][values["users"] == 1].nunique(),
        "values with one person above half": (values["largest_share"] > MAX_SHARE).sum(),
        "counts of pairs": len(pairs),
        "counts of one person": (pairs["users"] == 1).sum(),
        "shares of a whole": len(rests),
        "shares with a complement from one person": (rests == 1).sum(),
        f"shares with a complement from 2 to {K} people": ((rests > 1) & (rests <= K)).sum(),
    }


def smallest_antenna(tables: Tables) -> pd.DataFrame:
    """The least total of all antennas, estimated from other antennas' released values.

    scaled_* is (total - least) / (most - least), and the totals of other antennas are nearly known
    from bandicoot's means times active_users (but for international events): a straight line
    through both meets the least total, whoever's it is.
    """
    released = tables.decisions[tables.decisions["decision"] == "released"]
    shown = released.pivot(index="antenna_id", columns="feature", values="value")
    rows = {}
    for way, name in (("og", "out"), ("ic", "in")):
        for kind, word in (("calls", "call"), ("sms", "text")):
            mean = shown[f"number_of_interaction_{name}__allweek__allday__{word}"]
            line = pd.concat([shown[f"scaled_{way}_{kind}"], mean * shown["active_users"]], axis=1)
            values = tables.parts["alltime", f"{way}_{kind}"].groupby(tables.homes)
            least = values.sum(min_count=1).idxmin()
            rows[f"{way}_{kind}"] = {
                "people": values.count()[least],
                "least total": values.sum()[least],
                "estimate": np.polyfit(*line.dropna().to_numpy().T, 1)[1],
            }
    return pd.DataFrame(rows).T


def membership(tables: Tables, sample: int) -> pd.DataFrame:
    """True-positive rate minus false-positive rate of both attackers, by antenna size and gate.

    Targets are all people at small antennas and a sample of the others. Also the share of their
    indicators that follow exactly from the release with them, the one without, and active_users.
    """
    rng = np.random.default_rng(1)
    residents = tables.homes.map(tables.homes.value_counts()).sort_index()
    large = residents.index[residents > K]
    chosen = rng.choice(large, min(sample, len(large)), replace=False)
    rows = []
    for target in residents.index[residents <= K].union(chosen):
        is_here = tables.homes == tables.homes[target]
        here, elsewhere = tables.homes.index[is_here], tables.homes.index[~is_here]
        shadow = tables.indicators.loc[rng.choice(elsewhere, len(elsewhere) // 2, replace=False)]
        target_values = tables.indicators.loc[target]
        worlds = [release(tables, users) for users in (here, here.drop(target))]
        for gate in ("off", "on"):
            (one, told), (other, told_other) = (
                (values.where(decisions == "released"), decisions)
                if gate == "on"
                else (values, values.isna())
                for values, decisions in worlds
            )
            is_same = np.isclose(one, other, SAME, 0, equal_nan=True) & (told == told_other)
            exact = (one * len(here) - other * (len(here) - 1))[INDICATORS]
            rows.append(
                {
                    "residents": len(here),
                    "gate": gate,
                    "strong": not is_same.all(),
                    "in": likelihood(one, target_values, shadow, len(here)),
                    "out": likelihood(other, target_values, shadow, len(here)),
                    "exact": np.isclose(exact, target_values, 1e-6).sum() / target_values.count(),
                }
            )
    table = pd.DataFrame(rows)
    names = [f"1 to {K}", f"{K + 1} to 50", "over 50"]
    sizes = pd.cut(table["residents"], [0, K, 50, np.inf], labels=names)
    found = table.groupby([sizes, "gate"], observed=True).apply(
        lambda part: pd.Series(
            {
                "people": len(part),
                "strong attacker": part["strong"].mean(),
                "weak attacker": max(
                    (part["in"] >= cut).mean() - (part["out"] >= cut).mean()
                    for cut in [*part["in"], np.inf]
                ),
                "indicators by subtraction": part["exact"].mean(),
            }
        ),
        include_groups=False,
    )
    return found.astype({"people": int})


def likelihood(values: pd.Series, target: pd.Series, shadow: pd.DataFrame, residents: int) -> float:
    """Log likelihood ratio of the target being one of the residents; 0 if nothing is shown.

    As if indicators were independent and normal, with the shadow people's mean and deviation. The
    attacker is given the best threshold in hindsight.
    """
    mean, deviation = shadow.mean(), shadow.std().replace(0, np.nan)
    own = ((target - mean) / deviation).clip(-3, 3)
    antenna = (values[INDICATORS] - mean) / deviation
    return float(np.nansum(antenna * own - own**2 / (2 * residents)))


def subtraction(first: Tables, second: Tables, gate: bool) -> dict[str, int]:
    """What two releases both show but not equally, and how many people each difference is of."""
    sides = [(t.decisions.dropna(subset="value"), t.pairs) for t in (first, second)]
    if gate:
        sides = [[t[t["decision"] == "released"] for t in side] for side in sides]
    counted = {
        "values of antennas": (["antenna_id", "feature"], people_behind(first, second)),
        "counts of pairs": ([*PAIR, "count"], people_behind_pairs(first, second)),
    }
    result = {}
    for (kind, (keys, truth)), one, other in zip(counted.items(), *sides, strict=True):
        both = one.merge(other, on=keys)
        both = both[~np.isclose(both["value_x"], both["value_y"], SAME, 0)]
        people = both.merge(truth.rename("people"), left_on=keys, right_index=True)["people"]
        result[f"{kind} that differ"] = len(people)
        result[f"{kind}, difference of one person"] = (people == 1).sum()
        result[f"{kind}, of 2 to {K} people"] = people.between(2, K).sum()
    return result


def people_behind(first: Tables, second: Tables) -> pd.Series:
    """Per antenna and feature the number of people whose part in it differs; the truth."""
    users = first.homes.index.union(second.homes.index)
    homes = [tables.homes.reindex(users) for tables in (first, second)]
    one, other = (pd.concat([t.parts, t.indicators], axis=1) for t in (first, second))
    columns = one.columns.union(other.columns, sort=False)
    one, other = (table.reindex(index=users, columns=columns) for table in (one, other))
    needs = {name: upper + lower for name, (upper, lower) in RATIOS.items()}
    for kind in KINDS:
        weekly = [c for c in columns if c[0][0] == "2" and c[1] in (f"og_{kind}", f"ic_{kind}")]
        needs[f"{kind}_ratio_var"] = weekly
    people = {}
    for antenna in set(homes[0].dropna()) | set(homes[1].dropna()):
        x, y = one.where(homes[0] == antenna), other.where(homes[1] == antenna)
        differs = (x != y) & (x.notna() | y.notna())
        people[antenna] = differs[INDICATORS].sum()
        for name, parts in needs.items():
            people[antenna][name] = differs[parts].any(axis=1).sum()
        people[antenna]["active_users"] = ((homes[0] == antenna) != (homes[1] == antenna)).sum()
    return pd.DataFrame(people).T.stack()


def people_behind_pairs(first: Tables, second: Tables) -> pd.Series:
    """Per pair and count the people whose part in it differs, at the end with fewer of them."""
    ends = []
    for user in ("user_id", "correspondent_id"):
        one, other = (
            tables.links.fillna(0).groupby([*PAIR, user])[COUNTS].sum()
            for tables in (first, second)
        )
        differs = one.sub(other, fill_value=0) != 0
        ends.append(differs.groupby(PAIR).sum().stack())
    return pd.concat(ends, axis=1).min(axis=1)


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
    """All attacks, a table each."""
    check(four)

    def by_gate(attack: Callable[[bool], dict[str, int]]) -> pd.DataFrame:
        return pd.DataFrame({"gate off": attack(False), "gate on": attack(True)})

    return {
        "Reading off one release": by_gate(lambda gate: reading_off(four, gate)),
        "Through scaled_* to the smallest antenna, gate on": smallest_antenna(four),
        "Membership": membership(four, people),
        "Subtraction, one person more": by_gate(lambda gate: subtraction(fewer, four, gate)),
        "Subtraction, one week more": by_gate(lambda gate: subtraction(four, five, gate)),
    }


def main() -> None:
    """Make the data, run the pipeline three times, attack, tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "output")
    parser.add_argument("--people", type=int, default=300, help="targets at larger antennas")
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
    found = {title: table.reset_index().to_dict("records") for title, table in tables.items()}
    found = {"privacy_k": K, "privacy_max_share": MAX_SHARE, **found}
    options.output.mkdir(parents=True, exist_ok=True)
    file = options.output / "privacy_audit.json"
    file.write_text(json.dumps(found, indent=1, default=float) + "\n")
    print(f"\nWritten to {file}.")


if __name__ == "__main__":
    main()
