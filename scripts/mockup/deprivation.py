"""The deprivation of districts: what it does to people's ties, and an index of it.

People in remote districts have more of their ties within the district and others that reach far; few
of theirs lead to the capital. The index follows from these ties and from density, so that its rank
correlations with them are those that were found in the communes of Senegal.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from scripts.mockup.districts import CAPITAL, District
from scripts.mockup.options import Options

NORMAL = NormalDist()
SEED = 1_000_001  # beyond the streams of days, after that of the districts
# Rank correlation of the index with a district's density, mean distance of ties, share of the ties
# that lead to the capital, and entropy of the distribution of ties over districts. Published are 0.79
# of the second and 0.64 of the fourth: a few weeks of calls of few people show them a little weaker.
STRENGTHS = (-0.70, 0.84, -0.71, -0.72)
EXPLAINED = 0.96  # at most so much of the index follows from these four
MEAN, DEVIATION = 50, 15  # of the index
# Calls that people start: how the logarithm of their length varies among districts, and its correlation
# with the index.
CALL_LENGTHS, SHORTER_CALLS = 0.2, -0.6

# The ties of an average district, and what one deviation of remoteness does to them: log odds of a tie
# within the district, logarithm of the share that leads to the capital, power of distance by which the
# others decrease. They make the four strengths possible at the same time, for many seeds and sizes.
REMOTE_IS_SPARSE = 0.94  # correlation of remoteness with density
WITHIN, REMOTE_WITHIN = 0.23, 0.37
CAPITAL_SHARE, REMOTE_CAPITAL_SHARE = np.log(0.11), -0.88
DECREASE, REMOTE_DECREASE = 0.66, -2.3
MOST_WITH_CAPITAL = 0.6  # of a district's ties, and of the capital's with all others


class Deprivation(NamedTuple):
    """The index of deprivation and its effects."""

    scores: np.ndarray  # the index, per district; NaN where nobody lives
    ties: np.ndarray  # how much people at an antenna (row) look for friends at each antenna
    call_length: np.ndarray  # factor on the duration of the calls that people at an antenna start


def draw_deprivation(
    options: Options,
    districts: list[District],
    population: np.ndarray,
    people_at: np.ndarray,
    distance: np.ndarray,
) -> Deprivation:
    """The index and its effects.

    `people_at` are the people who use the phone, per antenna; `distance` are the kilometres from
    antenna to antenna.
    """
    rng = np.random.default_rng([options.seed, SEED])
    settled = [n for n, one in enumerate(districts) if people_at[one.antennas].any()]
    member = np.zeros((len(people_at), len(settled)))
    for column, number in enumerate(settled):
        member[districts[number].antennas, column] = 1
    density = population[settled] / [districts[number].area.area for number in settled]
    is_capital = np.array(settled) == CAPITAL

    people = people_at @ member
    share_of_people = member * people_at[:, None] / people
    apart = share_of_people.T @ distance @ share_of_people
    shares = _shares(
        rng, people, apart / (options.extent / 30), _normal_scores(density), is_capital
    )
    scores = _scores(rng, _measures(density, shares, apart, is_capital))
    scores[is_capital] = scores.min()
    index = np.full(len(districts), np.nan)
    index[settled] = np.clip(MEAN + DEVIATION * scores, 1, 99).round(1)
    noise = _standardized(rng.normal(size=len(scores)))
    lengths = SHORTER_CALLS * scores + np.sqrt(1 - SHORTER_CALLS**2) * noise
    ties = member @ shares @ share_of_people.T
    ties[~member.any(axis=1)] = people_at  # nobody lives there
    return Deprivation(
        index,
        ties,
        call_length=np.exp(CALL_LENGTHS * (member @ lengths)),
    )


def _shares(
    rng: Generator,
    people: np.ndarray,
    apart: np.ndarray,
    density: np.ndarray,
    is_capital: np.ndarray,
) -> np.ndarray:
    """Share of the ties of each district (row) that lead to each district."""
    noise = _standardized(rng.normal(size=len(density)))
    remoteness = np.sqrt(1 - REMOTE_IS_SPARSE**2) * noise - REMOTE_IS_SPARSE * density
    remoteness = remoteness.clip(-2, 2)
    to_capital = np.exp(CAPITAL_SHARE + REMOTE_CAPITAL_SHARE * remoteness)
    to_capital = np.where(is_capital, 0, to_capital.clip(max=MOST_WITH_CAPITAL)) * is_capital.any()
    with_others = to_capital @ people
    to_capital *= min(1, MOST_WITH_CAPITAL * (people @ is_capital) / max(with_others, 1))
    within = (1 - to_capital) / (1 + np.exp(-WITHIN - REMOTE_WITHIN * remoteness))
    within[is_capital] = 1 - to_capital @ people / people[is_capital]

    power = -DECREASE - REMOTE_DECREASE / 2 * (remoteness[:, None] + remoteness)
    ties = people[:, None] * people * (1 + apart) ** power
    ties[is_capital] = ties[:, is_capital] = 0
    np.fill_diagonal(ties, 0)
    ties = _with_sums(ties, people * (1 - within - to_capital))
    np.fill_diagonal(ties, within * people)
    ties[is_capital] += to_capital * people
    ties[:, is_capital] += (to_capital * people)[:, None]
    return ties / ties.sum(axis=1, keepdims=True)


def _with_sums(ties: np.ndarray, wished: np.ndarray) -> np.ndarray:
    """The ties, scaled so that rows and columns have the wished sums: a tie has two ends."""
    scale = np.ones(len(ties))
    for _ in range(200):
        sums = ties @ scale
        scale = np.sqrt(scale * wished / np.where(sums > 0, sums, np.inf))
    return scale[:, None] * ties * scale


def _measures(
    density: np.ndarray, shares: np.ndarray, apart: np.ndarray, is_capital: np.ndarray
) -> np.ndarray:
    """What the index is correlated with, in the order of STRENGTHS: a column each."""
    entropy = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)
    distance = (shares * apart).sum(axis=1)
    return np.column_stack([density, distance, shares @ is_capital, entropy])


def _scores(rng: Generator, measures: np.ndarray) -> np.ndarray:
    """The index before it is scaled: a weighted sum of the measures, and noise."""
    ranks = np.column_stack([_normal_scores(measure) for measure in measures.T])
    # The correlation of normal variables follows from that of their ranks.
    wished = 2 * np.sin(np.pi / 6 * np.array(STRENGTHS))
    # Where measures are nearly the same, a little on the diagonal avoids huge weights.
    among_them = ranks.T @ ranks / len(ranks) + 0.05 * np.eye(len(wished))
    weights = np.linalg.solve(among_them, wished)
    explained = min(weights @ wished, EXPLAINED)
    known = np.column_stack([np.ones(len(ranks)), ranks])
    noise = rng.normal(size=len(ranks))
    noise = _standardized(noise - known @ np.linalg.lstsq(known, noise)[0])
    return np.sqrt(explained) * _standardized(ranks @ weights) + np.sqrt(1 - explained) * noise


def _normal_scores(values: np.ndarray) -> np.ndarray:
    """Values of a normal distribution that have the same ranks."""
    below = (values < values[:, None]).sum(axis=1)
    same = (values == values[:, None]).sum(axis=1)
    return _standardized(
        np.array([NORMAL.inv_cdf(rank) for rank in (below + same / 2) / len(same)])
    )


def _standardized(values: np.ndarray) -> np.ndarray:
    """Values less their mean, over their standard deviation; 0 where all are the same."""
    centred = values - values.mean(axis=-1, keepdims=True)
    deviation = values.std(axis=-1, keepdims=True)
    return centred / np.where(deviation > 1e-9, deviation, np.inf)
