"""Mock-up of call detail records (CDR): an invented city whose truth is known.

    python -m scripts.mockup --output data/sample

People live, work, travel and know each other; the records follow from that, so that rhythms, homes
and ties between antennas can be found again. The output folder holds

    YYYYMMDD.csv      the records of one day, by time, no header; columns as in `COLUMNS`
    MS_LOCATION.csv   antenna_id, cell_id, longitude, latitude, no header
    truth/            what the records hide: homes.csv, machines.csv, outage.csv (with headers) and
                      manifest.json (options, row counts, SHA-256 of every file)

The same options give the same bytes (with the same version of numpy): every random number comes
from `--seed`, each day has a stream of its own, and neither clock nor hash order plays a part.
Days are built one after the other: memory depends on the records of one day, not on the period.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

Rng = np.random.Generator

# gnuper's order. direction 1 = in, 2 = out; interaction 1 = call, 2 = text; national 1 = national,
# 2 = international; call_duration in seconds, empty for texts.
COLUMNS = (
    "direction", "caller_id", "datetime", "interaction", "cell_id", "national",
    "correspondent_id", "tac_code", "call_duration",
)  # fmt: skip

# Phone numbers in E.164 digits. The country codes 999 and 210 belong to nobody.
FIRST_CUSTOMER = 999_1_00000000  # the operator's customers, one after the other
FIRST_NATIONAL = 999_2_00000000  # customers of other operators in the country
FIRST_ABROAD = 210_2_00000000
TAC_CODES = 35_000_000 + 7_919 * np.arange(60)  # handset models

IN_NETWORK = 0.7  # share of a person's started events that go to the operator's customers
CONTACTS, CONTACTS_AT_HOME = 16, 12  # outside contacts of a person; the last four live abroad
REPLIES = 0.3  # share of texts that are answered by a text
DAILY_LIMIT = 100  # interactions of a person and day: 700 a week, while machines exceed 1000
LONGEST_CALL = 72_000  # tenths of a second
OUTSIDERS = 1_000_000  # numbers of other operators, at home and as many abroad
REMOTE = 0.12  # share of antennas in the countryside, with few users
SLICE = 1 << 18  # rows formatted at a time: bounds memory and keeps them in the cache
CENTURY = (date(2000, 1, 1), date(2099, 12, 31))  # the pipeline reads files named 20*


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


# --- options --------------------------------------------------------------------------------------


class OptionError(ValueError):
    """An option that cannot be; the message names it, its value and what is allowed."""


def _option(default: Any, least: Any, most: Any, meaning: str) -> Any:
    return field(default=default, metadata={"least": least, "most": most, "meaning": meaning})


@dataclass(frozen=True)
class Options:
    """What the mock-up is made from. Raises OptionError when a value is not allowed."""

    seed: int = _option(1, 0, 2**63 - 1, "all random numbers follow from it")
    users: int = _option(1500, 1, 2_000_000, "customers of the operator, machines included")
    antennas: int = _option(30, 1, 5_000, "sites")
    cells_per_antenna: int = _option(3, 1, 100, "cells of each antenna")
    machines: int = _option(3, 0, 1_000, "customers that are automated senders of texts")
    # `_option` makes a field, no default that all share.
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
    outages: int = _option(1, 0, 1_000, "antennas that fall silent for one day")

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
                raise OptionError(f"{_flag(name)} {value}: allowed is at most {most} ({reason})")

    def dates(self) -> list[date]:
        """The days of the period."""
        return [self.start + timedelta(days=offset) for offset in range(self.days)]

    def rhythm(self, day: date) -> Rhythm:
        """What people do on a day; a holiday on a weekend is a holiday."""
        if day in self.holidays:
            return HOLIDAY
        return WEEKEND if day.isoweekday() >= 6 else WORKDAY


def _meta(name: str) -> Any:
    return Options.__dataclass_fields__[name].metadata


def _kind(name: str) -> type:
    return type(Options.__dataclass_fields__[name].default)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _complaint(name: str, value: Any) -> str:
    words = {int: "a whole number", float: "a number", date: "a date YYYY-MM-DD"}
    if _kind(name) is tuple:
        return f"{_flag(name)} {value}: allowed are dates YYYY-MM-DD joined by commas, or none"
    least, most = _meta(name)["least"], _meta(name)["most"]
    return f"{_flag(name)} {value}: allowed is {words[_kind(name)]} from {least} to {most}"


def _read_dates(text: str) -> tuple[date, ...]:
    if text == "none":
        return ()
    return tuple(sorted({date.fromisoformat(part.strip()) for part in text.split(",")}))


def read_options(texts: dict[str, str]) -> Options:
    """Options from their texts on the command line; those left out keep their default."""
    readers = {int: int, float: float, date: date.fromisoformat, tuple: _read_dates}
    values = {}
    for name, text in texts.items():
        try:
            values[name] = readers[_kind(name)](text)
        except ValueError:
            raise OptionError(_complaint(name, text)) from None
    return Options(**values)


# --- the world: what stays the same over the whole period -----------------------------------------


@dataclass(frozen=True)
class World:
    """Antennas, people and their ties. Users and antennas are numbered from 0."""

    options: Options
    antenna_ids: list[str]
    east: np.ndarray  # km from the centre, per antenna
    north: np.ndarray
    distance: np.ndarray  # km, antenna by antenna
    is_machine: np.ndarray  # per user
    places: np.ndarray  # per user: antenna at work, on the way, out, near home, at home
    activity: np.ndarray  # events a user starts on a workday; 0 for machines
    text_share: np.ndarray  # of a user's events
    tac_code: np.ndarray
    friends: np.ndarray  # the friends of all users, each user's closest first, ...
    first_friend: np.ndarray  # ... from this position
    degree: np.ndarray  # number of a user's friends
    outages: list[tuple[date, int]]  # day and antenna

    @property
    def homes(self) -> np.ndarray:
        """Antenna at each user's home."""
        return self.places[:, -1]


