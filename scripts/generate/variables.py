"""What follows from the descriptions of vars: defaults in dbt_project.yml, tables of them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

import yaml

from dbt_gnuper import variables

WIDTH = 100
LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")


def as_yaml(value: Any) -> str:
    """A var's default on one line, as one would write it by hand."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return text.removesuffix("...\n").strip()


def dbt_project_vars() -> str:
    """The vars of dbt_project.yml, each below its meaning."""
    lines = []
    for heading, group in variables.headings().items():
        lines += ["", f"  # --- {heading} ".ljust(WIDTH, "-")]
        for name, about in group.items():
            meaning = LINK.sub(r"\1", about["meaning"])
            lines += textwrap.wrap(
                meaning, WIDTH, initial_indent="  # ", subsequent_indent="  # ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
            lines.append(f"  {name}: {as_yaml(about['default'])}")
    return "\n".join(lines[1:])


def readme_vars() -> str:
    """The README's table of vars."""
    return _table(lambda about: about["meaning"])


def overview_vars() -> str:
    """The table of vars on the first page of dbt's documentation, where no link leads to a file."""
    return _table(lambda about: LINK.sub(r"\1", about["meaning"]))


def _table(meaning_of: Callable[[dict[str, Any]], str]) -> str:
    lines = ["", "| var | default | meaning |", "|---|---|---|"]
    for name, about in variables.known_vars().items():
        meaning = cell(meaning_of(about))
        if "unit" in about:
            meaning += f" Unit: {about['unit']}."
        lines.append(f"| {name} | `{as_yaml(about['default'])}` | {meaning} |")
    return "\n".join([*lines, ""])


def cell(text: str) -> str:
    """A text in a cell of a Markdown table, where a few characters mean something."""
    return re.sub(r"([\\*|])", r"\\\1", text)
