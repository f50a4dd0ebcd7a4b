"""Layouts: what is wrong with one is said in a sentence, and whatever the files look like, the same
truth gives the same events and features."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
import zstandard
from conftest import Outcome, Project

from dbt_gnuper.layouts import (
    SHIPPED,
    LayoutError,
    glob_regex,
    impossible_year,
    read_layout,
    used_columns,
)
from dbt_gnuper.local_files import (
    files_without_header,
    lacks_header,
    local_files,
    parquet_problem,
    write_key,
)
from python_udfs.bandicoot_batches import map_users
from python_udfs.bandicoot_columns import INDICATOR_NAMES, NEEDED_COLUMNS
from python_udfs.bandicoot_events import OPTIONAL_COLUMNS, TOTAL_ORDER, BandicootSettings

# --- reading a layout -----------------------------------------------------------------------------

GOOD: dict[str, Any] = {
    "format": "csv",
    "columns": ["caller_id", "datetime", "cell_id", "kind", "way"],
    "fields": {"interaction": "kind", "direction": "way"},
    "codes": {
        "interaction": {"call": ["C"], "text": ["T"]},
        "direction": {"in": ["I"], "out": ["O"]},
    },
    "timestamp_format": "yyyy-MM-dd HH:mm:ss",
}


def changed(**changes: Any) -> dict[str, Any]:
    """A good layout with changes; None removes a key."""
    return {key: value for key, value in (GOOD | changes).items() if value is not None}


def problem_of(layout: Any) -> str:
    """The sentence about a layout that cannot be."""
    with pytest.raises(LayoutError) as error:
        read_layout(layout)
    assert str(error.value).endswith(".")
    return str(error.value)


def test_layout_is_completed() -> None:
    layout = read_layout(GOOD)
    assert layout["fields"]["caller_id"] == "caller_id"
    assert layout["fields"]["call_duration"] is None
    assert layout["codes"]["national"] is None
    assert (layout["delimiter"], layout["quote"], layout["header"]) == (",", '"', False)
    assert layout["locations"]["columns"] == ["antenna_id", "cell_id", "longitude", "latitude"]
    assert "codes" in GOOD and "locations" not in GOOD, "the mapping of the var was changed"


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_layout(name: str) -> None:
    assert read_layout(f"layouts/{name}.yml") == read_layout(name)


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        (changed(columns=None), "has no columns"),
        (changed(columns=[*GOOD["columns"], "malformed_row"]), "a column 'malformed_row'"),
        (changed(columns=[*GOOD["columns"], "_metadata"]), "a column '_metadata'"),
        (changed(columns=[*GOOD["columns"], "File_Name"]), "a column 'file_name'"),
        (changed(columns=[*GOOD["columns"], "Kind"]), "names a column twice"),
        (changed(fields=GOOD["fields"] | {"caller_id": "msisdn"}), "from the column 'msisdn'"),
        (
            changed(locations={"columns": ["site"], "fields": {"antenna_id": "place"}}),
            "takes locations.antenna_id from the column 'place'",
        ),
        (
            changed(locations={"columns": ["antenna_id", "longitude"]}),
            "has no column for locations.latitude",
        ),
        (changed(fields=GOOD["fields"] | {"cell_id": None}), "has no column for cell_id"),
        (changed(fields={"interaction": "kind"}), "has no column for direction"),
        (changed(fields={"direction": "way"}), "has no column for interaction"),
        (
            changed(fields=GOOD["fields"] | {"correspondent_cell_id": "way", "direction": None}),
            "a correspondent_cell_id without a correspondent_id",
        ),
        (
            changed(
                columns=[*GOOD["columns"], "correspondent_id", "correspondent_cell_id"],
            ),
            "so a row has no direction",
        ),
        (changed(codes={"direction": GOOD["codes"]["direction"]}), "has no codes for interaction"),
        (
            changed(codes=GOOD["codes"] | {"direction": {"in": ["1"], "out": ["2", "1"]}}),
            "gives one code of direction two meanings",
        ),
        (
            changed(data_timezone="Khartoum"),
            "has data_timezone 'Khartoum', which is not a time zone",
        ),
        (changed(local_timezone="GMT+25"), "has local_timezone 'GMT+25'"),
        (changed(data_timezone="UTC"), "a data_timezone without a local_timezone"),
        (changed(delimiter="\\"), "has the delimiter '\\\\', which cannot separate fields"),
        (changed(delimiter='"'), "which cannot separate fields"),
        (
            changed(codes=GOOD["codes"] | {"direction": {"in": [], "out": []}}),
            "has no codes for direction",
        ),
        (changed(timestamp_format="no'); drop table x; --"), "it must be a Spark datetime pattern"),
        (
            changed(timestamp_format="EEE dd MMM yyyy HH:mm:ss"),
            "it must be a Spark datetime pattern",
        ),
        (changed(timestamp_format="yyyy-MM-dd HH:mm:ss z"), "it must be a Spark datetime pattern"),
        (changed(timestamp_format="HH:mm:ss"), "it must read year, month and day"),
        (changed(timestamp_format="yyyy-MM-dd hh:mm:ss"), "need an a (am, pm)"),
        (changed(timestamp_format=["yyyy-MM-dd HH:mm:ss[XXX]"]), "give two patterns"),
        (changed(timestamp_format="dd/MM/yyyy"), "it reads no hour. Join the column of the time"),
        (
            changed(fields=GOOD["fields"] | {"cell_id": ["cell_id", "lac"]}),
            "takes cell_id from the column 'lac'",
        ),
        (
            changed(fields=GOOD["fields"] | {"caller_id": {"in": "called", "out": "kind"}}),
            "takes caller_id from the column 'called'",
        ),
        (
            changed(
                columns=[*GOOD["columns"], "correspondent_id", "correspondent_cell_id"],
                fields=GOOD["fields"]
                | {"direction": None, "cell_id": {"in": "cell_id", "out": "way"}},
            ),
            "has both sides of an event in a row and takes cell_id by direction",
        ),
        (changed(leave_out={"state": ["FAILED"]}), "leaves out rows by the column 'state'"),
        (changed(leave_out={"kind": ["T"]}), "leaves out the rows with the code 'T'"),
        (changed(thousands="."), "has the character '.' for decimal and for thousands"),
        (
            changed(locations={"columns": ["antenna_id"], "decimal": ",", "thousands": ","}),
            "has no column for locations.longitude",
        ),
        (
            changed(format="parquet", allow_short_rows=True),
            "has allow_short_rows, but rows of Parquet files do not end early",
        ),
        (
            changed(
                phone_numbers={
                    "country_code": "49",
                    "national_prefix": "0",
                    "international_prefixes": ["0"],
                }
            ),
            "has '0' as national and as international prefix",
        ),
        (
            changed(files=[{"pattern": "a/../*.csv"}]),
            "has the pattern 'a/../*.csv' of files, which",
        ),
        (
            changed(files=[{"pattern": "a/*.csv"}, {"pattern": "b.csv"}]),
            "patterns of files with different numbers of folders",
        ),
        (
            changed(files=[{"pattern": "a*"}, {"pattern": "b*", "columns": ["x"]}]),
            "which is not among its columns (files, number 2)",
        ),
        (
            changed(
                files=[
                    {"pattern": "a*"},
                    {"pattern": "b*", "columns": [*GOOD["columns"], "correspondent_id"]},
                ]
            ),
            "has correspondent_id in some kinds of files only",
        ),
        (
            changed(
                locations={
                    "columns": ["antenna_id", "longitude", "latitude", "valid_from"],
                    "date_format": "HH:mm",
                }
            ),
            "has the locations.date_format 'HH:mm': it must read year, month and day",
        ),
    ],
)
def test_contradiction(layout: dict[str, Any], problem: str) -> None:
    sentence = problem_of(layout)
    assert problem in sentence
    assert sentence.startswith("The var layout ")


@pytest.mark.parametrize(
    ("layout", "place"),
    [
        (changed(format="xlsx"), "at format: 'xlsx'"),
        (changed(timestamp_format=None), "'timestamp_format' is a required property"),
        (changed(timestamp_format=[]), "at timestamp_format"),
        (changed(delimiter=""), "at delimiter"),
        (changed(encoding="EBCDIC"), "at encoding"),
        (changed(columns=["a", "${env:HOME}"]), "at columns.1"),
        (changed(columns=["a", "b\nc"]), "at columns.1"),
        (changed(codes={"direction": {"in": [1], "out": ["2"]}}), "at codes.direction.in.0"),
        (changed(call_unit="h"), "at call_unit"),
        (changed(fixed={"direction": "up"}), "at fixed.direction"),
        (changed(leave_out={"kind": [False]}), "False is not of type 'string' (put it in quotes)"),
        (changed(leave_out={"kind": []}), "at leave_out.kind"),
        (changed(files=[{"columns": ["a"]}]), "'pattern' is a required property"),
        (changed(files=[{"pattern": "a"}] * 5), "at files"),
        (changed(files=[{"pattern": "a", "locations": {}}]), "'locations' was unexpected"),
        (changed(decimal=";"), "at decimal"),
        (changed(phone_numbers={"country_code": "+49"}), "at phone_numbers"),
        (changed(fields=GOOD["fields"] | {"caller_id": {"in": "kind"}}), "at fields.caller_id"),
        (changed(fields=GOOD["fields"] | {"datetime": []}), "at fields.datetime"),
        (changed(nonsense=1), "'nonsense' was unexpected"),
        ({}, "is a required property"),
    ],
)
def test_schema(layout: dict[str, Any], place: str) -> None:
    sentence = problem_of(layout)
    assert place in sentence
    assert sentence.endswith("See docs/layouts.md.")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"format: [csv", "is not YAML: "),
        (b"format: 'csv\xff", "cannot be read: "),
        (b"- a\n- b\n", "is not valid at the layout itself"),
        (b"", "is not valid at the layout itself"),
        (b"!!python/object/apply:os.system ['true']", "is not YAML: "),
    ],
)
def test_layout_file(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "it's.yml"
    file.write_bytes(content)
    assert f"The layout {file} {problem}" in problem_of(str(file))


def test_layout_path(tmp_path: Path) -> None:
    assert "There is no layout 'gnupr'" in problem_of("gnupr")
    assert "cannot be read: " in problem_of(str(tmp_path))
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump(GOOD))
    assert read_layout(str(file)) == read_layout(GOOD)


def test_header_is_compared_with_the_layout(tmp_path: Path) -> None:
    """Upper case, quotes, a byte order mark and gzip do not matter; the order of columns does."""
    layout = read_layout(changed(header=True))
    names = ",".join(GOOD["columns"])
    (tmp_path / "1.csv").write_bytes(
        b"\xef\xbb\xbf" + names.upper().encode() + b"\r\na,b,c,d,e\r\n"
    )
    (tmp_path / "2.csv.gz").write_bytes(gzip.compress(names.replace("kind", '"kind"').encode()))
    (tmp_path / "3.csv").write_text(",".join(reversed(GOOD["columns"])) + "\n")
    (tmp_path / "4.csv").write_text("249,2024-05-01 10:00:00,c1,C,I\n")
    (tmp_path / "5.csv").write_text("")
    (tmp_path / "6.csv.gz").write_bytes(gzip.compress(names.encode())[:9])
    (tmp_path / "7.csv.bz2").write_bytes(bz2.compress(names.encode()))
    (tmp_path / "7.csv.zst").write_bytes(zstandard.compress(names.encode()))
    (tmp_path / "7b.csv.zst").write_bytes(zstandard.compress(b"249,2024-05-01 10:00:00,c1,C,I\n"))
    (tmp_path / "8.csv").write_text("\n\n")
    (tmp_path / "9.csv").write_text(names.replace("kind", "") + "\n")
    found = files_without_header(str(tmp_path), "*.csv*", layout)
    assert found == ["3.csv", "4.csv", "6.csv.gz", "7b.csv.zst"]
    assert files_without_header("hdfs://host/folder", "*", layout) is None


@pytest.mark.parametrize(
    ("header", "lacks"), [("a,b", False), ("A,B", False), ("a, b", True), ("a,", True)]
)
def test_locations_have_exactly_the_header(tmp_path: Path, header: str, lacks: bool) -> None:
    """Spark would refuse the others, in the words of a damaged file."""
    (tmp_path / "locations.csv").write_text(f"{header}\n1,2\n")
    layout = GOOD | {"delimiter": ",", "quote": '"', "encoding": "UTF-8", "header": True}
    layout |= {"columns": ["a", "b"]}
    assert lacks_header(str(tmp_path / "locations.csv"), layout) is lacks


@pytest.mark.parametrize(
    ("pattern", "possible", "impossible"),
    [
        ("yyyyMMdd-HHmmssSSS", "20240506-200007123", "+2940000506-200007123"),
        ("HH:mm:ss-ddMMyyyy", "20:00:00-06052024", "20:00:00-0605+300000"),
        ("HH:mm:ss-yyyyMMdd", "20:00:00-20240506", "20:00:00-+3000000506"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-05-06T20:00:00-02:00", "-300000-05-06T20:00:00Z"),
        ("dd MMM yyyy HH:mm:ss", "06 May 2024 20:00:00", "06 May +300000 20:00:00"),
        ("y-M-d H:m:s:SSSSSS", "2024-5-6 1:2:3:123456", "300000-5-6 1:2:3:1"),
        ("yMMdd", "20240506", "3000000506"),
        ("HHmmssMMddy", "20123405062024", "2012340506300000"),
        ("'day' d.M.y", "day 6.5.2024", "day 6.5.300000"),
        ("[yyyy-MM-dd][dd/MM/yyyy]", "06/05/2024", "06/05/+300000"),
    ],
)
def test_years_that_spark_cannot_hold(pattern: str, possible: str, impossible: str) -> None:
    """A sign or more than four digits, where the year stands and nowhere else."""
    regex = impossible_year(pattern)
    assert regex and not re.search(regex, possible)
    assert re.search(regex, impossible)


def test_header_with_a_delimiter_in_a_name(tmp_path: Path) -> None:
    layout = read_layout(changed(header=True, columns=[*GOOD["columns"], "tac, code"]))
    (tmp_path / "1.csv").write_text(",".join(GOOD["columns"]) + ',"tac, code"\n')
    assert files_without_header(str(tmp_path), "*.csv", layout) == []
    tabs = read_layout(changed(header=True, delimiter="\\t"))
    (tmp_path / "1.tsv").write_text("\t".join(GOOD["columns"]) + "\n")
    assert files_without_header(str(tmp_path), "*.tsv", tabs) == []


PARQUET = {"caller_id": "string", "datetime": "timestamp[us]", "cell_id": "string"}
AS_PARQUET: dict[str, Any] = {
    "format": "parquet",
    "fields": {name: name for name in PARQUET},
    "fixed": {"direction": "out", "interaction": "call"},
    "timestamp_format": "yyyy-MM-dd HH:mm:ss",
}


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (PARQUET, None),
        (PARQUET | {"unused": "double"}, None),
        ({name: PARQUET[name] for name in ("caller_id", "datetime")}, "has no column cell_id"),
        (
            PARQUET | {"datetime": "string"},
            "has the column datetime as string, but '1.parquet' has it as",
        ),
        (PARQUET | {"caller_id": "double"}, "has ids in the column caller_id as numbers with"),
        (PARQUET | {"datetime": "timestamp[ns]"}, "coerce_timestamps='us'"),
        (PARQUET | {"unused": "time64[us]"}, "which Spark cannot read"),
    ],
)
def test_parquet_files_of_other_columns(
    tmp_path: Path, second: dict[str, str], problem: str | None
) -> None:
    """Spark takes the columns from one file: each that differs would be misread."""
    types = {"timestamp[us]": pa.timestamp("us"), "timestamp[ns]": pa.timestamp("ns")}
    types |= {"time64[us]": pa.time64("us"), "string": pa.string(), "double": pa.float64()}
    for number, columns in enumerate((PARQUET, second), 1):
        schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
        pq.write_table(schema.empty_table(), tmp_path / f"{number}.parquet")
    layout = read_layout(AS_PARQUET)
    found = parquet_problem(str(tmp_path), "*.parquet", layout)
    if problem is None:
        assert found is None
    else:
        assert found and problem in found and found.startswith("The Parquet file '2.parquet' has ")


def write_times(path: Path, zone: str | None, **style: Any) -> None:
    """A Parquet file of one event, at noon."""
    noon = datetime(2024, 3, 4, 12, tzinfo=timezone.utc if zone else None)
    event = {"caller_id": ["a"], "cell_id": ["m1"], "datetime": [noon]}
    table = pa.table(event | {"datetime": pa.array([noon], pa.timestamp("us", zone))})
    pq.write_table(table, path, **style)


def without_logical_types(path: Path) -> None:
    """Leave a file's times with the type that older programs wrote, which stands for UTC."""
    logical = bytes.fromhex("4c8c111c2c00000000")
    content = path.read_bytes()
    length = int.from_bytes(content[-8:-4], "little")
    start = len(content) - 8 - length
    footer = content[start:-8].replace(logical, b"")
    assert len(footer) == length - len(logical)
    path.write_bytes(content[:start] + footer + len(footer).to_bytes(4, "little") + b"PAR1")


