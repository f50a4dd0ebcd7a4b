"""The same features by DuckDB, as a user with one machine and plain files would compute them.

    python -m bench.duckdb_features FOLDER [--holidays 2024-05-01,2024-05-09]

Levels 1 to 4 are those of the oracle (`bench.oracle`), in memory and on all cores. Level 0 differs:
the oracle finds the fault of every broken row, while DuckDB's own CSV reader is used here, which is
fast but needs good rows. There are no pseudonyms, no privacy gate and no result files. Prints the
results as JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

from bench import oracle

COLUMNS = {
    "direction": "utinyint",
    "caller_id": "varchar",
    "event_time": "timestamp",
    "interaction": "utinyint",
    "cell_id": "varchar",
    "national": "utinyint",
    "correspondent_id": "varchar",
    "tac_code": "varchar",
    "call_duration": "double",
}
FOUND = {
    "events": "select count(*) from oracle.events",
    "residents": "select count(*) from oracle.user_home_antenna",
    "pairs": "select count(*) from oracle.antenna_interactions",
}


def read_events(con: duckdb.DuckDBPyConnection, files: str) -> None:
    """Level 0: every row with its antenna."""
    con.execute(
        f"""
        create table oracle.events as
        select
            caller_id,
            correspondent_id,
            case direction when 1 then 'in' when 2 then 'out' end as direction,
            case interaction when 1 then 'call' when 2 then 'text' end as interaction,
            event_time,
            round(call_duration)::int as call_duration,
            antenna_id
        from read_csv(?, auto_detect = false, header = false, delim = ',', columns = {COLUMNS})
        inner join oracle.cells using (cell_id)
        """,
        [files],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--holidays", default="")
    options = parser.parse_args()
    params = oracle.OracleParams(holidays=[day for day in options.holidays.split(",") if day])
    con = duckdb.connect()
    con.execute("set preserve_insertion_order = false")
    oracle.begin(con, str(options.folder / "MS_LOCATION.csv"), params)
    read_events(con, str(options.folder / "20*.csv"))
    oracle.features_of_events(con, params)
    print(json.dumps({name: con.sql(query).fetchall()[0][0] for name, query in FOUND.items()}))


if __name__ == "__main__":
    main()
