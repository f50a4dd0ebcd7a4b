"""What the values of a column may be."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone

from dbt_gnuper.layouts import EPOCHS

# Patterns of Spark, and of Python. Those with a day first come first: months are 1 to 12.
DATES = {
    "yyyy-MM-dd": "%Y-%m-%d", "dd/MM/yyyy": "%d/%m/%Y", "MM/dd/yyyy": "%m/%d/%Y",
    "dd.MM.yyyy": "%d.%m.%Y", "yyyy/MM/dd": "%Y/%m/%d", "dd-MM-yyyy": "%d-%m-%Y",
    "yyyyMMdd": "%Y%m%d", "dd MMM yyyy": "%d %b %Y",
}  # fmt: skip
CLOCKS = {"HH:mm:ss": "%H:%M:%S", "HH:mm": "%H:%M", "HHmmss": "%H%M%S"}
TIMES = {
    f"{date}{between}{time}{zone}": f"{python_date}{python_between}{python_time}{python_zone}"
    for date, python_date in DATES.items()
    for between, python_between in ((" ", " "), ("'T'", "T"), ("", ""))
    for time, python_time in CLOCKS.items()
    for zone, python_zone in (("", ""), ("X", "%z"), ("XXX", "%z"))
}
ENOUGH = 0.98
MOST_CODES = 20


def shape(text: str) -> str:
    """A text without its content: letters as a, digits as 9."""
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", text[:40]))


@dataclass
class Column:
    """A column: its values and what they look like."""

    name: str
    values: list[str]
    filled: list[str] = field(init=False)
    counts: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self.filled = [value.strip() for value in self.values if value.strip()]
        self.counts = Counter(self.filled)

    def share(self, pattern: str) -> float:
        """The share of the filled values that match a pattern."""
        expression = re.compile(pattern)
        hits = sum(bool(expression.fullmatch(value)) for value in self.filled)
        return hits / len(self.filled) if self.filled else 0

    def format_of(self, formats: dict[str, str]) -> str | None:
        """The first of some datetime patterns that reads the values."""
        some = list(self.counts)[:300]
        for spark, python in formats.items():
            hits = sum(_fits(value, spark, python) for value in some)
            if some and hits >= ENOUGH * len(some):
                return spark
        return None

    def time(self) -> str | None:
        """The format of times with a day and an hour; None if these are none."""
        for name, unit in EPOCHS.items():
            if self.share(rf"1[0-9]{{{8 + len(str(unit))}}}") >= ENOUGH and len(self.counts) > 20:
                years = [datetime.fromtimestamp(int(v) / unit, timezone.utc).year
                         for v in list(self.counts)[:100]]  # fmt: skip
                if len(set(years)) < 5 and not self.looks_like("msisdn|number|calling|called"):
                    return name
        return self.format_of(TIMES)

    def is_code(self) -> bool:
        """Whether there are a few short values that repeat."""
        return (
            0 < len(self.counts) <= MOST_CODES
            and len(self.filled) > 3 * len(self.counts)
            and all(len(value) <= 20 and not re.search("[0-9]{5}", value) for value in self.counts)
        )

    def is_number(self) -> bool:
        """Whether these are numbers."""
        return self.share(r"-?[0-9]+([.,][0-9]+)?") >= ENOUGH

    def may_be_id(self) -> bool:
        """Whether these may be ids of people: many different ones, long numbers or long texts."""
        numbers = self.share(r"[+0-9' ()/-]{6,}") >= ENOUGH
        return (len(self.counts) > MOST_CODES or numbers) and len(self.filled) > len(self.counts)

    def looks_like(self, names: str) -> bool:
        """Whether the name of the column is like one of some words."""
        return re.search(names, self.name.lower()) is not None

    def told(self) -> str:
        """The codes with their frequencies; those with digits by their shape."""
        shown: Counter[str] = Counter()
        for value, count in self.counts.items():
            shown[value if not re.search("[0-9]{3}", value) else shape(value)] += count
        return ", ".join(f"{value} ({count})" for value, count in shown.most_common())


def _fits(value: str, spark: str, python: str) -> bool:
    # strptime accepts 1-digit days and any offset, Spark's patterns do not
    if spark.endswith("XXX") != bool(re.search("[+-][0-9]{2}:[0-9]{2}$", value)):
        return False
    text = re.sub("([+-][0-9]{2})$", r"\g<1>00", value) if spark.endswith("X") else value
    try:
        datetime.strptime(text, python)  # noqa: DTZ007
    except ValueError:
        return False
    plain = spark.replace("'", "")
    return "X" in plain or len(value) == len(plain)
