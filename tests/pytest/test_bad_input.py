"""Unusable files: each ends in a sentence, or in a counted reject. Of vars see test_vars.py."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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
def project(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A project over files that tests may change, in a folder with an awkward name."""
    folder = tmp_path_factory.mktemp("bad") / "it's a folder"
    return make_project("bad", raw_data_path=str(folder), bandicoot=False)


@pytest.fixture
def raw(project: Project) -> Path:
    """The folder, with the small reference set's files."""
    folder = Path(project.vars["raw_data_path"])
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(FIXTURE / "raw", folder))


@pytest.fixture
def key_file(project: Project) -> Iterator[Path]:
    """The key file, which is afterwards as it was."""
    file = Path(project.vars["pseudonym_key_file"])
    key = file.read_text()
    yield file
    file.write_text(key)
    file.chmod(0o600)


@pytest.mark.parametrize(
    "text", ["{raw_data_path: [", "just words", "{holidays: [2018-02-30]}", "[1, 2]"]
)
def test_vars_of_make_run(text: str) -> None:
    """VARS that is no YAML mapping ends in a sentence with an example."""
    with pytest.raises(CommandError) as error:
        parse_vars(text)
    assert str(error.value).startswith("VARS ")
    assert "VARS='{raw_data_path: /data/cdr" in str(error.value)


def test_no_file_matches(project: Project, raw: Path) -> None:
    outcome = project.dbt(*READ, raw_file_pattern="cdr*.gz")
    assert not outcome.success
    assert f"No CDR file matches 'cdr*.gz' in '{raw}/'" in outcome.output
    assert "Set raw_data_path" in outcome.output


def test_all_files_empty(project: Project, raw: Path) -> None:
    for file in raw.glob("20*.csv"):
        file.write_text("")
    outcome = project.dbt(*READ)
    assert not outcome.success
    assert "are empty, from '2018" in outcome.output


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("spark.sql.session.timeZone = Europe/Berlin", "are in the time zone Europe/Berlin"),
        ("spark.sql.ansi.enabled = false", "Spark's ANSI mode is off"),
    ],
)
def test_settings_of_the_server(project: Project, setting: str, problem: str) -> None:
    """Settings with which values would be others are refused."""
    query = f"{{% do run_query('set {setting}') %}}{{% do check_times() %}}"
    outcome = project.dbt("compile", "--inline", query)
    assert not outcome.success
    assert problem in outcome.output


def test_locations_missing(project: Project, raw: Path) -> None:
    (raw / "MS_LOCATION.csv").unlink()
    outcome = project.dbt(*READ)
    assert not outcome.success
    assert f"The locations file '{raw}/MS_LOCATION.csv' does not exist" in outcome.output


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a1,c1,32.5\na2,c2,32.6\n", "has exactly four columns"),
        ("antenna,cell,lon,lat\n", "has ids and possible coordinates"),
        ("a1,c1,NaN,15\na1,c2,32.5,200\n", "has ids and possible coordinates"),
    ],
)
def test_locations_unusable(project: Project, raw: Path, content: str, problem: str) -> None:
    (raw / "MS_LOCATION.csv").write_text(content)
    outcome = project.dbt("run", "--select", "+cells")
    assert not outcome.success
    assert f"None of the {content.count(chr(10))} rows of the locations file" in outcome.output
    assert problem in outcome.output


@pytest.mark.usefixtures("raw")
def test_capital_is_no_antenna(project: Project) -> None:
    """It is found with the locations file, before a CDR file is read."""
    outcome = project.dbt("run", "--select", "+cells", capital=["9", "b-7"])
    assert not outcome.success
    assert "The var capital names 'b-7', but the antennas of the locations file" in outcome.output
    assert (
        "are '0101', '102', '9' and 1 more" in outcome.output
        and "leave capital out" in outcome.output
    )


def test_bad_rows_are_counted(project: Project, raw: Path) -> None:
    """An empty file and a file of bad rows only: the run goes on, and no row vanishes."""
    (raw / "20190120.csv").write_text("")
    (raw / "20190121.csv").write_text('1,2,3\n"\n\x00,,,,,,,,\n1;2;3;4;5;6;7;8;9\n')
    outcome = project.dbt("run", "--select", "+rejected_rows")
    assert outcome.success, outcome.output
    assert "Empty CDR files, which add no rows: 20190120.csv" in outcome.output
    rejects = project.query(
        "select reason, count(*) as rows from {restricted}.rejected_rows "
        "where source_file = '20190121.csv' group by reason"
    )
    assert rejects["rows"].sum() == 4


def test_every_row_bad(project: Project, raw: Path) -> None:
    """With nothing accepted the run stops with the reasons, and level 4 is left as it was."""
    for file in raw.glob("20*.csv"):
        file.unlink()
    (raw / "20190121.csv").write_text("1,2,3\n" * 5)
    outcome = project.dbt(*READ)
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
def test_unusable_key(project: Project, key_file: Path, key: str, mode: int, problem: str) -> None:
    key_file.write_text(key + "\n")
    key_file.chmod(mode)
    outcome = project.dbt("run", "--select", "pseudonym_key")
    assert not outcome.success
    assert problem in outcome.output
    assert not key or key not in outcome.output


def test_no_key(project: Project, key_file: Path) -> None:
    key_file.unlink()
    outcome = project.dbt("run", "--select", "pseudonym_key")
    assert not outcome.success
    assert "There is no key for pseudonyms" in outcome.output
    assert "`make key`" in outcome.output


@pytest.mark.parametrize("name", [".key", "_key", "key.gz"])
def test_key_that_spark_would_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("0123456789abcdef" * 4)
    found = pseudonym_key_problem(str(tmp_path / name))
    assert found and f"a file called '{name}'" in found


def test_key_from_environment(
    project: Project, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment is written to the key file, for its owner only."""
    key_file.unlink()
    monkeypatch.setenv("GNUPER_PSEUDONYM_KEY", "0123456789abcdef" * 4)
    project.build("--select", "pseudonym_key")
    assert key_file.read_text().strip() == "0123456789abcdef" * 4
    assert key_file.stat().st_mode & 0o777 == 0o600

    key_file.write_text("not a key but a day of somebody's records\n")
    outcome = project.dbt("run", "--select", "pseudonym_key")
    assert not outcome.success and "that file holds something else" in outcome.output
    assert "records" in key_file.read_text()
    key_file.unlink()

    monkeypatch.setenv("GNUPER_PSEUDONYM_KEY", "0123")
    outcome = project.dbt("run", "--select", "pseudonym_key")
    assert not outcome.success
    assert "the environment variable GNUPER_PSEUDONYM_KEY has 16 bits" in outcome.output
