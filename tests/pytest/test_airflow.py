"""The examples for Airflow, parsed and run by a real Airflow in an environment of its own.

What the tasks start is a stand-in that writes down how it was called: other tests run the commands
themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT_ROOT, parsed_manifest
from environments import environment

pytestmark = pytest.mark.slow

EXAMPLES = PROJECT_ROOT / "examples" / "airflow"
BROKEN = "exit 1"  # what dbt does when a gate with severity stop is broken


class Airflow:
    """An Airflow with the examples, and a folder that stands for the project's."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "project"
        self.calls = folder / "calls"
        dags = folder / "airflow" / "dags"
        shutil.copytree(EXAMPLES, dags)
        for name in ("dbt", "python"):
            self.stand_in(name)
        (self.home / "target").mkdir()
        self.environment = os.environ | {
            "AIRFLOW_HOME": str(dags.parent),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
            "AIRFLOW_VAR_GNUPER_HOME": str(self.home),
            "AIRFLOW_VAR_GNUPER_VARS": "{privacy_k: 20}",
            "AIRFLOW_VAR_GNUPER_FILES": "raw/%Y%m%d.csv",
            "GNUPER_HOME": str(self.home),
        }
        self.run("db", "migrate")

    def stand_in(self, name: str, ending: str = "") -> None:
        """A program in the place of the project's."""
        program = self.home / ".venv" / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho {name} $* >> '{self.calls}'\n{ending}\n")
        program.chmod(0o700)

    def change(self, old: str, new: str) -> None:
        """Change the example of the steps, such as the time between two tries."""
        dag = Path(self.environment["AIRFLOW_HOME"]) / "dags" / "gnuper_release.py"
        text = dag.read_text()
        assert old in text
        dag.write_text(text.replace(old, new))

    def run(self, *arguments: str) -> str:
        """What an Airflow command prints."""
        outcome = subprocess.run(
            [environment("airflow") / "bin" / "airflow", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return outcome.stdout


@pytest.fixture
def airflow(tmp_path: Path) -> Airflow:
    started = Airflow(tmp_path)
    (started.home / "raw").mkdir()
    (started.home / "raw" / "20240501.csv").touch()
    return started


def test_a_release_step_by_step(airflow: Airflow) -> None:
    """The steps in their order; with a broken gate an alert, and nothing is built."""
    output = airflow.run("dags", "test", "gnuper_release", "2024-05-01")
    build = "dbt --no-use-colors build --exclude-resource-type unit_test"
    assert airflow.calls.read_text().splitlines() == [
        "python -m scripts.server start",
        f"{build} --select staging --indirect-selection cautious --vars {{privacy_k: 20}}",
        f"{build} --vars {{privacy_k: 20}}",
        "python -m scripts.export",
        "python -m scripts.report",
    ], output
    assert "ALERT" not in output

    airflow.calls.unlink()
    airflow.stand_in("dbt", BROKEN)
    airflow.change("minutes=15", "seconds=1")
    output = airflow.run("dags", "test", "gnuper_release", "2024-05-01")
    assert output.count("ALERT: check failed") == 1
    calls = airflow.calls.read_text()
    assert "scripts.export" not in calls
    # the first try and two more
    assert calls.count("--select staging") == 3 and calls.count("build") == 3, calls


def test_a_step_that_failed_once_is_repeated(airflow: Airflow) -> None:
    """Such as a build that met a server that had died; the steps before it are not."""
    once = airflow.home / "has_failed"
    airflow.stand_in("dbt", f"[ -e '{once}' ] || {{ touch '{once}'; exit 1; }}")
    airflow.change("minutes=15", "seconds=1")
    output = airflow.run("dags", "test", "gnuper_release", "2024-05-01")
    calls = [
        call.split(" --")[0] + call.partition("--select")[1]
        for call in airflow.calls.read_text().splitlines()
    ]
    assert calls == [
        "python -m scripts.server start",
        "dbt--select",
        "dbt--select",
        "dbt",
        "python -m scripts.export",
        "python -m scripts.report",
    ], output
    assert "ALERT" not in output


def test_a_task_per_model(airflow: Airflow) -> None:
    """Each after those that it reads, one at a time, and nothing is published before the tests."""
    manifest = parsed_manifest()
    manifest.write(str(airflow.home / "target" / "manifest.json"))
    output = airflow.run("dags", "test", "gnuper_by_model", "2024-05-01")
    calls = airflow.calls.read_text().splitlines()
    names = [call.rpartition("--select ")[2] for call in calls if " build " in call]
    built = {
        node.name: node
        for node in manifest.nodes.values()
        if node.resource_type in ("model", "seed") and node.config.materialized != "ephemeral"
    }
    assert sorted(names) == sorted(built), output[-4000:]
    for name in names:
        for parent in getattr(built[name], "depends_on_nodes", []):
            if (parent_name := parent.rpartition(".")[2]) in built:
                assert names.index(parent_name) < names.index(name), (parent_name, name)
    (tests,) = (place for place, call in enumerate(calls) if " --no-use-colors test " in call)
    published = [
        place for place, call in enumerate(calls) if call.endswith(("current_release", "ledger"))
    ]
    assert tests == len(calls) - 3 and min(published[1:]) > tests
