"""dbt's adapter for sqlfluff, which has no connection: what macros need of it to be templated."""

from typing import Any

from dbt_gnuper.layouts import DEFAULT, impossible_year, read_layout  # noqa: F401


def layout(name: Any) -> dict[str, Any]:
    """The layout that is linted, whatever var layout is."""
    return read_layout(DEFAULT) | {"problem": None}
