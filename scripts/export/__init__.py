"""Writes the released tables to files: CSV, Parquet, files for maps, and what they mean.

    python -m scripts.export [--output output]

dbt's manifest of the last run (in target/) tells which tables there are and where. The rows come
through Spark Connect as Arrow. Each file is replaced as a whole or not at all.
"""

from __future__ import annotations

from scripts.export.files import make_folder, replace_file, without_formulas
from scripts.export.release import export
from scripts.export.tables import INDICATOR, KEYS, OF_ZONES, count_of_units, in_periods, key, unit

__all__ = [
    "INDICATOR",
    "KEYS",
    "OF_ZONES",
    "count_of_units",
    "export",
    "in_periods",
    "key",
    "make_folder",
    "replace_file",
    "unit",
    "without_formulas",
]
