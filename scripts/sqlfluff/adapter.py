"""dbt's adapter for sqlfluff, which has no connection: what macros need of it to be templated."""

from dbt_gnuper.features import (
    bandicoot_columns,  # noqa: F401
    whole_indicators,  # noqa: F401
)
from dbt_gnuper.features import features_for_macros as features  # noqa: F401
from dbt_gnuper.layouts import has_offset, impossible_year  # noqa: F401
from dbt_gnuper.layouts import read_layout as layout  # noqa: F401
from dbt_gnuper.rests import (  # noqa: F401
    blocks_of_the_day,
    leaves_of_indicators,
    rests,
    sections_of_the_day,
)
from dbt_gnuper.variables import ledger_vars  # noqa: F401
