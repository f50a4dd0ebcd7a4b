"""Tables of Iceberg's format, on Spark 3.5 with a metastore of its own.

The tests of deliveries, publication and faults run here once more: this module gives them projects of
that format, on a server of that kind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import random_cdr
import test_faults
from conftest import WITHOUT_DATA_TESTS, Project
from environments import environment
from metastore import derby, metastore
from random_cdr import raw_vars
from spark35 import KNOWS_PYTHON, Driver, ProjectOn35, assert_same_files, spark35  # noqa: F401
from test_deliveries import test_any_sequence_of_deliveries  # noqa: F401
from test_publication import (
    project,  # noqa: F401
    raw,  # noqa: F401
    test_a_release_that_leaks_is_not_published,  # noqa: F401
    test_readers_see_one_release_or_the_other,  # noqa: F401
)

pytestmark = [pytest.mark.slow, KNOWS_PYTHON]

# as docs/cluster.md says
SETTINGS = {
    "spark.sql.catalog.spark_catalog": "org.apache.iceberg.spark.SparkSessionCatalog",
    "spark.sql.catalog.spark_catalog.type": "hive",
    # otherwise a session may see the tables as they were 30 seconds ago, and a new release empty
    "spark.sql.catalog.spark_catalog.cache-enabled": "false",
    # PySpark's jars make no tables for the locks of a metastore
    "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
    # Iceberg writes with its own streams, which the file system without checksums does not have
    "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.LocalFileSystem",
}
EXTENSIONS = {
    "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings of a server with Iceberg's jar, and with a metastore beside it."""
    packages = next((environment("spark35") / "lib").glob("python3.*")) / "site-packages"
    (jar,) = (packages / "velox_spark" / "jars").glob("iceberg-spark-runtime-3.5_*.jar")
    folder = tmp_path_factory.mktemp("metastore")
    with metastore(folder, packages / "pyspark", derby(folder)) as address:
        yield SETTINGS | {
            "spark.driver.extraClassPath": str(jar),
            "spark.hadoop.hive.metastore.uris": address,
        }


@pytest.fixture(scope="module")
def driver(spark35: Callable[..., Driver], settings: dict[str, str]) -> Driver:  # noqa: F811
    """Spark 3.5 with Iceberg."""
    return spark35(**settings)


@pytest.fixture(scope="module")
def make_project(
    driver: Driver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Project]]:
    """Makes projects as the fixture that it replaces does; dbt reaches this driver through Thrift."""

    def make(name: str, **project_vars: Any) -> Project:
        values = project_vars | {"table_format": "iceberg", "bandicoot": False}
        folder = tmp_path_factory.mktemp(name)
        return Project(driver.server, folder, f"{name}_{time.time_ns()}", values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GNUPER_THRIFT_PORT", str(driver.server.thrift_port))
        yield make


def test_the_release_is_that_of_parquet(
    driver: Driver,
    spark35: Callable[..., Driver],  # noqa: F811
    small_vars: dict[str, Any],
    tmp_path: Path,
) -> None:
    """All levels with all data tests, the Python model and the export."""
    as_iceberg = ProjectOn35(
        driver, tmp_path / "iceberg", "as_iceberg", small_vars | {"table_format": "iceberg"}
    )
    as_iceberg.build()
    providers = {
        name: as_iceberg.query(f"describe table extended {{restricted}}.{name}").set_index(
            "col_name"
        )["data_type"]["Provider"]
        for name in ("delivered_rows", "user_bandicoot", "final_features")
    }
    assert set(providers.values()) == {"iceberg"}, providers
    as_parquet = ProjectOn35(spark35(), tmp_path / "parquet", "as_parquet", small_vars)
    as_parquet.build(*WITHOUT_DATA_TESTS)
    assert_same_files(as_iceberg.export(), as_parquet.export())


def test_files_of_withdrawn_rows_go_when_snapshots_expire(
    make_project: Callable[..., Project],
    spark35: Callable[..., Driver],  # noqa: F811
    settings: dict[str, str],
    tmp_path: Path,
) -> None:
    """And a purge leaves no file of the restricted schema, old snapshots or not."""
    data = random_cdr.generate(tmp_path / "raw", 7)
    own = make_project("expire", **raw_vars(data), privacy_k=0)
    assert own.dbt("run").success
    warehouse = own.server.state_dir / "warehouse" / f"{own.schema}_restricted.db"

    def files() -> set[Path]:
        return set((warehouse / "delivered_rows" / "data").rglob("*.parquet"))

    before = files()
    withdrawn = min(data.folder.glob("20*.csv"))
    withdrawn.unlink()
    outcome = own.dbt("run")
    assert outcome.success, outcome.output[-3000:]
    left = own.query(
        "select count(*) as rows from {restricted}.delivered_rows "
        f"where source_file = '{withdrawn.name}'"
    )
    assert left["rows"].item() == 0 and before <= files()

    # with Iceberg's extensions, in an application of its own
    other = spark35(**settings, **EXTENSIONS)
    now = datetime.now(timezone.utc) + timedelta(minutes=1)
    expire = (
        "call spark_catalog.system.expire_snapshots(table => '{restricted}.delivered_rows', "
        f"older_than => timestamp '{now:%Y-%m-%d %H:%M:%S}', retain_last => 1)"
    )
    Project(other.server, tmp_path / "other", own.schema).execute(expire)
    gone = before - files()
    assert gone and files(), "the withdrawn rows' files are gone, the others stay"
    rows = own.query("select count(*) as rows from {restricted}.delivered_rows")["rows"].item()
    min(data.folder.glob("20*.csv")).touch()
    assert rows > 0 and own.dbt("run").success

    outcome = own.dbt("run-operation", "purge")
    assert outcome.success, outcome.output[-3000:]
    assert not [path for path in warehouse.rglob("*") if path.is_file()]
    assert not own.table("final_features").empty


@pytest.mark.parametrize("fault", ["killed", "two_runs"])
def test_faults_of_runs(fault: str, make_project: Callable[..., Project], tmp_path: Path) -> None:
    """dbt killed and interrupted, and two runs at once: the tests of test_faults."""
    data = test_faults.delivered(tmp_path)
    own = make_project("faults", **raw_vars(data[0]), privacy_k=0)
    if fault == "killed":
        test_faults.test_dbt_killed_and_interrupted(own, data)
    else:
        test_faults.test_two_runs_at_once(own)
