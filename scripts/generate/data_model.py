"""The diagram of the data model in the README, from the properties of the models."""

from __future__ import annotations

import re
from typing import Any

import yaml

from scripts.paths import PROJECT_ROOT

Relation = tuple[str, str, str, tuple[str, ...]]

# A row of the first table belongs to rows of the second (in mermaid's words "||--o{" none or more,
# "||--o|" none or one), which have these columns.
RESTRICTED: tuple[Relation, ...] = (
    ("antennas", "||--o{", "cells", ("antenna_id",)),
    ("cells", "||--o{", "delivered_rows", ("antenna_id", "cell_id")),
    ("delivered_files", "||--o{", "delivered_rows", ("source_file", "outcome")),
    ("delivered_rows", "||--o|", "rejected_rows", ("source_file",)),
    ("delivered_rows", "||--o|", "events", ("user_id", "event_at")),
    ("user_home_antenna", "||--o{", "events", ("user_id",)),
    ("antennas", "||--o{", "user_home_antenna", ("antenna_id",)),
    ("user_home_antenna", "||--o{", "user_interactions", ("user_id", "correspondent_id")),
)
RELEASED: tuple[Relation, ...] = (
    ("final_features", "||--o{", "final_interactions", ("antenna_id1", "antenna_id2")),
    ("final_interactions", "||--o|", "final_flows", ("antenna_id1", "antenna_id2")),
    ("final_features", "||--o{", "final_hourly_profile", ("antenna_id",)),
    ("final_features", "||--o{", "final_weekly_profile", ("antenna_id",)),
    ("release_ledger", "||--o|", "release_run", ("release_id",)),
)
LEVELS = ("staging", "user", "antenna", "features", "final")


def restricted_tables() -> str:
    """The diagram of the tables that level 0 and 1 are about."""
    return _diagram(RESTRICTED)


def released_tables() -> str:
    """The diagram of the release."""
    return _diagram(RELEASED)


def all_tables() -> str:
    """A Markdown table of all models with their grain and key."""
    lines = ["", "| level | table | contents | key |", "|---|---|---|---|"]
    for name, model in sorted(_models().items(), key=lambda one: (one[1]["level"], one[0])):
        key = ", ".join(model["key"])
        lines.append(f"| {model['level']} | {name} | {model['grain']} | {key} |")
    return "\n".join([*lines, ""])


def _diagram(relations: tuple[Relation, ...]) -> str:
    """Tables with their keys, and how they belong together."""
    models = _models()
    foreign: dict[str, set[str]] = {}
    lines = ["", "```mermaid", "erDiagram"]
    for one, kind, many, columns in relations:
        missing = set(columns) - models[many]["columns"].keys()
        if missing:
            raise ValueError(f"The model {many} has no column {', '.join(sorted(missing))}.")
        foreign.setdefault(one, set())
        foreign.setdefault(many, set()).update(columns)
        lines.append(f'    {one} {kind} {many} : "{", ".join(columns)}"')
    for table, others in foreign.items():
        lines.append(f"    {table} {{")
        for column, data_type in models[table]["columns"].items():
            marks = ["PK"] * (column in models[table]["key"]) + ["FK"] * (column in others)
            if marks:
                lines.append(f"        {data_type} {column} {', '.join(marks)}")
        lines.append("    }")
    return "\n".join([*lines, "```", ""])


def _models() -> dict[str, dict[str, Any]]:
    """Level, grain, key and types of columns of each model, by name."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(PROJECT_ROOT.glob("models/**/_*__models.yml")):
        level = LEVELS.index(file.relative_to(PROJECT_ROOT / "models").parts[0])
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]:
            columns = {
                _plain(column["name"]): column.get("data_type", "")
                for column in model.get("columns", [])
            }
            keys = [
                _plain(column)
                for test in model.get("data_tests", [])
                for column in test.get("consistent_rows", {}).get("arguments", {}).get("grain", [])
            ]
            found[model["name"]] = {
                "level": level,
                "grain": model["config"]["meta"]["grain"],
                "key": [column for column in keys if column in columns],
                "columns": columns,
            }
    return found


def _plain(name: str) -> str:
    """A column as it is called in a release of antennas: Jinja says what it is called with var zones."""
    name = re.sub(r"\{\{ unit_column\((\d?)\) \}\}", r"antenna_id\1", name)
    name = re.sub(r"\{\{ .* else '(\w+)' \}\}", r"\1", name)
    return re.sub(r"coalesce\((\w+),.*", r"\1", name)
