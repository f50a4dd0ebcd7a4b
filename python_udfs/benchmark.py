"""Measures the engines on the same made-up users, in one run.

    python -m python_udfs.benchmark [--users 60] [--events 775] [--rounds 3]
    python -m python_udfs.benchmark --large 1000000
    python -m python_udfs.benchmark --stream 20000

The first form prints records per second of both engines and their ratio; a round times one engine
right after the other, and the median of the rounds' ratios is printed last. The second computes one
user of that many records with the compiled engine, the third streams that many users through the
function given to Spark; both print the most memory the process had.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from python_udfs import bandicoot_compiled, bandicoot_reference
from python_udfs.bandicoot_batches import map_users
from python_udfs.bandicoot_events import BandicootSettings
from python_udfs.bandicoot_samples import random_user

SETTINGS = BandicootSettings()
MONTH = 30 * 24 * 3600


def month_of_a_user(rng: np.random.Generator, events: int) -> pa.Table:
    """A user with about this many events in a month, 40 contacts and 25 antennas."""
    return random_user(rng, events, mean_gap=MONTH / events, contacts=40, antennas=25)


def compare(users: int, events: int, rounds: int) -> float:
    """Prints the rate of each engine per round; gives the median ratio compiled / reference."""
    rng = np.random.default_rng(1)
    table = pa.concat_tables([month_of_a_user(rng, events) for _ in range(users)])
    starts = np.arange(users + 1) * events
    ratios = []
    for _ in range(rounds):
        rates = {}
        for engine in (bandicoot_reference, bandicoot_compiled):
            began = time.perf_counter()
            engine.compute_users(table, starts, SETTINGS)
            rates[engine] = table.num_rows / (time.perf_counter() - began)
        ratios.append(rates[bandicoot_compiled] / rates[bandicoot_reference])
        print(
            f"{users} users of {events} records: "
            f"reference {rates[bandicoot_reference]:,.0f} records/s, "
            f"compiled {rates[bandicoot_compiled]:,.0f} records/s, ratio {ratios[-1]:.1f}"
        )
    return statistics.median(ratios)


def large_user(records: int) -> None:
    """Prints the time and memory of one user with many records within a year."""
    events = random_user(
        np.random.default_rng(2), records, 12 * MONTH / records, contacts=20_000, antennas=2_000
    )
    made = most_memory()
    began = time.perf_counter()
    bandicoot_compiled.compute_users(events, np.array([0, records]), SETTINGS)
    took = time.perf_counter() - began
    print(
        f"one user of {records:,} records: {took:.1f} s, {records / took:,.0f} records/s, "
        f"most memory {made:,.0f} MB before and {most_memory():,.0f} MB after"
    )


def stream(users: int) -> None:
    """Prints the rate and memory of many users passing through."""
    rng = np.random.default_rng(3)
    user = month_of_a_user(rng, 775)

    def batches() -> Iterator[pa.RecordBatch]:
        for user_id in range(users):
            ids = pa.array(np.full(user.num_rows, user_id))
            yield from user.append_column("user_id", ids).combine_chunks().to_batches()

    began = time.perf_counter()
    for done, batch in enumerate(map_users(batches(), SETTINGS, "compiled"), start=1):
        if done in (1, 10) or batch.num_rows == 0:
            print(f"after output batch {done}: most memory {most_memory():,.0f} MB")
    took = time.perf_counter() - began
    print(
        f"{users} users of {user.num_rows} records, {done} output batches: {took:.1f} s, "
        f"{users * user.num_rows / took:,.0f} records/s, most memory {most_memory():,.0f} MB"
    )


def most_memory() -> float:
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--events", type=int, default=775, help="records per user")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, metavar="RECORDS")
    parser.add_argument("--stream", type=int, metavar="USERS")
    options = parser.parse_args()
    bandicoot_compiled.warm_up()
    if options.large:
        large_user(options.large)
    elif options.stream:
        stream(options.stream)
    else:
        ratio = compare(options.users, options.events, options.rounds)
        print(f"compiled / reference: {ratio:.1f}")


if __name__ == "__main__":
    main()
