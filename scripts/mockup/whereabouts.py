"""Which antenna serves each user in each hour of a day."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.random import Generator

from scripts.mockup.rhythms import rhythm_of
from scripts.mockup.world import World


def whereabouts(rng: Generator, world: World, day: date) -> np.ndarray:
    """Antenna that serves each user in each hour of a day: 24 rows, a column per user."""
    serving = serving_antennas(world, day)
    person = np.arange(world.options.users)
    spans = rhythm_of(day, world.options.holidays).places
    result = np.empty((24, len(person)), np.int16)
    for hour in range(24):
        shares = [span for span in spans if span[0] <= hour][-1][1:]
        slot = np.searchsorted(np.cumsum(shares), rng.random(len(person), np.float32), "right")
        result[hour] = serving[world.places[person, slot]]
    return result


def serving_antennas(world: World, day: date) -> np.ndarray:
    """For each antenna the one that serves its area: itself, or the nearest one during an outage."""
    silent = [antenna for silent_day, antenna in world.outages if silent_day == day]
    serving = np.arange(world.options.antennas, dtype=np.int16)
    distance = world.distance[silent]  # a copy
    distance[:, silent] = np.inf
    serving[silent] = distance.argmin(axis=1)
    return serving
