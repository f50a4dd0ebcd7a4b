"""What an attacker wants to know, and what he claims about it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

# Parts of the week of an atom; bandicoot knows no holidays, its weekday is workday and holiday.
WEEK_PARTS = ("workday", "holiday", "weekend")
BANDICOOT_WEEK = {
    "allweek": ("workday", "holiday", "weekend"),
    "weekday": ("workday", "holiday"),
    "weekend": ("weekend",),
}
BANDICOOT_DAY = ("allday", "day", "night")
# Hours of the day of an atom; the last is the very second at which the night ends: the hour after
# it for the profile, still the night for bandicoot.
SLOTS = tuple(range(25))
SECOND = 24

# Over which people the mean of an indicator is taken: part of the week, part of the day, and kind of
# event.
Group = tuple[str, str, str]
Week = datetime.date


@dataclass(frozen=True)
class Sum:
    """What residents of an antenna add up to in some atoms; None means all."""

    antenna: str
    measures: tuple[str, ...]
    is_national: bool | None = None
    week_parts: tuple[str, ...] | None = None
    slots: tuple[int, ...] | None = None
    weeks: tuple[Week, ...] | None = None


@dataclass(frozen=True)
class PairCount:
    """Calls or texts of an ordered pair of antennas."""

    antenna1: str
    antenna2: str
    kind: str


@dataclass(frozen=True)
class Partners:
    """Number of antennas that residents of one interact with, in a period."""

    period: str
    antenna: str
    kind: str


@dataclass(frozen=True)
class Without:
    """Number of residents who have no event of a group of indicators."""

    antenna: str
    group: Group


@dataclass(frozen=True)
class Indicator:
    """Mean of an indicator over an antenna's residents who have it."""

    antenna: str
    indicator: str


@dataclass(frozen=True)
class Outsiders:
    """Rows of all who live at no antenna about which something is released; None: of all weeks."""

    week: Week | None = None


Quantity = Sum | PairCount | Partners | Without | Indicator | Outsiders


@dataclass(frozen=True)
class Claim:
    """The truth lies between low and high, as follows from the release alone."""

    attack: str
    quantity: Quantity
    low: float
    high: float
