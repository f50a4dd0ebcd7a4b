"""The registry of features: features.yml, with a feature for each member of its families."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.patches import add_for_macros
from python_udfs.bandicoot_columns import INDICATOR_NAMES, RECORDS, describe

FILE = Path(__file__).with_name("features.yml")
KINDS = {"calls": "calls", "sms": "texts", "vol": "call seconds"}
DIRECTIONS = {"og": "outgoing", "ic": "incoming"}
MEASURES = {
    f"{short}_{kind}": f"{direction} {what}"
    for short, direction in DIRECTIONS.items()
    for kind, what in KINDS.items()
}


@dataclass(frozen=True)
class Feature:
    """One feature: a column of a model of level 3 and of final_features."""

    name: str
    model: str
    rests_on: tuple[str, ...]
    leaves: tuple[str, ...]
    """What subtraction leaves where it is released, see :mod:`dbt_gnuper.rests`."""
    group: str
    label: str
    type: str
    description: str
    """Meaning, unit, range, what NULL means, and the source of the formula."""
    limits: tuple[float | None, float | None]
    """Smallest and largest value; None for no limit, or for one that holds only after the gate."""
    released_limits: tuple[float | None, float | None]
    is_never_null: bool


@cache
def registry() -> dict[str, Any]:
    """The content of features.yml."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def features() -> tuple[Feature, ...]:
    """All features, in the order of their columns."""
    return tuple(feature for family in registry()["families"] for feature in members(family))


def members(family: dict[str, Any]) -> list[Feature]:
    """The features of a family."""
    of = family.get("of", [None])
    names = list(MEASURES) if of == "measures" else of
    return [_member(family, name) for name in names]


def _member(family: dict[str, Any], name: str | None) -> Feature:
    what = (MEASURES | KINDS).get(name, "") if name else ""
    words = {"kind": name, "measure": name, "what": what, "What": what.capitalize()}

    def text(key: str) -> str:
        return str(family.get(key, "")).format(**words)

    limits = (family.get("least"), family.get("most"))
    is_of_seconds = name is not None and name.endswith("vol")
    null = family.get("never_null") or (
        f"NULL {text('missing')}{family.get('missing_of_vol', '') if is_of_seconds else ''}."
    )
    return Feature(
        name=text("name"),
        model=family["model"],
        rests_on=tuple(part.format(**words) for part in family["rests_on"]),
        leaves=tuple(rest.format(**words) for rest in family["leaves"]),
        group=family["group"],
        label=text("label"),
        type=family.get("type", "double"),
        description=(
            f"{text('meaning')} Unit: {family['unit']}. Range: {_range(family)}. {null} "
            f"Source: {family['source']}."
        ),
        limits=limits,
        released_limits=tuple(family.get("released", limits)),
        is_never_null="never_null" in family,
    )


def _range(family: dict[str, Any]) -> str:
    if "range" in family:
        return family["range"]
    least, most = family["least"], family.get("most")
    return f"{least} or more" if most is None else f"{least} to {most}"


def features_for_macros() -> list[dict[str, Any]]:
    """The keys of each feature that models need."""
    return [
        {
            "name": feature.name,
            "model": feature.model,
            "type": feature.type,
            "rests_on": list(feature.rests_on),
            "leaves": list(feature.leaves),
            # released with all digits: numbers of people, and what is about places
            "is_exact": feature.name == "active_users" or not feature.rests_on,
            "is_about_pairs": any(rest.startswith("partners.") for rest in feature.leaves),
        }
        for feature in features()
    ]


def bandicoot_columns() -> list[str]:
    """The columns of an antenna that come from bandicoot, in its order."""
    return [RECORDS, *INDICATOR_NAMES]


def whole_indicators() -> list[str]:
    """The columns from bandicoot that are means of whole numbers."""
    return [RECORDS, *(name for name in INDICATOR_NAMES if describe(name).is_whole)]


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the names of features and indicators available to macros."""
    add_for_macros(
        adapter,
        features=lambda _: features_for_macros(),
        bandicoot_columns=lambda _: bandicoot_columns(),
        whole_indicators=lambda _: whole_indicators(),
    )
