"""Airflow: one task per step, from the day's files to the report.

Copy this file to Airflow's folder of DAGs and set the Airflow variable gnuper_home to the folder of the
project, in which `make setup` has run. gnuper_vars has the vars as YAML, gnuper_files a glob of the
files to wait for, in which %Y%m%d is the day of the run.

Every task may be repeated at any time: it starts the command again, and complete tables are kept. Only
one run is active at a time, as only one run may work on a schema. A broken quality gate with severity
stop fails the task `check`, before anything is built: `alert` then gets dbt's sentence about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.bash import BashSensor
from airflow.sdk import DAG

HOME = "{{ var.value.gnuper_home }}"
# --exclude-resource-type unit_test: unit tests check the code, not the data
DBT = ".venv/bin/dbt --no-use-colors build --exclude-resource-type unit_test"
VARS = {"GNUPER_VARS": "{{ var.value.get('gnuper_vars', '{}') }}"}
PATTERN = "var.value.get('gnuper_files', 'data/sample/%Y%m%d*')"
FILES = "{{ macros.ds_format(ds, '%Y-%m-%d', " + PATTERN + ") }}"


def alert(context: dict[str, Any]) -> None:
    """Tells of a task that has failed for good. Put your notifier here, such as SmtpNotifier."""
    print(f"ALERT: {context['task_instance'].task_id} failed: {context.get('exception')}")  # noqa: T201


def step(name: str, command: str) -> BashOperator:
    """A task that runs a command in the project's folder."""
    return BashOperator(
        task_id=name, bash_command=f"cd '{HOME}' && {command}", env=VARS, append_env=True
    )


with DAG(
    "gnuper_release",
    schedule="0 6 * * *",
    start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 2,
        "retry_delay": timedelta(minutes=15),
        "on_failure_callback": alert,
    },
) as dag:
    sense = BashSensor(
        task_id="sense_files",
        bash_command=f"cd '{HOME}' && ls {FILES}",
        poke_interval=600,
        timeout=12 * 3600,
        mode="reschedule",
    )
    server = step("server", ".venv/bin/python -m scripts.server start")
    # cautious: without the tests that compare level 0 with the levels that are built later
    staging = "--select staging --indirect-selection cautious"
    check = step("check", f'{DBT} {staging} --vars "$GNUPER_VARS"')
    build = step("build", f'{DBT} --vars "$GNUPER_VARS"')
    export = step("export", ".venv/bin/python -m scripts.export")
    report = step("report", ".venv/bin/python -m scripts.report")

    sense >> server >> check >> build >> export >> report
