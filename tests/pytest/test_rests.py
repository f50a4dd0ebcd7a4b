"""What readers can compute by subtraction: the list of it has no gap."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import PROJECT_ROOT

from dbt_gnuper import rests
from dbt_gnuper.features import features, registry
from dbt_gnuper.variables import defaults
from python_udfs.bandicoot_columns import INDICATOR_NAMES, INDICATORS, RECORDS

# Indicators that do not add up: means of different people's statistics.
NO_SUMS = {
    "balance_of_contacts", "call_duration", "churn_rate", "entropy_of_antennas",
    "entropy_of_contacts", "frequent_antennas", "interactions_per_contact", "interevent_time",
    "number_of_antennas", "number_of_contacts", "percent_at_home",
    "percent_initiated_conversations", "percent_initiated_interactions", "percent_nocturnal",
    "percent_pareto_durations", "percent_pareto_interactions", "radius_of_gyration",
    "response_delay_text", "response_rate_text",
}  # fmt: skip
# Columns that say where, when and of which decision a row is, and facts of the delivery.
NO_SUMS_OF_PEOPLE = {
    "antenna_id", "zone_id", "zone_name", "longitude", "latitude", "distance_km", "period",
    "hour", "week", "withheld_features", "withheld_values",
    "day", "files", "released_table", "feature", "position",
    "release_id", "first_day", "last_day", "parameters", "dbt_version", "spark_version",
    "started_at",
}  # fmt: skip
WINDOWS = {"work": [9, 17], "early_peak": [3, 5], "late_peak": [10, 12]}
NIGHT = [19, 7]


def all_rests(has_indicators: bool = True) -> set[str]:
    return {*rests.rests(WINDOWS, NIGHT, has_indicators), *rests.OTHER_RESTS}


def test_each_feature_says_what_it_leaves() -> None:
    silent = [family["name"] for family in registry()["families"] if "leaves" not in family]
    assert not silent, f"{silent}: say in features.yml what subtraction leaves (`leaves`), or []"
    unknown = {rest for feature in features() for rest in feature.leaves} - all_rests(False)
    assert not unknown, f"{unknown} are no rests of dbt_gnuper/rests.py"


def test_each_indicator_is_a_sum_or_none() -> None:
    names = {indicator.name for indicator in INDICATORS}
    assert names == NO_SUMS | set(rests.SUMS), "say in dbt_gnuper/rests.py what it leaves"
    for name in (RECORDS, *INDICATOR_NAMES):
        leaves = rests.indicator_leaves(name)
        assert set(leaves) <= all_rests()
        is_whole_sum = name == "active_days__allweek__allday__callandtext"
        assert bool(leaves) == (
            name == RECORDS or (name.split("__")[0] in rests.SUMS and not is_whole_sum)
        )


@pytest.mark.parametrize("has_indicators", [True, False])
def test_each_rest_is_left_by_something(has_indicators: bool) -> None:
    left = {rest for feature in features() for rest in feature.leaves}
    if has_indicators:
        left |= {
            rest for name in (RECORDS, *INDICATOR_NAMES) for rest in rests.indicator_leaves(name)
        }
    # a rest of the peaks beside the night is judged with the night
    alone = {rest for rest in all_rests(has_indicators) if not rest.startswith("peaks_and_night.")}
    assert alone == left


def test_each_released_column_is_accounted_for() -> None:
    """A table or column that is added must say which sums it shows."""
    shown: dict[str, set[str]] = {}
    for file in (PROJECT_ROOT / "models" / "final").rglob("*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models", []):
            meta = model.get("config", {}).get("meta", {})
            if meta.get("privacy_tier") == "released" and model["name"] not in (
                "current_release", "release_ledger",
            ):  # fmt: skip
                # antenna_id or zone_id, by var zones
                names = {column["name"] for column in model["columns"]}
                shown[model["name"]] = {name for name in names if "var('zones')" not in name}
    assert set(shown) == {"final_features", *rests.SHOWN_BY_TABLES}
    reasons = _reject_reasons()
    for table, columns in shown.items():
        about_people = columns - NO_SUMS_OF_PEOPLE - set(reasons)
        if table == "final_features":
            listed = {feature.name for feature in features()} | {RECORDS, *INDICATOR_NAMES}
        else:
            listed = set(rests.SHOWN_BY_TABLES[table])
        assert about_people == listed, f"{table}: list the columns in dbt_gnuper/rests.py"


def test_blocks_are_made_of_sections() -> None:
    """For any hours: sections cover the day once, and so do the blocks of each cut."""
    for windows, night in (
        (WINDOWS, NIGHT),
        ({"work": [0, 23], "early_peak": [5, 4], "late_peak": [22, 23]}, [23, 0]),
        ({"work": [8, 16], "early_peak": [7, 10], "late_peak": [9, 18]}, [0, 23]),
    ):
        sections = rests.sections_of_the_day(windows, night)
        assert sorted(hour for hours in sections.values() for hour in hours) == list(range(24))
        blocks = rests.blocks_of_the_day(windows, night, has_indicators=True)
        parts = rests.rests(windows, night, has_indicators=True)
        for cut in rests.CUTS:
            of_cut = [part for part in parts[f"{cut}.og_calls"] if part.startswith("hours ")]
            numbers = [number for part in of_cut for number in blocks[part.split(".")[0]]]
            assert sorted(numbers) == list(sections), (cut, windows)


def _reject_reasons() -> list[str]:
    """The columns of data_quality with rejected rows, from the macro that lists them."""
    text = Path(PROJECT_ROOT, "macros", "delivery", "reject_reasons.sql").read_text()
    return [word for word in text.replace("'", " ").replace(",", " ").split() if "_" in word]


def test_the_default_windows_are_those_of_the_project() -> None:
    settings = defaults()
    assert WINDOWS["work"] == [settings["work_begin"], settings["work_end"]]
    assert [settings["noct_begin"], settings["noct_end"]] == NIGHT
