"""The restricted tables of a run: what has to be dumped for the scorer, and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.quantities import SECOND, Outsiders, Partners, Quantity
from scripts.privacy_audit.disclosure.release import COUNTED, MEASURES, Release
from scripts.privacy_audit.disclosure.rounding import INDICATORS
from scripts.privacy_audit.disclosure.truth import Fact, Truth, fact

# Queries in the restricted schema, by the name of the file.
QUERIES = {
    "homes": "select user_id, antenna_id from user_home_antenna",
    "events": "select user_id, direction, interaction, call_duration, is_national, event_at, day, hour"
    " from events",
    "machines": "select user_id, week, sum("
    + " + ".join(f"coalesce({m}, 0)" for m in COUNTED)
    + ") as records from weekly_metrics left semi join machines using (user_id) group by all",
    "bandicoot": "select user_id, number_of_records, indicators from user_bandicoot",
    "interactions": "select * from user_interactions",
    "holidays": "select day from holidays",
}


@dataclass(frozen=True)
class Truths:
    """The restricted tables of all periods of a run."""

    periods: dict[str, Truth]
    atoms: pd.DataFrame  # of everybody, also of people without a home
    machines: pd.DataFrame  # user_id, week, records

    def about_all(self, releases: dict[str, Release]) -> Callable[[Quantity], Fact]:
        """The facts about what counts over everybody tell."""

        def about(quantity: Quantity) -> Fact:
            if isinstance(quantity, Outsiders):
                return self._outsiders(releases, quantity)
            if isinstance(quantity, Partners):
                return self.periods[quantity.period].about(quantity)
            raise TypeError(f"{quantity} is about one period")

        return about

    def _outsiders(self, releases: dict[str, Release], quantity: Outsiders) -> Fact:
        """The rows of all who live at no antenna that something is released about.

        Machines count as users.
        """
        shown = [
            user
            for period, truth in self.periods.items()
            for user in truth.homes.index[truth.homes.isin(releases[period].antennas)]
        ]
        atoms = self.atoms[~self.atoms["user_id"].isin(shown)]
        people = atoms[["user_id", "week"]].assign(records=atoms[list(COUNTED)].sum(axis=1))
        rows = pd.concat([people, self.machines])
        if quantity.week is not None:
            rows = rows[rows["week"] == quantity.week]
        return fact(rows.groupby("user_id")["records"].sum().to_numpy(float))


def read_truths(folder: Path, parameters: dict[str, Any]) -> Truths:
    """The restricted tables in a folder of Parquet files."""
    tables = {name: pd.read_parquet(Path(folder) / f"{name}.parquet") for name in QUERIES}
    homes = tables["homes"].set_index("user_id")["antenna_id"]
    is_divided = parameters["period"] != "all"
    periods = homes.str.split(" ").str[0] if is_divided else pd.Series("all", homes.index)
    homes = homes.str.split(" ", n=1).str[1] if is_divided else homes
    interactions = tables["interactions"]
    if is_divided:
        for end in ("antenna_id1", "antenna_id2"):
            interactions[end] = interactions[end].str.split(" ", n=1).str[1]
    indicators = _indicators(tables["bandicoot"])
    atoms = _atoms(tables["events"], homes, tables["holidays"]["day"], parameters)
    found = {}
    for period in sorted(periods.unique()):
        own = homes[periods == period]
        found[period] = Truth(
            homes=own,
            atoms=atoms[atoms["user_id"].isin(own.index)],
            indicators=indicators[indicators.index.isin(own.index)],
            interactions=interactions[interactions["user_id"].isin(own.index)],
        )
    return Truths(found, atoms, tables["machines"])


def _indicators(bandicoot: pd.DataFrame) -> pd.DataFrame:
    """Bandicoot's indicators by person."""
    bandicoot = bandicoot.set_index("user_id")
    if not len(bandicoot):
        return pd.DataFrame(columns=list(INDICATORS), dtype=float)
    values = np.column_stack([bandicoot["number_of_records"], np.stack(bandicoot["indicators"])])
    return pd.DataFrame(values.astype(float), bandicoot.index, list(INDICATORS))


def _atoms(
    events: pd.DataFrame, homes: pd.Series, holidays: pd.Series, parameters: dict[str, Any]
) -> pd.DataFrame:
    """One row per person and atom."""
    at = pd.to_datetime(events["event_at"])
    day = pd.to_datetime(events["day"])
    is_weekend = (day.dt.weekday + 1).isin(parameters["weekend_days"])
    is_holiday = day.isin(pd.to_datetime(holidays))
    is_second = (at.dt.hour == parameters["noct_end"]) & (at.dt.minute == 0) & (at.dt.second == 0)
    shift = (day.dt.weekday + 1 - parameters["week_starts_on"]) % 7
    is_out, is_call = events["direction"] == "out", events["interaction"] == "call"
    seconds = events["call_duration"].fillna(0)
    columns = {
        "user_id": events["user_id"],
        "is_national": events["is_national"].astype(bool),
        "week_part": np.select([is_weekend, is_holiday], ["weekend", "holiday"], "workday"),
        "slot": np.where(is_second, SECOND, events["hour"]),
        "week": (day - pd.to_timedelta(shift, "D")).dt.date,
    }
    for measure in MEASURES:
        way, kind = measure.split("_")
        chosen = (is_out == (way == "og")) & (is_call == (kind != "sms"))
        columns[measure] = np.where(chosen, seconds if kind == "vol" else 1, 0)
    keys = ["user_id", "is_national", "week_part", "slot", "week"]
    atoms = pd.DataFrame(columns).groupby(keys, as_index=False)[list(MEASURES)].sum()
    atoms["week_part"] = atoms["week_part"].astype(str).to_numpy("U7")
    atoms["antenna"] = atoms["user_id"].map(homes)
    atoms["person"] = atoms.groupby("antenna", dropna=False)["user_id"].transform(
        lambda users: users.factorize()[0]
    )
    return atoms