def build_world(options: Options) -> World:
    """Draw everything that does not change from day to day."""
    rng = np.random.default_rng([options.seed, 0])
    antennas, users = options.antennas, options.users
    popularity, east, north = _draw_antennas(rng, antennas, options.extent)
    distance = np.hypot(east[:, None] - east, north[:, None] - north)
    is_machine = np.zeros(users, bool)
    is_machine[rng.choice(users, options.machines, replace=False)] = True
    homes = rng.choice(antennas, users, p=popularity / popularity.sum())
    places = _draw_places(rng, homes, popularity, distance, options.extent)
    places[is_machine] = homes[is_machine, None]  # a machine never moves

    # Neighbourhoods differ in how much and how they communicate, people even more.
    activity = rng.lognormal(0, 0.25, antennas)[homes] * rng.lognormal(0, 0.7, users)
    activity = np.where(is_machine, 0, np.minimum(activity, 5))
    activity *= options.events_per_day / activity[~is_machine].mean()
    text_share = 0.45 + rng.normal(0, 0.08, antennas)[homes] + rng.normal(0, 0.15, users)
    friends, first_friend, degree = _draw_friends(rng, homes, is_machine, distance, options.extent)
    silent = rng.choice(antennas, options.outages, False, popularity / popularity.sum())
    days = np.sort(rng.integers(0, options.days, options.outages))
    return World(
        options=options,
        antenna_ids=[_antenna_id(number) for number in range(antennas)],
        east=east,
        north=north,
        distance=distance,
        is_machine=is_machine,
        places=places,
        activity=activity,
        text_share=np.clip(text_share, 0.05, 0.95),
        tac_code=rng.choice(TAC_CODES, users),
        friends=friends,
        first_friend=first_friend,
        degree=degree,
        outages=[(options.dates()[d], int(a)) for d, a in zip(days, silent, strict=True)],
    )


def _antenna_id(number: int) -> str:
    """An id that survives only as text: leading zeros, letters, a decimal's trailing zero."""
    return (f"{number:04d}", f"K{number}", f"{number}.10")[number % 3]


