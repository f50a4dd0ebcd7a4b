"""Computes all levels, one after the other, and hands out their tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import pandas as pd

from bench.oracle.antennas import create_antennas
from bench.oracle.definitions import REJECT_REASONS, TABLES, OracleParams
from bench.oracle.features import create_features
from bench.oracle.raw import create_cells_and_antennas, read_events
from bench.oracle.sql import create_macros
from bench.oracle.users import create_users


@dataclass
class Oracle:
    """The computed tables. Each name in TABLES is an attribute that gives a DataFrame."""

    con: duckdb.DuckDBPyConnection
    params: OracleParams
    _fetched: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> pd.DataFrame:
        """One table, ordered by its key. NULL is None in text columns and NaN in numbers."""
        if name not in self._fetched:
            order = ", ".join(TABLES[name])
            self._fetched[name] = self.con.sql(f"select * from oracle.{name} order by {order}").df()
        return self._fetched[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise AttributeError(name)
        return self.table(name)

    @property
    def reject_counts(self) -> dict[str, int]:
        """Rejected rows per reason over all files; reasons without rows are 0."""
        counts = self.rejects.groupby("reason")["rows"].sum()
        return {reason: int(counts.get(reason, 0)) for reason in REJECT_REASONS}


def compute(
    raw_glob: str,
    locations: str,
    params: OracleParams | None = None,
    con: duckdb.DuckDBPyConnection | None = None,
) -> Oracle:
    """Compute every level from the CDR files that match raw_glob and the locations file.

    The tables are written into the schema "oracle" of the connection, replacing earlier ones;
    without a connection a new in-memory database is used.
    """
    params = params or OracleParams()
    if con is None:
        con = duckdb.connect()
        con.execute("set preserve_insertion_order = false")
    begin(con, locations, params)
    read_events(con, raw_glob, params)
    features_of_events(con, params)
    return Oracle(con, params)


def begin(con: duckdb.DuckDBPyConnection, locations: str, params: OracleParams) -> None:
    """Create what does not depend on the events: macros, cells and antennas."""
    con.execute("create schema if not exists oracle")
    create_macros(con, params)
    create_cells_and_antennas(con, locations)


def features_of_events(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """Create levels 1 to 4 from the table "events", which the benchmark fills in its own way."""
    create_users(con, params)
    create_antennas(con)
    create_features(con, params)
