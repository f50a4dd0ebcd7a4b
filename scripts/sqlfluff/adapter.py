"""dbt's adapter for sqlfluff, which has no connection: what macros need of it to be templated."""

from typing import Any

from dbt_gnuper.features import (
    bandicoot_columns,  # noqa: F401
    whole_indicators,  # noqa: F401
)
from dbt_gnuper.features import features_for_macros as features  # noqa: F401
from dbt_gnuper.layouts import (  # noqa: F401
    columns_of,
    glob_regex,
    has_offset,
    impossible_year,
    in_zone,
    names_are_ids,
    read_layout,
    used_columns,
)
from dbt_gnuper.rests import (  # noqa: F401
    blocks_of_the_day,
    leaves_of_indicators,
    rests,
    sections_of_the_day,
)
from dbt_gnuper.variables import ledger_vars  # noqa: F401


def layout(given: Any, zone: str | None) -> dict[str, Any]:
    """The complete layout."""
    return in_zone(read_layout(given), zone)