OLD_TIMES = {"use_deprecated_int96_timestamps": True}
ZONES = {"data_timezone": "UTC", "local_timezone": "Africa/Khartoum"}


def test_parquet_files_of_old_times(tmp_path: Path) -> None:
    """INT96, which Spark, Hive and Impala wrote, and others; like a time with a zone of other files."""
    write_times(tmp_path / "1.parquet", "UTC")
    write_times(tmp_path / "2.parquet", "UTC", **OLD_TIMES)
    write_times(tmp_path / "3.parquet", "Europe/Berlin")
    write_times(tmp_path / "4.parquet", "UTC", store_schema=False)
    without_logical_types(tmp_path / "4.parquet")
    layout = read_layout(AS_PARQUET | ZONES)
    assert parquet_problem(str(tmp_path), "*.parquet", layout) is None
    write_times(tmp_path / "5.parquet", None)
    assert "'5.parquet' has the column datetime as timestamp[us], but" in str(
        parquet_problem(str(tmp_path), "*.parquet", layout)
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "INT96", "old"])
def test_parquet_files_of_instants_need_a_zone(tmp_path: Path, zone: str) -> None:
    """Spark shows them in UTC, and these hours would be taken as local ones."""
    path = tmp_path / "a.parquet"
    if zone == "INT96":
        write_times(path, None, **OLD_TIMES)
    elif zone == "old":
        write_times(path, "UTC", store_schema=False)
        without_logical_types(path)
    else:
        write_times(path, zone)

    def problem(**changes: Any) -> str | None:
        return parquet_problem(str(tmp_path), "*.parquet", read_layout(AS_PARQUET | changes))

    for found in (problem(), problem(local_timezone="Africa/Khartoum")):
        assert found and found.startswith("The Parquet file 'a.parquet' has instants in the column")
        assert "column datetime " in found and "Set data_timezone: UTC and local_timezone" in found
    assert problem(**ZONES) is None
    # wall times, as Impala writes them
    assert problem(**ZONES | {"data_timezone": "Africa/Khartoum"}) is None
    # only the times of the events count
    other = AS_PARQUET["fields"] | {"datetime": "caller_id", "caller_id": "datetime"}
    assert problem(fields=other) is None


