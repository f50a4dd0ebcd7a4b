"""The attacks on a release: reading off, membership, subtraction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.privacy_audit.gate.measures import (
    COUNTS,
    INDICATORS,
    KINDS,
    MAX_SHARE,
    PAIR,
    RATIOS,
    K,
)
from scripts.privacy_audit.gate.release import SAME, release, shown
from scripts.privacy_audit.gate.tables import Tables


def reading_off(tables: Tables, gate: bool) -> dict[str, int]:
    """Values that tell of one person without any computation, and rests that do."""
    values, pairs = tables.released() if gate else tables.all()
    shares = values[values["feature"].str.contains("_week_ratio|_work_ratio")]
    found = []
    for antenna, feature in shares[["antenna_id", "feature"]].itertuples(index=False):
        (part,), (whole,) = RATIOS[feature]
        residents = tables.parts[tables.homes == antenna].fillna(0)
        found.append((residents[whole] > residents[part]).sum())
    rests = np.array(found)
    return {
        "values of antennas": len(values),
        "values of one person": (values["users"] == 1).sum(),
        "antennas with such a value": values["antenna_id"][values["users"] == 1].nunique(),
        "values with one person above half": (values["largest_share"] > MAX_SHARE).sum(),
        "counts of pairs": len(pairs),
        "counts of one person": (pairs["users"] == 1).sum(),
        "shares of a whole": len(rests),
        "shares whose rest is one person's": (rests == 1).sum(),
        f"shares whose rest is 2 to {K} people's": ((rests > 1) & (rests <= K)).sum(),
    }


def smallest_antenna(tables: Tables) -> pd.DataFrame:
    """The least total of all antennas, estimated from other antennas' released values.

    scaled_* is (total - least) / (most - least), and the totals of other antennas are nearly known
    from bandicoot's means times active_users (but for international events): a straight line
    through both meets the least total, whoever's it is.
    """
    released, _ = tables.released()
    released_values = released.pivot(index="antenna_id", columns="feature", values="value")
    rows = {}
    for way, name in (("og", "out"), ("ic", "in")):
        for kind, word in (("calls", "call"), ("sms", "text")):
            mean = released_values[f"number_of_interaction_{name}__allweek__allday__{word}"]
            line = pd.concat(
                [released_values[f"scaled_{way}_{kind}"], mean * released_values["active_users"]],
                axis=1,
            )
            scaled, total = line.dropna().to_numpy().T
            values = tables.parts["alltime", f"{way}_{kind}"].groupby(tables.homes)
            least = values.sum(min_count=1).idxmin()
            rows[f"{way}_{kind}"] = {
                "people": values.count()[least],
                "least total": values.sum()[least],
                "estimate": np.polyfit(scaled, total, 1)[1],
            }
    return pd.DataFrame(rows).T


def membership(tables: Tables, sample: int) -> pd.DataFrame:
    """True less false positive rate of both attackers, by the antenna's size and gate.

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
        antenna = tables.homes[target]
        worlds = [release(tables, users) for users in (here, here.drop(target))]
        for gate in ("off", "on"):
            (one, told), (other, told_other) = (
                shown(tables, antenna, values, decisions)
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
    sides = [t.released() if gate else t.all() for t in (first, second)]
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
