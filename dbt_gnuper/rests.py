"""What readers can compute by subtraction: the rests, and the sums that each of them consists of.

Released values are sums and ratios of sums over the same events. So two of them can leave a third
sum, which nobody has judged: all events less those in working hours, for instance, are the events
in other hours. Such a sum is called a rest here. This module lists all of them in one place. A
feature names the rests that it leaves in features.yml (`leaves`), an indicator of bandicoot by
:func:`indicator_leaves`. If a rest is about too few people, these values are withheld
(`withheld_rest`), see the models antenna_rests and feature_rests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.features import DIRECTIONS, MEASURES
from dbt_gnuper.patches import add_for_macros
from python_udfs.bandicoot_columns import INDICATOR_NAMES, RECORDS, describe

HOURS = range(24)
PEAKS = ("early_peak", "late_peak")
# Kinds of events of which bandicoot counts numbers too, and its words for them.
KINDS = {"calls": "call", "sms": "text"}
# Rests that a model of their own judges, not sums of a list: see antenna_rests.
OTHER_RESTS = (
    *(f"weeks.{kind}" for kind in (*KINDS, "vol")),
    *(f"{of}.{kind}" for of in ("partners", "capital") for kind in KINDS),
)

# Indicators whose means are sums of days or events over the number of users: their parts add up.
SUMS = (
    "active_days",
    "number_of_interactions",
    "number_of_interaction_in",
    "number_of_interaction_out",
)

# The columns of released tables that are numbers of people or events, other than features, and where
# their rests are judged. A column that is not listed here, and no feature, fails a test.
SHOWN_BY_TABLES = {
    # with each other, in secondary_suppression; the blocks of hours are those of CUTS
    "final_hourly_profile": list(MEASURES),
    "final_weekly_profile": list(MEASURES),
    # with features about pairs, in antenna_withheld_partners
    "final_interactions": ["call_count", "sms_count", "vol_sum"],
    # of released values only
    "final_flows": ["net_calls", "net_sms", "gravity_residual"],
    # of values, not of people; of pairs only those that are released
    "release_report": [
        "total", "released", "withheld_k", "withheld_dominance", "withheld_rest", "not_existing",
        "no_data",
    ],
    # with the events of all antennas; rounded so that what is left stays open
    "release_run": ["accepted_rows"],
    "data_quality": ["delivered_rows", "accepted_rows"],
    # with the means of indicators: users are rounded, and squares are no sums of other squares
    "final_precision": ["users", "standard_error"],
    # of places only
    "final_zones": [],
    # of released values only, and of places
    "final_coverage": [
        "population", "active_users", "penetration", "weight", "antennas", "share_of_antennas",
        "events_per_resident",
    ],
}  # fmt: skip

Hours = tuple[int, ...]


class Day:
    """The day, cut into blocks of hours by the windows of the day that readers know sums of.

    windows: first and last hour of the working hours and of the two peaks, both included.
    night: first hour of the night, and first hour after it.
    """

    def __init__(self, windows: Mapping[str, Sequence[int]], night: Sequence[int]) -> None:
        peaks = [set(range(windows[name][0], windows[name][1] + 1)) for name in PEAKS]
        work = windows["work"]
        self.windows = {
            "work": [set(range(work[0], work[1] + 1))],
            "peaks": peaks,
            "night": [{hour for hour in HOURS if hour >= night[0] or hour < night[1]}],
        }

    def blocks(self, *names: str) -> list[Hours]:
        """The hours that are in the same of the named windows, block by block."""
        windows = [window for name in names for window in self.windows[name]]
        blocks: dict[tuple[bool, ...], list[int]] = {}
        for hour in HOURS:
            blocks.setdefault(tuple(hour in window for window in windows), []).append(hour)
        return [tuple(hours) for hours in blocks.values()]

    def sections(self) -> list[Hours]:
        """The smallest pieces, of which each block consists: the day cut by all windows."""
        return self.blocks(*self.windows)


# The windows by which the day is cut where these sums are known. Working hours come first, then
# peaks, then the night.
CUTS = {
    "work": ("work",),
    "peaks": ("work", "peaks"),
    "night": ("work", "night"),
    "peaks_and_night": ("work", "peaks", "night"),
}


def block_name(hours: Hours) -> str:
    """The hours of a block, such as "hours 0-8 18-23"."""
    ranges: list[list[int]] = []
    for hour in hours:
        if ranges and ranges[-1][1] == hour - 1:
            ranges[-1][1] = hour
        else:
            ranges.append([hour, hour])
    return "hours " + " ".join(
        str(first) if first == last else f"{first}-{last}" for first, last in ranges
    )


def blocks_of_the_day(
    windows: Mapping[str, Sequence[int]], night: Sequence[int], has_indicators: bool
) -> dict[str, list[int]]:
    """The blocks whose sums are judged, each with the numbers of its sections."""
    day = Day(windows, night)
    blocks = {
        block_name(block): block
        for names in _cuts(has_indicators).values()
        for block in day.blocks(*names)
    }
    return {
        name: [number for number, hours in enumerate(day.sections()) if set(hours) <= set(block)]
        for name, block in blocks.items()
    }


def sections_of_the_day(
    windows: Mapping[str, Sequence[int]], night: Sequence[int]
) -> dict[int, Hours]:
    """The hours of each section, by its number."""
    return dict(enumerate(Day(windows, night).sections()))


def rests(
    windows: Mapping[str, Sequence[int]], night: Sequence[int], has_indicators: bool
) -> dict[str, list[str]]:
    """The parts of the data of which each rest consists: each of them must be about enough people.

    A part is a measure in a window of time ("alltime.og_calls", see antenna_support), in a block of
    hours ("hours 9-17.og_calls", see antenna_blocks), among the events that bandicoot leaves out
    ("international.og_calls", see antenna_international), or an indicator.
    """
    day = Day(windows, night)
    found = {"directions": [f"alltime.{way}_{kind}" for kind in KINDS for way in DIRECTIONS]}
    for measure in MEASURES:
        found[f"workday.{measure}"] = [f"workday.{measure}"]
        for cut, names in _cuts(has_indicators).items():
            # bandicoot has no sums of seconds by day and night
            if "night" in names and measure.endswith("vol"):
                continue
            found[f"{cut}.{measure}"] = [
                f"{block_name(block)}.{measure}" for block in day.blocks(*names)
            ]
    if has_indicators:
        for kind in KINDS:
            found |= _international(kind, found)
        for name, indicators in _splits().items():
            found[name] = [f"indicator.{indicator}" for indicator in indicators]
    return found


def _cuts(has_indicators: bool) -> dict[str, tuple[str, ...]]:
    return {cut: names for cut, names in CUTS.items() if has_indicators or "night" not in names}


def _international(kind: str, found: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """All events less those that bandicoot counts, in all and by part of the week and day."""
    of = [f"{way}_{kind}" for way in DIRECTIONS]
    everywhere = [f"international.{measure}" for measure in of]
    by_day = [f"international_{part}.{measure}" for part in ("day", "night") for measure in of]
    return {
        f"international.{kind}": everywhere,
        f"holidays.{kind}": [f"holidays.{measure}" for measure in of],
        **{
            f"night.{measure}": [*found[f"night.{measure}"], *everywhere, *by_day] for measure in of
        },
    }


def _splits() -> dict[str, list[str]]:
    """Indicators that add up to another one, by the split that they are the pieces of."""
    splits: dict[str, list[str]] = {}
    for name in INDICATOR_NAMES:
        if split := _split(name):
            splits.setdefault(split, []).append(name)
    for kind in KINDS.values():
        name = f"number_of_interactions__allweek__allday__{kind}"
        splits[f"{RECORDS} by kind"] = [*splits.get(f"{RECORDS} by kind", []), name]
    return splits


def _split(indicator: str) -> str | None:
    about = describe(indicator)
    if about.indicator not in SUMS:
        return None
    by = [
        "direction" if about.indicator.endswith(("_in", "_out")) else None,
        "week" if about.part_of_week != "allweek" else None,
        "day" if about.part_of_day != "allday" else None,
    ]
    sum_ = about.indicator.removesuffix("_in").removesuffix("_out")
    words = " and ".join(word for word in by if word)
    return f"{sum_}__{about.interaction} by {words}" if words else None


def indicator_leaves(indicator: str) -> list[str]:
    """The rests that an indicator leaves, beside the other values of the antenna.

    Only sums of events or days leave any. The others are means of different people's statistics,
    such as medians, which cannot be subtracted without the number of people of each.
    """
    if indicator == RECORDS:
        return [f"{RECORDS} by kind", *(f"international.{kind}" for kind in KINDS)]
    about = describe(indicator)
    split = _split(indicator)
    leaves = [split] if split else []
    if about.indicator in SUMS and about.indicator != "active_days":
        kind = {word: kind for kind, word in KINDS.items()}[str(about.interaction)]
        leaves.append(f"international.{kind}")
        if about.part_of_week != "allweek":
            leaves.append(f"holidays.{kind}")
        if about.part_of_day != "allday":
            leaves += [f"night.{way}_{kind}" for way in DIRECTIONS]
    return leaves


def leaves_of_indicators() -> dict[str, list[str]]:
    """The rests of each indicator that leaves any, by its name."""
    leaves = {name: indicator_leaves(name) for name in (RECORDS, *INDICATOR_NAMES)}
    return {name: rests for name, rests in leaves.items() if rests}


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the rests and the blocks of the day available to macros."""
    functions = (rests, blocks_of_the_day, sections_of_the_day, leaves_of_indicators)
    add_for_macros(adapter, **{function.__name__: _as_method(function) for function in functions})


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _, *arguments: function(*arguments)
