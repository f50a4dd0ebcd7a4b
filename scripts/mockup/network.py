"""Who knows whom among the operator's customers."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from scripts.mockup.places import draw_antenna


def draw_friends(
    rng: Generator, homes: np.ndarray, is_machine: np.ndarray, ties: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ties between people, mutual and of equal strength on both sides.

    Each person looks for a heavy-tailed number of friends, and is found by others. `ties` says how
    much each antenna (row) looks for friends at each antenna. Returns the friends of all users in one array (each user's closest first), where each
    user's begin, and how many they are.
    """
    people = np.flatnonzero(~is_machine)
    wanted = np.minimum(2 + 2 * rng.pareto(1.8, len(people)), 100).astype(np.int64)
    seeker = np.repeat(people, wanted)
    at_antenna = np.bincount(homes[people], minlength=len(ties))
    antenna = draw_antenna(rng, homes[seeker], ties)
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
    # The 0 at the end is read for users without friends, and never used.
    return np.append(friends, 0), np.cumsum(degree) - degree, degree
