"""Attack 1: counts of pairs of antennas from the features about them.

With N the interactions of an antenna, n those with one partner and T those of all antennas, the two
entropies are equations without any n but N and T: partner_entropy gives the sum of n log n from N,
entropy then N from T. All N are whole, so that T is the whole number for which they are. The mean
distance is the sum of n times known kilometres: a knapsack, which lattice reduction (LLL) solves
where the digits suffice. With few digits, linear programming bounds each n instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from fpylll import BKZ, LLL, IntegerMatrix

from scripts.proofs.disclosure.linear import solver
from scripts.proofs.disclosure.quantities import Claim, PairCount
from scripts.proofs.disclosure.release import PAIR_COUNTS, Release

NAME = "1 pairs"
LARGEST = 120  # unknown counts that a lattice is tried for
WEIGHT, KM_UNITS = 10**6, 10**12
MOST_TOTALS = 3_000_000
TANGENTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 512, 2048)


@dataclass
class Kind:
    """What is released about calls or texts between antennas."""

    name: str
    counts: dict[tuple[str, str], float]  # released counts
    homes: list[str]
    rows: pd.DataFrame  # per antenna: low and high of the features, partners, known sum


def read_kind(release: Release, kind: str) -> Kind:
    """Counts and features of calls or texts; antennas with all four features only."""
    table = release.interactions.dropna(subset=[PAIR_COUNTS[kind]])
    keys = zip(table["antenna_id1"], table["antenna_id2"], strict=True)
    counts = dict(zip(keys, table[PAIR_COUNTS[kind]].astype(float), strict=True))
    rows = {}
    for antenna in release.antennas:
        found = {
            name: release.bounds(antenna, f"{kind}_{name}")
            for name in ("entropy", "partner_entropy", "dist_mean", "isolation")
        }
        if None in found.values():
            continue
        partners = found["isolation"].scaled(len(release.homes)).whole()
        own = {pair: n for pair, n in counts.items() if pair[0] == antenna}
        rows[antenna] = {
            **{f"{name}_low": b.low for name, b in found.items()},
            **{f"{name}_high": b.high for name, b in found.items()},
            "fewest": partners[0],
            "most": partners[1],
            "known": sum(own.values()),
        }
    return Kind(kind, counts, release.homes, pd.DataFrame(rows).T)


def numbers(kind: Kind, total: np.ndarray, end: str = "low") -> np.ndarray:
    """N of each antenna (row) for each total T (column), by Newton's method.

    entropy T = N (log T - log N + partner_entropy log partners), with logarithms to the base 2.
    """
    entropy = kind.rows[f"entropy_{end}"].to_numpy()[:, None]
    spread = kind.rows["partner_entropy_low" if end == "high" else "partner_entropy_high"]
    if end == "low":
        spread = kind.rows["partner_entropy_high"]
    partners = kind.rows["most" if end == "low" else "fewest"].to_numpy()
    # for p = N / T: entropy = p (c - log p)
    constant = (spread.to_numpy() * np.log2(np.maximum(partners, 1)))[:, None]
    part = np.full((len(kind.rows), 1), 0.01)
    for _ in range(60):
        value = part * (constant - np.log2(part)) - entropy
        slope = constant - np.log2(part) - 1 / np.log(2)
        part = np.clip(part - value / slope, 1e-9, 0.999)
    return part * total[None, :]


def scan(kind: Kind) -> tuple[float, np.ndarray] | None:
    """T and all N where exactly one whole T makes all N whole, as far as the digits tell."""
    rows = kind.rows
    if len(rows) < 2 or (rows["partner_entropy_high"] - rows["partner_entropy_low"]).max() > 1e-6:
        return None
    ones = numbers(kind, np.ones(1))[:, 0]  # N per unit of T
    first = int(max(rows["known"].sum(), 1))
    totals = np.arange(first, first + MOST_TOTALS, dtype=float)
    alive = totals
    for part in ones:
        product_ = part * alive
        alive = alive[np.abs(product_ - np.round(product_)) < 1e-9 * product_ + 1e-4]
        if not len(alive):
            return None
    return float(alive[0]), np.round(ones * alive[0])


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
        size, equations = len(self.names), len(self.counts)
        mean = max(1, round(sum(self.counts) / sum(len(m) for m in self.members)))
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
        LLL.reduction(matrix)
        for block in (10, 20):
            found = self._read(matrix, mean)
            if found is not None or size < block:
                return found
            BKZ.reduction(matrix, BKZ.Param(block_size=block, max_loops=8))
        return self._read(matrix, mean)

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


def attack(release: Release) -> list[Claim]:
    """Claims about the withheld counts of pairs."""
    claims = []
    for name in PAIR_COUNTS:
        kind = read_kind(release, name)
        if not len(kind.rows):
            continue
        found = scan(kind)
        claims += _bounded(release, kind) if found is None else _solved(release, kind, found[1])
    return claims


def _solved(release: Release, kind: Kind, numbers_: np.ndarray) -> list[Claim]:
    """The knapsacks of the antennas, one by one and all together.

    What is known of one end of a pair is known of the other.
    """
    known = dict(kind.counts)
    todo = dict(zip(kind.rows.index, numbers_, strict=True))
    solved: dict[tuple[str, str], float] = {}
    progress = True
    while progress and todo:
        progress = False
        for antennas in [[a] for a in todo] + [list(todo)]:
            sack = _sack(release, kind, known, {a: todo[a] for a in antennas})
            if not sack.names or len(sack.names) > LARGEST:
                values = np.zeros(0) if not sack.names else None
            else:
                values = sack.solve()
            if values is None or not _agrees(kind, known, sack, values, antennas):
                continue
            for (a, b), n in zip(sack.names, values, strict=True):
                for pair in {(a, b), (b, a)}:
                    known[pair] = solved[pair] = n
            for antenna in antennas:
                del todo[antenna]
            progress = True
            break
    return [Claim(NAME, PairCount(a, b, kind.name), n, n) for (a, b), n in solved.items()]


def _sack(release: Release, kind: Kind, known: dict, numbers_: dict[str, float]) -> Knapsack:
    """The equations of some antennas; both ends of a pair are one unknown."""
    km = release.distances
    names: dict[tuple[str, str], int] = {}
    sack = Knapsack([], [], [], [], [])
    for antenna, number in numbers_.items():
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


def _agrees(kind: Kind, known: dict, sack: Knapsack, values: np.ndarray, antennas: list) -> bool:
    """Whether a solution has the released entropies and numbers of partners."""
    found = dict(zip(sack.names, values, strict=True))
    for antenna in antennas:
        row = kind.rows.loc[antenna]
        counts = []
        for b in kind.homes:
            pair = (min(antenna, b), max(antenna, b))
            counts.append(known.get((antenna, b), found.get(pair, 0.0)))
        counts = np.array([n for n in counts if n > 0])
        if not row["fewest"] <= len(counts) <= row["most"] or len(counts) < 2:
            return False
        spread = np.log2(counts.sum()) - (counts * np.log2(counts)).sum() / counts.sum()
        if abs(spread / np.log2(len(counts)) - row["partner_entropy_low"]) > 1e-8:
            return False
    return True


def _bounded(release: Release, kind: Kind) -> list[Claim]:
    """Bounds on each withheld count by linear programming over all antennas together.

    Both ends of a pair have the same count. z is n log n, above its tangents.
    """
    homes = kind.homes
    km = release.distances
    places = {}
    for a, b in product(homes, homes):
        if a <= b:
            places[a, b] = places[b, a] = len(set(places.values()))
    size = len(set(places.values()))
    least, most = np.zeros(2 * size), np.full(2 * size, np.inf)
    for pair, n in kind.counts.items():
        least[places[pair]] = most[places[pair]] = n
    entries, limits = [], []

    def at_most(terms: list[tuple[int, float]], limit: float) -> None:
        entries.extend((len(limits), place, factor) for place, factor in terms)
        limits.append(limit)

    for antenna, row in kind.rows.iterrows():
        own = {b: places[antenna, b] for b in homes}
        if row["fewest"] == len(homes):
            for place in own.values():
                least[place] = max(least[place], 1)
        for end, sign in (("low", -1), ("high", 1)):
            distance = row[f"dist_mean_{end}"]
            at_most([(p, sign * (km.at[antenna, b] - distance)) for b, p in own.items()], 1e-6)
    for place in range(size):
        if least[place] == most[place]:
            n = least[place]
            value = n * np.log2(n) if n > 0 else 0.0
            least[size + place] = most[size + place] = value
            continue
        for t in TANGENTS:
            slope = np.log2(t) + 1 / np.log(2)
            at_most([(place, slope), (size + place, -1.0)], t * slope - t * np.log2(t))
    _entropies(kind, places, size, at_most)
    ends_of = solver(entries, limits, np.column_stack([least, most]))
    claims = []
    shown = set(kind.rows.index)
    for (a, b), place in places.items():
        if (a, b) in kind.counts or not {a, b} & shown or a > b:
            continue
        ends = ends_of({place: 1.0})
        if ends is None:
            continue
        claims += [
            Claim(NAME, PairCount(*pair, kind.name), ends.low, ends.high)
            for pair in {(a, b), (b, a)}
        ]
    return claims


def _entropies(kind: Kind, places: dict, size: int, at_most) -> None:
    """The sum of n log n of an antenna is at most what partner_entropy says, N being at most ...

    N (log N - partner_entropy log partners) grows with N; a chord above it is linear.
    """
    for antenna, row in kind.rows.iterrows():
        own = [places[antenna, b] for b in kind.homes]
        constant = row["partner_entropy_low"] * np.log2(max(row["fewest"], 1))
        first, last = max(row["known"], 2.0), 200_000.0
        low, high = (n * (np.log2(n) - constant) for n in (first, last))
        slope = (high - low) / (last - first)
        terms = [(size + p, 1.0) for p in own] + [(p, -slope) for p in own]
        at_most(terms, low - slope * first + 1e-6)