def test_parquet_files_of_local_times(tmp_path: Path) -> None:
    write_times(tmp_path / "a.parquet", None)
    for zones in ({}, ZONES):
        layout = read_layout(AS_PARQUET | zones)
        assert parquet_problem(str(tmp_path), "*.parquet", layout) is None


def test_kinds_of_files_are_completed() -> None:
    """A kind has all keys; its own come first, and mappings are added to those of the layout."""
    layout = read_layout(
        changed(
            leave_out={"kind": ["X"]},
            files=[
                {"pattern": "calls*"},
                {
                    "pattern": "texts*",
                    "columns": ["caller_id", "datetime", "cell_id", "way", "kind", "day"],
                    "fields": {"interaction": None, "datetime": ["day", "datetime"]},
                    "fixed": {"interaction": "text"},
                    "leave_out": {"day": [""]},
                    "timestamp_format": "epoch",
                    "delimiter": ";",
                },
            ],
        )
    )
    calls, texts = layout["files"]
    assert (calls["table"], texts["table"]) == ("cdr", "cdr_2")
    assert calls["fields"]["datetime"] == "datetime" and calls["delimiter"] == ","
    assert texts["fields"]["direction"] == "way" and texts["fields"]["interaction"] is None
    assert texts["leave_out"] == {"kind": ["X"], "day": [""]} and texts["delimiter"] == ";"
    assert layout["fields"]["interaction"] == "kind"
    assert used_columns(texts) == ["caller_id", "day", "datetime", "cell_id", "way", "kind"]


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        ("20*.csv*", ["20.csv", "2018.csv.gz"], ["a20.csv", "20/a.csv"]),
        ("day=*/[!_]?.csv", ["day=1/ab.csv"], ["day=1/_b.csv", "day=1/a/b.csv", "ab.csv"]),
        ("a+(b).csv", ["a+(b).csv"], ["aab.csv"]),
    ],
)
def test_patterns_of_files_as_expressions(
    pattern: str, matches: list[str], others: list[str]
) -> None:
    expression = glob_regex(pattern)
    assert all(re.search(expression, name) for name in matches)
    assert not any(re.search(expression, name) for name in others)


