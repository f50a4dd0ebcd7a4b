"""Compiles the project with given vars. Needs no server and no data."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from dbt_gnuper.layouts import names_are_ids, read_layout
from scripts.lineage.gate import MAX_SHARE, PRIVACY_K
from scripts.lineage.labels import Column, LineageError, Relation
from scripts.lineage.raw import raw_table
from scripts.paths import PROJECT_ROOT

# The vars that decide which models exist and what they read, each with the property that matters. dbt
# parses the project again only if one of these changes: parsing costs as much as compiling five times.
PARSED_VARS: dict[str, Callable[[Any], object]] = {
    "bandicoot": bool,
    "compare_home_rules": bool,
    "holidays": lambda dates: dates is None,
    "layout": lambda layout: (
        names_are_ids(read_layout(layout)),
        len(read_layout(layout)["files"]),
    ),
    "period": lambda period: period == "all",
    "zones": bool,
    "zone_population": bool,
}


@dataclass(frozen=True)
class Model:
    """What the proof needs of a dbt model."""

    name: str
    sql: str  # compiled; empty for a Python model
    place: str  # schema.table
    columns: tuple[str, ...]
    reads: frozenset[str]  # models
    tier: str | None
    in_final: bool
    in_release_schema: bool


@dataclass(frozen=True)
class Project:
    """The compiled project: models by name, raw tables and seeds by place."""

    models: Mapping[str, Model]
    others: Mapping[str, Relation]
    has_gate: bool = True


class Compiler:
    """Compiles the project for many sets of vars, and parses it as rarely as possible."""

    def __init__(self, folder: Path) -> None:
        from dbt_gnuper import GnuperPlugin

        folder.mkdir(parents=True, exist_ok=True)
        (folder / "profiles.yml").write_text((PROJECT_ROOT / "profiles.yml.example").read_text())
        self.folder = folder
        self.defaults = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())["vars"]
        self.parsed: dict[tuple[object, ...], Any] = {}
        # now, so that the plugin does not take the stand-ins of `_dbt` for dbt's own methods
        GnuperPlugin(project_name="gnuper")

    def compile(self, changes: Mapping[str, Any], first_run: bool = False) -> Project:
        """Compile all models with some vars changed: as in a later run, when all tables exist, or as in
        the first run."""
        changes = {"privacy_k": PRIVACY_K, "privacy_max_share": MAX_SHARE, **changes}
        settings = {**self.defaults, **changes}
        key = tuple(look(settings[name]) for name, look in PARSED_VARS.items())
        if key not in self.parsed:
            self.parsed[key] = self._dbt(None, changes, "parse")
        # compiling leaves the SQL of ephemeral models in the nodes that read them
        manifest = copy.deepcopy(self.parsed[key])
        results = self._dbt(
            manifest, changes, "compile", "--select", "resource_type:model",
            "--indirect-selection", "empty", "--no-populate-cache",
            *(["--full-refresh"] if first_run else []),
        )  # fmt: skip
        sql = {run.node.unique_id: run.node.compiled_code for run in results.results}
        return read_project(manifest, sql, settings)

    def _dbt(self, manifest: Any, changes: Mapping[str, Any], *command: str) -> Any:
        from dbt.adapters.contracts.relation import RelationType
        from dbt.adapters.spark.connections import SparkConnectionManager
        from dbt.adapters.spark.impl import SparkAdapter
        from dbt.cli.main import dbtRunner

        def existing(self: SparkAdapter, database: str, schema: str, identifier: str) -> Any:  # noqa: ARG001
            return self.Relation.create(
                schema=schema, identifier=identifier, type=RelationType.Table
            )

        with (
            mock.patch.object(SparkAdapter, "get_relation", existing),
            mock.patch.object(SparkConnectionManager, "open", side_effect=LineageError("a query")),
        ):
            outcome = dbtRunner(manifest=manifest).invoke(
                [
                    *command,
                    "--quiet", "--no-partial-parse", "--no-write-json",
                    "--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(self.folder),
                    "--target-path", str(self.folder / "target"),
                    "--log-path", str(self.folder / "logs"),
                    "--vars", json.dumps(changes),
                ]
            )  # fmt: skip
        if not outcome.success:
            raise LineageError(f"dbt {command[0]} has failed: {outcome.exception}")
        return outcome.result


def read_project(manifest: Any, sql: Mapping[str, str], settings: Mapping[str, Any]) -> Project:
    """Models with their SQL, raw tables and seeds."""
    profile = yaml.safe_load((PROJECT_ROOT / "profiles.yml.example").read_text())
    release_schema = profile["gnuper"]["outputs"]["local"]["schema"]
    layout = read_layout(settings["layout"])
    models: dict[str, Model] = {}
    others: dict[str, Relation] = {}
    for node in [*manifest.sources.values(), *manifest.nodes.values()]:
        if node.package_name != "gnuper" or node.resource_type not in ("source", "model", "seed"):
            continue
        table = node.identifier if node.resource_type == "source" else node.alias
        place = f"{node.schema}.{table}".lower()
        if node.config.meta.get("privacy_tier") == "raw":
            others[place] = raw_table(node.name, node.columns, layout)
        elif node.resource_type == "seed":
            others[place] = _seed(PROJECT_ROOT / node.original_file_path)
        elif node.resource_type == "model":
            parents = [
                manifest.nodes[name] for name in node.depends_on_nodes if name in manifest.nodes
            ]
            models[node.name] = Model(
                name=node.name,
                sql=sql[node.unique_id] if node.language == "sql" else "",
                place=place,
                columns=tuple(node.columns),
                reads=frozenset(node.name for node in parents if node.resource_type == "model"),
                tier=node.config.meta.get("privacy_tier"),
                in_final=node.fqn[1] == "final",
                in_release_schema=node.schema == release_schema,
            )
        else:
            raise LineageError(f"the source {node.name} has no tier raw")
    return Project(models, others, has_gate=settings["privacy_k"] != 0)


def _seed(path: Path) -> Relation:
    """A table of the project itself, which is about nobody."""
    with path.open() as file:
        return Relation({name.lower(): Column() for name in next(csv.reader(file))})
