"""An environment with pyspark 3.5, and Spark 3.5 in it, for the tests of older clusters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import PROJECT_ROOT, STATE_DIR, Project
from environments import environment

from scripts.server import ServerInfo

DRIVER = PROJECT_ROOT / "tests" / "spark35" / "driver.py"

KNOWS_PYTHON = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="Spark 3.5 knows no Python after 3.11"
)


class Driver:
    """Spark 3.5 with a Thrift endpoint, in a process that also runs dbt."""

    def __init__(self, state_dir: Path, **settings: str) -> None:
        state_dir.mkdir(parents=True)
        log = state_dir / "server.log"
        read, write = os.pipe()
        names = {name for name in os.environ if name.startswith(("GNUPER_", "SPARK_", "DBT_"))}
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [
                    environment("spark35") / "bin" / "python",
                    DRIVER,
                    state_dir,
                    str(write),
                    json.dumps(settings),
                ],
                env={name: value for name, value in os.environ.items() if name not in names}
                | {"PYTHONPATH": str(PROJECT_ROOT), "NUMBA_CACHE_DIR": str(STATE_DIR / "numba")},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=(write,),
                text=True,
            )
        os.close(write)
        self._replies = os.fdopen(read)
        self.log = log
        port = self._reply()["thrift_port"]
        self.server = ServerInfo(self.process.pid, port, 0, state_dir, 0, "3.5", "")

    def run(self, command: list[str]) -> dict[str, Any]:
        """Run a command: see the driver's own description."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self._reply()

    def stop(self) -> None:
        """End Spark and all it started."""
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _reply(self) -> dict[str, Any]:
        line = self._replies.readline()
        assert line, self.log.read_text()[-4000:]
        return json.loads(line)


class OutcomeOn35:
    """What a dbt command did."""

    def __init__(self, reply: dict[str, Any]) -> None:
        self.success: bool = reply["success"]
        self.output: str = reply["output"]
        self._statuses: dict[str, str] = reply["statuses"]

    def statuses(self) -> dict[str, str]:
        """How each node ended, by name."""
        return self._statuses


class ProjectOn35(Project):
    """The project on Spark 3.5: dbt and the export run beside Spark's driver."""

    def __init__(self, driver: Driver, folder: Path, schema: str, values: dict[str, Any]) -> None:
        self.driver = driver
        super().__init__(driver.server, folder, schema, dict(values))

    def dbt(self, *arguments: str, **more_vars: Any) -> Any:
        """Run a dbt command with this project's vars and the given ones."""
        return OutcomeOn35(self.driver.run(self.command(*arguments, **more_vars)))

    def export(self) -> Path:
        """The folder with the exported files of the last release."""
        self.driver.run(["export", str(self.folder / "output"), str(self.target)])
        return self.folder / "output"


def assert_same_files(got: Path, expected: Path) -> None:
    """Two exports are the same, to the last digit: all files but that of the run."""
    names = sorted(path.name for path in expected.glob("*.csv") if path.stem != "release_run")
    assert "final_features.csv" in names and len(names) >= 6
    for name in names:
        assert (got / name).read_text() == (expected / name).read_text(), name
    features = pd.read_csv(got / "final_features.csv")
    assert features.loc[:, "reporting__number_of_records"].notna().any()


@pytest.fixture(scope="module")
def spark35(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Driver]]:
    """Starts drivers: `spark35(**settings)`."""
    drivers: list[Driver] = []

    def start(**settings: str) -> Driver:
        drivers.append(Driver(tmp_path_factory.mktemp("spark35") / "state", **settings))
        return drivers[-1]

    yield start
    for driver in drivers:
        driver.stop()
