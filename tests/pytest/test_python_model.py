"""user_bandicoot inside the pipeline, and Python models on Spark as such."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pytest
import random_cdr
from conftest import PROJECT_ROOT, Project
from test_bandicoot_reference import read_by_the_package

from python_udfs.bandicoot_columns import INDICATOR_NAMES
from python_udfs.bandicoot_events import TOTAL_ORDER, BandicootSettings
from python_udfs.bandicoot_samples import EVENT_SCHEMA
from scripts.server import ServerInfo


@pytest.fixture(scope="module")
def raw(random_raw: random_cdr.RawData) -> random_cdr.RawData:
    return random_raw


@pytest.fixture(scope="module")
def project(random_project: Project) -> Project:
    return random_project


def indicators(project: Project) -> pd.DataFrame:
    """One row per user, one column per indicator."""
    rows = project.query(
        "select user_id, error, number_of_records, to_json(indicators) as indicators "
        "from {restricted}.user_bandicoot"
    ).set_index("user_id")
    assert rows["error"].isna().all()
    values = pd.DataFrame(
        rows["indicators"].map(pd.io.json.ujson_loads).tolist(), rows.index, INDICATOR_NAMES, float
    )
    return values.assign(number_of_records=rows["number_of_records"].astype(float)).sort_index()


@pytest.mark.filterwarnings("ignore:The 'warn' function:DeprecationWarning")
def test_users_equal_the_package_reading_csv(
    project: Project, raw: random_cdr.RawData, tmp_path: Path
) -> None:
    """Each of the 722 values of every user is what bandicoot's own reader leads to."""
    events = project.query(
        "select events.*, latitude, longitude from {restricted}.events as events "
        "inner join {restricted}.antennas using (antenna_id) where is_national"
    )
    events["event_at"] = pd.to_datetime(events["event_at"])
    events["correspondent_id"] = events["correspondent_id"].astype(str)
    settings = BandicootSettings(
        tuple(raw.params.get("weekend_days", (6, 7))),
        raw.params.get("noct_begin", 19),
        raw.params.get("noct_end", 7),
    )
    got = indicators(project)
    assert set(got.index) == set(events["user_id"])
    for user_id, of_user in events.groupby("user_id"):
        ordered = of_user.sort_values(list(TOTAL_ORDER), na_position="first")
        expected = read_by_the_package(
            pa.Table.from_pandas(ordered[EVENT_SCHEMA.names], EVENT_SCHEMA, preserve_index=False),
            settings,
            tmp_path,
        )
        np.testing.assert_allclose(
            got.loc[user_id].to_numpy(float),
            np.array([*expected.indicators, expected.number_of_records], float),
            rtol=1e-9,
            atol=1e-12,
        )


@pytest.mark.slow
def test_engines_agree(project: Project) -> None:
    """The package itself, run by the same model, gives what the compiled engine gave."""
    compiled = indicators(project)
    outcome = project.dbt("run", "--select", "user_bandicoot", bandicoot_engine="reference")
    assert outcome.success, outcome.output
    np.testing.assert_allclose(indicators(project), compiled, rtol=1e-9, atol=1e-12)


def test_table_knows_its_vars(project: Project) -> None:
    """Else indicators of another night could be released with a run that leaves them out."""
    build = project.query("show tblproperties {restricted}.user_bandicoot ('gnuper.build')")
    assert '"noct_begin": "' in build.iloc[0, 1]


def test_antennas_have_plain_means(project: Project) -> None:
    """Mean over the residents who have the indicator; and how many they are."""
    homes = project.restricted("user_home_antenna").set_index("user_id")["antenna_id"]
    of_users = indicators(project)
    by_antenna = of_users.groupby(homes.reindex(of_users.index))
    antennas = project.restricted("antenna_bandicoot").set_index("antenna_id").sort_index()
    assert list(antennas["n_users"]) == list(by_antenna.size())
    np.testing.assert_allclose(
        antennas[list(INDICATOR_NAMES)].astype(float),
        by_antenna.mean()[list(INDICATOR_NAMES)],
        rtol=1e-9,
        atol=1e-12,
    )
    counts = np.stack(antennas["users_with_indicator"].map(pd.io.json.ujson_loads))
    np.testing.assert_array_equal(counts[:, 1:], by_antenna.count()[list(INDICATOR_NAMES)])

    released = project.table("final_features").set_index("antenna_id").loc[antennas.index]
    pd.testing.assert_frame_equal(released[list(INDICATOR_NAMES)], antennas[list(INDICATOR_NAMES)])


