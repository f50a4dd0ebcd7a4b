"""Writes the report of a release: one HTML page that opens offline, made of released files only.

    python -m scripts.report [--output output] [--boundary districts.geojson]

Reads only what `make run` has exported to output/, neither a server nor a restricted table, and if
asked a file of polygons, whose outlines the maps show. The template report.html.jinja has the layout and the figures; the modules prepare its numbers.
"""

from __future__ import annotations

from scripts.report.figures import cells
from scripts.report.page import read_release, render, write
from scripts.report.surroundings import read_boundary

__all__ = ["cells", "read_boundary", "read_release", "render", "write"]
