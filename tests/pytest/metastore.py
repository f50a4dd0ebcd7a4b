"""A Hive metastore that runs by itself, as on a cluster, from the jars that come with PySpark."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.server import OPENED_PACKAGES, find_java
from scripts.server.launch import usable_port

SITE = """<configuration>
{properties}
</configuration>
"""
PROPERTY = "<property><name>{name}</name><value>{value}</value></property>"


def derby(folder: Path) -> dict[str, str]:
    """Settings of a metastore that keeps its tables in a folder."""
    return {"javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/db;create=true"}


def installed_postgresql() -> tuple[Path, Path] | None:
    """The folder of PostgreSQL's programs and the jar of its driver, where Debian and Ubuntu put them
    (packages postgresql and libpostgresql-jdbc-java)."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    jar = Path("/usr/share/java/postgresql.jar")
    return (programs[-1], jar) if programs and jar.exists() else None


@contextlib.contextmanager
def postgresql(spark_home: Path) -> Iterator[tuple[dict[str, str], Path]]:
    """Settings of a metastore in a new database server, which ends with the block, and the driver's jar."""
    installed = installed_postgresql()
    assert installed
    programs, jar = installed
    # PostgreSQL refuses to run as root
    user = "postgres" if os.getuid() == 0 else None
    port = usable_port(0, 5432, "POSTGRESQL_PORT")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        log = folder / "log"
        subprocess.run(
            [programs / "initdb", "--pgdata", folder / "data", "--username", "hive", "--no-sync"],
            user=user, cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        with log.open("w") as output:
            process = subprocess.Popen(
                [
                    programs / "postgres", "-D", folder / "data", "-p", str(port),
                    "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                ],
                user=user, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            wait_for(port, process, log)
            settings = {
                "javax.jdo.option.ConnectionURL": f"jdbc:postgresql://127.0.0.1:{port}/postgres",
                "javax.jdo.option.ConnectionDriverName": "org.postgresql.Driver",
                "javax.jdo.option.ConnectionUserName": "hive",
            }
            _create_tables(folder, spark_home, settings, jar)
            yield settings, jar
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


@contextlib.contextmanager
def metastore(
    folder: Path, spark_home: Path, database: Mapping[str, str], jar: Path | None = None
) -> Iterator[str]:
    """The address of a metastore over a database; it ends with the block."""
    port = usable_port(0, 9083, "METASTORE_PORT")
    settings = {
        **database,
        "hive.metastore.port": str(port),
        "hive.metastore.thrift.bind.host": "127.0.0.1",
        "hive.metastore.warehouse.dir": f"{folder}/warehouse",
        "datanucleus.schema.autoCreateAll": "true",
        "hive.metastore.schema.verification": "false",
        # Hive asks for log4j's settings by a name of its own, and for jars that PySpark lacks
        "hive.async.log.enabled": "false",
        "hive.in.test": "true",
    }
    (folder / "conf").mkdir(parents=True)
    (folder / "conf" / "hive-site.xml").write_text(
        SITE.format(
            properties="\n".join(
                PROPERTY.format(name=name, value=value) for name, value in settings.items()
            )
        )
    )
    log = folder / "metastore.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                find_java(),
                "-Xmx512m",
                *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
                f"-Dderby.stream.error.file={folder}/derby.log",
                "-cp", f"{folder}/conf:{spark_home}/jars/*:{jar or ''}",
                "org.apache.hadoop.hive.metastore.HiveMetaStore",
                "-p", str(port),
            ],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith(("HIVE_", "SPARK_"))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )  # fmt: skip
    try:
        wait_for(port, process, log)
        yield f"thrift://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _create_tables(folder: Path, spark_home: Path, database: Mapping[str, str], jar: Path) -> None:
    """Create the metastore's tables at once. Otherwise it would create each when it first needs it, and
    wait for itself where another transaction is open. (On a cluster Hive's own schematool does this; it
    is not among PySpark's jars.)"""
    (hive,) = (spark_home / "jars").glob("hive-metastore-*.jar")
    with zipfile.ZipFile(hive) as packed:
        model = packed.extract("package.jdo", folder)
    settings = {
        **database,
        "javax.jdo.PersistenceManagerFactoryClass":
            "org.datanucleus.api.jdo.JDOPersistenceManagerFactory",
        "datanucleus.identifierFactory": "datanucleus1",
        "datanucleus.schema.autoCreateAll": "true",
    }  # fmt: skip
    properties = folder / "datanucleus.properties"
    properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    subprocess.run(
        [
            find_java(),
            *("-cp", f"{spark_home}/jars/*:{jar}"),
            "org.datanucleus.store.schema.SchemaTool",
            *("-create", "-api", "JDO", "-props", str(properties), model),
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def wait_for(port: int, process: subprocess.Popen, log: Path, timeout: float = 120) -> None:
    """Until it listens."""
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.5)