def test_files_in_folders(tmp_path: Path) -> None:
    """A star stays within its folder; the name of a file is its path."""
    for name in ("day=1/a.csv", "day=2/b.csv", "day=2/old/c.csv", "other/d.csv", "e.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = local_files(str(tmp_path), "day=*/*.csv", "e*")
    assert found is not None
    assert [file["name"] for file in found] == ["day=1/a.csv", "day=2/b.csv", "e.csv"]
    assert local_files(str(tmp_path / "none"), "*/*") == []


# --- indicators without a column ------------------------------------------------------------------


def indicators(events: pd.DataFrame, engine: str, *missing: str) -> np.ndarray:
    """A row per user and a column per indicator."""
    events = events.sort_values(["user_id", *TOTAL_ORDER], na_position="first")
    batch = pa.RecordBatch.from_pandas(events, preserve_index=False)
    users = pa.Table.from_batches(
        map_users([batch], BandicootSettings(missing_columns=missing), engine)
    )
    assert users["error"].null_count == users.num_rows
    return np.array(users["indicators"].to_pylist(), dtype=float)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("column", OPTIONAL_COLUMNS)
def test_indicators_without_a_column(engine: str, column: str) -> None:
    """What changes with the column's content does not exist without it; all else is as it was."""
    rng = np.random.default_rng(1)
    count = 900
    times = rng.integers(0, 14 * 144, count) * np.timedelta64(600, "s")
    calls = rng.random(count) < 0.5
    antennas = rng.integers(0, 4, count)
    events = pd.DataFrame(
        {
            "user_id": rng.integers(0, 6, count),
            "event_at": np.datetime64("2024-05-01T00:00:00") + times,
            "direction": rng.choice(["in", "out"], count),
            "interaction": np.where(calls, "call", "text"),
            "correspondent_id": pd.array(rng.integers(0, 5, count), "Int64"),
            "call_duration": pd.array(np.where(calls, rng.integers(0, 500, count), 0), "Int64"),
            "antenna_id": antennas.astype(str),
            "latitude": antennas.astype(float),
            "longitude": antennas * 2.0,
        }
    )
    events.loc[~calls, "call_duration"] = pd.NA
    truth = indicators(events, engine)

    affected = np.zeros(len(INDICATOR_NAMES), bool)
    for _ in range(5):
        other = events.copy()
        known = other[column].notna()
        other.loc[known, column] = rng.integers(0, 40, known.sum())
        result = indicators(other, engine)
        affected |= ~np.all((truth == result) | (np.isnan(truth) & np.isnan(result)), axis=0)
    needed = np.array([column in needs for needs in NEEDED_COLUMNS])

    def names(which: np.ndarray) -> set[str]:
        return {INDICATOR_NAMES[i].partition("__")[0] for i in np.flatnonzero(which)}

    assert not names(affected & ~needed)
    assert names(affected) == names(needed)

    without = indicators(
        events.assign(**{column: pd.array([None] * count, "Int64")}), engine, column
    )
    assert np.isnan(without[:, needed]).all()
    np.testing.assert_array_equal(without[:, ~needed], truth[:, ~needed])


# The tests that look at a single table are those of all other test files.
CONSERVATION = ("--exclude", "test_type:generic")

# --- end to end -----------------------------------------------------------------------------------


class Event(NamedTuple):
    """What happened. A side without an antenna is no customer of the operator."""

    caller: str
    called: str
    when: datetime
    interaction: str
    seconds: int | None
    caller_antenna: str | None
    called_antenna: str | None


class Side(NamedTuple):
    """A customer's record of an event."""

    direction: str
    own_id: str
    other_id: str
    event: Event
    antenna: str


USERS = [*(f"{n:03d}" for n in range(8)), "+49170", "0049170", "7", "7.0", "Ab", "aB", "x-é", "9e1"]
ANTENNAS = {"1": (13.4, 52.5), "01": (13.5, 52.6), "B-2": (13.6, 52.4)}
# The local zone's clocks go forward and back within these weeks.
LOCAL = ZoneInfo("Europe/Berlin")
PLAIN = {
    "bandicoot": False,
    "privacy_k": 0,
    "holidays": [],
    "quality_gates": {"unknown_cell_share": {"severity": "off"}},
}


def truth(seed: int = 5, count: int = 400) -> list[Event]:
    """Random events, in local time, none in the hour that daylight saving skips or repeats; the
    length of some calls is unknown."""
    rng = np.random.default_rng(seed)
    homes = {user: str(rng.choice(list(ANTENNAS))) for user in USERS}
    events: list[Event] = []
    while len(events) < count:
        start = datetime(2024, 3, 25) if rng.random() < 0.5 else datetime(2024, 10, 21)
        when = start + timedelta(seconds=int(rng.integers(14 * 86400)))
        if when.hour == 2:
            continue
        caller, called = (str(user) for user in rng.choice(USERS, 2))
        antennas: list[str | None] = [
            homes[user] if rng.random() < 0.7 else str(rng.choice(list(ANTENNAS)))
            for user in (caller, called)
        ]
        outside = rng.random()
        if outside < 0.1:
            caller, antennas[0] = "other net", None
        elif outside < 0.2:
            called, antennas[1] = "other net", None
        call = rng.random() < 0.5
        seconds = int(rng.integers(0, 600)) if call else None
        if seconds is not None and seconds % 10 == 1:
            seconds = None
        interaction = "call" if call else "text"
        events.append(Event(caller, called, when, interaction, seconds, *antennas))
    return events


def sides(events: Iterable[Event]) -> list[Side]:
    """The records of the customers."""
    records = []
    for event in events:
        if event.caller_antenna:
            records.append(Side("out", event.caller, event.called, event, event.caller_antenna))
        if event.called_antenna:
            records.append(Side("in", event.called, event.caller, event, event.called_antenna))
    return records


def lines(rows: Iterable[Iterable[Any]], **style: Any) -> bytes:
    """CSV; every third row is quoted throughout."""
    text = io.StringIO()
    plain = csv.writer(text, lineterminator="\n", **style)
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL, **style)
    for number, row in enumerate(rows):
        cells = ["" if cell is None else cell for cell in row]
        (quoted if number % 3 == 1 else plain).writerow(cells)
    return text.getvalue().encode()


