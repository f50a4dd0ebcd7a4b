"""Systems of linear inequalities, and the least and the greatest value of a sum under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix

from scripts.privacy_audit.disclosure.rounding import Interval

Terms = dict[int, float]  # factor by unknown
Ends = Callable[[Terms], Interval | None]

WIDE = 0.06  # a sum with a wider range, as a share of its greatest value, is not determined
CORNERS = 16  # solutions to begin with
SLACK = 1e-6  # of a row whose largest factor is 1
UNBOUNDED = 3  # as scipy says
# The ends of a sum where the inequalities contradict each other, which they never should.
NOWHERE = Interval(np.nan, np.nan)
ANYTHING = Interval(-np.inf, np.inf)
# A search in whole numbers: seconds, a solution that will do, and where unbounded unknowns end.
SECONDS = 10
ROUGHLY = 0.5
FAR = 1e7


@dataclass
class System:
    """Linear inequalities over named unknowns."""

    names: dict[object, int] = field(default_factory=dict)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    rows: list[Terms] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)

    def unknown(self, name: object, least: float = 0.0, most: float = np.inf) -> int:
        """The position of an unknown, which is made where it is new."""
        if name not in self.names:
            self.names[name] = len(self.names)
            self.least.append(least)
            self.most.append(most)
        return self.names[name]

    def at_most(self, terms: Terms, limit: float) -> None:
        """The sum of the terms is at most the limit."""
        self.rows.append(terms)
        self.limits.append(limit)

    def within(self, terms: Terms, bounds: Interval) -> None:
        """The sum of the terms lies in an interval."""
        if np.isfinite(bounds.high):
            self.at_most(terms, bounds.high)
        self.at_most({i: -c for i, c in terms.items()}, -bounds.low)

    def equal(self, terms: Terms, others: Terms) -> None:
        """Two sums of different unknowns are the same."""
        self.within({**terms, **{i: -c for i, c in others.items()}}, Interval(0, 0))

    def times(self, terms: Terms, bounds: Interval, under: Terms) -> None:
        """The sum of the terms is some number in an interval times another sum."""
        for sign, limit in ((1, bounds.high), (-1, bounds.low)):
            row = {i: sign * c for i, c in terms.items()}
            for i, c in under.items():
                row[i] = row.get(i, 0.0) - sign * limit * c
            self.at_most(row, 0.0)

    def ends(self) -> Ends:
        """A function that gives the ends of a sum of unknowns (see `Solver.ends`)."""
        return Solver(self).ends


class Solver:
    """Finds the ends of sums by linear programming, and then with whole numbers alone (HiGHS).

    Solutions that were found are kept. Where two of them differ in a sum so much that it is not
    determined, nothing is computed, and the answer is: anything. All unknowns are counts, so that two
    solutions in whole numbers prove that what is released leaves the sum open.
    """

    def __init__(self, system: System) -> None:
        entries = [(r, i, c) for r, row in enumerate(system.rows) for i, c in row.items()]
        rows, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (len(system.rows), len(system.names))
        matrix = coo_matrix((factors, (rows, columns)), shape).tocsr()
        # Rows of a similar size, for the tolerance of the solver is absolute.
        norm = np.maximum(abs(matrix).max(axis=1).toarray().ravel(), 1e-9)
        self.matrix = matrix.multiply(1 / norm[:, None]).tocsr()
        self.limits = np.array(system.limits) / norm + SLACK
        self.bounds = np.column_stack([system.least, system.most])
        self.witnesses: list[np.ndarray] = []
        # some corners in random directions; always the same
        rng = np.random.default_rng(0)
        for _ in range(CORNERS):
            self._in_whole_numbers(rng.normal(size=shape[1]), ROUGHLY, FAR)

    def ends(self, terms: Terms) -> Interval | None:
        """The least and the greatest value of a sum; None where there is no solution."""
        goal = np.zeros(len(self.bounds))
        for place, factor in terms.items():
            goal[place] = factor
        if self._is_open(goal):
            return ANYTHING
        least, most = self._linear(goal), self._linear(-goal)
        if least is None or most is None:
            return None
        for gap in (ROUGHLY, 0.0):
            if not is_open(least, -most):
                break
            least = max(least, self._in_whole_numbers(goal, gap))
            most = max(most, self._in_whole_numbers(-goal, gap))
            if self._is_open(goal):
                return ANYTHING
        return Interval(least, -most)

    def _is_open(self, goal: np.ndarray) -> bool:
        """Whether solutions that are known differ so much that the sum is not determined."""
        if not self.witnesses:
            return False
        seen = np.array(self.witnesses) @ goal
        return is_open(seen.min(), seen.max())

    def _linear(self, goal: np.ndarray) -> float | None:
        """The least value, where fractions are allowed."""
        result = linprog(goal, self.matrix, self.limits, bounds=self.bounds, method="highs")
        if result.status == UNBOUNDED:
            return -np.inf
        return float(result.fun) if result.status == 0 else None

    def _in_whole_numbers(self, goal: np.ndarray, gap: float, most: float = np.inf) -> float:
        """A number that is not above the least value in whole numbers.

        The search ends with a solution that is worse by a share of `gap` at most.
        """
        result = milp(
            goal,
            integrality=np.ones(len(goal)),
            bounds=Bounds(self.bounds[:, 0], np.minimum(self.bounds[:, 1], most)),
            constraints=LinearConstraint(self.matrix, ub=self.limits),
            options={"time_limit": SECONDS, "mip_rel_gap": gap},
        )
        if result.x is not None:
            self.witnesses.append(np.round(result.x))
        bound = result.mip_dual_bound
        return -np.inf if bound is None else float(bound)


def is_open(low: float, high: float) -> bool:
    """Whether a sum between two numbers is not determined: neither one whole number nor near."""
    return high - low > WIDE * abs(high) and np.floor(high + 1e-6) > np.ceil(low - 1e-6)
