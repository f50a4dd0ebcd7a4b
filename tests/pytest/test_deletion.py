"""What deletes, deletes what is the project's own, wherever it lies, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import random_cdr
from conftest import Project, copy_project
from dbt.adapters.spark.impl import SparkAdapter
from random_cdr import raw_vars

OWN_NAMES = """
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema ~ '_out' if custom_schema_name is none else 'Personal_' ~ target.schema }}
{%- endmacro %}
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> random_cdr.RawData:
    return random_cdr.generate(tmp_path_factory.mktemp("deletion") / "raw", 5)


@pytest.fixture(scope="module")
def project(
    make_project: Callable[..., Project],
    raw: random_cdr.RawData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Project:
    """A project that names its schemas in its own way, built up to level 0. The catalog knows only
    lower case."""
    root = copy_project(tmp_path_factory.mktemp("own_names"))
    (root / "macros" / "generate_schema_name.sql").write_text(OWN_NAMES)
    project = replace(make_project("deletion", **raw_vars(raw), bandicoot=False), root=root)
    outcome = project.dbt("run", "--select", "staging")
    assert outcome.success, outcome.output[-3000:]
    return project


def folder_of(project: Project) -> Path:
    """Where the restricted tables lie."""
    return project.server.state_dir / "warehouse" / f"personal_{project.schema}.db"


def hide(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the catalog leave out a table where it lists tables, as one that filters or is late does."""
    execute = SparkAdapter.execute

    def filtered(self: SparkAdapter, sql: str, *arguments: Any, **options: Any) -> Any:
        response, table = execute(self, sql, *arguments, **options)
        if sql.strip().lower().startswith("show table"):
            table = table.where(lambda row: name not in map(str, row.values()))
        return response, table

    monkeypatch.setattr(SparkAdapter, "execute", filtered)


def test_a_table_that_is_not_listed_is_no_leftover(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = f"select count(*) from personal_{project.schema}.delivered_rows"
    before = project.query(rows).iloc[0, 0]
    with monkeypatch.context() as patch:
        hide(patch, "delivered_rows")
        project.dbt("run", "--select", "delivered_rows")
    assert project.query(rows).iloc[0, 0] == before > 0


def test_files_without_a_table_are_removed(project: Project) -> None:
    """What a run that was killed leaves would keep Spark from making the table."""
    table = f"personal_{project.schema}.cells"
    leftover = folder_of(project) / "cells" / "part-0.parquet"
    project.execute(f"drop table {table}")
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"half a file")
    outcome = project.dbt("run", "--select", "cells")
    assert outcome.success, outcome.output[-3000:]
    assert not leftover.exists()
    assert project.query(f"select count(*) from {table}").iloc[0, 0] > 0


def test_purge_drops_its_own_wherever_it_lies(project: Project) -> None:
    """Also tables of earlier versions and of other vars; a stranger's table stays, and its schema."""
    schema = f"personal_{project.schema}"
    project.execute(f"create table {schema}.somebody_elses using parquet as select 1 as one")
    for name in ("user_metrics_part", "antenna_zones", "home_rule_agreement"):
        project.execute(f"create table {schema}.{name} using parquet as select 1 as one")
    outcome = project.dbt("run-operation", "purge")
    assert outcome.success, outcome.output
    assert "Purged" in outcome.output
    assert "1 tables or views that do not belong to this project (somebody_elses)" in outcome.output
    left = project.query(f"show tables in {schema}")["tableName"].tolist()
    assert left == ["somebody_elses"]
    assert {path.name for path in folder_of(project).iterdir()} == {"somebody_elses"}
    project.execute(f"drop table {schema}.somebody_elses")
    assert project.dbt("run-operation", "purge").success
    assert schema not in project.query("show schemas").iloc[:, 0].tolist()
    assert not folder_of(project).exists()
