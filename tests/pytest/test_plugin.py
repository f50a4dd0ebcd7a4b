"""What the plugin changes of dbt-spark's Thrift connection."""

from __future__ import annotations

import socket
import threading

import pytest
from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from dbt_common.exceptions import DbtRuntimeError
from pyhive import hive
from TCLIService.ttypes import TOperationState
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport

import dbt_gnuper
from dbt_gnuper import spark_connect, thrift_sessions
from dbt_gnuper.thrift_sessions import shorten
from scripts.server import ServerInfo

STACK = """org.apache.hive.service.cli.HiveSQLException: Error running query: [CAST_INVALID_INPUT] \
org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value cannot be cast.
\tat org.apache.spark.sql.hive.thriftserver.HiveThriftServerErrors$.running(Errors.scala:43)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.io.IOException: No space left on device
\tat java.base/java.io.FileOutputStream.write(FileOutputStream.java:1)"""

PENDING = (TOperationState.PENDING_STATE, TOperationState.RUNNING_STATE)


@pytest.fixture(autouse=True)
def plugin() -> None:
    """The plugin, as dbt starts it."""
    for plugin in dbt_gnuper.plugins:
        plugin(project_name="gnuper")


def test_errors_are_short() -> None:
    assert shorten(STACK).splitlines() == [
        "[CAST_INVALID_INPUT] The value cannot be cast.",
        "Caused by: java.io.IOException: No space left on device",
    ]
    assert shorten("Table not found") == "Table not found"


@pytest.mark.parametrize(
    "cause",
    [
        "java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.",
        "org.apache.spark.SparkException: Job 99 cancelled because SparkContext was shut down",
        (
            'java.lang.NullPointerException: Cannot invoke "org.apache.spark.scheduler.DAGScheduler'
            '.cleanupQueryJobs(long)" because the return value of '
            '"org.apache.spark.SparkContext.dagScheduler()" is null'
        ),
        (
            'java.lang.NullPointerException: Cannot invoke "org.apache.spark.SparkEnv.conf()" because '
            'the return value of "org.apache.spark.SparkEnv$.get()" is null'
        ),
    ],
)
def test_a_server_that_stops_is_said(cause: str) -> None:
    bug = "[INTERNAL_ERROR] Executed command failed. You hit a bug in Spark or the Spark plugins."
    stack = f"org.apache.hive.service.cli.HiveSQLException: {bug}\n\tat java.lang.Thread.run(1)\n"
    said = shorten(f"{stack}Caused by: {cause}\n\tat org.apache.spark.Something(2)")
    assert said.startswith(
        "The Spark server was stopped in the middle of a statement. `make server`"
    )
    real = shorten(f"{stack}Caused by: java.lang.NullPointerException: it is null\n")
    assert real.startswith("[INTERNAL_ERROR]")


@pytest.mark.parametrize("at_once", [True, False])
def test_errors_of_a_server_are_short(server: ServerInfo, at_once: bool) -> None:
    """Whether it refuses a statement at once or says later that it has failed."""
    with hive.connect("127.0.0.1", server.thrift_port) as connection:
        cursor = connection.cursor()
        if at_once:
            with pytest.raises(hive.OperationalError) as error:
                cursor.execute("select raise_error('this is why')")
            answer = error.value.args[0]
            message = answer.status.errorMessage
        else:
            cursor.execute("select raise_error('this is why')", async_=True)
            answer = cursor.poll()
            while answer.operationState in PENDING:
                answer = cursor.poll()
            message = answer.errorMessage
    assert "this is why" in message
    assert "HiveThriftServer" not in str(answer) and "\tat " not in str(answer)


def test_a_session_that_does_not_close_fails_nothing() -> None:
    class Session:
        def close(self) -> None:
            raise hive.OperationalError("NoClassDefFoundError")

    PyhiveConnectionWrapper(Session()).close()


def test_a_session_that_never_closes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server does not answer: dbt waits for some seconds, not for ever."""
    monkeypatch.setattr(thrift_sessions, "SECONDS_TO_CLOSE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        wire = TSocket("127.0.0.1", server.getsockname()[1])
        transport = TBufferedTransport(wire)
        transport.open()

        class Session:
            _transport = transport

            def close(self) -> None:
                transport.read(1)

        PyhiveConnectionWrapper(Session()).close()


def test_a_statement_is_cancelled_from_another_thread(server: ServerInfo) -> None:
    """As on Ctrl-C: while a thread asks without a pause, the other one's call comes through."""
    statement = "select count(*) from range(100000000000) where hash(id) = 1"
    for _ in range(3):
        with hive.connect("127.0.0.1", server.thrift_port, username="gnuper") as connection:
            cursor = connection.cursor()
            cursor.execute(statement, async_=True)
            states: list[int] = []

            def ask(cursor: hive.Cursor = cursor, states: list[int] = states) -> None:
                while not states or states[-1] in PENDING:
                    states.append(cursor.poll().operationState)

            thread = threading.Thread(target=ask, daemon=True)
            thread.start()
            cursor.cancel()
            thread.join(timeout=30)
            assert states[-1] == TOperationState.CANCELED_STATE


@pytest.mark.parametrize(
    "url",
    [
        "sc://localhost:15002;token=secret",
        "http://localhost;token=secret",
        "sc://localhost:port/;token=secret",
        "sc://localhost:1/;token=secret",
    ],
)
def test_a_token_stays_out_of_errors(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SPARK_REMOTE", url)
    with pytest.raises(DbtRuntimeError, match="SPARK_REMOTE") as error, spark_connect.connect():
        pass
    assert "secret" not in str(error.value)


def test_files_that_are_named_by_ids_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "FAILED_READ_FILE while reading file file:///data/4917055555.csv.gz. \n\tat x"
    assert "'file:///data/4917055555.csv.gz'" in shorten(message)
    monkeypatch.setattr(thrift_sessions, "file_names_are_ids", True)
    assert "4917" not in shorten(message) and "A file in 'file:///data'" in shorten(message)
