"""`make layout`: the draft reads the files as its user would, and shows no id and no row."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbt_gnuper.layouts import read_layout
from scripts.errors import CommandError
from scripts.layout.draft import draft
from scripts.layout.sample import read_sample

ANTENNAS = "".join(
    f"10{site},10{site}{cell},13.{site},52.{site}\n" for site in (1, 2) for cell in (1, 2)
)
IDS = [f"4917000000{n:02d}" for n in range(12)]
OTHERS = [f"4930000000{n:02d}" for n in range(12)]


class Event:
    """An event between two ids, on a day and time, with codes and a cell."""

    def __init__(self, number: int) -> None:
        self.caller = IDS[number % 12]
        self.other = (IDS + OTHERS)[(7 * number + 1) % 24]
        self.is_call = number % 3 != 0
        self.is_out = number % 4 != 0
        self.time = f"{number % 24:02d}:{number % 60:02d}:{number * 7 % 60:02d}"
        self.day = f"2018-10-{number % 28 + 1:02d}"
        self.seconds = 30 + number * 13 % 500 if self.is_call else 0
        self.cell = f"10{number % 2 + 1}{number % 2 + 1}"


EVENTS = [Event(number) for number in range(240)]


def described(
    folder: Path, rows: Iterable[Iterable[Any]], delimiter: str = ",", antennas: str = ANTENNAS
) -> str:
    """The draft for rows and antennas."""
    (folder / "20181001.csv").write_text(
        "".join(delimiter.join(map(str, row)) + "\n" for row in rows)
    )
    (folder / "cells.csv").write_text(antennas)
    return draft(read_sample(folder / "20181001.csv"), read_sample(folder / "cells.csv"))


def gnuper_rows(seconds: Callable[[Event], Any] = lambda e: e.seconds or "") -> list[tuple]:
    return [
        (2 if e.is_out else 1, e.caller, f"{e.day} {e.time}", 1 if e.is_call else 2, e.cell, 1, e.other, 35000000,
         seconds(e))
        for e in EVENTS
    ]  # fmt: skip


def test_shipped_layout_is_recognised(tmp_path: Path) -> None:
    text = described(tmp_path, gnuper_rows())
    layout = read_layout(yaml.safe_load(text))
    gnuper = read_layout("gnuper")
    for key in ("columns", "fields", "codes", "timestamp_format", "call_unit"):
        assert layout[key] == gnuper[key], key
    assert layout["locations"]["columns"] == ["antenna_id", "cell_id", "longitude", "latitude"]
    assert "like those of the layout 'gnuper'" in text


def test_durations_of_a_clock(tmp_path: Path) -> None:
    rows = gnuper_rows(
        lambda e: f"00:{e.seconds // 60:02d}:{e.seconds % 60:02d}" if e.is_call else ""
    )
    assert yaml.safe_load(described(tmp_path, rows))["call_unit"] == "HH:MM:SS"


def test_phone_numbers_as_dialled(tmp_path: Path) -> None:
    spelled = itertools.cycle(["+{0}", "00{0}", "0{1}"])
    rows = [(*row[:6], next(spelled).format(row[6], row[6][2:]), *row[7:]) for row in gnuper_rows()]
    found = yaml.safe_load(described(tmp_path, rows))["phone_numbers"]
    assert found == {
        "country_code": "49", "national_prefix": "0", "international_prefixes": ["+", "00"]
    }  # fmt: skip


def test_words_and_two_columns(tmp_path: Path) -> None:
    """Words of operators; a date and a time; LAC and CI; what is no event is left out."""
    rows: list[tuple] = [("record_type", "served", "other", "day", "hour", "dur", "lac", "ci")]
    for e in EVENTS:
        kind = ("MOC" if e.is_out else "MTC") if e.is_call else ("SMMO" if e.is_out else "SMMT")
        rows.append((kind, e.caller, e.other, e.day, e.time, e.seconds, e.cell[:3], e.cell[3:]))
        rows.append(("GPRS", e.caller, "", e.day, e.time, "", e.cell[:3], e.cell[3:]))
    antennas = "site;lac;ci;lon;lat\n" + "".join(
        f"{site};10{site};{cell};13,{site};52,{site}\n" for site in (1, 2) for cell in (1, 2)
    )
    layout = yaml.safe_load(described(tmp_path, rows, "|", antennas))
    assert layout["delimiter"] == "|" and layout["header"] is True
    assert layout["fields"] == {
        "datetime": ["day", "hour"], "cell_id": ["lac", "ci"], "call_duration": "dur",
        "interaction": "record_type", "direction": "record_type", "caller_id": "served",
        "correspondent_id": "other",
    }  # fmt: skip
    assert layout["timestamp_format"] == "yyyy-MM-dd HH:mm:ss"
    assert sorted(layout["codes"]["interaction"]["call"]) == ["MOC", "MTC"]
    assert layout["codes"]["direction"]["in"] and layout["leave_out"] == {"record_type": ["GPRS"]}
    locations = layout["locations"]
    assert locations["decimal"] == "," and locations["delimiter"] == ";"
    assert locations["fields"]["cell_id"] == ["lac", "ci"]
    read_layout(layout)


def test_customer_by_direction(tmp_path: Path) -> None:
    """An event of two customers has two rows with the same columns."""
    rows: list[tuple] = [("calling", "called", "time", "type", "way", "sec", "cell")]
    for e in EVENTS:
        row = (e.caller, e.other, f"{e.day} {e.time}", "call" if e.is_call else "text")
        rows.append((*row, "out", e.seconds, e.cell))
        if e.other in IDS:
            rows.append((*row, "in", e.seconds, e.cell))
    fields = yaml.safe_load(described(tmp_path, rows))["fields"]
    assert fields["caller_id"] == {"out": "calling", "in": "called"}
    assert fields["correspondent_id"] == {"out": "called", "in": "calling"}


def test_attempts_are_left_out(tmp_path: Path) -> None:
    rows = []
    for e in EVENTS:
        state = "ANSWERED" if e.is_call else "NO ANSWER"
        rows.append((e.caller, e.other, "out" if e.is_out else "in", f"{e.day} {e.time}", e.seconds,
                     state, e.cell))  # fmt: skip
    layout = yaml.safe_load(described(tmp_path, rows))
    assert layout["fixed"] == {"interaction": "call"}
    assert list(layout["leave_out"].values()) == [["NO ANSWER"]]


def test_nothing_of_a_row_is_shown(tmp_path: Path) -> None:
    text = described(tmp_path, gnuper_rows())
    assert not any(word in text for word in (*IDS, *OTHERS, EVENTS[1].time))


def test_times_and_encodings(tmp_path: Path) -> None:
    """Seconds since 1970 in a packed file of windows-1252."""
    rows = "".join(
        f"{e.caller};José;{1538352000 + 60 * n};{'in' if e.is_out else 'out'};SMS;{e.cell}\n"
        for n, e in enumerate(EVENTS)
    )
    (tmp_path / "1.csv.gz").write_bytes(gzip.compress(rows.encode("windows-1252")))
    layout = yaml.safe_load(draft(read_sample(tmp_path / "1.csv.gz"), None))
    assert layout["encoding"] == "windows-1252" and layout["timestamp_format"] == "epoch"
    assert layout["local_timezone"] == "UTC"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PK\x03\x04xx", "looks like zip or xlsx"),
        ("a,b\n".encode("utf-16"), "looks like UTF-16 text"),
        (b"", "is empty"),
    ],
)
def test_file_that_cannot_be_read(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "1.csv").write_bytes(content)
    with pytest.raises(CommandError, match=problem):
        read_sample(tmp_path / "1.csv")
