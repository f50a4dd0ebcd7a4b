"""What the plugin changes of dbt-spark's Thrift connection."""

from __future__ import annotations

import pytest
from dbt.adapters.spark.connections import PyhiveConnectionWrapper
from pyhive import hive

import dbt_gnuper
from dbt_gnuper.thrift_sessions import shorten

STACK = """org.apache.hive.service.cli.HiveSQLException: Error running query: [CAST_INVALID_INPUT] \
org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value cannot be cast.
\tat org.apache.spark.sql.hive.thriftserver.HiveThriftServerErrors$.running(Errors.scala:43)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.io.IOException: No space left on device
\tat java.base/java.io.FileOutputStream.write(FileOutputStream.java:1)"""


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


def test_a_session_that_does_not_close_fails_nothing() -> None:
    class Session:
        def close(self) -> None:
            raise hive.OperationalError("NoClassDefFoundError")

    PyhiveConnectionWrapper(Session()).close()
