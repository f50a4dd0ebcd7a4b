"""Unusable files: each ends in a sentence, or in a counted reject. Of vars see test_vars.py."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Project

from dbt_gnuper.local_files import pseudonym_key_problem
from scripts.errors import CommandError
from scripts.run import parse_vars

FIXTURE = Path(__file__).with_name("fixtures") / "reference_small"
# What comes after these models waits for them.
READ = ("run", "--select", "+delivered_files")


@pytest.fixture(scope="module")
def project(make_project: Callable[..., Project]) -> Project:
    """A project over the small reference set."""
    return make_project("bad", raw_data_path=str(FIXTURE / "raw"), bandicoot=False)


@pytest.mark.parametrize(
    "text", ["{raw_data_path: [", "just words", "{holidays: [2018-02-30]}", "[1, 2]"]
)
def test_vars_of_make_run(text: str) -> None:
    """VARS that is no YAML mapping ends in a sentence with an example."""
    with pytest.raises(CommandError) as error:
        parse_vars(text)
    assert str(error.value).startswith("VARS ")
    assert "VARS='{raw_data_path: /data/cdr" in str(error.value)


def copy_of_raw(tmp_path: Path) -> Path:
    """The small reference set's files, in a folder with an awkward name."""
    folder = tmp_path / "it's a folder"
    shutil.copytree(FIXTURE / "raw", folder)
    return folder


def test_no_file_matches(project: Project, tmp_path: Path) -> None:
    outcome = project.dbt(*READ, raw_data_path=str(tmp_path), raw_file_pattern="cdr*.gz")
    assert not outcome.success
    assert f"No CDR file matches 'cdr*.gz' in '{tmp_path}/'" in outcome.output
    assert "Set raw_data_path" in outcome.output


def test_all_files_empty(project: Project, tmp_path: Path) -> None:
    folder = copy_of_raw(tmp_path)
    for file in folder.glob("20*.csv"):
        file.write_text("")
    outcome = project.dbt(*READ, raw_data_path=str(folder))
    assert not outcome.success
    assert "are empty, from '2018" in outcome.output


def test_locations_missing(project: Project, tmp_path: Path) -> None:
    folder = copy_of_raw(tmp_path)
    (folder / "MS_LOCATION.csv").unlink()
    outcome = project.dbt(*READ, raw_data_path=str(folder))
    assert not outcome.success
    assert f"The locations file '{folder}/MS_LOCATION.csv' does not exist" in outcome.output


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a1,c1,32.5\na2,c2,32.6\n", "has exactly four columns"),
        ("antenna,cell,lon,lat\n", "has ids and possible coordinates"),
        ("a1,c1,NaN,15\na1,c2,32.5,200\n", "has ids and possible coordinates"),
    ],
)
def test_locations_unusable(project: Project, tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "cells.csv").write_text(content)
    outcome = project.dbt("run", "--select", "+cells", raw_locations=str(tmp_path / "cells.csv"))
    assert not outcome.success
    assert f"None of the {content.count(chr(10))} rows of the locations file" in outcome.output
    assert problem in outcome.output


def test_capital_is_no_antenna(project: Project) -> None:
    """It is found with the locations file, before a CDR file is read."""
    outcome = project.dbt("run", "--select", "+cells", capital=["9", "b-7"])
    assert not outcome.success
    assert "The var capital names 'b-7', but the antennas of the locations file" in outcome.output
    assert (
        "are '0101', '102', '9' and 1 more" in outcome.output
        and "leave capital out" in outcome.output
    )


def test_bad_rows_are_counted(project: Project, tmp_path: Path) -> None:
    """An empty file and a file of bad rows only: the run goes on, and no row vanishes."""
    folder = copy_of_raw(tmp_path)
    (folder / "20190120.csv").write_text("")
    (folder / "20190121.csv").write_text('1,2,3\n"\n\x00,,,,,,,,\n1;2;3;4;5;6;7;8;9\n')
    outcome = project.dbt("run", "--select", "+rejected_rows", raw_data_path=str(folder))
    assert outcome.success, outcome.output
    assert "Empty CDR files, which add no rows: 20190120.csv" in outcome.output
    rejects = project.query(
        "select reason, count(*) as rows from {restricted}.rejected_rows "
        "where source_file = '20190121.csv' group by reason"
    )
    assert rejects["rows"].sum() == 4


def test_every_row_bad(project: Project, tmp_path: Path) -> None:
    """With nothing accepted the run stops with the reasons, and level 4 is left as it was."""
    folder = tmp_path / "raw"
    folder.mkdir()
    shutil.copy(FIXTURE / "raw" / "MS_LOCATION.csv", folder)
    (folder / "20190121.csv").write_text("1,2,3\n" * 5)
    outcome = project.dbt(*READ, raw_data_path=str(folder))
    assert not outcome.success
    assert "None of the 5 rows" in outcome.output
    assert "malformed_row: 5" in outcome.output


@pytest.mark.parametrize(
    ("key", "mode", "problem"),
    [
        ("", 0o600, "is empty"),
        ("a1b2" * 7, 0o600, "has 112 bits; it must have at least 128"),
        ("not hexadecimal at all, but long", 0o600, "is not hexadecimal"),
        ("0f" * 32, 0o644, "can be read by others (mode 0644)"),
    ],
)
def test_unusable_key(project: Project, tmp_path: Path, key: str, mode: int, problem: str) -> None:
    file = tmp_path / "key"
    file.write_text(key + "\n")
    file.chmod(mode)
    outcome = project.dbt("run", "--select", "pseudonym_key", pseudonym_key_file=str(file))
    assert not outcome.success
    assert problem in outcome.output
    assert not key or key not in outcome.output


def test_no_key(project: Project, tmp_path: Path) -> None:
    outcome = project.dbt(
        "run", "--select", "pseudonym_key", pseudonym_key_file=str(tmp_path / "none")
    )
    assert not outcome.success
    assert "There is no key for pseudonyms" in outcome.output
    assert "`make key`" in outcome.output


@pytest.mark.parametrize("name", [".key", "_key", "key.gz"])
def test_key_that_spark_would_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("0123456789abcdef" * 4)
    found = pseudonym_key_problem(str(tmp_path / name))
    assert found and f"a file called '{name}'" in found


def test_key_from_environment(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment is written to the key file, for its owner only."""
    file = tmp_path / "key"
    monkeypatch.setenv("GNUPER_PSEUDONYM_KEY", "0123456789abcdef" * 4)
    project.build("--select", "pseudonym_key", pseudonym_key_file=str(file))
    assert file.read_text().strip() == "0123456789abcdef" * 4
    assert file.stat().st_mode & 0o777 == 0o600

    file.write_text("not a key but a day of somebody's records\n")
    outcome = project.dbt("run", "--select", "pseudonym_key", pseudonym_key_file=str(file))
    assert not outcome.success and "that file holds something else" in outcome.output
    assert "records" in file.read_text()
    file.unlink()

    monkeypatch.setenv("GNUPER_PSEUDONYM_KEY", "0123")
    outcome = project.dbt("run", "--select", "pseudonym_key", pseudonym_key_file=str(file))
    assert not outcome.success
    assert "the environment variable GNUPER_PSEUDONYM_KEY has 16 bits" in outcome.output
