"""What a kind of day does to people: workdays, weekends and holidays."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Rhythm(NamedTuple):
    """What a kind of day does to people."""

    busyness: float  # factor on the number of events
    greetings: float  # added to the share of texts
    hours: tuple[float, ...]  # weight of each hour, from 0 to 23
    # (first hour, share at work, on the way, out, near home); the rest is at home.
    places: tuple[tuple[float, ...], ...]


WORKDAY = Rhythm(
    1.0,
    0.0,
    (
        1.2, 0.7, 0.5, 0.9, 1.1, 1.2, 1.6, 2.6, 4.5, 6.0, 6.8, 6.5,
        6.2, 5.8, 5.6, 5.8, 6.4, 7.2, 7.6, 7.4, 6.6, 5.2, 3.6, 2.0,
    ),
    (
        (0, 0.00, 0.00, 0.03, 0.05), (6, 0.05, 0.10, 0.00, 0.05), (7, 0.25, 0.35, 0.00, 0.05),
        (8, 0.65, 0.20, 0.00, 0.03), (9, 0.80, 0.03, 0.05, 0.03), (17, 0.40, 0.30, 0.10, 0.03),
        (18, 0.15, 0.25, 0.15, 0.05), (19, 0.03, 0.05, 0.15, 0.05), (22, 0.00, 0.03, 0.10, 0.05),
    ),
)  # fmt: skip
WEEKEND = Rhythm(
    0.8,
    0.0,
    (
        2.4, 1.6, 1.1, 1.0, 0.9, 0.9, 1.0, 1.4, 2.4, 4.0, 5.4, 6.0,
        6.4, 6.2, 6.0, 6.0, 6.2, 6.6, 7.2, 7.6, 7.2, 6.2, 4.8, 3.4,
    ),
    (
        (0, 0.00, 0.00, 0.05, 0.05), (9, 0.04, 0.05, 0.20, 0.05), (12, 0.05, 0.08, 0.35, 0.05),
        (19, 0.02, 0.05, 0.20, 0.05), (22, 0.00, 0.03, 0.12, 0.05),
    ),
)  # fmt: skip
HOLIDAY = WEEKEND._replace(busyness=1.2, greetings=0.2)


def rhythm_of(day: date, holidays: tuple[date, ...]) -> Rhythm:
    """What people do on a day; a holiday on a weekend is a holiday."""
    if day in holidays:
        return HOLIDAY
    return WEEKEND if day.isoweekday() >= 6 else WORKDAY
