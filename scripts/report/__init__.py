"""Writes the report of a release: one HTML page that opens offline, made of released files only.

    python -m scripts.report [--output output]

Reads what `make run` has exported to output/ and nothing else: no server, no restricted table. The
page's look and its figures are in report.html.jinja; the modules prepare the numbers for it.
"""

from __future__ import annotations

from scripts.report.figures import cells
from scripts.report.page import read_release, render, write

__all__ = ["cells", "read_release", "render", "write"]
