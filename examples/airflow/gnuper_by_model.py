"""Airflow: one task per model, for those who want to see each in Airflow and repeat it alone.

Needs target/manifest.json, which `dbt parse` writes, in the folder of the environment variable
GNUPER_HOME. The vars are those of dbt_project.yml.

dbt's lock allows one command at a time on a schema. So the tasks run one after the other
(max_active_tasks=1), and each starts dbt anew, about ten seconds for some seventy models: `gnuper_release`
is the faster way. Nothing is published before all data tests have passed, as in `dbt build`.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = Path(os.environ["GNUPER_HOME"])
PUBLICATION = ("current_release", "release_ledger")


def models() -> dict[str, list[str]]:
    """The models and seeds that are tables or views, each with those that it reads."""
    nodes = json.loads((HOME / "target" / "manifest.json").read_text())["nodes"]
    built = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] in ("model", "seed")
        and node["config"]["materialized"] != "ephemeral"
    }

    def parents(key: str) -> set[str]:
        found: set[str] = set()
        for parent in nodes[key].get("depends_on", {}).get("nodes", []):
            # through models that are no tables
            found |= {parent} if parent in built else parents(parent)
        return found

    return {
        built[key]["name"]: sorted(built[parent]["name"] for parent in parents(key))
        for key in built
    }


def dbt(name: str, arguments: str) -> BashOperator:
    """A task that runs a dbt command."""
    return BashOperator(
        task_id=name,
        bash_command=f"cd '{HOME}' && .venv/bin/dbt --no-use-colors {arguments}",
    )


with DAG(
    "gnuper_by_model",
    schedule=None,
    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
    max_active_runs=1,
    max_active_tasks=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=15)},
) as dag:
    reads = models()
    tasks = {
        name: dbt(
            name,
            f"build --exclude-resource-type unit_test --exclude-resource-type test --select {name}",
        )
        for name in reads
    }
    # All data tests of what is about to be published.
    test = dbt("test", "test --select test_type:data --exclude " + " ".join(PUBLICATION))
    for name, parents in reads.items():
        for parent in parents:
            tasks[parent] >> tasks[name]
        if name not in PUBLICATION:
            tasks[name] >> test
    test >> tasks["current_release"]
