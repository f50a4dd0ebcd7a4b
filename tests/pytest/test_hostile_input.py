"""Broken and hostile input. Each case says what becomes of it: a count per outcome, a warning, or
the sentence that stops the run. Nothing vanishes, and nothing ends in a stack trace."""

from __future__ import annotations

import gzip
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Outcome, Project
from random_cdr import REJECTS_DO_NOT_STOP

from dbt_gnuper.local_files import local_files
from dbt_gnuper.thrift_sessions import shorten

pytestmark = pytest.mark.slow

SQL = "x'); drop table {schema}_restricted.canary; -- \" ` ;"


def row(**fields: str) -> str:
    """A good row in gnuper's layout, with changes."""
    good = {
        "direction": "2", "caller": "a", "when": "2018-10-01 20:00:00", "interaction": "1",
        "cell": "c1", "national": "1", "other": "b", "tac": "", "duration": "60",
    }  # fmt: skip
    return ",".join((good | fields).values())


def rows(*values: str, **fields: str) -> str:
    """A row per caller."""
    return "".join(row(caller=value, **fields) + "\n" for value in values)


A, B, C = rows("a"), rows("b"), rows("c")

# name of the file: (content, outcomes of its rows)
ROWS: dict[str, tuple[str | bytes, dict[str, int]]] = {
    # encodings
    "byte order mark": (b"\xef\xbb\xbf" + A.encode(), {"accepted": 1}),
    "UTF-16": (A.encode("utf-16"), {"bad_timestamp": 1}),
    "UTF-16, big end first": (b"\xfe\xff" + A.encode("utf-16-be"), {"bad_timestamp": 1}),
    "Latin-1 id": (row(caller="José").encode("latin-1"), {"accepted": 1}),
    "broken UTF-8 in the time": (
        row(when="2018-10-01 20:00:00").encode().replace(b"20:", b"\xff\xfe:"),
        {"bad_timestamp": 1},
    ),
    "NUL in an id": (rows("a\0b"), {"accepted": 1}),
    "NUL in the time": (row(when="2018-10-01\x0020:00:00"), {"bad_timestamp": 1}),
    "NUL bytes only": ("\0" * 5000 + "\n\0\n", {}),
    "emoji and right to left": (rows("\U0001f4de\u202eאב"), {"accepted": 1}),
    # lines
    "blank lines": ("\n  \n\t\n" + A + "\r\n\n", {"accepted": 1}),
    "CR only": ((A + B + C).replace("\n", "\r"), {"accepted": 3}),
    "CR and LF": ((A + B + C).replace("\n", "\r\n"), {"accepted": 3}),
    "mixed ends": (A + B.replace("\n", "\r") + C.replace("\n", "\r\n"), {"accepted": 3}),
    "no end": (A + B.strip(), {"accepted": 2}),
    "header": ("direction,caller_id,datetime,interaction,cell_id,national,x,y,z\n" + A,
               {"bad_timestamp": 1, "accepted": 1}),
    "10 MB id": (rows("9" * 10_000_000) + A, {"accepted": 2}),
    "10 MB of nothing": ("x" * 10_000_000 + "\n" + A, {"malformed_row": 1, "accepted": 1}),
    "30,000 commas": ("," * 30_000 + "\n" + A, {"malformed_row": 1, "accepted": 1}),
    "300,000 commas": ("," * 300_000 + "\n" + A, {"malformed_row": 1, "accepted": 1}),
    # fields
    "too few": (A[:20] + "\n" + B, {"malformed_row": 1, "accepted": 1}),
    "too many": (A.strip() + ",,\n" + B, {"malformed_row": 1, "accepted": 1}),
    "semicolons": (A.replace(",", ";") + B, {"malformed_row": 1, "accepted": 1}),
    "tabs": (A.replace(",", "\t") + B, {"malformed_row": 1, "accepted": 1}),
    "quote never closed": (rows('"a') + B + C, {"malformed_row": 1, "accepted": 2}),
    "quote in the middle": (rows('a"b'), {"accepted": 1}),
    "all quoted": (",".join(f'"{field}"' for field in A.strip().split(",")), {"accepted": 1}),
    "field of two lines": (rows('"a\nb"') + C, {"malformed_row": 2, "accepted": 1}),
    "escape at the end": (rows('"a\\"'), {"malformed_row": 1}),
    # ids
    "formula": (rows("=cmd|' /C calc'!A0", "+1", "-1", "@sum(a)"), {"accepted": 4}),
    "SQL": (rows(SQL), {"accepted": 1}),
    "SQL in the cell": (row(cell=SQL), {"unknown_cell": 1}),
    "Jinja": (rows("{{ 1 / 0 }}", "{% raw %}", "${env:HOME}"), {"accepted": 3}),
    "script": (rows("<script>alert(1)</script>"), {"accepted": 1}),
    "scientific": (rows("4.917E+11", "4.917e+11", "491700000001.0"), {"accepted": 3}),
    "no caller": (rows("", '""', "   "), {"missing_id": 2, "exact_duplicate": 1}),
    "no other side": (row(other=""), {"missing_id": 1}),
    # times
    "year 0001": (row(when="0001-01-01 00:00:00"), {"bad_timestamp": 1}),
    "year 9999": (row(when="9999-12-31 23:59:59"), {"bad_timestamp": 1}),
    "year 1969": (row(when="1969-12-31 23:59:59"), {"bad_timestamp": 1}),
    "29 February of no leap year": (row(when="2018-02-29 12:00:00"), {"bad_timestamp": 1}),
    "30 February": (row(when="2020-02-30 12:00:00"), {"bad_timestamp": 1}),
    "hour 24": (row(when="2018-10-01 24:00:00"), {"bad_timestamp": 1}),
    "second 60": (row(when="2018-10-01 23:59:60"), {"bad_timestamp": 1}),
    "date only": (row(when="2018-10-01"), {"bad_timestamp": 1}),
    "letter T": (row(when="2018-10-01T20:00:00"), {"bad_timestamp": 1}),
    "epoch": (row(when="1538424000"), {"bad_timestamp": 1}),
    "now": (row(when="now"), {"bad_timestamp": 1}),
    "spaces around the time": (row(when=" 2018-10-01 20:00:00 "), {"bad_timestamp": 1}),
    "zone after the time": (row(when="2018-10-01 20:00:00Z"), {"bad_timestamp": 1}),
    "Arabic digits": (row(when="٢٠١٨-10-01 20:00:00"), {"bad_timestamp": 1}),
    "no time": (row(when=""), {"bad_timestamp": 1}),
    "before the period": (row(when="2018-09-30 23:59:59"), {"outside_period": 1}),
    "last second": (row(when="2018-10-31 23:59:59"), {"accepted": 1}),
    "after the period": (row(when="2018-11-01 00:00:00"), {"outside_period": 1}),
    # codes
    "unknown direction": (rows("a", direction="3") + rows("b", direction="01"),
                          {"unknown_direction": 2}),
    "unknown interaction": (row(interaction="SMS"), {"unknown_interaction": 1}),
    "unknown national": (rows("a", national="0") + rows("b", national=""),
                         {"unknown_national": 2}),
    # durations
    "1e308": (row(duration="1e308"), {"bad_duration": 1}),
    "400 digits": (row(duration="9" * 400), {"bad_duration": 1}),
    "no number": (row(duration="NaN"), {"bad_duration": 1}),
    "infinite": (row(duration="Infinity"), {"bad_duration": 1}),
    "minus zero": (row(duration="-0"), {"accepted": 1}),
    "minus one": (row(duration="-1"), {"bad_duration": 1}),
    "hexadecimal": (row(duration="0x3c"), {"bad_duration": 1}),
    "Java's suffix": (row(duration="60d"), {"bad_duration": 1}),
    "comma": (row(duration='"1,5"'), {"bad_duration": 1}),
    "no duration": (row(duration="") + "\n" + row(caller="c", duration=" \t "), {"accepted": 2}),
    "no duration but a word": (row(duration="null"), {"bad_duration": 1}),
    "a day": (rows("a", duration="86400") + rows("b", duration="86401"),
              {"accepted": 1, "bad_duration": 1}),
    "text with a length": (row(interaction="2", duration="1e308"), {"accepted": 1}),
    # cells
    "no cell": (row(cell=""), {"unknown_cell": 1}),
    "spaces around the cell": (row(cell=" c1 "), {"unknown_cell": 1}),
    "upper case": (row(cell="C1"), {"unknown_cell": 1}),
    "cell at NaN": (row(cell="c nan"), {"unknown_cell": 1}),
    "cell at latitude 200": (row(cell="c 200"), {"unknown_cell": 1}),
    "cell of a malformed line": (row(cell="c short"), {"unknown_cell": 1}),
    "cell of two antennas": (row(cell="c both"), {"accepted": 1}),
    "cell with quote": (row(cell="c'1"), {"accepted": 1}),
    # whole files
    "three times the same": (A * 3 + B, {"exact_duplicate": 2, "accepted": 2}),
    "gzip without its ending": (gzip.compress(A.encode(), mtime=0), {"malformed_row": 1}),
    "zip": (b"PK\x03\x04" + b"x" * 100, {"malformed_row": 1}),
    "it's; drop table x; -- `${HOME} 50% %20 +ü={a}[b]*?": (A, {"accepted": 1}),
}  # fmt: skip
# lines of the locations file that are of no use, and some that are odd
LOCATIONS = """\
a1,c1,13,52
a1,c'1,13,52
=1+1,c formula,13.1,52
a2,c nan,NaN,52
a2,c 200,13,200
a2,c short,13
a2,,13,52
,c none,13,52
a9,c both,13,52
a10,c both,14,53
a3,c swapped,52,-100
"""


