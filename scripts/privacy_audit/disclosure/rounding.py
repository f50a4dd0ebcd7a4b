"""What a released number says: all the values that would have been released as it.

The gate rounds half up to `release_digits` significant digits: features about pairs of antennas to
one digit less, and means of whole numbers never more finely than one part in `privacy_k` + 1.
Numbers of rows have two digits less, and are tens, hundreds or more, whichever is above
`privacy_k`. Profiles and counts of pairs are whole. A release without the parameter `release_digits`
shows all digits of a double.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from python_udfs.bandicoot_columns import INDICATOR_NAMES, describe

INDICATORS = ("reporting__number_of_records", *INDICATOR_NAMES)
RECORDS = INDICATORS[0]
PAIR_FEATURES = ("_dist_mean", "_isolation", "_entropy", "_partners", "_capital_share")
EXACT = 1e-11  # relative error of a double that went through a few operations


def is_whole(indicator: str) -> bool:
    """Whether a person's value of an indicator is a whole number, or the half of one."""
    return indicator == RECORDS or describe(indicator).is_whole


@dataclass(frozen=True)
class Interval:
    """All values between two numbers, both included."""

    low: float
    high: float

    def scaled(self, factor: float) -> Interval:
        """Both ends times a positive number."""
        return Interval(self.low * factor, self.high * factor)

    def whole(self) -> tuple[int, int]:
        """The first and the last whole number in it; none when the first is greater."""
        slack = 1e-7
        return math.ceil(self.low - slack), math.floor(self.high + slack)

    def overlap(self, other: Interval | None) -> Interval:
        """The part that it has in common with another one; None limits nothing."""
        if other is None:
            return self
        return Interval(max(self.low, other.low), min(self.high, other.high))

    def both(self, other: Interval) -> Interval:
        """The least interval that holds this one and another one."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


def around(value: float, inner: float, outer: float) -> Interval:
    """All numbers that are so much nearer to 0 or further from it."""
    slack = EXACT * abs(value)
    ends = abs(value) - inner - slack, abs(value) + outer + slack
    return Interval(*ends) if value > 0 else Interval(-ends[1], -ends[0])


def exact(value: float) -> Interval:
    """A number with all its digits."""
    return around(value, 0, 0)


def rounded(value: float, digits: int) -> Interval:
    """What a number that was rounded to so many significant digits can have been."""
    if value == 0:
        return Interval(0, 0)
    exponent = math.floor(math.log10(abs(value)) + 1e-12)
    half = 0.5 * 10.0 ** (exponent - digits + 1)
    # The numbers below a power of ten have one more decimal.
    is_power = math.isclose(abs(value), 10.0**exponent, rel_tol=1e-12)
    return around(value, half / 10 if is_power else half, half)


@dataclass(frozen=True)
class Rounding:
    """How the numbers of a release were rounded."""

    digits: int | None  # None: not at all
    k: int

    def read(self, feature: str, value: float) -> Interval:
        """What a released value of a feature can have been."""
        if feature == "active_users":
            return Interval(value, value)
        if self.digits is None:
            return exact(value)
        if feature in INDICATORS:
            found = rounded(value, self.digits)
            if is_whole(feature):
                half = 0.5 * 10.0 ** -math.floor(math.log10(self.k + 1))
                found = found.both(around(value, half, half))
                return Interval(max(found.low, 0), found.high)
            return found
        is_of_pairs = feature.endswith(PAIR_FEATURES)
        return rounded(value, max(self.digits - 1, 1) if is_of_pairs else self.digits)

    def rows(self, value: float) -> Interval:
        """What a released number of rows can have been."""
        if self.digits is None:
            return exact(value)
        half = 0.5 * 10.0 ** len(str(self.k))
        found = rounded(value, max(self.digits - 2, 1)).both(around(value, half, half))
        return Interval(max(found.low, 0), found.high)
