"""What stays the same over the whole period: antennas, people and their ties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from scripts.mockup.deprivation import draw_deprivation
from scripts.mockup.districts import District, draw_districts, population
from scripts.mockup.network import draw_friends
from scripts.mockup.options import Options
from scripts.mockup.places import draw_antennas, draw_places, gravity

TAC_CODES = 35_000_000 + 7_919 * np.arange(60)  # handset models


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
    call_length: np.ndarray  # factor on the duration of the calls that a user starts
    text_share: np.ndarray  # of a user's events
    tac_code: np.ndarray
    friends: np.ndarray  # the friends of all users, each user's closest first, ...
    first_friend: np.ndarray  # ... from this position
    degree: np.ndarray  # number of a user's friends
    outages: list[tuple[date, int]]  # day and antenna
    districts: list[District]
    population: np.ndarray  # per district
    deprivation: np.ndarray | None  # index, per district

    @property
    def homes(self) -> np.ndarray:
        """Antenna at each user's home."""
        return self.places[:, -1]


def build_world(options: Options) -> World:
    """Draw everything that does not change from day to day."""
    rng = np.random.default_rng([options.seed, 0])
    antennas, users = options.antennas, options.users
    popularity, east, north = draw_antennas(rng, antennas, options.extent)
    distance = np.hypot(east[:, None] - east, north[:, None] - north)
    is_machine = np.zeros(users, bool)
    is_machine[rng.choice(users, options.machines, replace=False)] = True
    homes = rng.choice(antennas, users, p=popularity / popularity.sum())
    places = draw_places(rng, homes, popularity, distance, options.extent)
    places[is_machine] = homes[is_machine, None]  # a machine never moves

    people_at = np.bincount(homes[~is_machine], minlength=antennas)
    residents = np.bincount(homes, minlength=antennas)
    districts = draw_districts(options, east, north, residents)
    people = population(options.seed, districts, residents)
    deprivation = None
    if options.deprivation:
        deprivation = draw_deprivation(options, districts, people, people_at, distance)

    # Neighbourhoods differ in how much and how they communicate, people even more.
    activity = rng.lognormal(0, 0.25, antennas)[homes] * rng.lognormal(0, 0.7, users)
    activity = np.where(is_machine, 0, np.minimum(activity, 5))
    activity *= options.events_per_day / activity[~is_machine].mean()
    text_share = 0.45 + rng.normal(0, 0.08, antennas)[homes] + rng.normal(0, 0.15, users)
    ties = deprivation.ties if deprivation else gravity(people_at, distance, options.extent / 30)
    friends, first_friend, degree = draw_friends(rng, homes, is_machine, ties)
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
        call_length=deprivation.call_length[homes] if deprivation else np.ones(users),
        text_share=np.clip(text_share, 0.05, 0.95),
        tac_code=rng.choice(TAC_CODES, users),
        friends=friends,
        first_friend=first_friend,
        degree=degree,
        outages=_outages(options, days, silent),
        districts=districts,
        population=people,
        deprivation=deprivation.scores if deprivation else None,
    )


def _outages(
    options: Options, first_day: np.ndarray, antennas: np.ndarray
) -> list[tuple[date, int]]:
    """Days and antennas of the outages, which may end with the period."""
    return sorted(
        (day, int(antenna))
        for first, antenna in zip(first_day, antennas, strict=True)
        for day in options.dates()[first : first + options.outage_days]
    )


def _antenna_id(number: int) -> str:
    """An id that must be read as text: with leading zeros, letters, or trailing zeros of a decimal."""
    return (f"{number:04d}", f"K{number}", f"{number}.10")[number % 3]
