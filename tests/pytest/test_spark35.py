"""The same release on Spark 3.5 as on Spark 4, to the last digit."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import WITHOUT_DATA_TESTS, Project
from spark35 import KNOWS_PYTHON, Driver, ProjectOn35, spark35  # noqa: F401 (a fixture)

from scripts import mockup

pytestmark = [pytest.mark.slow, KNOWS_PYTHON]


@pytest.fixture(scope="module")
def project_vars(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Vars of a small mock-up, bandicoot included, with one key for both runs."""
    folder = tmp_path_factory.mktemp("small")
    options = mockup.Options(users=300, antennas=6, days=15, machines=1, outages=0)
    mockup.generate(options, folder / "raw")
    key = folder / "pseudonym.key"
    key.write_text(secrets.token_hex(32))
    key.chmod(0o600)
    return {"raw_data_path": str(folder / "raw"), "pseudonym_key_file": str(key)}


def test_the_release_is_the_same_to_the_last_digit(
    spark35: Callable[..., Driver],  # noqa: F811
    make_project: Callable[..., Project],
    project_vars: dict[str, Any],
    tmp_path: Path,
) -> None:
    """All levels with all data tests, the Python model and the export, in all files. That of the run has another version."""
    on_4 = make_project("on_4", **project_vars)
    on_4.build(*WITHOUT_DATA_TESTS)
    expected = on_4.export()

    on_35 = ProjectOn35(spark35(), tmp_path / "on_35", "on_35", project_vars)
    on_35.build()
    got = on_35.export()

    names = sorted(path.name for path in expected.glob("*.csv") if path.stem != "release_run")
    assert "final_features.csv" in names and len(names) >= 6
    for name in names:
        assert (got / name).read_text() == (expected / name).read_text(), name
    features = pd.read_csv(got / "final_features.csv")
    assert features.loc[:, "reporting__number_of_records"].notna().any()
    assert pd.read_csv(got / "release_run.csv").loc[0, "spark_version"] == "3.5.5"
