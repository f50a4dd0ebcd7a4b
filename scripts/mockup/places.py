"""Where antennas stand, and at which of them people live and spend their time."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

REMOTE = 0.12  # share of antennas in the countryside, with few users


def draw_antennas(
    rng: Generator, antennas: int, extent: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Popularity (Zipf-like) and place (km east and north of the centre) of each antenna.

    Six of ten stand in the capital, the others in four towns around it; the least popular ones are
    scattered along the edge of the area.
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


def gravity(mass: np.ndarray, distance: np.ndarray, reach: float) -> np.ndarray:
    """How much each antenna (column) attracts each antenna: by its mass over the distance squared.

    Within `reach` (km) distance hardly matters.
    """
    return mass / (1 + distance / reach) ** 2


def draw_antenna(rng: Generator, origin: np.ndarray, attraction: np.ndarray) -> np.ndarray:
    """For each origin (an antenna) draw an antenna, by how much they attract that origin."""
    antennas = len(attraction)
    ladder = np.cumsum(attraction, axis=1)
    ladder /= ladder[:, -1:].copy()
    ladder += np.arange(antennas)[:, None]  # row i covers i to i + 1: one search serves all rows
    # Stay below 1, as rounding up to 1 would lead into the next row.
    level = origin + rng.random(len(origin)) * (1 - 1e-9)
    return np.searchsorted(ladder.ravel(), level, side="right") - origin * antennas


def draw_places(
    rng: Generator, homes: np.ndarray, popularity: np.ndarray, distance: np.ndarray, extent: float
) -> np.ndarray:
    """Antennas of each user at work, on the way, out, near home and at home, in this order."""
    reach = extent / 20
    jobs = popularity * rng.lognormal(0, 0.8, len(popularity))
    work = draw_antenna(rng, homes, gravity(jobs, distance, reach))
    work = np.where(rng.random(len(homes)) < 0.7, work, homes)  # the others work or stay at home
    out = draw_antenna(rng, homes, gravity(popularity**1.5, distance, reach))
    around = np.argsort(distance, axis=1, kind="stable")[:, :9]  # itself, then its neighbours
    # On the way to work one passes the antenna around home that lies nearest to work.
    nearest_to_work = distance[around[homes], work[:, None]].argmin(axis=1)
    way = around[homes, nearest_to_work]
    near = around[homes, min(1, around.shape[1] - 1)]
    return np.column_stack([work, way, out, near, homes]).astype(np.int16)
