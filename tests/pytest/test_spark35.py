"""The same release on Spark 3.5 as on Spark 4, to the last digit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import WITHOUT_DATA_TESTS, Project
from spark35 import KNOWS_PYTHON, Driver, ProjectOn35, assert_same_files, spark35  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.slow, KNOWS_PYTHON]


def test_the_release_is_the_same_to_the_last_digit(
    spark35: Callable[..., Driver],  # noqa: F811
    make_project: Callable[..., Project],
    small_vars: dict[str, Any],
    tmp_path: Path,
) -> None:
    """All levels with all data tests, the Python model and the export; all files but that of the run,
    which names the version."""
    on_4 = make_project("on_4", **small_vars)
    on_4.build(*WITHOUT_DATA_TESTS)
    expected = on_4.export()

    on_35 = ProjectOn35(spark35(), tmp_path / "on_35", "on_35", small_vars)
    on_35.build()
    got = on_35.export()

    assert_same_files(got, expected)
    assert pd.read_csv(got / "release_run.csv").loc[0, "spark_version"] == "3.5.5"
