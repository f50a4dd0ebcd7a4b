"""user_bandicoot inside the pipeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import random_cdr
from conftest import Project
from test_bandicoot_reference import read_by_the_package

from python_udfs.bandicoot_columns import INDICATOR_NAMES
from python_udfs.bandicoot_events import TOTAL_ORDER, BandicootSettings
from python_udfs.bandicoot_samples import EVENT_SCHEMA


@pytest.fixture(scope="module", params=["attacked", pytest.param("random", marks=pytest.mark.slow)])
def case(request: pytest.FixtureRequest) -> tuple[Project, random_cdr.RawData]:
    """A project that was built with bandicoot, and its raw data."""
    name = request.param
    return request.getfixturevalue(f"{name}_project"), request.getfixturevalue(f"{name}_raw")


@pytest.fixture(scope="module")
def project(case: tuple[Project, random_cdr.RawData]) -> Project:
    return case[0]


@pytest.fixture(scope="module")
def raw(case: tuple[Project, random_cdr.RawData]) -> random_cdr.RawData:
    return case[1]


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
def test_engines_agree(random_project: Project) -> None:
    """The package itself, run by the same model, gives what the compiled engine gave."""
    compiled = indicators(random_project)
    outcome = random_project.dbt("run", "--select", "user_bandicoot", bandicoot_engine="reference")
    assert outcome.success, outcome.output
    np.testing.assert_allclose(indicators(random_project), compiled, rtol=1e-9, atol=1e-12)


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


@pytest.mark.slow
def test_means_are_released(random_project: Project) -> None:
    """As they are, where the gate is off. With the gate see test_gate.py."""
    antennas = random_project.restricted("antenna_bandicoot").set_index("antenna_id").sort_index()
    released = random_project.table("final_features").set_index("antenna_id").loc[antennas.index]
    pd.testing.assert_frame_equal(released[list(INDICATOR_NAMES)], antennas[list(INDICATOR_NAMES)])
