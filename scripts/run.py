"""The main job: from raw CDR files to released files, with one command.

    VARS='{raw_data_path: /data/cdr}' python -m scripts.run

Starts the local server, makes the mock-up sample if the default data folder is to be read and does
not exist, runs `dbt build` with the vars, exports the released tables to output/, and sums up. With
VERBOSE=1 dbt prints its own lines.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pyarrow as pa
import yaml

from dbt_gnuper import variables
from python_udfs import bandicoot_compiled
from scripts import export, mockup, progress, server, summary
from scripts.errors import CommandError
from scripts.paths import OUTPUT, PROJECT_ROOT, SAMPLE

# Not the program .venv/bin/dbt: pip's wrapper fails if the path has a double quote in it. Until the
# project's plugin takes over (dbt_gnuper.interrupts), no work has begun and Ctrl-C simply ends dbt.
START_DBT = """
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)
from dbt.cli.main import cli
cli(prog_name="dbt")
"""


NEXT = """What comes next: `make report` writes a page of maps and profiles, `make docs` a page of all tables;
output/data_dictionary.csv says what the columns mean. Details of the run are in logs/dbt.log."""


def parse_vars(text: str) -> dict[str, Any]:
    """The vars as a dictionary."""
    try:
        values = yaml.safe_load(text) if text.strip() else {}
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise CommandError(_usage(f"VARS cannot be read as YAML ({reason})")) from error
    if not isinstance(values, dict):
        raise CommandError(_usage("VARS is not a list of names and values"))
    return values


def all_vars(given: dict[str, Any]) -> dict[str, Any]:
    """All vars: the given ones, and the others with the values of dbt_project.yml."""
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    return variables.defaults() | variables.merged(project.get("vars") or {}) | given


def _usage(problem: str) -> str:
    return f"{problem}. Write it like VARS='{{raw_data_path: /data/cdr, holidays: [2024-05-01]}}'."


def run_dbt(*arguments: str, values: dict[str, Any], in_levels: bool = False) -> int:
    """Run a dbt command with these vars as a process of its own; returns its exit code. With `in_levels`
    it shows one line per level.

    The process has its own session, so that a terminal's Ctrl-C does not reach it too: an interrupt
    is passed on exactly once. dbt then has time to cancel its statements. A second interrupt kills
    it.
    """
    given = f"--vars={json.dumps(values, default=str)}"
    start = ["-m", "scripts.progress"] if in_levels else ["-c", START_DBT]
    command = [sys.executable, *start, *arguments, given]
    child = subprocess.Popen(command, cwd=PROJECT_ROOT, start_new_session=True)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        try:
            child.wait()
        finally:
            child.kill()
        raise


def say(sentence: str) -> None:
    """One line of progress."""
    print(f"==> {sentence}", flush=True)


def built(features: pa.Table) -> str:
    """What was built, in a sentence."""
    periods = features["period"].unique() if "period" in features.column_names else []
    return (
        f"Built final_features: {export.count_of_units(features)}{export.in_periods(periods)} with "
        f"{features.num_columns} columns, in {OUTPUT / 'final_features.csv'} and as .parquet beside it."
    )


def run() -> int:
    """Run all steps. Returns 1 if a step failed that prints its own message, else 0."""
    values = parse_vars(os.environ.get("VARS", ""))
    settings = all_vars(values)
    # dbt checks them too, but that would be after Spark has started
    problem = variables.problem(settings)
    if problem:
        raise CommandError(problem)

    say("Starting the Spark server")
    running = server.start_for_dbt()

    if "raw_data_path" not in values and not SAMPLE.exists():
        say("Making the mock-up sample in data/sample")
        if mockup.main([]):
            return 1

    if settings["bandicoot"] and settings["bandicoot_engine"] == "compiled":
        # Compile once here, instead of in every worker at the same time.
        bandicoot_compiled.warm_up(str(running.state_dir / "numba"), say)

    say(f"Building all levels with dbt build{progress.estimate()}")
    # Unit tests check the code, not the data: `make test` runs them.
    is_verbose = os.environ.get("VERBOSE", "") not in ("", "0")
    if run_dbt(
        "build", "--exclude-resource-type=unit_test", values=values, in_levels=not is_verbose
    ):
        raise CommandError(
            "dbt build has failed (its message is above): nothing was exported, and files of an "
            "earlier run in output/ were left as they are."
        )

    say("Exporting the released tables")
    tables = export.export(OUTPUT)
    summary.show(tables, is_gate_off=settings["privacy_k"] == 0)
    print(f"\n{built(tables['final_features'])}\n{NEXT}")
    return 0


def main() -> None:
    """Run all steps; the first that fails ends the run with its own message."""
    try:
        sys.exit(run())
    except CommandError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
