"""The options of a mock-up: their defaults, limits and meanings, and how they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

CENTURY = (date(2000, 1, 1), date(2099, 12, 31))  # the pipeline reads files named 20*


class OptionError(ValueError):
    """An option that is not allowed; the message names it, its value and what is allowed."""


def _option(default: Any, least: Any, most: Any, meaning: str) -> Any:
    return field(default=default, metadata={"least": least, "most": most, "meaning": meaning})


# Options of a mock-up without what is planted, for measurements that need no more than people.
PLAIN: dict[str, Any] = {
    "outage_days": 1,
    "broken_rows": 0.0,
    "districts": 6,
    "deprivation": 0,
}


@dataclass(frozen=True)
class Options:
    """What the mock-up is made from. Raises OptionError when a value is not allowed."""

    seed: int = _option(1, 0, 2**63 - 1, "all random numbers follow from it")
    users: int = _option(1500, 1, 2_000_000, "customers of the operator, machines included")
    antennas: int = _option(30, 1, 5_000, "sites")
    cells_per_antenna: int = _option(3, 1, 100, "cells of each antenna")
    machines: int = _option(3, 0, 1_000, "customers that are automated senders of texts")
    # `_option` returns a dataclass field, not a default that instances share.
    start: date = _option(date(2024, 4, 29), *CENTURY, "first day, YYYY-MM-DD")  # noqa: RUF009
    days: int = _option(28, 1, 366, "length in days")
    holidays: tuple[date, ...] = _option(
        (date(2024, 5, 1), date(2024, 5, 9), date(2024, 5, 20)), None, None,
        "dates YYYY-MM-DD joined by commas, or none; those outside the period have no effect",
    )  # fmt: skip
    latitude: float = _option(52.52, -80.0, 80.0, "centre of the area, degrees north")
    longitude: float = _option(13.41, -180.0, 180.0, "centre of the area, degrees east")
    extent: float = _option(60.0, 1.0, 1_000.0, "width and height of the area, km")
    events_per_day: float = _option(
        2.5, 0.0, 20.0, "calls and texts a person starts on a workday, on average"
    )
    machine_events_per_day: float = _option(
        250.0, 200.0, 20_000.0, "texts a machine sends per day, on average"
    )
    outages: int = _option(1, 0, 1_000, "antennas that fall silent")
    outage_days: int = _option(3, 1, 366, "days for which an antenna falls silent")
    broken_rows: float = _option(0.002, 0.0, 0.1, "broken rows, as a share of the good ones")
    districts: int = _option(
        12, 6, 1_000, "districts; fewer where there are not enough antennas to cut them further"
    )
    deprivation: int = _option(
        1, 0, 1, "1: the deprivation of districts shapes ties and activity; 0: it does not"
    )

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            least, most = _meta(name)["least"], _meta(name)["most"]
            fits = type(value) in ({int, float} if _kind(name) is float else {_kind(name)})
            if not fits or (least is not None and not least <= value <= most):
                raise OptionError(_complaint(name, value))
        for name, most, reason in (
            ("machines", self.users - 1, "fewer than --users"),
            ("outages", self.antennas - 1, "fewer than --antennas"),
            ("days", (date(2100, 1, 1) - self.start).days, "a period that ends before 2100"),
        ):
            value = getattr(self, name)
            if value > most:
                raise OptionError(f"{flag(name)} {value}: allowed is at most {most} ({reason})")

    def dates(self) -> list[date]:
        """The days of the period."""
        return [self.start + timedelta(days=offset) for offset in range(self.days)]


def _meta(name: str) -> Any:
    return Options.__dataclass_fields__[name].metadata


def _kind(name: str) -> type:
    return type(Options.__dataclass_fields__[name].default)


def flag(name: str) -> str:
    """The option as it is written on the command line."""
    return "--" + name.replace("_", "-")


def _complaint(name: str, value: Any) -> str:
    words = {int: "a whole number", float: "a number", date: "a date YYYY-MM-DD"}
    if _kind(name) is tuple:
        return f"{flag(name)} {value}: allowed are dates YYYY-MM-DD joined by commas, or none"
    least, most = _meta(name)["least"], _meta(name)["most"]
    return f"{flag(name)} {value}: allowed is {words[_kind(name)]} from {least} to {most}"


def _read_dates(text: str) -> tuple[date, ...]:
    if text == "none":
        return ()
    return tuple(sorted({date.fromisoformat(part.strip()) for part in text.split(",")}))


def read_options(texts: dict[str, str]) -> Options:
    """Options from their texts on the command line; those left out keep their default."""
    readers: dict[type, Callable[[str], Any]] = {
        int: int,
        float: float,
        date: date.fromisoformat,
        tuple: _read_dates,
    }
    values = {}
    for name, text in texts.items():
        try:
            values[name] = readers[_kind(name)](text)
        except ValueError:
            raise OptionError(_complaint(name, text)) from None
    return Options(**values)