def _draw_antennas(
    rng: Rng, antennas: int, extent: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Popularity (Zipf-like) and place (km east and north of the centre) of each antenna.

    Six of ten lie in the capital, the others in four towns around it; the least popular ones are
    strewn over the edge of the area.
    """
    rank = rng.permutation(antennas)
    remote = rank >= antennas - int(REMOTE * antennas)
    popularity = np.where(remote, 0.25, 1.0) / (rank + 1) ** 0.6
    town = rng.choice(5, antennas, p=[0.6, 0.1, 0.1, 0.1, 0.1])
    angle = town * (np.pi / 2) + 0.4
    radius = np.where(town == 0, 0, 0.3) * extent
    spread = np.where(town == 0, 0.08, 0.03) * extent
    angle = np.where(remote, rng.uniform(0, 2 * np.pi, antennas), angle)
    radius = np.where(remote, 0.45 * extent, radius)
    east, north = (
        np.clip(radius * turn(angle) + spread * rng.normal(size=antennas), -extent / 2, extent / 2)
        for turn in (np.cos, np.sin)
    )
    return popularity, east, north


def _draw_by_gravity(
    rng: Rng, origin: np.ndarray, mass: np.ndarray, distance: np.ndarray, reach: float
) -> np.ndarray:
    """For each origin (an antenna) draw an antenna, by its mass over the distance squared.

    Within `reach` (km) distance hardly matters.
    """
    antennas = len(mass)
    ladder = np.cumsum(mass / (1 + distance / reach) ** 2, axis=1)
    ladder /= ladder[:, -1:].copy()
    ladder += np.arange(antennas)[:, None]  # row i covers i to i + 1: one search serves all rows
    # Never quite 1, which rounding would carry into the next row.
    level = origin + rng.random(len(origin)) * (1 - 1e-9)
    return np.searchsorted(ladder.ravel(), level, side="right") - origin * antennas


def _draw_places(
    rng: Rng, homes: np.ndarray, popularity: np.ndarray, distance: np.ndarray, extent: float
) -> np.ndarray:
    """Antennas of each user at work, on the way, out, near home and at home, in this order."""
    reach = extent / 20
    jobs = popularity * rng.lognormal(0, 0.8, len(popularity))
    work = _draw_by_gravity(rng, homes, jobs, distance, reach)
    work = np.where(rng.random(len(homes)) < 0.7, work, homes)  # the others work or stay at home
    out = _draw_by_gravity(rng, homes, popularity**1.5, distance, reach)
    around = np.argsort(distance, axis=1, kind="stable")[:, :9]  # itself, then its neighbours
    # On the way to work one passes the antenna around home that lies nearest to work.
    nearest_to_work = distance[around[homes], work[:, None]].argmin(axis=1)
    way = around[homes, nearest_to_work]
    near = around[homes, min(1, around.shape[1] - 1)]
    return np.column_stack([work, way, out, near, homes]).astype(np.int16)


def _draw_friends(
    rng: Rng, homes: np.ndarray, is_machine: np.ndarray, distance: np.ndarray, extent: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ties between people, mutual and of equal strength on both sides.

    Each person looks for a heavy-tailed number of friends, most of them nearby, and is found by
    others. Returns the friends of all users in one array (each user's closest first), where each
    user's begin, and how many they are.
    """
    people = np.flatnonzero(~is_machine)
    wanted = np.minimum(2 + 2 * rng.pareto(1.8, len(people)), 100).astype(np.int64)
    seeker = np.repeat(people, wanted)
    at_antenna = np.bincount(homes[people], minlength=len(distance))
    antenna = _draw_by_gravity(rng, homes[seeker], at_antenna, distance, extent / 30)
    by_antenna = people[np.argsort(homes[people], kind="stable")]
    first = np.cumsum(at_antenna) - at_antenna
    found = by_antenna[first[antenna] + (at_antenna[antenna] * rng.random(len(seeker))).astype(int)]

    users = len(homes)
    ties = np.minimum(seeker, found) * users + np.maximum(seeker, found)
    one, other = np.divmod(np.unique(ties[seeker != found]), users)
    strength = rng.random(len(one))
    source, friends = np.concatenate([one, other]), np.concatenate([other, one])
    friends = friends[np.lexsort((np.tile(strength, 2), source))]
    degree = np.bincount(source, minlength=users)
    # The 0 at the end stands where a user without friends would look for one.
    return np.append(friends, 0), np.cumsum(degree) - degree, degree


# --- one day --------------------------------------------------------------------------------------


# An event appears once, whichever of its sides are recorded. Its duration is in tenths of a second,
# 0 for a text; sender and receiver are phone numbers.
EVENT = np.dtype([
    ("second", np.int32), ("tenths", np.int32), ("sender", np.int64), ("receiver", np.int64),
])  # fmt: skip


def _events(
    second: np.ndarray, sender: np.ndarray, receiver: np.ndarray, tenths: np.ndarray | int
) -> np.ndarray:
    """Events from their columns; fractions of seconds and tenths are cut off."""
    events = np.empty(len(second), EVENT)
    events["second"], events["tenths"] = second, tenths
    events["sender"], events["receiver"] = sender, receiver
    return events


def day_events(rng: Rng, world: World, day: date) -> np.ndarray:
    """All events of a day: people's calls and texts, answers to texts, machines' texts."""
    started = _people_events(rng, world, world.options.rhythm(day))
    parts = [started, _answers(rng, started), _machine_events(rng, world)]
    return _within_daily_limit(world, np.concatenate(parts))


def _people_events(rng: Rng, world: World, rhythm: Rhythm) -> np.ndarray:
    """Events that people start, and those that start outside the network and reach them."""
    users = world.options.users
    # For each event that a person sends outside the network, one comes in.
    expected = world.activity * rhythm.busyness * (2 - IN_NETWORK)
    person = np.repeat(np.arange(users), rng.poisson(expected))
    count = len(person)

    which = rng.random(count) * (2 - IN_NETWORK)
    inside = (which < IN_NETWORK) & (world.degree[person] > 0)
    incoming = which >= 1
    # The square makes the first, the closest friends and contacts the most frequent partners.
    closeness = rng.random(count) ** 2
    friend = world.friends[
        world.first_friend[person] + (world.degree[person] * closeness).astype(np.int64)
    ]
    slot = (CONTACTS * closeness).astype(np.int64)
    stranger = (person * CONTACTS + slot) * 7_919 % OUTSIDERS
    stranger += np.where(slot < CONTACTS_AT_HOME, FIRST_NATIONAL, FIRST_ABROAD)
    person += FIRST_CUSTOMER
    other = np.where(inside, FIRST_CUSTOMER + friend, stranger)

    hours = np.cumsum((0, *rhythm.hours))
    second = np.interp(rng.random(count), hours / hours[-1], np.arange(25) * 3_600)
    text_share = world.text_share + rhythm.greetings
    is_text = rng.random(count) < text_share[person - FIRST_CUSTOMER]
    tenths = np.clip(10 * rng.lognormal(np.log(60), 1.1, count), 10, LONGEST_CALL)
    return _events(
        np.minimum(second, 86_399),
        sender=np.where(incoming, other, person),
        receiver=np.where(incoming, person, other),
        tenths=np.where(is_text, 0, tenths),
    )


def _answers(rng: Rng, events: np.ndarray) -> np.ndarray:
    """Texts that answer some of the texts within minutes; those after midnight are left out."""
    second = events["second"] + 10 + rng.exponential(300, len(events)).astype(np.int32)
    answered = (events["tenths"] == 0) & (rng.random(len(events)) < REPLIES) & (second < 86_400)
    texts = events[answered]
    return _events(second[answered], texts["receiver"], texts["sender"], 0)


def _machine_events(rng: Rng, world: World) -> np.ndarray:
    """Texts of the machines, at any hour and on every day, to customers and to outsiders."""
    options = world.options
    machines, people = np.flatnonzero(world.is_machine), np.flatnonzero(~world.is_machine)
    sent = rng.poisson(options.machine_events_per_day, len(machines))
    sender = np.repeat(machines, sent) + FIRST_CUSTOMER
    count = len(sender)
    # Few people must not drown in the texts of many machines.
    inside = rng.random(count) < min(IN_NETWORK, 5 * len(people) / max(count, 1))
    receiver = np.where(
        inside,
        FIRST_CUSTOMER + rng.choice(people, count),
        FIRST_NATIONAL + rng.integers(0, OUTSIDERS, count),
    )
    return _events(rng.integers(0, 86_400, count), sender, receiver, 0)


def _within_daily_limit(world: World, events: np.ndarray) -> np.ndarray:
    """Drop what exceeds DAILY_LIMIT interactions of a person, lest they pass as a machine."""
    users = world.options.users
    party = np.concatenate([events["sender"], events["receiver"]]) - FIRST_CUSTOMER
    row = np.flatnonzero((party >= 0) & (party < users))
    count = np.bincount(party[row], minlength=users)
    too_busy = (count > DAILY_LIMIT) & ~world.is_machine
    if not too_busy.any():
        return events
    row = row[too_busy[party[row]]]
    row = row[np.argsort(party[row], kind="stable")]
    busy = np.flatnonzero(too_busy)
    first = np.repeat(np.cumsum(count[busy]) - count[busy], count[busy])
    excess = row[np.arange(len(row)) - first >= DAILY_LIMIT] % len(events)
    return np.delete(events, excess)


def whereabouts(rng: Rng, world: World, day: date) -> np.ndarray:
    """Antenna that serves each user in each hour of a day: 24 rows, a column per user."""
    serving = serving_antennas(world, day)
    person = np.arange(world.options.users)
    spans = world.options.rhythm(day).places
    result = np.empty((24, len(person)), np.int16)
    for hour in range(24):
        shares = [span for span in spans if span[0] <= hour][-1][1:]
        slot = np.searchsorted(np.cumsum(shares), rng.random(len(person), np.float32), "right")
        result[hour] = serving[world.places[person, slot]]
    return result


def serving_antennas(world: World, day: date) -> np.ndarray:
    """For each antenna the one that serves its area: itself, or the nearest while it is silent."""
    silent = [antenna for silent_day, antenna in world.outages if silent_day == day]
    serving = np.arange(world.options.antennas, dtype=np.int16)
    distance = world.distance[silent]  # a copy
    distance[:, silent] = np.inf
    serving[silent] = distance.argmin(axis=1)
    return serving


# --- files ----------------------------------------------------------------------------------------


class DayWriter:
    """Writes the records of days; keeps the texts that every day needs."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cells = pa.array([cell for _, cell, _, _ in locations(world)])
        self.clock = pa.array([
            f"{hour:02d}:{minute:02d}:{second:02d}"
            for hour in range(24) for minute in range(60) for second in range(60)
        ])  # fmt: skip
        # The duration of a text is empty.
        durations = [f"{tenths // 10}.{tenths % 10}" for tenths in range(1, LONGEST_CALL + 1)]
        self.durations = pa.array([None, *durations])

    def write(self, path: Path, day: date, events: np.ndarray, antenna_at: np.ndarray) -> int:
        """Write a record for each customer that takes part in an event; returns their number."""
        users, cells = self.world.options.users, self.world.options.cells_per_antenna
        out, into = (
            np.flatnonzero((number >= FIRST_CUSTOMER) & (number < FIRST_CUSTOMER + users))
            for number in (events["sender"], events["receiver"])
        )
        event = np.concatenate([out, into])
        by_time = np.argsort(events["second"][event], kind="stable")
        datetimes = pc.binary_join_element_wise(day.isoformat(), self.clock, " ")
        options = csv.WriteOptions(include_header=False, quoting_style="none")
        with path.open("wb") as file:
            for begin in range(0, len(event), SLICE):
                row = by_time[begin : begin + SLICE]
                part = events[event[row]]
                is_out = row < len(out)
                own = np.where(is_out, part["sender"], part["receiver"])
                other = np.where(is_out, part["receiver"], part["sender"])
                user = own - FIRST_CUSTOMER
                antenna = antenna_at[part["second"] // 3_600, user].astype(np.int64)
                columns = {
                    "direction": np.where(is_out, 2, 1),
                    "caller_id": own,
                    "datetime": datetimes.take(pa.array(part["second"])),
                    "interaction": np.where(part["tenths"] == 0, 2, 1),
                    # A place lies in one sector of its antenna.
                    "cell_id": self.cells.take(
                        pa.array(antenna * cells + (user + antenna) % cells)
                    ),
                    "national": np.where(other < FIRST_CUSTOMER, 2, 1),
                    "correspondent_id": other,
                    "tac_code": self.world.tac_code[user],
                    "call_duration": self.durations.take(pa.array(part["tenths"])),
                }
                batch = pa.RecordBatch.from_pydict({name: columns[name] for name in COLUMNS})
                csv.write_csv(batch, file, options)
        return len(event)


def locations(world: World) -> Iterator[tuple[str, str, str, str]]:
    """antenna_id, cell_id, longitude and latitude of each cell, by antenna and sector."""
    options = world.options
    km_per_degree = 111.195
    for antenna, east, north in zip(world.antenna_ids, world.east, world.north, strict=True):
        for sector in range(options.cells_per_antenna):
            # A cell covers the area before it: it is placed 100 m from the mast, in its direction.
            angle = 2 * np.pi * sector / options.cells_per_antenna
            latitude = options.latitude + (north + 0.1 * np.cos(angle)) / km_per_degree
            shrink = km_per_degree * np.cos(np.radians(options.latitude))
            longitude = options.longitude + (east + 0.1 * np.sin(angle)) / shrink
            longitude = (longitude + 180) % 360 - 180
            yield antenna, f"{antenna}-{sector + 1}", f"{longitude:.6f}", f"{latitude:.6f}"


def _write_rows(path: Path, rows: list[tuple]) -> int:
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8")
    return len(rows)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _build(options: Options, folder: Path) -> dict[str, Any]:
    """Write the whole mock-up into an empty folder; returns the manifest."""
    world = build_world(options)
    rows: dict[str, int] = {}
    writer = DayWriter(world)
    for number, day in enumerate(options.dates()):
        rng = np.random.default_rng([options.seed, 1 + number])
        antenna_at = whereabouts(rng, world, day)
        name = f"{day:%Y%m%d}.csv"
        rows[name] = writer.write(folder / name, day, day_events(rng, world, day), antenna_at)
    records = sum(rows.values())
    rows["MS_LOCATION.csv"] = _write_rows(folder / "MS_LOCATION.csv", list(locations(world)))

    (folder / "truth").mkdir()
    homes = [(FIRST_CUSTOMER + user, world.antenna_ids[a]) for user, a in enumerate(world.homes)]
    machines = [(FIRST_CUSTOMER + user,) for user in np.flatnonzero(world.is_machine)]
    outage = [
        (day, world.antenna_ids[antenna], world.antenna_ids[serving_antennas(world, day)[antenna]])
        for day, antenna in world.outages
    ]
    for name, header, truth in (
        ("truth/homes.csv", ("user_id", "antenna_id"), homes),
        ("truth/machines.csv", ("user_id",), machines),
        ("truth/outage.csv", ("date", "antenna_id", "served_by"), outage),
    ):
        rows[name] = _write_rows(folder / name, [header, *truth]) - 1
    manifest = {
        "made_by": "scripts.mockup",
        "options": asdict(options),
        "columns": COLUMNS,
        "records": records,
        "files": {n: {"rows": c, "sha256": _sha256(folder / n)} for n, c in rows.items()},
    }
    text = json.dumps(manifest, indent=1, default=str) + "\n"
    (folder / "truth/manifest.json").write_text(text, "utf-8")
    return manifest


def _check_output(output: Path, force: bool) -> None:
    """Raise OptionError unless the folder is new, empty, or a mock-up that `force` replaces."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    try:
        manifest = json.loads((output / "truth/manifest.json").read_text("utf-8"))
        own = {*manifest["files"], "truth/manifest.json"} if "made_by" in manifest else set()
    except (OSError, ValueError, KeyError, TypeError):
        own = set()
    found = {p.relative_to(output).as_posix() for p in output.rglob("*") if not p.is_dir()}
    foreign = sorted(found - own)
    if foreign or not own:
        example = f" (for example {foreign[0]})" if foreign else ""
        raise OptionError(
            f"--output {output}: holds something that is no mock-up{example}; "
            "allowed is a new or empty folder, or with --force an earlier mock-up"
        )
    if not force:
        raise OptionError(f"--output {output}: holds a mock-up already; --force replaces it")


def generate(options: Options, output: Path, force: bool = False) -> dict[str, Any]:
    """Write a mock-up to the folder `output`, all of it or nothing; returns its manifest.

    It is built next to the folder and then moved there. `force` replaces an earlier mock-up.
    Raises OptionError when the folder holds anything else.
    """
    output = output.resolve()
    _check_output(output, force)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{output.name}.partial-", dir=output.parent
    ) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        manifest = _build(options, new)
        try:
            if output.exists():
                output.rename(old)
            new.rename(output)
        except BaseException:
            if old.exists() and not output.exists():
                old.rename(output)
            raise
    return manifest


# --- command line ---------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line instead of the usage followed by the message."""
        self.exit(2, f"mockup: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m scripts.mockup",
        description="Write a mock-up of call detail records whose truth is known.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--output", type=Path, default=Path("data/sample"), help="folder (default: %(default)s)"
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier mock-up")
    for option in fields(Options):
        default = option.default
        shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
        least, most = option.metadata["least"], option.metadata["most"]
        span = "" if least is None else f"; {least} to {most}"
        parser.add_argument(
            _flag(option.name),
            default=argparse.SUPPRESS,
            metavar="X",
            help=f"{option.metadata['meaning']} (default: {shown}{span})",
        )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, 1 (files), 2 (options)."""
    given = vars(_parser().parse_args(arguments))
    output, force = given.pop("output"), given.pop("force")
    try:
        manifest = generate(read_options(given), output, force)
    except OptionError as error:
        print(f"mockup: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"mockup: cannot write to {output}: {error}", file=sys.stderr)
        return 1
    days = manifest["options"]["days"]
    print(f"{output}: {manifest['records']:,} records of {days} days")
    return 0


if __name__ == "__main__":
    sys.exit(main())