def number(word: str) -> int:
    """gnuper's code."""
    return {"in": 1, "out": 2, "call": 1, "text": 2}[word]


def write_gnuper(folder: Path, events: list[Event], pattern: str = "%Y-%m-%d %H:%M:%S") -> None:
    """gnuper's own layout, or the documented one, which differs in the pattern."""
    days: dict[str, list[tuple]] = {}
    for side in sides(events):
        event = side.event
        row = (
            number(side.direction), side.own_id, event.when.strftime(pattern),
            number(event.interaction), side.antenna, 1, side.other_id, "35407115", event.seconds,
        )  # fmt: skip
        days.setdefault(event.when.strftime("%Y%m%d"), []).append(row)
    for position, (day, rows) in enumerate(days.items()):
        if position % 2:
            (folder / f"{day}.csv.gz").write_bytes(gzip.compress(lines(rows)))
        else:
            (folder / f"{day}.csv").write_bytes(lines(rows))
    cells = [(antenna, antenna, *place) for antenna, place in ANTENNAS.items()]
    (folder / "MS_LOCATION.csv").write_bytes(lines(cells))


def write_operator(folder: Path, events: list[Event]) -> None:
    write_gnuper(folder, events, "%d %b %Y %H:%M:%S")


def write_locations(folder: Path) -> None:
    """Antennas without cells, with a header."""
    rows: list[tuple[Any, ...]] = [("antenna_id", "latitude", "longitude")]
    rows += [(antenna, latitude, longitude) for antenna, (longitude, latitude) in ANTENNAS.items()]
    (folder / "MS_LOCATION.csv").write_bytes(lines(rows))


def write_bandicoot(folder: Path, events: list[Event]) -> None:
    """One file per user, named after the user."""
    for user in USERS:
        rows: list[tuple] = [
            (
                "interaction",
                "direction",
                "correspondent_id",
                "datetime",
                "call_duration",
                "antenna_id",
            )
        ]
        rows += [
            (side.event.interaction, side.direction, side.other_id, side.event.when,
             side.event.seconds, side.antenna)
            for side in sides(events)
            if side.own_id == user
        ]  # fmt: skip
        (folder / f"{user}.csv").write_bytes(lines(rows))
    write_locations(folder)


def write_one_row_per_call(folder: Path, events: list[Event]) -> None:
    rows: list[tuple] = [
        ("txn_type", "caller_id", "recipient_id", "timestamp", "duration", "caller_antenna",
         "recipient_antenna", "international")
    ]  # fmt: skip
    rows += [
        (event.interaction, event.caller, event.called, event.when, event.seconds,
         event.caller_antenna, event.called_antenna, "domestic")
        for event in events
    ]  # fmt: skip
    (folder / "2024.csv").write_bytes(lines(rows))
    write_locations(folder)


def instant(when: datetime) -> datetime:
    """The time in UTC."""
    return when.replace(tzinfo=LOCAL).astimezone(ZoneInfo("UTC"))


def write_flowkit(folder: Path, events: list[Event]) -> None:
    """Calls and texts in files of their own; the antennas are cells of their own."""
    for interaction, name in (("call", "calls"), ("text", "sms")):
        columns = yaml.safe_load(Path("layouts/flowkit.yml").read_text())["files"]
        rows: list[Iterable[Any]] = [columns[interaction == "text"]["columns"]]
        for number, side in enumerate(sides(events)):
            if side.event.interaction != interaction:
                continue
            offset = "+00" if number % 2 else "+00:00"
            row = [
                number, "t" if side.direction == "out" else "f",
                f"{instant(side.event.when):%Y-%m-%d %H:%M:%S}{offset}", side.event.seconds, "",
                side.own_id, side.other_id, side.antenna, "imsi", "", "", "", "",
            ]  # fmt: skip
            rows.append(row if interaction == "call" else row[:3] + row[4:])
        (folder / f"{name}_2024.csv").write_bytes(lines(rows))
    rows = [("site_id", "id", "lon", "lat"), *((a, a, *place) for a, place in ANTENNAS.items())]
    (folder / "MS_LOCATION.csv").write_bytes(lines(rows))


def write_msc(folder: Path, events: list[Event]) -> None:
    """Calls and texts apart; a cell is LAC and CI; forwarded calls between the others."""
    codes = {"call": {"out": "MOC", "in": "MTC"}, "text": {"out": "SMMO", "in": "SMMT"}}
    for number, interaction in enumerate(codes):
        kind = yaml.safe_load(Path("layouts/msc.yml").read_text())["files"][number]
        rows: list[Iterable[Any]] = [kind["columns"]]
        for side in sides(events):
            event = side.event
            if event.interaction != interaction:
                continue
            row = [
                codes[interaction][side.direction], event.caller, event.called, "", "",
                int(instant(event.when).timestamp()), event.seconds, side.antenna, 1,
            ]  # fmt: skip
            rows.append(row if interaction == "call" else row[:6] + row[7:])
            if interaction == "call":
                rows.append(["CF", *row[1:]])
        name = kind["pattern"].replace("*.csv*", "2024.csv")
        (folder / name).write_bytes(lines(rows, delimiter=";"))
    rows = [("site", "lac", "ci", "longitude", "latitude")]
    rows += [(antenna, antenna, 1, *place) for antenna, place in ANTENNAS.items()]
    (folder / "MS_LOCATION.csv").write_bytes(lines(rows, delimiter=";"))


