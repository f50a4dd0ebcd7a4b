"""The least and the greatest value of a sum under linear inequalities (HiGHS)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from scripts.proofs.disclosure.release import Interval

WIDE = 0.06  # a sum with a wider range, as a share of its greatest value, is not determined
CORNERS = 16  # solutions to begin with
SLACK = 1e-7


def solver(
    entries: list[tuple[int, int, float]], limits: list[float], bounds: np.ndarray
) -> Callable[[dict[int, float]], Interval | None]:
    """A function that gives the ends of a sum of unknowns; None where there is no solution.

    `entries` are row, unknown and factor of inequalities whose sums are at most `limits`; `bounds`
    are the ends of each unknown. Solutions that were found are kept: where two of them already
    differ in a sum by so much that it is not determined, nothing is computed, and the answer is:
    anything.
    """
    size = len(bounds)
    rows, columns, factors = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = coo_matrix((factors, (rows, columns)), (len(limits), size)).tocsr()
    # Rows of a similar size, for the tolerance of the solver is absolute.
    norm = np.maximum(abs(matrix).max(axis=1).toarray().ravel(), 1e-9)
    matrix = matrix.multiply(1 / norm[:, None]).tocsr()
    limits = np.array(limits) / norm + SLACK

    def solve(goal: np.ndarray) -> object:
        return linprog(goal, matrix, limits, bounds=bounds, method="highs")

    # some corners in random directions; always the same
    rng = np.random.default_rng(0)
    witnesses = []
    for _ in range(CORNERS):
        goal = rng.normal(size=size)
        result = solve(np.where(np.isinf(bounds[:, 1]), np.abs(goal), goal))
        if result.status == 0:
            witnesses.append(result.x)

    def ends(terms: dict[int, float]) -> Interval | None:
        goal = np.zeros(size)
        for place, factor in terms.items():
            goal[place] = factor
        found = []
        for sign in (-1, 1):
            seen = np.array(witnesses) @ goal if witnesses else np.zeros(1)
            if np.ptp(seen) > max(WIDE * seen.max(), 1.01):
                return Interval(-np.inf, np.inf)
            result = solve(sign * goal)
            if result.status == 3:
                found.append(sign * -np.inf)
            elif result.status == 0:
                found.append(sign * result.fun)
                witnesses.append(result.x)
            else:
                return None
        return Interval(min(found), max(found))

    return ends
