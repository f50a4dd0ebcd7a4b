"""The whole pipeline a second time, in plain DuckDB: the tests' oracle, and a yardstick.

It computes the features per antenna from raw call detail records, by the same definitions as the dbt
models but without sharing a line of code with them. Every step is a table of an in-memory database, so
a test can compare any level:

    oracle = compute("data/20*.csv*", "data/MS_LOCATION.csv", OracleParams(week_starts_on=7))
    oracle.final_features          # a pandas DataFrame, ordered by its key
    oracle.con.sql("select * from oracle.user_metrics")   # or ask the database itself

How the raw text is understood:

* A line is a row; blank lines are ignored. A field may be in double quotes; a quote that does not
  end on its line makes the row malformed, as does text that is not UTF-8.
* Everything is read as text. Ids are never trimmed, padded or turned into numbers.
* A line of the locations file is used if it has both ids and a valid position.
* A duration is a number when it is written with digits, a point and an exponent ("12", ".5",
  "1e3", blanks around it allowed); "NaN", "Infinity", "12d" or "1_000" are not numbers. An empty or
  blank duration is not an error: the call counts, and its length is NULL.
"""

from __future__ import annotations

from bench.oracle.computation import Oracle, begin, compute, features_of_events
from bench.oracle.definitions import (
    DIRECTIONS,
    FEATURES,
    FINAL_COLUMNS,
    KINDS,
    MEASURES,
    REJECT_REASONS,
    TABLES,
    OracleParams,
)
from bench.oracle.raw import strptime_pattern

__all__ = [
    "DIRECTIONS",
    "FEATURES",
    "FINAL_COLUMNS",
    "KINDS",
    "MEASURES",
    "REJECT_REASONS",
    "TABLES",
    "Oracle",
    "OracleParams",
    "begin",
    "compute",
    "features_of_events",
    "strptime_pattern",
]