WRITERS: dict[str, tuple[Callable[[Path, list[Event]], None], str | None]] = {
    "gnuper": (write_gnuper, "20*.csv*"),
    "gnuper_operator": (write_operator, "20*.csv*"),
    "bandicoot": (write_bandicoot, "[!M]*.csv"),
    "one_row_per_call": (write_one_row_per_call, "20*.csv"),
    "flowkit": (write_flowkit, None),
    "msc": (write_msc, None),
}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One key, so that everybody has the same pseudonym in all projects."""
    file = tmp_path_factory.mktemp("key") / "key"
    write_key(file, secrets.token_hex(32))
    return str(file)


@pytest.fixture(scope="module")
def gnuper(
    make_project: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory, key_file: str
) -> Project:
    """The project over the truth in gnuper's layout."""
    folder = tmp_path_factory.mktemp("gnuper_files")
    write_gnuper(folder, truth())
    project = make_project(
        "layout_gnuper", raw_data_path=str(folder), pseudonym_key_file=key_file, **PLAIN
    )
    project.build(*CONSERVATION)
    return project


def events_of(project: Project, *without: str) -> pd.DataFrame:
    """All events in a fixed order."""
    events = project.restricted("events").drop(columns=list(without))
    events["event_at"] = pd.to_datetime(events["event_at"])
    return events.sort_values(list(events.columns)).reset_index(drop=True)


def assert_same_events(project: Project, expected: Project, *without: str) -> None:
    pd.testing.assert_frame_equal(events_of(project, *without), events_of(expected, *without))


def assert_same_features(project: Project, expected: Project) -> None:
    got, want = (
        p.table("final_features").set_index("antenna_id").sort_index() for p in (project, expected)
    )
    pd.testing.assert_frame_equal(got, want, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "gnuper"])
def test_shipped_layout_gives_the_same(
    name: str, gnuper: Project, make_project: Callable[..., Project], tmp_path: Path, key_file: str
) -> None:
    write, pattern = WRITERS[name]
    write(tmp_path, truth())
    about = {"raw_file_pattern": pattern} if pattern else {"local_timezone": LOCAL.key}
    project = make_project(
        f"layout_{name}", layout=name, raw_data_path=str(tmp_path), **about,
        pseudonym_key_file=key_file, **PLAIN,
    )  # fmt: skip
    project.build(*CONSERVATION)
    assert len(events_of(project)) == len(sides(truth()))
    assert_same_events(project, gnuper)
    assert_same_features(project, gnuper)
    if name == "msc":
        left_out = project.restricted("delivery_quality")["left_out"].sum()
        assert left_out == sum(side.event.interaction == "call" for side in sides(truth()))
    if name == "bandicoot":
        files = project.query("select distinct source_file from {restricted}.delivered_rows")
        assert not set(files["source_file"]) & {f"{user}.csv" for user in USERS}


def in_data_zone(when: datetime, zone: str) -> datetime:
    """The wall clock of another zone at a local time."""
    return when.replace(tzinfo=LOCAL).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def write_own_csv(folder: Path, events: list[Event]) -> dict[str, Any]:
    """Semicolons, apostrophes as quotes, a header, words as codes, milliseconds, and two patterns:
    one with an offset, one in the data's zone."""
    rows: list[tuple] = [("Dauer", "wer", "mit wem", "wo", "wann", "Art", "Richtung")]
    for position, side in enumerate(sides(events)):
        event = side.event
        if position % 2:
            when = event.when.replace(tzinfo=LOCAL).astimezone(ZoneInfo("Asia/Tokyo")).isoformat()
        else:
            when = in_data_zone(event.when, "America/New_York").strftime("%d.%m.%Y %H:%M:%S")
        duration = None if event.seconds is None else event.seconds * 1000
        kind = {"call": ("Anruf", "A"), "text": ("SMS", "S")}[event.interaction][position % 5 == 0]
        rows.append(
            (duration, side.own_id, side.other_id, side.antenna, when, kind, side.direction)
        )
    data = gzip.compress(lines(rows, delimiter=";", quotechar="'"))
    (folder / "mai; 2024.csv.gz").write_bytes(data)
    cells = [("wo", "Länge", "Breite"), *((a, *place) for a, place in ANTENNAS.items())]
    (folder / "wo.csv").write_bytes(lines(cells, delimiter="\t").decode().encode("windows-1252"))
    return {
        "format": "csv",
        "delimiter": ";",
        "quote": "'",
        "header": True,
        "columns": list(rows[0]),
        "fields": {
            "caller_id": "wer", "correspondent_id": "mit wem", "cell_id": "wo",
            "datetime": "wann", "interaction": "Art", "direction": "Richtung",
            "call_duration": "Dauer",
        },
        "codes": {
            "interaction": {"call": ["Anruf", "A"], "text": ["SMS", "S"]},
            "direction": {"in": ["in"], "out": ["out"]},
        },
        "timestamp_format": ["yyyy-MM-dd'T'HH:mm:ssXXX", "dd.MM.yyyy HH:mm:ss"],
        "call_unit": "ms",
        "data_timezone": "America/New_York",
        "local_timezone": LOCAL.key,
        "locations": {
            "delimiter": "\t", "encoding": "windows-1252", "header": True,
            "columns": ["wo", "Länge", "Breite"],
            "fields": {"antenna_id": "wo", "longitude": "Länge", "latitude": "Breite"},
        },
    }  # fmt: skip


