"""The events of one day: who calls or texts whom, when and for how long."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.random import Generator

from scripts.mockup.rhythms import Rhythm, rhythm_of
from scripts.mockup.world import World

# Phone numbers in E.164 digits. The country codes 999 and 210 are not assigned.
FIRST_CUSTOMER = 999_1_00000000  # the operator's customers, one after the other
FIRST_NATIONAL = 999_2_00000000  # customers of other operators in the country
FIRST_ABROAD = 210_2_00000000
OUTSIDERS = 1_000_000  # numbers of other operators, at home and as many abroad

IN_NETWORK = 0.7  # share of a person's started events that go to the operator's customers
CONTACTS, CONTACTS_AT_HOME = 16, 12  # outside contacts of a person; the last four live abroad
REPLIES = 0.3  # share of texts that are answered by a text
DAILY_LIMIT = 100  # interactions of a person and day: 700 a week, while machines exceed 1000
LONGEST_CALL = 72_000  # tenths of a second

# An event appears once, even if both of its sides are recorded. Its duration is in tenths of a second,
# 0 for a text; sender and receiver are phone numbers.
EVENT = np.dtype([
    ("second", np.int32), ("tenths", np.int32), ("sender", np.int64), ("receiver", np.int64),
])  # fmt: skip


def day_events(rng: Generator, world: World, day: date) -> np.ndarray:
    """All events of a day: people's calls and texts, answers to texts, machines' texts."""
    started = _people_events(rng, world, rhythm_of(day, world.options.holidays))
    parts = [started, _answers(rng, started), _machine_events(rng, world)]
    return _within_daily_limit(world, np.concatenate(parts))


def _events(
    second: np.ndarray, sender: np.ndarray, receiver: np.ndarray, tenths: np.ndarray | int
) -> np.ndarray:
    """Events from their columns; fractions of seconds and tenths are cut off."""
    events = np.empty(len(second), EVENT)
    events["second"], events["tenths"] = second, tenths
    events["sender"], events["receiver"] = sender, receiver
    return events


def _people_events(rng: Generator, world: World, rhythm: Rhythm) -> np.ndarray:
    """Events that people start, and those that start outside the network and reach them."""
    users = world.options.users
    # For each event that a person sends outside the network, one comes in.
    expected = world.activity * rhythm.busyness * (2 - IN_NETWORK)
    person = np.repeat(np.arange(users), rng.poisson(expected))
    count = len(person)

    which = rng.random(count) * (2 - IN_NETWORK)
    inside = (which < IN_NETWORK) & (world.degree[person] > 0)
    incoming = which >= 1
    # The square favours small numbers: the closest friends and contacts come first.
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
    seconds = rng.lognormal(np.log(60), 1.1, count) * world.call_length[person - FIRST_CUSTOMER]
    tenths = np.clip(10 * seconds, 10, LONGEST_CALL)
    return _events(
        np.minimum(second, 86_399),
        sender=np.where(incoming, other, person),
        receiver=np.where(incoming, person, other),
        tenths=np.where(is_text, 0, tenths),
    )


def _answers(rng: Generator, events: np.ndarray) -> np.ndarray:
    """Texts that answer some of the texts within minutes; those after midnight are left out."""
    second = events["second"] + 10 + rng.exponential(300, len(events)).astype(np.int32)
    answered = (events["tenths"] == 0) & (rng.random(len(events)) < REPLIES) & (second < 86_400)
    texts = events[answered]
    return _events(second[answered], texts["receiver"], texts["sender"], 0)


def _machine_events(rng: Generator, world: World) -> np.ndarray:
    """Texts of the machines, at any hour and on every day, to customers and to outsiders."""
    options = world.options
    machines, people = np.flatnonzero(world.is_machine), np.flatnonzero(~world.is_machine)
    sent = rng.poisson(options.machine_events_per_day, len(machines))
    sender = np.repeat(machines, sent) + FIRST_CUSTOMER
    count = len(sender)
    # On average, machines send at most five texts a day to a person.
    inside = rng.random(count) < min(IN_NETWORK, 5 * len(people) / max(count, 1))
    receiver = np.where(
        inside,
        FIRST_CUSTOMER + rng.choice(people, count),
        FIRST_NATIONAL + rng.integers(0, OUTSIDERS, count),
    )
    return _events(rng.integers(0, 86_400, count), sender, receiver, 0)


def _within_daily_limit(world: World, events: np.ndarray) -> np.ndarray:
    """Drop a person's interactions beyond DAILY_LIMIT, so that nobody looks like a machine."""
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
