"""Counts of pairs from exact numbers: knapsacks that lattice reduction solves.

The numbers of an antenna's interactions and their mean distance say what the withheld counts add up
to, alone and times known kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from fpylll import BKZ, LLL, IntegerMatrix

from scripts.privacy_audit.disclosure.partners import Counts, Kind
from scripts.privacy_audit.disclosure.release import Release

LARGEST = 120  # unknown counts that a lattice is tried for
WEIGHT, KM_UNITS = 10**6, 10**12


@dataclass
class Knapsack:
    """Whole numbers >= 0: some of them add up to whole numbers, and their kilometres to sums."""

    names: list[tuple[str, str]]
    members: list[list[int]]  # per equation
    km: list[np.ndarray]
    counts: list[float]
    distances: list[float]

    def solve(self) -> np.ndarray | None:
        """The numbers, by Kannan's embedding into a lattice and its reduction by LLL and BKZ."""
        size = len(self.names)
        mean = max(1, round(sum(self.counts) / sum(len(m) for m in self.members)))
        matrix = self._lattice(mean)
        LLL.reduction(matrix)
        for block in (10, 20):
            found = self._read(matrix, mean)
            if found is not None or size < block:
                return found
            BKZ.reduction(matrix, BKZ.Param(block_size=block, max_loops=8))
        return self._read(matrix, mean)

    def _lattice(self, mean: int) -> IntegerMatrix:
        size, equations = len(self.names), len(self.counts)
        matrix = IntegerMatrix(size + 1, size + 1 + 2 * equations)
        for i in range(size):
            matrix[i, i] = 1
            matrix[size, i] = -mean  # the numbers lie around their mean, not around 0
        matrix[size, size] = mean
        for e in range(equations):
            count, distance = size + 1 + 2 * e, size + 2 + 2 * e
            for i, km in zip(self.members[e], self.km[e], strict=True):
                matrix[i, count] = WEIGHT
                matrix[i, distance] = round(km * KM_UNITS)
            matrix[size, count] = -WEIGHT * round(self.counts[e])
            matrix[size, distance] = -round(self.distances[e] * KM_UNITS)
        return matrix

    def _read(self, matrix: IntegerMatrix, mean: int) -> np.ndarray | None:
        """The numbers, if a vector of the basis holds them."""
        size = len(self.names)
        for r in range(size + 1):
            row = [matrix[r, c] for c in range(matrix.ncols)]
            if abs(row[size]) != mean or any(row[size + 1 :: 2]):
                continue
            sign = 1 if row[size] == mean else -1
            values = np.array([sign * value + mean for value in row[:size]], float)
            fits = all(
                abs(values[m] @ km - d) < 1e-8
                for m, km, d in zip(self.members, self.km, self.distances, strict=True)
            )
            if fits and (values >= 0).all():
                return values
        return None


def solved(release: Release, kind: Kind, numbers: dict[str, float]) -> Counts:
    """The withheld counts: the knapsacks of the antennas, one by one and all together.

    What is known of one end of a pair is known of the other.
    """
    known, found, todo = dict(kind.counts), Counts(), dict(numbers)
    progress = True
    while progress and todo:
        progress = False
        for antennas in [[a] for a in todo] + [list(todo)]:
            sack = _sack(release, kind, known, {a: todo[a] for a in antennas})
            if len(sack.names) > LARGEST:
                continue
            values = sack.solve() if sack.names else np.zeros(0)
            if values is None or not _agrees(kind, known, sack, values, antennas):
                continue
            for (a, b), n in zip(sack.names, values, strict=True):
                for pair in ((a, b), (b, a)):
                    known[pair] = found[pair] = float(n)
            for antenna in antennas:
                del todo[antenna]
            progress = True
            break
    return found


def _sack(release: Release, kind: Kind, known: Counts, numbers: dict[str, float]) -> Knapsack:
    """The equations of some antennas; both ends of a pair are one unknown."""
    km = release.distances
    names: dict[tuple[str, str], int] = {}
    sack = Knapsack([], [], [], [], [])
    for antenna, number in numbers.items():
        own = {b: known[antenna, b] for b in kind.homes if (antenna, b) in known}
        unknown = [b for b in kind.homes if b not in own]
        row = kind.rows.loc[antenna]
        mean = row["dist_mean_low"] / 2 + row["dist_mean_high"] / 2
        pairs = [(min(antenna, b), max(antenna, b)) for b in unknown]
        sack.members.append([names.setdefault(pair, len(names)) for pair in pairs])
        sack.km.append(km.loc[antenna, unknown].to_numpy())
        sack.counts.append(number - sum(own.values()))
        sack.distances.append(mean * number - sum(n * km.at[antenna, b] for b, n in own.items()))
    sack.names = list(names)
    return sack


def _agrees(
    kind: Kind, known: Counts, sack: Knapsack, values: np.ndarray, antennas: list[str]
) -> bool:
    """Whether a solution has the released entropies and numbers of partners."""
    found = dict(zip(sack.names, values, strict=True))
    for antenna in antennas:
        row = kind.rows.loc[antenna]
        every = [
            known.get((antenna, b), found.get((min(antenna, b), max(antenna, b)), 0.0))
            for b in kind.homes
        ]
        counts = np.array([n for n in every if n > 0])
        if not row["fewest"] <= len(counts) <= row["most"] or len(counts) < 2:
            return False
        spread = np.log2(counts.sum()) - (counts * np.log2(counts)).sum() / counts.sum()
        if abs(spread / np.log2(len(counts)) - row["partner_entropy_low"]) > 1e-8:
            return False
    return True