def write_rows(folder: Path) -> None:
    for name, (content, _) in ROWS.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / f"20 {name}.csv").write_bytes(data)
    (folder / "cells.csv").write_text(LOCATIONS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of ROWS, and an empty one, in a folder with a difficult name."""
    folder = tmp_path_factory.mktemp("hostile") / 'it\'s "50 %" [a] {b} `ü`; --'
    folder.mkdir()
    write_rows(folder)
    (folder / "20 empty.csv").write_text("")
    return folder


@pytest.fixture(scope="module")
def project(make_project: Callable[..., Project], folder: Path) -> Project:
    return make_project(
        "hostile", raw_data_path=str(folder), raw_locations="cells.csv", bandicoot=False,
        exact_duplicates="reject", period_begin="2018-10-01", period_end="2018-10-31",
        # much is lost here, and that is the point
        quality_gates=REJECTS_DO_NOT_STOP,
    )  # fmt: skip


@pytest.fixture(scope="module")
def built(project: Project) -> Outcome:
    """Level 0 over all files, with the conservation of rows and all other tests of its tables."""
    return project.build(
        "--select",
        "+delivery_quality",
        "rejected_rows",
        "antennas",
        "--indirect-selection",
        "cautious",
    )


def outcomes_of(project: Project) -> dict[str, dict[str, int]]:
    """Rows by outcome, by file."""
    found: dict[str, dict[str, int]] = {}
    counts = project.query(
        "select source_file, outcome, count(*) as rows from {restricted}.delivered_rows group by all"
    )
    for file, outcome, count in counts.itertuples(index=False):
        found.setdefault(file.removeprefix("20 ").removesuffix(".csv"), {})[outcome] = count
    return found


def test_there_are_many_cases() -> None:
    assert len(ROWS) + len(FILES) >= 60


def test_every_row_has_its_outcome(project: Project, built: Outcome) -> None:
    found = outcomes_of(project)
    wrong = {
        name: (found.get(name, {}), expected)
        for name, (_, expected) in ROWS.items()
        if found.get(name, {}) != expected
    }
    assert not wrong
    assert set(found) <= set(ROWS)


def test_odd_files_are_warned_of(built: Outcome) -> None:
    for name, doubt in {
        "UTF-16": "looks like UTF-16 text",
        "gzip without its ending": "looks like gz but does not end in .gz",
        "zip": "looks like zip or xlsx",
    }.items():
        assert f"'20 {name}.csv' {doubt}" in built.output
    assert "Empty CDR files, which add no rows: 20 empty.csv" in built.output
    assert "6 of the 11 rows of the locations file" in built.output


def test_what_is_strange_is_warned_of(built: Outcome) -> None:
    """Once when it occurs, and once more at the end, with numbers and what to do."""
    for name, words in {
        "lost_calls": "of all calls are rejected. See reasons and shapes in rejected_rows",
        "lost_texts": "Most frequent rejects: ",
        "spoilt_ids": "Export them as text",
    }.items():
        assert re.search(rf"{name} is [0-9.]+ \(limit ", built.output), name
        assert words in built.output, name
    end = built.output.rindex("Completed successfully")
    assert re.search(r"[0-9]+ warnings of this run:\n- ", built.output[end:])
    assert "Delivery quality warning" in built.output[end:]
    # control characters, which a terminal obeys
    assert "bad_timestamp like '?9?9?9?9?-" in built.output and "\0" not in built.output


def test_nothing_of_a_row_is_told(project: Project, built: Outcome, folder: Path) -> None:
    """Rejects keep shapes only; neither dbt's words nor its log have an id."""
    rejects = project.restricted("rejected_rows")
    assert not rejects["rejected_value"].dropna().str.contains("[b-zB-Z0-8]").any()
    log = (project.folder / "logs" / "dbt.log").read_text()
    for word in ("=cmd|", "José", "alert(1)"):
        assert word not in built.output + log


def test_cell_of_two_antennas_has_the_smaller_id(project: Project, built: Outcome) -> None:
    antennas = project.query(
        "select antenna_id from {restricted}.delivered_rows "
        "where source_file = '20 cell of two antennas.csv'"
    )
    assert antennas["antenna_id"].tolist() == ["a10"]
    assert set(project.restricted("antennas")["antenna_id"]) == {"a1", "a9", "a10", "=1+1"}


def test_files_are_recognised_by_their_names(
    project: Project, built: Outcome, folder: Path
) -> None:
    """A second run with SQL in every path: a changed file replaces its former self, no other."""
    name = next(name for name in ROWS if "drop table" in name)
    (folder / f"20 {name}.csv").write_text(B + C)
    (folder / "20 empty.csv").unlink()
    outcome = project.dbt("run", "--select", "+delivered_rows")
    assert outcome.success, outcome.output[-3000:]
    expected = {case: counts for case, (_, counts) in ROWS.items() if counts}
    assert outcomes_of(project) == expected | {name: {"accepted": 2}}


# --- files that stop the run ----------------------------------------------------------------------


def locked(path: Path) -> None:
    path.write_text(A)
    path.chmod(0)


# name of the file: (how it is made, what is said of it)
FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "20folder.csv": (Path.mkdir, "is a folder, not a file"),
    "20pipe.csv": (os.mkfifo, "is a pipe or a device, not a file"),
    "20link.csv": (lambda path: path.symlink_to("nowhere"), "is a link to a file that does not exist"),
    "20:00.csv": (lambda path: path.write_text(A), "has a colon in its name"),
    "20text.csv.gz": (lambda path: path.write_text(A), "ends in .gz but has other content"),
    "20text.csv.bz2": (lambda path: path.write_text(A), "ends in .bz2 but has other content"),
    "20text.parquet": (lambda path: path.write_text(A), "ends in .parquet but has other content"),
    "20cut.parquet": (lambda path: path.write_bytes(b"PAR1" + b"x" * 50), "is incomplete: its end is missing"),
    "20locked.csv": (locked, "cannot be opened (Permission denied)"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_unreadable_file(name: str, tmp_path: Path) -> None:
    make, problem = FILES[name]
    make(tmp_path / name)
    if name == "20locked.csv" and os.access(tmp_path / name, os.R_OK):
        pytest.skip("this user may read every file")
    (file,) = local_files(str(tmp_path), "20*") or []
    assert file["name"] == name
    assert problem in file["problem"]


def test_names_that_spark_cannot_see_or_write(tmp_path: Path) -> None:
    for name in (b"20\xff.csv", b"20" + b"x" * 245 + b".csv"):
        (tmp_path / os.fsdecode(name)).write_bytes(A.encode())
    long, unknown = local_files(str(tmp_path), "20*") or []
    if "too long" not in str(long["problem"]):
        long, unknown = unknown, long
    assert "too long" in long["problem"] and "not UTF-8" in unknown["problem"]


def test_hidden_file_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "_20.csv").write_text(A)
    (file,) = local_files(str(tmp_path), "*.csv") or []
    assert "is left out" in file["doubt"] and file["problem"] is None


def stopped(project: Project, *arguments: str, **more_vars: Any) -> str:
    """The words of a run that must stop in a sentence."""
    outcome = project.dbt("run", *arguments, **more_vars)
    assert not outcome.success
    log = (project.folder / "logs" / "dbt.log").read_text()
    for words in (outcome.output, log):
        assert "Traceback" not in words
        assert not re.search(r"^\s+at [\w.$]+\(", words, re.MULTILINE)
        assert "org.apache.spark.sql.execution" not in words
    return outcome.output


@pytest.fixture
def files_project(make_project: Callable[..., Project], tmp_path: Path) -> Project:
    """A project over an own folder with one good file."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "20good.csv").write_text(A)
    (tmp_path / "raw" / "cells.csv").write_text(LOCATIONS)
    return make_project(
        "files", raw_data_path=str(tmp_path / "raw"), raw_locations="cells.csv", bandicoot=False
    )


def test_unreadable_files_stop_the_run(files_project: Project, tmp_path: Path) -> None:
    for name, (make, _) in FILES.items():
        make(tmp_path / "raw" / name)
    words = stopped(files_project, "--select", "+delivered_rows", raw_file_pattern="20*")
    assert re.search(r"[89] of the 10 files that match '20\*' in '.*' cannot be read: ", words)
    assert "'20folder.csv' is a folder, not a file" in words
    assert re.search(r" and [34] more\. Deliver them again", words)


def test_cut_gzip(files_project: Project, tmp_path: Path) -> None:
    """Only Spark sees that the end is missing; it says which file, and nothing of its content."""
    data = gzip.compress("".join(rows(f"49170{n:07d}") for n in range(3000)).encode())
    (tmp_path / "raw" / "20cut.csv.gz").write_bytes(data[: len(data) // 2])
    words = stopped(files_project, "--select", "+delivered_rows")
    assert re.search(
        r"The file 'file:.*/20cut\.csv\.gz' cannot be read \(\w+\): it is damaged", words
    )
    assert "4917000" not in words


def test_damaged_parquet(files_project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    (folder / "30.parquet").write_bytes(b"PAR1" + b"\0" * 50 + b"PAR1")
    layout = {
        "format": "parquet",
        "timestamp_format": "yyyy-MM-dd HH:mm:ss",
        "fields": {"caller_id": "a", "datetime": "b", "cell_id": "c"},
        "fixed": {"direction": "out", "interaction": "text"},
    }
    about = {"layout": layout, "raw_file_pattern": "30*"}
    words = stopped(files_project, "--select", "+delivered_rows", **about)
    assert "30.parquet' cannot be read" in words
    pq.write_table(pa.table({"a": ["1"], "c": ["c1"]}), folder / "30.parquet")
    words = stopped(files_project, "--select", "+delivered_rows", **about)
    assert (
        "The Parquet file '30.parquet' has no column b, from which the layout takes datetime."
        in words
    )


def test_no_header(files_project: Project, tmp_path: Path) -> None:
    """The line that should be a header may be a customer's: it is not quoted."""
    (tmp_path / "raw" / "20good.csv").write_text(
        "call,4917055555,4917066666,2018-10-01 20:00:00,60,a1,a2,domestic\n"
    )
    cells = tmp_path / "cells.csv"
    cells.write_text("a1,13,52\n")
    about = {"layout": "one_row_per_call", "raw_locations": str(cells)}
    words = stopped(files_project, **about)
    assert f"The locations file '{cells}' does not begin with the header of the layout:" in words
    cells.write_text("antenna_id,latitude,longitude\na1,52,13\n")
    words = stopped(files_project, **about)
    assert "The file '20good.csv' does not begin with the header of the layout: txn_type," in words
    log = (files_project.folder / "logs" / "dbt.log").read_text()
    assert "4917055555" not in words + log


def test_wrong_layout(files_project: Project, tmp_path: Path) -> None:
    """Everything is rejected, and the sentence says why and where to look."""
    (tmp_path / "raw" / "20good.csv").write_text(rows(*"abcde"))
    words = stopped(
        files_project, "--select", "+delivered_files", timestamp_format="dd MMM yyyy HH:mm:ss"
    )
    assert "None of the 5 rows" in words
    assert "bad_timestamp: 5 in 1 files" in words
    assert "vars layout, timestamp_format" in words


def test_errors_quote_no_content() -> None:
    message = (
        "org.apache.hive.service.cli.HiveSQLException: Error running query: [FAILED_READ_FILE.NO_HINT] "
        "org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] Encountered error while reading "
        "file file:///data/a%20b.csv.gz.  SQLSTATE: KD001\n"
        "\tat org.apache.spark.Some.frame(Some.scala:1)\n"
        "Caused by: com.univocity.parsers.common.TextParsingException: Parsed content: 4917055555\n"
        "\tat com.univocity.Some.frame(Some.java:1)\n"
    )
    assert shorten(message).startswith(
        "The file 'file:///data/a b.csv.gz' cannot be read (TextParsingException): it is damaged"
    )
    assert "4917" not in shorten(message)


# --- vars -----------------------------------------------------------------------------------------


def test_sql_in_every_text(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """Paths, columns, codes and patterns are data, whatever they say."""
    project = make_project("sql", bandicoot=False)
    project.query("create schema {restricted}")
    project.query("create table {restricted}.canary as select 1 as alive")
    sql = SQL.format(schema=project.schema)
    folder = tmp_path / sql.replace("/", "")
    folder.mkdir()
    columns = [sql, "wh`o", "who'm", "when", "cell\\", "direction"]
    (folder / "20.csv").write_text(
        f'"{sql.replace(chr(34), chr(92) + chr(34))}",a,b,2018s10s01 20:00:00,c1,"${{env:HOME}}"\n'
    )
    (folder / "cells.csv").write_text("a1,c1,13,52\n")
    key = tmp_path / f"key {sql}".replace("/", "")
    key.write_text("ab" * 32 + "\n")
    key.chmod(stat.S_IRUSR)
    layout = {
        "format": "csv",
        "columns": columns,
        "fields": {
            "interaction": sql, "caller_id": "wh`o", "correspondent_id": "who'm",
            "datetime": "when", "cell_id": "cell\\",
        },
        "codes": {
            "interaction": {"text": [sql]},
            "direction": {"in": ["' or '1'='1"], "out": ["${env:HOME}"]},
        },
        "timestamp_format": "yyyy's'MM's'dd HH:mm:ss",
    }  # fmt: skip
    outcome = project.dbt(
        "run", "--select", "+delivered_rows", raw_data_path=str(folder), raw_locations="cells.csv",
        raw_file_pattern="20*", pseudonym_key_file=str(key), layout=layout,
        exact_duplicates="reject",
    )  # fmt: skip
    assert outcome.success, outcome.output[-3000:]
    found = project.query("select outcome, direction, interaction from {restricted}.delivered_rows")
    assert found.values.tolist() == [["accepted", "out", "text"]]
    assert project.restricted("canary")["alive"].tolist() == [1]
