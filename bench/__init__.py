"""The benchmark: the pipeline's cost beside two measures that anyone can repeat.

    python -m bench [--rows 20000000 --users 100000 --antennas 2000 --days 31] [--rounds 1]
                    [--parts small growth increment skew overhead]

Makes data, starts a Spark server with its own warehouse and warms it up with small runs, so that
Java has compiled the code. Then it measures in rounds, so that a ratio compares runs that are close
in time:
    floor      the same Spark reads the same files: every column of every row is parsed as text, as
               the pipeline does, and counted
    oracle     DuckDB computes the same features in memory, on the same cores
    pipeline   `dbt run` as from a shell, with pseudonyms and privacy gate, on an empty warehouse;
               without bandicoot, which the oracle does not compute either
    default    the same with bandicoot, as `dbt run` is by default
A round is floor, oracle, pipeline, default, floor, oracle; its ratios are those of pipeline and
default to the mean of the two. Figures are medians over the rounds. Wall seconds are what a user
waits; CPU seconds count all processes (server, Python workers, dbt) and vary less on a machine that
others use as well.

Prints tables (Markdown) and writes bench/results/<time>.json and a chart (--chart).
"""

import sys

# While Python looks for the module that `python -m bench` runs, this is its argument 0.
if sys.argv[0] == "-m":
    from scripts import interrupts

    interrupts.install()
