"""The hours of the day as the features and as bandicoot cut it."""

from __future__ import annotations

from typing import Any

from scripts.privacy_audit.disclosure.quantities import SECOND, SLOTS


def is_night(slot: int, parameters: dict[str, Any]) -> bool:
    """Whether bandicoot counts a slot of the day as night."""
    return slot == SECOND or slot >= parameters["noct_begin"] or slot < parameters["noct_end"]


def slots_of(first: int, last: int, parameters: dict[str, Any]) -> tuple[int, ...]:
    """The slots of the hours from first to last."""
    hours = tuple(range(first, last + 1))
    return (*hours, SECOND) if parameters["noct_end"] in hours else hours


def windows(parameters: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The windows of the day that features are made of."""
    ends = {"work": "work", "early": "ep", "late": "lp"}
    return {
        name: slots_of(parameters[f"{p}_begin"], parameters[f"{p}_end"], parameters)
        for name, p in ends.items()
    }


def halves(parameters: dict[str, Any]) -> dict[bool, tuple[int, ...]]:
    """The slots of the night (True) and of the day."""
    night = tuple(slot for slot in SLOTS if is_night(slot, parameters))
    return {True: night, False: tuple(slot for slot in SLOTS if slot not in night)}
