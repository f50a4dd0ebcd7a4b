"""Attacks a release and counts what follows from it about too few people.

    python -m scripts.proofs.disclosure --release output [--truth folder] [--fast] [--insider]

`--release` is a folder of exported files; nothing else is read for the attacks. `--truth` is a
folder with the restricted tables of the same run as Parquet files (homes, events, bandicoot,
interactions, holidays); with it, claims about protected quantities are scored: how many of them
were determined exactly, to a whole number, or within 5 %. `--insider` adds an attacker who was told how many people are
behind each of bandicoot's means. Without the truth, the claims are counted and written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from scripts.proofs.disclosure import indicators, metadata, pairs, sums
from scripts.proofs.disclosure.quantities import Claim, Quantity
from scripts.proofs.disclosure.release import Release, read_release
from scripts.proofs.disclosure.truth import Truth, read_truth, score, summary


def claims(
    release: Release, fast: bool = False, wanted: Callable[[Quantity], bool] = lambda _: True
) -> list[Claim]:
    """What all attacks claim about one period; `fast` leaves out all but the largest system."""
    found = pairs.attack(release) + metadata.partners(release) + metadata.variances(release)
    found += indicators.complements(release) + indicators.contributors(release)
    for name in list(sums.ATTACKS)[-1:] if fast else sums.ATTACKS:
        found += sums.attack(release, name, wanted)
    return found


def audit(release: Path, truth: Path, fast: bool = False, insider: bool = False) -> pd.DataFrame:
    """The scores of all claims about protected quantities, of all periods.

    An insider also knows how many people are behind each of bandicoot's means.
    """
    releases = read_release(release)
    parameters = next(iter(releases.values())).parameters
    truths = read_truth(truth, parameters)
    k, max_share = parameters["privacy_k"], parameters["privacy_max_share"]
    scores = []
    for period, one in releases.items():
        known = truths.get(period)
        if known is None:
            continue

        def wanted(quantity: Quantity, truth: Truth = known) -> bool:
            return truth.about(quantity).is_protected(k, max_share)

        found = claims(one, fast, wanted)
        if insider:
            name = "10 everything"
            told = sums.attack(one, name, wanted, known.people)
            found += [replace(claim, attack="10 insider") for claim in told]
        scores.append(score(found, known, k, max_share).assign(period=period))
    return pd.concat(scores, ignore_index=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs.disclosure", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--release", type=Path, required=True, help="folder of exported files")
    parser.add_argument("--truth", type=Path, help="folder of restricted tables as Parquet")
    parser.add_argument("--fast", action="store_true", help="of the sums, only all views together")
    parser.add_argument(
        "--insider", action="store_true", help="also attack with the people of each mean known"
    )
    parser.add_argument("--output", type=Path, help="write the scores or claims as CSV")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Print the table; exit code 1 if something protected was determined."""
    options = _parser().parse_args(arguments)
    if options.truth is None:
        rows = [
            (period, c.attack, c.quantity, c.low, c.high)
            for period, one in read_release(options.release).items()
            for c in claims(one, options.fast)
        ]
        table = pd.DataFrame(rows, columns=["period", "attack", "quantity", "low", "high"])
        print(table.groupby("attack").size().to_string())
        found = 0
    else:
        table = audit(options.release, options.truth, options.fast, options.insider)
        result = summary(table)
        print(result.to_string())
        found = int(result["determined"].sum())
    if options.output:
        table.to_csv(options.output, index=False)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