# --- Python models of a project of one's own ----------------------------------------------------


def other_project(folder: Path, server: ServerInfo, **models: str) -> list[str]:
    """A dbt project with these Python models; the words of `dbt run` for it."""
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(
        "{name: other, profile: gnuper, flags: {send_anonymous_usage_stats: false}, "
        "models: {other: {+file_format: parquet, +submission_method: spark_connect}}}"
    )
    example = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (folder / "profiles.yml").write_text(
        example.replace("schema: gnuper", f"schema: other_{time.time_ns()}")
    )
    for name, code in models.items():
        (folder / "models" / f"{name}.py").write_text(code)
    return [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "run"]


BROKEN_AT_ONCE = """\
def model(dbt, spark):
    numbers = spark.range(3)
    return numbers.select("no_such_column")
"""
BROKEN_ON_A_WORKER = """\
def model(dbt, spark):
    def explode(batches):
        for batch in batches:
            raise ValueError("this value cannot be used")
            yield batch
    return spark.range(3).mapInArrow(explode, "id bigint")
"""
FINE = """\
def model(dbt, spark):
    return spark.range(3)
"""


def test_errors_name_the_models_own_line(server: ServerInfo, tmp_path: Path) -> None:
    """An error surfaces with the model's line and one sentence, and others of the run go on."""
    words = other_project(
        tmp_path / "p", server, at_once=BROKEN_AT_ONCE, on_worker=BROKEN_ON_A_WORKER,
        fine1=FINE, fine2=FINE,
    )  # fmt: skip
    ended = subprocess.run(
        [*words, "--threads", "4"],
        cwd=tmp_path / "p",
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.returncode == 1
    assert "PASS=2 WARN=0 ERROR=2" in ended.stdout
    assert 'models/at_once.py, line 3: "return numbers.select("no_such_column")"' in ended.stdout
    assert "no_such_column" in ended.stdout
    assert 'models/on_worker.py, line 4: "raise ValueError' in ended.stdout
    assert "ValueError: this value cannot be used" in ended.stdout
    for dump in ("grpc", "JVM stacktrace", "at org.apache", "debug_error_string"):
        assert dump not in ended.stdout + ended.stderr


def test_ctrl_c_stops_the_job_on_the_server(server: ServerInfo, tmp_path: Path) -> None:
    """After an interrupt dbt ends, and so does the work on the server."""
    heartbeat = tmp_path / "heartbeat"
    words = other_project(
        tmp_path / "p",
        server,
        endless=f"""
def model(dbt, spark):
    def wait(batches):
        import pathlib, time
        for batch in batches:
            for _ in range(1200):
                pathlib.Path({str(heartbeat)!r}).write_text(str(time.time()))
                time.sleep(0.1)
            yield batch
    return spark.range(1).mapInArrow(wait, "id bigint")
""",
    )
    dbt = subprocess.Popen(words, cwd=tmp_path / "p", stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not heartbeat.exists():
        assert dbt.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    os.kill(dbt.pid, signal.SIGINT)
    dbt.communicate(timeout=60)
    assert dbt.returncode != 0

    deadline = time.monotonic() + 30
    while time.time() - float(heartbeat.read_text() or 0) < 3:
        assert time.monotonic() < deadline, "the job on the server goes on"
        time.sleep(0.5)


def test_no_server(server: ServerInfo, tmp_path: Path) -> None:
    """Without Spark Connect the message says what to do."""
    words = other_project(tmp_path / "p", server, fine=FINE)
    ended = subprocess.run(
        words,
        cwd=tmp_path / "p",
        check=False,
        env={**os.environ, "GNUPER_CONNECT_PORT": "9"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "Python models need Spark Connect" in ended.stdout
    assert "`make server`" in ended.stdout
    assert psutil.pid_exists(server.pid)
