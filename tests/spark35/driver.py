"""Spark 3.5 and dbt in one process, in an environment with pyspark 3.5; tests start it.

    python tests/spark35/driver.py STATE_DIR REPLIES SETTINGS

PySpark 3.5 comes without the jar of Spark Connect (spark-connect_2.12), and nothing but Maven has it.
So Python models get an ordinary session of the same driver here: their operations, and the functions
on the workers, run on Spark 3.5. Everything else is as on a cluster: SQL goes through Thrift.

Reads commands from standard input, a JSON list per line: dbt's arguments, or export with the folder to write
to and that of dbt's artifacts. Writes a JSON object per line to the file descriptor REPLIES: first
{"thrift_port": ...}, then what each command did.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
from dbt.cli.main import dbtRunner

from dbt_gnuper import spark_connect
from scripts.server import find_java
from scripts.server.launch import usable_port
from scripts.server.settings import default_settings, environment, fixed_settings, java_options

DRIVER_MEMORY = "2g"
# What docs/cluster.md says about Spark 3.5: Spark 4 does this without being asked.
SETTINGS_OF_4 = {"spark.sql.ansi.enabled": "true"}


def start(state_dir: Path, port: int, more: dict[str, str]) -> Any:
    """The session of a new driver, with a Thrift endpoint and the settings of the local server."""
    import pyspark

    (home,) = pyspark.__path__
    os.environ.update(environment(state_dir, Path(home)))
    os.environ["JAVA_HOME"] = str(find_java().resolve().parents[1])
    settings = default_settings() | fixed_settings(state_dir, port, 0) | SETTINGS_OF_4 | more
    del settings["spark.plugins"]
    settings["spark.driver.memory"] = DRIVER_MEMORY
    # Spark refuses the option -Xmx beside this setting.
    options = [word for word in java_options(state_dir, "0") if not word.startswith("-Xmx")]
    settings["spark.driver.extraJavaOptions"] = " ".join(options)
    words = [word for pair in settings.items() for word in ("--conf", "=".join(pair))]
    os.environ["PYSPARK_SUBMIT_ARGS"] = shlex.join(
        [*words, "--master", "local[*,4]", "pyspark-shell"]
    )

    from pyspark.sql import SparkSession

    spark: Any = SparkSession.builder.enableHiveSupport().getOrCreate()
    thrift = spark._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
    thrift.startWithContext(spark._jsparkSession.sqlContext())
    return spark


def run(arguments: list[str]) -> dict[str, Any]:
    """What a command did."""
    if arguments[0] == "export":
        # only now, because it takes `connect` from where it is replaced
        from scripts.export import export

        export(Path(arguments[1]), Path(arguments[2]))
        return {}
    events: list[str] = []

    def keep(event: Any) -> None:
        events.append(event.info.msg)

    result = dbtRunner(callbacks=[keep]).invoke(arguments)
    nodes: Any = getattr(result.result, "results", [])
    return {
        "success": result.success,
        "output": "\n".join(events),
        "statuses": {node.node.name: str(node.status) for node in nodes if hasattr(node, "node")},
    }


def main(state_dir: Path, replies: TextIO, more: dict[str, str]) -> None:
    """Start Spark, then run commands until the standard input ends."""
    for name in ("tmp", "warehouse", "numba"):
        (state_dir / name).mkdir(parents=True, exist_ok=True)
    port = usable_port(0, 10000, "THRIFT_PORT")
    spark = start(state_dir, port, more)

    @contextlib.contextmanager
    def connect(host: str = "") -> Iterator[Any]:
        yield spark.newSession()

    def to_arrow(rows: Any) -> Any:
        return pa.Table.from_batches(rows._collect_as_arrow())

    spark_connect.connect, spark_connect.to_arrow = connect, to_arrow
    os.environ["GNUPER_THRIFT_PORT"] = str(port)
    print(json.dumps({"thrift_port": port}), file=replies, flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=replies, flush=True)
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), os.fdopen(int(sys.argv[2]), "w"), json.loads(sys.argv[3]))
