"""Python models on open-source Spark: the code runs where dbt runs, its operations run on Spark.

dbt-spark submits Python models only to Databricks. The helper here executes the compiled model in a
Spark Connect session. So the model's DataFrame operations run on the same Spark server that the SQL
models use through Thrift.

The server is given by the environment variable ``SPARK_REMOTE`` (a Connect URL, ``sc://...``), or
else it is the profile's host on port ``GNUPER_CONNECT_PORT`` (default 15002).
"""

import linecache
import logging
import os
import re
import socket
import tempfile
import threading
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dbt.adapters.base import PythonJobHelper
from dbt.adapters.spark.impl import SparkAdapter
from dbt_common.exceptions import DbtRuntimeError

from dbt_gnuper.patches import replace_methods

METHOD = "spark_connect"
DEFAULT_PORT = "15002"

_TRACEBACK = "Traceback (most recent call last)"
_END_OF_TRACEBACK = ("SQLSTATE:", "JVM stacktrace:")

# Sessions with a model running, for Ctrl-C.
_sessions: set[Any] = set()
_sessions_lock = threading.Lock()


class SparkConnectJobHelper(PythonJobHelper):
    """Runs one compiled Python model; dbt makes one helper per model, on the model's thread."""

    def __init__(self, parsed_model: dict[str, Any], credentials: Any) -> None:
        self.path = parsed_model["original_file_path"]
        self.host = credentials.host

    def submit(self, compiled_code: str) -> None:
        """Execute the model.

        Raises:
            DbtRuntimeError: with the model's own line and the error's first sentence.
        """
        # Through this name tracebacks find the lines of the model's source. dbt puts empty lines
        # before the source.
        name = f"<{self.path}>"
        compiled_code = compiled_code.lstrip()
        linecache.cache[name] = (len(compiled_code), None, compiled_code.splitlines(True), name)
        with connect(self.host) as spark:
            try:
                exec(compile(compiled_code, name, "exec"), {"spark": spark, "__name__": name})
            except Exception as error:
                raise DbtRuntimeError(_explain(error, name, self.path)) from None


@contextmanager
def connect(host: str = "127.0.0.1") -> Iterator[Any]:
    """A Spark Connect session of its own, closed at the end.

    Raises:
        DbtRuntimeError: with the remedy, when no server answers.
    """
    # Makes pyspark.sql.functions, which models import, build Connect's columns.
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    from pyspark.sql.connect.session import SparkSession

    # The client would print a failed query with its values; errors are reported by `_explain`.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    logging.getLogger("DataFrameQueryContextLogger").disabled = True

    usual_port = os.environ.get("GNUPER_CONNECT_PORT", DEFAULT_PORT)
    url = os.environ.get("SPARK_REMOTE") or f"sc://{host}:{usual_port}"
    host, port = _host_and_port(url)
    try:
        # The client itself would try for ten minutes.
        socket.create_connection((host, port), 10).close()
        spark = SparkSession.builder.remote(url).create()
    except Exception as error:
        raise DbtRuntimeError(
            f"Python models need Spark Connect, and no server answers at {host}:{port} "
            f"({_first_sentence(error)}). Start the local one with `make server`, or set "
            "SPARK_REMOTE to the cluster's Connect URL."
        ) from None
    if not str(spark.conf.get("spark.master")).startswith("local"):
        _ship_python_udfs(spark)
    with _sessions_lock:
        _sessions.add(spark)
    try:
        yield spark
    finally:
        with _sessions_lock:
            _sessions.discard(spark)
        spark.stop()


def to_arrow(rows: Any) -> Any:
    """All rows of a DataFrame, as an Arrow table."""
    if hasattr(rows, "toArrow"):
        return rows.toArrow()
    client = rows._session.client  # noqa: SLF001 (PySpark 3.5 has no public name for it)
    return client.to_table(rows._plan.to_proto(client))[0]  # noqa: SLF001


def _host_and_port(url: str) -> tuple[str, int]:
    """Host and port of a Connect URL. The error does not quote the URL: it may contain a token."""
    found = re.fullmatch(r"sc://([\w.-]+|\[[\da-fA-F:]+\])(?::(\d{1,5}))?(?:/(?:;.*)?)?", url)
    if found is None:
        raise DbtRuntimeError(
            "SPARK_REMOTE is not a URL of Spark Connect. It must be like sc://host:15002 or "
            "sc://host:15002/;token=...;use_ssl=true: a slash, then each parameter after a semicolon."
        )
    return found[1].strip("[]"), int(found[2] or DEFAULT_PORT)


def _ship_python_udfs(spark: Any) -> None:
    """Send python_udfs to a cluster's workers. A local server's workers have it on their path."""
    folder = Path(__file__).resolve().parent.parent / "python_udfs"
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "python_udfs.zip"
        with zipfile.ZipFile(archive, "w") as zipped:
            for file in sorted(folder.glob("*.py")):
                zipped.write(file, f"python_udfs/{file.name}")
        spark.addArtifacts(str(archive), pyfile=True)


def _explain(error: Exception, name: str, path: str) -> str:
    """The error's place in the model and its first sentence, without Spark's own stack."""
    line = _line_of(error, name)
    where = f'{path}, line {line}: "{linecache.getline(name, line).strip()}"' if line else path
    return f"{where}\n  {type(error).__name__}: {_first_sentence(error)}"


def _line_of(error: Exception, name: str) -> int | None:
    """The model's line that led to the error.

    DataFrames are lazy: the traceback often ends where the table is written. Only Spark's query context
    knows which line caused the failing operation.
    """
    contexts = error.getQueryContext() if hasattr(error, "getQueryContext") else []
    for context in contexts:
        if context.contextType().name == "DataFrame":
            file, _, line = context.callSite().rpartition(":")
            if file == name and line.isdigit():
                return int(line)
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name
    ]
    return frames[-1].lineno if frames else None


def _first_sentence(error: Exception) -> str:
    """The error in one line. For an error on a worker, it is the last line of its traceback."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    is_python = [_TRACEBACK in line for line in lines]
    if any(is_python):
        worker = lines[is_python.index(True) :]
        end = next((i for i, line in enumerate(worker) if line.startswith(_END_OF_TRACEBACK)), None)
        return worker[:end][-1]
    return lines[0] if lines else "no message"


def _interrupt_all() -> None:
    """Interrupt the running models on the server."""
    with _sessions_lock:
        for spark in _sessions:
            spark.interruptAll()


def extend(adapter: type[SparkAdapter]) -> None:
    """Register the submission method, and make Ctrl-C reach it."""
    own_helpers: Any = adapter.python_submission_helpers  # of the class: the property itself
    cancel_thrift = adapter.cancel_open_connections

    def cancel_all(self: SparkAdapter) -> Any:
        _interrupt_all()
        return cancel_thrift(self)

    # dbt-labs/dbt-spark#415 asks for Python models on open-source Spark, #814 for Spark Connect. Either
    # would replace this module.
    replace_methods(
        adapter,
        python_submission_helpers=property(
            lambda self: {**own_helpers.fget(self), METHOD: SparkConnectJobHelper}
        ),
        cancel_open_connections=cancel_all,
    )