def write_own_parquet(folder: Path, events: list[Event]) -> dict[str, Any]:
    """Columns by name, with types: instants, whole numbers, decimal minutes, booleans."""
    records = sides(events)
    instants = [side.event.when.replace(tzinfo=LOCAL) for side in records]
    minutes = [None if s.event.seconds is None else s.event.seconds / 60 for s in records]
    table = pa.table(
        {
            "unused": pa.array([[1]] * len(records)),
            "who": [side.own_id for side in records],
            "with whom": [side.other_id for side in records],
            "cell`s": [side.antenna for side in records],
            "at": pa.array(instants, pa.timestamp("us", "UTC")),
            "kind": pa.array([number(s.event.interaction) for s in records], pa.int8()),
            "is_out": [side.direction == "out" for side in records],
            "minutes": pa.array(minutes, pa.float64()),
            "abroad": pa.array([0] * len(records), pa.int32()),
        }
    )
    pq.write_table(table.slice(0, 100), folder / "a.parquet", use_deprecated_int96_timestamps=True)
    pq.write_table(table.slice(100), folder / "b.parquet", row_group_size=50)
    write_locations(folder)
    return {
        "format": "parquet",
        "fields": {
            "caller_id": "who", "correspondent_id": "with whom", "cell_id": "cell`s",
            "datetime": "at", "interaction": "kind", "direction": "is_out",
            "call_duration": "minutes", "national": "abroad",
        },
        "codes": {
            "interaction": {"call": ["1"], "text": ["2"]},
            "direction": {"in": ["false"], "out": ["true"]},
            "national": {"national": ["0"], "international": ["1"]},
        },
        "timestamp_format": "yyyy-MM-dd HH:mm:ss",
        "call_unit": "m",
        "data_timezone": "UTC",
        "local_timezone": LOCAL.key,
        "locations": {"header": True, "columns": ["antenna_id", "latitude", "longitude"]},
    }  # fmt: skip


def write_own_folders(folder: Path, events: list[Event]) -> dict[str, Any]:
    """A folder per day; date and time apart; ids with apostrophes; HH:MM:SS; rows that end early;
    times in milliseconds; attempts and data sessions; a cell that moves on a day of the events."""
    days: dict[str, list[tuple]] = {}
    for position, side in enumerate(sides(events)):
        event = side.event
        day = f"{event.when:%d.%m.%Y}"
        date, time = day, f"{event.when:%H:%M:%S}"
        if position % 3 == 0:
            date, time = str(int(instant(event.when).timestamp() * 1000)), ""
        moving = "1" if event.when >= MOVED else "01"
        cell = "moves" if side.antenna == moving else f"'{side.antenna}'"
        row = (
            f"{date} {time}".strip(), side.direction, event.interaction, f" '{side.own_id}'",
            f"'{side.other_id}' ", cell, "ok",
        )  # fmt: skip
        rows = days.setdefault(f"{event.when:%Y-%m-%d}", [])
        rows.append(row if event.seconds is None else (*row, str(timedelta(seconds=event.seconds))))
        rows += [(*row[:6], "busy"), (*row[:2], "data", *row[3:6], "ok")]
    for day, rows in days.items():
        (folder / f"day={day}").mkdir(exist_ok=True)
        text = "".join("|".join(row) + "\n" for row in rows)
        (folder / f"day={day}" / "part-0.csv").write_text(text)
    moved = MOVED.strftime("%d.%m.%Y")
    before = (MOVED - timedelta(days=1)).strftime("%d.%m.%Y")
    sites = [
        (a, a, *(str(x).replace(".", ",") for x in place), "", "") for a, place in ANTENNAS.items()
    ]
    sites += [
        ("01", "moves", *sites[1][2:4], "", before),
        ("1", "moves", *sites[0][2:4], moved, ""),
    ]
    text = "".join("|".join(site) + "\n" for site in sites)
    (folder / "sites.csv").write_text(text)
    return {
        "format": "csv",
        "delimiter": "|",
        "quote": "",
        "columns": ["at", "way", "kind", "who", "other", "cell", "state", "length"],
        "fields": {
            "caller_id": "who", "correspondent_id": "other", "cell_id": "cell", "datetime": "at",
            "interaction": "kind", "direction": "way", "call_duration": "length",
        },
        "codes": {
            "interaction": {"call": ["call"], "text": ["text"]},
            "direction": {"in": ["in"], "out": ["out"]},
        },
        "leave_out": {"state": ["busy"], "kind": ["data"]},
        "allow_short_rows": True,
        "timestamp_format": ["epoch_ms", "dd.MM.yyyy HH:mm:ss"],
        "local_timezone": LOCAL.key,
        "call_unit": "HH:MM:SS",
        "trim_ids": True,
        "locations": {
            "delimiter": "|", "decimal": ",", "date_format": "dd.MM.yyyy",
            "columns": ["antenna_id", "cell_id", "longitude", "latitude", "from", "to"],
            "fields": {"valid_from": "from", "valid_to": "to"},
        },
    }  # fmt: skip


MOVED = datetime(2024, 4, 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "pattern", "locations"),
    [
        (write_own_csv, "mai*", "wo.csv"),
        (write_own_parquet, "*.parquet", "MS_LOCATION.csv"),
        (write_own_folders, "day=*/part-*.csv", "sites.csv"),
    ],
)
def test_own_layout_gives_the_same_events(
    write: Callable[[Path, list[Event]], dict[str, Any]],
    pattern: str,
    locations: str,
    gnuper: Project,
    make_project: Callable[..., Project],
    tmp_path: Path,
    key_file: str,
) -> None:
    """Levels 0 with its tests, the conservation of rows among them."""
    folder = tmp_path / "it's [a] {folder} 100 %"
    folder.mkdir()
    layout = write(folder, truth())
    project = make_project(
        write.__name__, layout=layout, raw_data_path=str(folder), raw_file_pattern=pattern,
        raw_locations=locations, pseudonym_key_file=key_file, **PLAIN,
    )  # fmt: skip
    project.build("--select", "+events", "--indirect-selection", "cautious", *CONSERVATION)
    assert_same_events(project, gnuper)
    positions = project.query("select max(file_row) as last from {restricted}.delivered_rows")
    if write is write_own_folders:
        files = project.query("select distinct source_file from {restricted}.delivered_rows")
        assert "day=2024-03-25/part-0.csv" in set(files["source_file"])
    last = len(sides(truth())) - 100 if layout["format"] == "parquet" else None
    assert positions["last"].item() == last


