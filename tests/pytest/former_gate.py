"""A release as the gate made it before it looked at the release as a whole.

It is made of the exported files and the restricted tables of a run with today's gate. The attacks
must find in it what they are for. The former gate counted people whose value is 0 as well, withheld
nothing because of what subtraction leaves, chose the smallest companion and rounded nothing.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.daytime import windows
from scripts.privacy_audit.disclosure.release import MEASURES
from scripts.privacy_audit.disclosure.rounding import INDICATORS

# Queries in the restricted schema, by the name of the file.
QUERIES = {
    "feature_decisions": "select * from feature_decisions",
    "hourly_decisions": "select * from hourly_profile_decisions",
    "weekly_decisions": "select * from weekly_profile_decisions",
    "interaction_decisions": "select * from interaction_decisions",
    "days": "select day, sum(accepted) as accepted_rows from delivery_quality"
    " where source_file is not null group by day",
}


def former_release(release: Path, truth: Path, output: Path) -> Path:
    """Write the former release beside a release that has no periods; its folder."""
    shutil.copytree(release, output)
    tables = {name: pd.read_parquet(truth / f"{name}.parquet") for name in QUERIES}
    run = pd.read_parquet(release / "release_run.parquet")
    parameters = json.loads(run["parameters"].iloc[0])
    parameters.pop("release_digits", None)
    decisions = tables["feature_decisions"]
    _decide_on_indicators(decisions, truth, parameters)
    features = pd.read_parquet(release / "final_features.parquet").set_index("antenna_id")
    for feature, rows in decisions.groupby("feature"):
        values = rows.set_index("antenna_id")
        features[feature] = values["value"].where(values["decision"] == "released").astype(float)
    features["withheld_features"] = _listed(decisions.sort_values("position"), "feature")
    features = features.reset_index()
    for time, blocks in (("hour", _blocks_of_the_day(decisions, parameters)), ("week", None)):
        _profile(tables[f"{time}ly_decisions"], time, blocks, parameters).to_parquet(
            output / f"final_{time}ly_profile.parquet"
        )
    _report(release, tables["interaction_decisions"]).to_parquet(output / "release_report.parquet")
    run["parameters"] = json.dumps(parameters)
    run["accepted_rows"] = tables["days"]["accepted_rows"].sum()
    run.to_parquet(output / "release_run.parquet")
    tables["days"].to_parquet(output / "data_quality.parquet")
    features.to_parquet(output / "final_features.parquet")
    return output


def _decide_on_indicators(decisions: pd.DataFrame, truth: Path, parameters: dict) -> None:
    """The former gate counted who has an indicator, also as 0."""
    homes = pd.read_parquet(truth / "homes.parquet").set_index("user_id")["antenna_id"]
    bandicoot = pd.read_parquet(truth / "bandicoot.parquet").set_index("user_id")
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    table = pd.DataFrame(values.astype(float), bandicoot.index, list(INDICATORS))
    users = table.groupby(homes.reindex(table.index)).count().stack()
    places = pd.MultiIndex.from_frame(decisions[["antenna_id", "feature"]])
    counted = pd.Series(users.reindex(places).to_numpy(), decisions.index)
    is_withheld = decisions["decision"] == "withheld_k"
    is_enough = counted > parameters["privacy_k"]
    is_small = (
        decisions["antenna_id"].map(homes.value_counts()).fillna(0) <= parameters["privacy_k"]
    )
    decisions.loc[is_withheld & is_enough & ~is_small, "decision"] = "released"


def _listed(decisions: pd.DataFrame, name: str, keys: str | list[str] = "antenna_id") -> pd.Series:
    """What is withheld, as the release lists it."""
    rules = decisions["decision"].str.removeprefix("withheld_")
    entries = (decisions[name] + "=" + rules).where(
        decisions["decision"].str.startswith("withheld"), ""
    )
    return entries.groupby([decisions[key] for key in np.atleast_1d(keys)]).agg(
        lambda texts: "; ".join(filter(None, texts))
    )


def _blocks_of_the_day(decisions: pd.DataFrame, parameters: dict) -> dict:
    """By antenna and measure the windows of the day whose sums are released."""
    found = windows(parameters)
    released = decisions[decisions["decision"] == "released"]
    keys = set(zip(released["antenna_id"], released["feature"], strict=True))
    return {
        (antenna, measure): [
            [hour for hour in found[window] if hour < 24]
            for window, feature in (("work", "work"), ("early", "peak"), ("late", "peak"))
            if (antenna, f"{measure}_{feature}_ratio") in keys
        ]
        for antenna in decisions["antenna_id"].unique()
        for measure in MEASURES
    }


def _profile(
    decisions: pd.DataFrame, time: str, windows_of: dict | None, parameters: dict
) -> pd.DataFrame:
    """A profile with the former companions, as it was released."""
    for place, rows in decisions.groupby(["antenna_id", "measure"]):
        told = windows_of[place] if windows_of else []
        blocks = rows[time].map(lambda t, told=told: tuple(t in window for window in told))
        for block, cells in rows.groupby(blocks):
            is_told = list(block) in [[i == j for j in range(len(told))] for i in range(len(told))]
            chosen = _companions(cells, time, parameters)
            if chosen is None:  # no companion: all of the block, or of the measure
                chosen = (cells if is_told else rows).query("decision == 'released'").index
            decisions.loc[chosen, "decision"] = "withheld_rest"
    keys = ["antenna_id", time]
    shown = decisions["value"].where(decisions["decision"] == "released").astype(float)
    profile = decisions.assign(shown=shown).pivot(index=keys, columns="measure", values="shown")
    profile = profile[list(MEASURES)]
    profile["withheld_values"] = _listed(decisions.sort_values("position"), "measure", keys)
    return profile.reset_index()


def _companions(cells: pd.DataFrame, time: str, parameters: dict) -> list[int] | None:
    """The smallest value with which nobody is above all; none needed: an empty list."""
    hidden = cells[cells["decision"].str.startswith("withheld") & cells["value"].notna()]
    if not len(hidden):
        return []
    limit = parameters["privacy_max_share"]
    shown = cells[cells["decision"] == "released"]
    is_fit = shown["largest"] + hidden["largest"].sum() <= limit * (
        shown["value"] + hidden["value"].sum()
    )
    fit = shown[is_fit].sort_values(["value", time])
    return [fit.index[0]] if len(fit) else None


def _report(release: Path, pairs: pd.DataFrame) -> pd.DataFrame:
    """The numbers of pairs by decision, which were all released."""
    report = pd.read_parquet(release / "release_report.parquet")
    outcomes = [column for column in report if column in ("released", "not_existing", "no_data")]
    outcomes += [column for column in report if column.startswith("withheld_")]
    report = report.astype(dict.fromkeys(["total", *outcomes], float))
    for row in report.index[report["released_table"] == "final_interactions"]:
        counts = pairs[report.at[row, "feature"] + "_decision"].value_counts()
        report.loc[row, "total"] = len(pairs)
        for outcome in outcomes:
            report.loc[row, outcome] = counts.get(outcome, 0)
    return report
