"""The SQL that all levels use: tables, lists of columns, and formulas as macros."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from bench.oracle.definitions import MEASURES, OracleParams


def text(value: object) -> str:
    """A SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def each(template: str, names: Sequence[str] = MEASURES) -> str:
    """A select list: the template once per name, which it calls {m}."""
    return ",\n            ".join(template.format(m=name) for name in names)


def table(con: duckdb.DuckDBPyConnection, name: str, query: str, kind: str = "table") -> None:
    """Create or replace a table (or a view) of the schema `oracle`."""
    con.execute(f"create or replace {kind} oracle.{name} as {query}")


def create_macros(con: duckdb.DuckDBPyConnection, params: OracleParams) -> None:
    """The formulas that several tables share."""
    holidays = ", ".join(f"date {text(day)}" for day in params.holidays)
    weekend = ", ".join(str(int(day)) for day in params.weekend_days)
    macros = {
        "ratio(a, b)": "a / nullif(b, 0)",
        "week_start(day)": f"day - ((isodow(day) - {params.week_starts_on} + 7) % 7)::int",
        "week_part(day)": f"""
            case
                when list_contains([{weekend}]::int[], isodow(day)::int) then 'weekend'
                when list_contains([{holidays}]::date[], day) then 'holiday'
                else 'workday'
            end""",
        "is_free(week_part)": "week_part in ('weekend', 'holiday')",
        "is_night(hour)": f"(hour >= {params.noct_begin} or hour < {params.noct_end})",
        "is_work(hour)": f"(hour between {params.work_begin} and {params.work_end})",
        "is_early(hour)": f"(hour between {params.ep_begin} and {params.ep_end})",
        "is_late(hour)": f"(hour between {params.lp_begin} and {params.lp_end})",
        # great-circle distance on a sphere of 6371 km
        "km(lat1, lon1, lat2, lon2)": """
            2 * 6371 * asin(least(1, sqrt(
                pow(sin(radians(lat2 - lat1) / 2), 2)
                + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)
            )))""",
        # the fields of a line in which some are quoted; NULL when they do not make up the line
        "quoted_parts(line)": """
            regexp_extract_all(',' || line, ',("(?:[^"]|"")*"|[^",][^,]*|)', 1)""",
        "quoted_fields(line)": """
            case
                when length(array_to_string(quoted_parts(line), ',')) = length(line)
                    then list_transform(quoted_parts(line), lambda part: case
                        when part[1] = '"' then replace(part[2:-2], '""', '"')
                        else part
                    end)
            end""",
    }
    for signature, body in macros.items():
        con.execute(f"create or replace temp macro {signature} as {body}")