@pytest.mark.slow
def test_instants_and_local_times_of_parquet_files(
    make_project: Callable[..., Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noon in UTC is two hours later in Khartoum; whoever does not say so is stopped."""
    (tmp_path / "MS_LOCATION.csv").write_text("m1,m1,32.5,15.6\n")
    project = make_project(
        "instants", raw_data_path=str(tmp_path), raw_file_pattern="*.parquet", **PLAIN
    )

    def run(**zones: str) -> Outcome:
        return project.dbt("run", "--select", "+delivered_rows", layout=AS_PARQUET | zones)

    def event_at() -> str:
        return str(project.query("select event_at from {restricted}.delivered_rows").iloc[0, 0])

    wall = ZONES | {"data_timezone": "Africa/Khartoum"}
    for style in ({}, OLD_TIMES):
        write_times(tmp_path / "a.parquet", "UTC", **style)
        stopped = run(local_timezone="Africa/Khartoum")
        assert not stopped.success
        assert "The Parquet file 'a.parquet' has instants in the column datetime" in stopped.output
        # as if the files were on another machine
        with monkeypatch.context() as patch:
            patch.setattr("dbt_gnuper.local_files.parquet_problem", lambda *_: None)
            stopped = run()
        assert not stopped.success
        assert "The Parquet files have instants in the column datetime" in stopped.output

        converted = run(**ZONES)
        assert converted.success, converted.output[-3000:]
        assert "have instants" not in converted.output
        assert event_at() == "2024-03-04 14:00:00"
        # local times, as Impala writes them
        taken = run(**wall)
        assert taken.success and "taken as hours of Africa/Khartoum" in taken.output
        assert event_at() == "2024-03-04 12:00:00"

    write_times(tmp_path / "a.parquet", "UTC", store_schema=False)
    without_logical_types(tmp_path / "a.parquet")
    assert run(**ZONES).success
    assert event_at() == "2024-03-04 14:00:00"

    write_times(tmp_path / "a.parquet", None)
    for zones in ({}, wall):
        local = run(**zones)
        assert local.success, local.output[-3000:]
        assert "have instants" not in local.output
        assert event_at() == "2024-03-04 12:00:00"
    assert run(**ZONES).success
    assert event_at() == "2024-03-04 14:00:00"


@pytest.mark.slow
def test_clock_changes(make_project: Callable[..., Project], tmp_path: Path) -> None:
    """Skipped hours of the data's zone are taken as an hour later, repeated ones as the earlier."""
    cases = {
        # in UTC+2 before, UTC+1 after; the data are Berlin's, the local time is Khartoum's
        "2024-03-31 01:59:59": "2024-03-31 02:59:59",
        "2024-03-31 02:30:00": "2024-03-31 03:30:00",
        "2024-03-31 03:30:00": "2024-03-31 03:30:00",
        "2024-10-27 01:59:59": "2024-10-27 01:59:59",
        "2024-10-27 02:30:00": "2024-10-27 02:30:00",
        "2024-10-27 03:00:00": "2024-10-27 04:00:00",
        # Khartoum was at UTC+3 until 1 November 2017, 00:00
        "2017-10-31 21:59:59": "2017-10-31 23:59:59",
        "2017-10-31 22:00:00": "2017-10-31 23:00:00",
    }
    rows = [
        (2, position, when, 2, "1", 1, "b", "", "") for position, when in enumerate(cases, start=1)
    ]
    (tmp_path / "20.csv").write_bytes(lines(rows))
    (tmp_path / "MS_LOCATION.csv").write_text("1,1,13,52\n")
    layout = yaml.safe_load(Path("layouts/gnuper.yml").read_text())
    layout |= {"data_timezone": "Europe/Berlin", "local_timezone": "Africa/Khartoum"}
    project = make_project("clocks", layout=layout, raw_data_path=str(tmp_path), **PLAIN)
    outcome = project.dbt("run", "--select", "+delivered_rows")
    assert outcome.success, outcome.output[-3000:]
    times = project.query("select event_at from {restricted}.delivered_rows")["event_at"]
    assert sorted(map(str, times)) == sorted(cases.values())


@pytest.mark.slow
@pytest.mark.parametrize("column", ["correspondent_id", "call_duration"])
def test_missing_column(
    column: str,
    gnuper: Project,
    make_project: Callable[..., Project],
    tmp_path: Path,
    key_file: str,
) -> None:
    """What needs the column is NULL; all else is as with it, bandicoot's indicators included."""
    write_gnuper(tmp_path, truth())
    layout = yaml.safe_load(Path("layouts/gnuper.yml").read_text())
    layout["columns"] = ["unused" if name == column else name for name in layout["columns"]]
    project = make_project(
        f"no_{column}", layout=layout, raw_data_path=str(tmp_path), pseudonym_key_file=key_file,
        **PLAIN | {"bandicoot": True},
    )  # fmt: skip
    project.build()
    assert_same_events(project, gnuper, column, "has_empty_duration")

    features = project.table("final_features").set_index("antenna_id").sort_index()
    expected = gnuper.table("final_features").set_index("antenna_id").sort_index()
    needs = {
        "correspondent_id": (
            "dist_mean", "isolation", "entropy", "partners", "capital_share", "pagerank",
        ),
        "call_duration": ("vol_",),
    }[column]  # fmt: skip
    for name in expected.columns:
        if any(word in name + "_" for word in needs):
            assert features[name].isna().all(), name
        elif name != "withheld_features":
            pd.testing.assert_series_equal(features[name], expected[name], rtol=1e-9)
    for name, needed in zip(INDICATOR_NAMES, NEEDED_COLUMNS, strict=True):
        if column in needed:
            assert features[name].isna().all(), name
    assert (features["reporting__number_of_records"].dropna() > 0).all()
    assert features["number_of_interactions__allweek__allday__call"].notna().any()
    pairs = project.table("final_interactions")
    assert pairs.empty if column == "correspondent_id" else pairs["vol_sum"].isna().all()


@pytest.mark.slow
def test_column_without_a_duration(
    gnuper: Project, make_project: Callable[..., Project], tmp_path: Path, key_file: str
) -> None:
    """The calls count, and are left out by bandicoot, as its own reader leaves them out."""
    write_gnuper(tmp_path, [event._replace(seconds=None) for event in truth()])
    project = make_project(
        "no_durations", raw_data_path=str(tmp_path), pseudonym_key_file=key_file,
        **PLAIN | {"bandicoot": True},
    )  # fmt: skip
    project.build()
    assert_same_events(project, gnuper, "call_duration", "has_empty_duration")

    features = project.table("final_features").set_index("antenna_id").sort_index()
    expected = gnuper.table("final_features").set_index("antenna_id").sort_index()
    for name in expected.columns:
        if "vol_" in name + "_":
            assert features[name].isna().all(), name
        elif name != "withheld_features":
            pd.testing.assert_series_equal(features[name], expected[name], rtol=1e-9)
    assert features["number_of_interactions__allweek__allday__text"].notna().all()
    assert features["number_of_interactions__allweek__allday__call"].isna().all()
    records = project.query(
        "select sum(number_of_records) as used from {restricted}.user_bandicoot"
    )
    texts = project.query("select count_if(interaction = 'text') as n from {restricted}.events")
    assert records["used"].item() == texts["n"].item()
