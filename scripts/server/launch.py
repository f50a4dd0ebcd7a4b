"""Launches the server: finds free ports and starts the process."""

from __future__ import annotations

import contextlib
import errno
import importlib.metadata
import importlib.util
import os
import resource
import socket
import subprocess
from pathlib import Path

from scripts.paths import PROJECT_ROOT
from scripts.server.java import find_java
from scripts.server.processes import stat
from scripts.server.settings import (
    HOST,
    default_settings,
    environment,
    fixed_settings,
    java_options,
)
from scripts.server.state import ServerError, ServerInfo, write_record


def usable_port(asked: int | None, usual: int, name: str) -> int:
    """The port asked for (None: the usual one, 0: a free one); raises an error if it is taken."""
    port = usual if asked is None else asked
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except (OSError, OverflowError) as error:
            raise ServerError(port_problem(port, usual, error, f"make server {name}")) from None
        return probe.getsockname()[1]


def port_problem(port: int, usual: int, error: Exception, option: str) -> str:
    """One sentence: why a server cannot listen at the port, and which option names another port."""
    taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    reason = "something else listens there" if taken else str(error)
    return (
        f"Port {port} cannot be used, {reason}: choose another one, for example "
        f"`{option}={usual + (20 if port == usual + 10 else 10)}`."
    )


def _spark_home() -> Path:
    """The folder of PySpark, found without importing it, which would take seconds."""
    found = importlib.util.find_spec("pyspark")
    if found is None or found.origin is None:
        raise ServerError("The Python package pyspark is missing: `make setup` installs it.")
    return Path(found.origin).parent


def launch(
    state_dir: Path,
    thrift_port: int,
    connect_port: int,
    master: str,
    driver_memory: str,
    conf: dict[str, str],
) -> ServerInfo:
    """Launch SparkSubmit in a session of its own, record it, and return without waiting."""
    java = find_java()
    spark_home = _spark_home()
    settings = default_settings() | {"spark.driver.memory": driver_memory} | conf
    settings |= fixed_settings(state_dir, thrift_port, connect_port)
    command = [
        str(java),
        *java_options(state_dir, driver_memory),
        "-cp", f"{spark_home}/jars/*",
        "org.apache.spark.deploy.SparkSubmit",
        "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
        "--master", master,
        *(word for pair in settings.items() for word in ("--conf", "=".join(pair))),
        "spark-internal",
    ]  # fmt: skip
    for folder in ("tmp", "warehouse", "numba"):
        (state_dir / folder).mkdir(mode=0o700, exist_ok=True)
    log = state_dir / "server.log"
    if log.exists():
        log.replace(state_dir / "server.log.1")
    with open(log, "a", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT_ROOT,  # relative paths of data files start in this folder
            env=environment(state_dir, spark_home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )
    # The server outlives this process: tell Python not to mind, and allow no core dumps of data.
    process.returncode = 0
    with contextlib.suppress(OSError):
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
    status = stat(process.pid)
    if status is None:  # impossible: nobody has waited for it, so it is at least a zombie
        raise ServerError(f"The server's process {process.pid} is not to be found in /proc.")
    _, _, started = status
    spark = importlib.metadata.version("pyspark")
    info = ServerInfo(process.pid, thrift_port, connect_port, state_dir, started, spark, str(java))
    write_record(info, ready=False)
    return info
