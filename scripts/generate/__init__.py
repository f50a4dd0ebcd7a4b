"""Writes what follows from the project's descriptions, wherever it is to be read.

    python -m scripts.generate [--check]

A generated block lies between two marks in a file that is otherwise written by hand; other files are
generated as a whole. Each has a line in `BLOCKS` or `FILES`. With `--check` nothing is written, and
the exit code says whether all files are up to date.
"""

from __future__ import annotations

from scripts.generate.command_line import main
from scripts.generate.variables import dbt_project_vars, readme_vars

__all__ = ["dbt_project_vars", "main", "readme_vars"]
