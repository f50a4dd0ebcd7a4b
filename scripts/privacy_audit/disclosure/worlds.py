"""Other worlds: a proof that a withheld count of a pair of antennas does not follow.

No attack that fails proves anything. Another table of counts with the same released values does:
then nobody can tell which of the two is true. Counts are moved around a ring of four antennas, so
that all numbers of interactions and of partners stay, and distances and entropies are rounded anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scripts.privacy_audit.disclosure.release import PAIR_COUNTS, Interval, Release
from scripts.privacy_audit.disclosure.scores import NEAR
from scripts.privacy_audit.disclosure.truth import Truth

TRIES = 1_500


@dataclass
class World:
    """Counts between antennas, the kilometres, and what is released about them."""

    counts: np.ndarray
    km: np.ndarray
    is_shown: np.ndarray  # counts that are released
    bounds: list[dict[str, Interval | None]]  # per antenna

    def agrees(self, counts: np.ndarray, antennas: list[int]) -> bool:
        """Whether these counts give what is released about some antennas."""
        total = counts.sum()
        for a in antennas:
            row = counts[a]
            own = row[row > 0]
            number = own.sum()
            values = {
                "dist_mean": (row * self.km[a]).sum() / number,
                "entropy": -(own / total * np.log2(own / total)).sum(),
                "partner_entropy": (np.log2(number) - (own * np.log2(own)).sum() / number)
                / np.log2(max(len(own), 2)),
            }
            for name, value in values.items():
                bounds = self.bounds[a][name]
                if bounds is not None and not bounds.low <= value <= bounds.high:
                    return False
        return True

    def another(self, i: int, j: int, rng: np.random.Generator) -> bool:
        """Whether a world with another count of this pair is found.

        All rings through the pair are tried, and then each with a second ring of the same antennas
        and others, which may make up for what the first does to distances and entropies.
        """
        step = max(1.0, np.ceil(NEAR * self.counts[i, j]))
        near = [np.flatnonzero((row > 0) & ~shown) for row, shown in self._rows]
        rings = [
            (i, j, int(k), int(m), sign * step)
            for k in near[j]
            for m in np.intersect1d(near[k], near[i])
            for sign in (1.0, -1.0)
        ]
        rng.shuffle(rings)
        first = [
            (counts, ring)
            for ring in rings
            if (counts := self._moved(self.counts, *ring)) is not None
        ]
        if any(self._fits(counts, i, j) for counts, _ in first):
            return True
        for _ in range(TRIES if first else 0):
            counts, ring = first[rng.integers(len(first))]
            corners = [int(place) for place in ring[:4]]
            for _ in range(rng.integers(1, 4)):
                a = corners[rng.integers(4)]
                b = int(rng.choice(near[a])) if len(near[a]) else a
                k, m = (int(n) for n in rng.integers(0, len(self.counts), 2))
                more = self._moved(counts, a, b, k, m, rng.choice([-1.0, 1.0]))
                counts = counts if more is None else more
            if abs(counts[i, j] - self.counts[i, j]) >= step and self._fits(counts, i, j):
                return True
        return False

    @property
    def _rows(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return list(zip(self.counts, self.is_shown, strict=True))

    def _moved(
        self, counts: np.ndarray, i: int, j: int, k: int, m: int, step: float
    ) -> np.ndarray | None:
        """Counts with a step more on two opposite sides of a ring, and less on the others."""
        counts = counts.copy()
        for a, b, way in ((i, j, step), (j, k, -step), (k, m, step), (m, i, -step)):
            if self.is_shown[a, b]:
                return None
            counts[a, b] += way
            if a != b:
                counts[b, a] += way
        is_other = ((counts > 0) != (self.counts > 0)).any() or (counts < 0).any()
        return None if is_other else counts

    def _fits(self, counts: np.ndarray, i: int, j: int) -> bool:
        changed = counts != self.counts
        if not changed[i, j]:
            return False
        return self.agrees(counts, [int(a) for a in np.flatnonzero(changed.any(axis=1))])


def undetermined(release: Release, truth: Truth, kind: str) -> tuple[int, int]:
    """Withheld counts that something is released about, and for how many another world is found."""
    homes = release.homes
    place = {a: i for i, a in enumerate(homes)}
    table = truth.interactions.groupby(["antenna_id1", "antenna_id2"])[PAIR_COUNTS[kind]].sum()
    counts = np.zeros((len(homes), len(homes)))
    for (a, b), n in table.items():
        counts[place[a], place[b]] = n
    is_shown = np.zeros(counts.shape, bool)
    rows = release.interactions.dropna(subset=[PAIR_COUNTS[kind]])
    for a, b in zip(rows["antenna_id1"], rows["antenna_id2"], strict=True):
        is_shown[place[a], place[b]] = True
    names = ("dist_mean", "entropy", "partner_entropy")
    bounds = [{n: release.bounds(a, f"{kind}_{n}") for n in names} for a in homes]
    world = World(counts, release.distances.loc[homes, homes].to_numpy(), is_shown, bounds)
    told = [any(b is not None for b in found.values()) for found in bounds]
    rng = np.random.default_rng(0)
    hidden = [
        (i, j)
        for i in range(len(homes))
        for j in range(i, len(homes))
        if counts[i, j] > 0 and not is_shown[i, j] and (told[i] or told[j])
    ]
    return len(hidden), sum(world.another(i, j, rng) for i, j in hidden)
