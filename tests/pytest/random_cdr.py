"""Small raw data sets for the tests: random ones, planted privacy attacks, and gnuper's faults.

    raw = generate(tmp_path, seed=7, bad_rows=True)
    oracle = compute(raw.raw_glob, raw.locations, OracleParams(**raw.params))

The same seed gives the same files. raw.params names the pipeline's parameters that the data was
made for, as dbt vars.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

LOCATIONS_FILE = "MS_LOCATION.csv"
TIMESTAMP = "%Y-%m-%d %H:%M:%S"
IN, OUT = "1", "2"
CALL, TEXT = "1", "2"
NATIONAL, INTERNATIONAL = "1", "2"


class Row(NamedTuple):
    """One raw record, all text, in the order of the file's columns."""

    direction: str
    caller_id: str
    datetime: str
    interaction: str
    cell_id: str
    national: str
    correspondent_id: str
    tac_code: str
    call_duration: str


class Cell(NamedTuple):
    """One line of the locations file."""

    antenna_id: str
    cell_id: str
    longitude: str
    latitude: str


class Expected(NamedTuple):
    """What the release must decide about one value; antenna_id2 only for a pair of antennas."""

    attack: str
    antenna_id: str
    antenna_id2: str | None
    feature: str
    decision: str


@dataclass(frozen=True)
class RawData:
    """A folder with raw files, and what is known about them."""

    folder: Path
    params: dict[str, Any] = field(default_factory=dict)
    raw_rows: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()

    @property
    def raw_glob(self) -> str:
        """The CDR files."""
        return str(self.folder / "20*.csv*")

    @property
    def locations(self) -> str:
        """The locations file."""
        return str(self.folder / LOCATIONS_FILE)


def write_raw(
    folder: Path,
    rows: Iterable[Row],
    cells: Iterable[Cell],
    more_lines: dict[str, list[str]] | None = None,
    rng: np.random.Generator | None = None,
    **known: Any,
) -> RawData:
    """Write one file per day and the locations; more_lines are added to the files as they are.

    With a random generator the lines of each file are shuffled.
    """
    files: dict[str, list[str]] = {}
    for row in rows:
        files.setdefault(row.datetime[:10].replace("-", ""), []).append(",".join(row))
    for day, lines in (more_lines or {}).items():
        files.setdefault(day, []).extend(lines)
    folder.mkdir(parents=True, exist_ok=True)
    for day, lines in sorted(files.items()):
        shuffled = [lines[i] for i in rng.permutation(len(lines))] if rng is not None else lines
        _write_lines(folder / f"{day}.csv", shuffled)
    _write_lines(folder / LOCATIONS_FILE, [",".join(cell) for cell in cells])
    return RawData(folder, raw_rows=sum(len(lines) for lines in files.values()), **known)


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


# Small data sets with rows for each reason to reject one lose more of them than a delivery may.
REJECTS_DO_NOT_STOP = {f"lost_{what}": {"stop_limit": 1} for what in ("calls", "texts", "seconds")}


def raw_vars(raw: RawData) -> dict[str, Any]:
    """The dbt vars that read a data set."""
    folder, _, pattern = raw.raw_glob.rpartition("/")
    return {
        "raw_data_path": folder,
        "raw_file_pattern": pattern,
        "raw_locations": raw.locations,
        "holidays": [],
        "quality_gates": REJECTS_DO_NOT_STOP,
        **raw.params,
    }


def record(
    caller_id: str,
    when: str,
    correspondent_id: str = "elsewhere",
    *,
    cell_id: str,
    direction: str = OUT,
    interaction: str = CALL,
    national: str = NATIONAL,
    duration: str | None = None,
) -> Row:
    """One side of an event; a call lasts 60 when nothing else is said."""
    if duration is None:
        duration = "60" if interaction == CALL else ""
    return Row(
        direction,
        caller_id,
        when,
        interaction,
        cell_id,
        national,
        correspondent_id,
        "35407115",
        duration,
    )


def both_sides(
    caller_id: str,
    when: str,
    correspondent_id: str,
    *,
    cells: tuple[str, str],
    interaction: str = CALL,
    duration: str | None = None,
) -> list[Row]:
    """An event between two customers: the outgoing and the incoming record."""
    side = functools.partial(record, interaction=interaction, duration=duration)
    return [
        side(caller_id, when, correspondent_id, cell_id=cells[0], direction=OUT),
        side(correspondent_id, when, caller_id, cell_id=cells[1], direction=IN),
    ]


# --- random data ---------------------------------------------------------------------------------

#: Ids that anything but text would confuse: as numbers or in lower case some of them are the same
TRICKY_IDS = ("7", "07", "007", "7.0", "7e0", "700", "70", "Ab", "aB", "A-7", "10", "9", "1e1")


def _ids(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct ids, some of them tricky, in no order."""
    ids = list(rng.permutation(TRICKY_IDS)[: max(2, count // 4)])
    forms: list[Callable[[int], str]] = [
        lambda n: f"{n:09d}",
        lambda n: f"{n}",
        lambda n: f"{n}.{n % 89 + 10}",
        lambda n: f"x{n:x}",
        lambda n: f"+{n}",
    ]
    while len(ids) < count:
        form = forms[rng.integers(len(forms))]
        new = form(int(rng.integers(100, 10**8)))
        if new not in ids:
            ids.append(new)
    return [str(i) for i in rng.permutation(ids[:count])]


def _locations(rng: np.random.Generator) -> tuple[list[Cell], dict[str, list[str]]]:
    """Antennas with one to four cells each; some cells are listed twice, a few metres apart."""
    antennas = _ids(rng, int(rng.integers(5, 16)))
    cell_ids = iter(_ids(rng, 4 * len(antennas)))
    cells: list[Cell] = []
    cells_of: dict[str, list[str]] = {}
    for antenna in antennas:
        longitude, latitude = rng.uniform(28, 38), rng.uniform(11, 16)
        for _ in range(rng.integers(1, 5)):
            cell = next(cell_ids)
            cells_of.setdefault(antenna, []).append(cell)
            for _ in range(rng.choice([1, 1, 1, 2, 3])):
                x, y = longitude + rng.normal(0, 1e-3), latitude + rng.normal(0, 1e-3)
                cells.append(Cell(antenna, cell, f"{x:.8f}", f"{y:.8f}"))
    return [cells[i] for i in rng.permutation(len(cells))], cells_of


def _params(rng: np.random.Generator, days: Sequence[date]) -> dict[str, Any]:
    """Parameters as an operator somewhere might set them."""
    weekend = [[6, 7], [5, 6], [7]][rng.integers(3)]
    holidays = sorted({days[i] for i in rng.integers(len(days), size=3)})
    params: dict[str, Any] = {
        "cap_coords": [round(rng.uniform(11, 16), 6), round(rng.uniform(28, 38), 6)],
        "weekend_days": weekend,
        "holidays": [day.isoformat() for day in holidays],
        "week_starts_on": int(rng.choice([1, 1, 7, 6])),
        "call_unit": str(rng.choice(["s", "s", "m"])),
        "max_weekly_interactions": 40,
    }
    if rng.random() < 0.3:
        params |= {"noct_begin": 21, "noct_end": 6, "work_begin": 8, "work_end": 15}
        params |= {"ep_begin": 4, "ep_end": 6, "lp_begin": 11, "lp_end": 14}
    return params


def _duration(rng: np.random.Generator, unit: str) -> str:
    """A call's duration, unknown for one in ten. In minutes never one that is half a second off a
    whole one."""
    if rng.random() < 0.1:
        return str(rng.choice(["", "", " "]))
    if unit == "m":
        return f"{rng.exponential(1.5):.2f}"
    forms = (
        "0",
        "0.5",
        f"{rng.integers(200)}.5",
        f"{rng.integers(3, 900)}",
        f"{rng.integers(3, 900)}",
        f"{rng.exponential(90):.3f}1",
        "1e2",
    )
    return forms[rng.integers(len(forms))]


class _Traffic:
    """Draws the records of one random data set."""

    def __init__(
        self,
        rng: np.random.Generator,
        cells_of: dict[str, list[str]],
        days: Sequence[date],
        params: dict[str, Any],
    ) -> None:
        self.rng = rng
        self.cells_of = cells_of
        self.antennas = list(cells_of)
        self.days = days
        self.params = params
        self.night = (int(params.get("noct_begin", 19)), int(params.get("noct_end", 7)))
        self.rows: list[Row] = []
        users = _ids(rng, int(rng.integers(30, 201)))
        # a few antennas are the home of many, some of few or of nobody
        weights = rng.dirichlet(np.full(len(self.antennas), 0.5))
        self.home = {user: self._any(self.antennas, weights) for user in users}
        kinds = ["normal", "once", "daytime", "tie", "outgoing", "incoming", "silent"]
        shares = [0.64, 0.07, 0.07, 0.08, 0.04, 0.04, 0.06]
        self.kind = {user: self._any(kinds, shares) for user in users}
        self.kind |= dict(zip(users, ("machine", "machine", "busy", "burst", "tie"), strict=False))
        self.partners = [user for user in users if self.kind[user] == "normal"]
        self.machines = users[:2]
        # weeks that a user's records cover only in part
        self.span = {user: sorted(rng.integers(len(days), size=2)) for user in users}

    def _any(
        self, items: Sequence[str], weights: Sequence[float] | np.ndarray | None = None
    ) -> str:
        return str(self.rng.choice(np.array(items, dtype=object), p=weights))

    def _when(self, user: str, at_night: bool | None = None) -> datetime:
        begin, end = self.night
        hours = list(range(24))
        if at_night is not None:
            hours = [hour for hour in hours if (hour >= begin or hour < end) == at_night]
        first, last = self.span[user]
        day = self.days[int(self.rng.integers(first, last + 1))]
        minute, second = self.rng.choice([0, 7, 30, 59]), self.rng.choice([0, 1, 59])
        hour = hours[self.rng.integers(len(hours))]
        return datetime.combine(day, time(hour, int(minute), int(second)))

    def _cell(self, user: str, when: datetime) -> str:
        begin, end = self.night
        faithful = 0.8 if when.hour >= begin or when.hour < end else 0.5
        at_home = self.rng.random() < faithful
        antenna = self.home[user] if at_home else self._any(self.antennas)
        return self._any(self.cells_of[antenna])

    def _event(self, user: str, when: datetime, direction: str, one_sided: bool = False) -> None:
        """An event of the user's with another customer, himself or somebody out of network."""
        rng = self.rng
        interaction = CALL if rng.random() < 0.5 else TEXT
        if interaction == CALL:
            duration = _duration(rng, str(self.params["call_unit"]))
        else:  # a text has none; what some systems write there means nothing
            duration = self._any(["", "0", "3", "n/a"], [0.85, 0.05, 0.05, 0.05])
        kind = rng.random()
        if kind < 0.7:
            other = self._any(self.partners)
        elif kind < 0.74:
            other, one_sided = self._any(self.machines), True
        else:
            other = user if kind < 0.78 else f"net-{rng.integers(20):02d}"
        national = INTERNATIONAL if other.startswith("net") and rng.random() < 0.3 else NATIONAL
        sides = [(user, other, direction)]
        recorded = other in self.home and not one_sided and rng.random() < 0.95
        if recorded:
            sides.append((other, user, IN if direction == OUT else OUT))
        for own_id, other_id, own_direction in sides:
            quoted = rng.random() < 0.01
            self.rows.append(
                Row(
                    own_direction,
                    f'"{own_id}"' if quoted else own_id,
                    when.strftime(TIMESTAMP),
                    interaction,
                    self._cell(own_id, when),
                    national,
                    other_id,
                    self._any(["", "35407115", "01124500.5"]),
                    duration,
                )
            )

    def _tie(self, user: str) -> None:
        """As many nights at one antenna as at another, nobody else's records among them."""
        pair = [self.home[user], self._any([a for a in self.antennas if a != self.home[user]])]
        for _ in range(self.rng.integers(1, 4)):
            for antenna in pair:
                when = self._when(user, at_night=True).strftime(TIMESTAMP)
                cell = self._any(self.cells_of[antenna])
                self.rows.append(record(user, when, "net-00", cell_id=cell, interaction=TEXT))

    def _many(self, user: str, day: date, count: int) -> None:
        """Exactly so many records of the user's, and of nobody else's, on one day."""
        for _ in range(count):
            event_time = datetime.combine(day, time(int(self.rng.integers(24)), 7, 1))
            self._event(user, event_time, self._any([OUT, IN]), one_sided=True)

    def _busy(self, user: str, kind: str) -> None:
        """Users about the limit of weekly events: one above it, one at it, one at it on average."""
        limit = int(self.params["max_weekly_interactions"])
        day = self.days[int(self.rng.integers(len(self.days) - 7))]
        if kind == "burst":
            self._many(user, day, 2 * limit - 1)
            self._many(user, day + timedelta(days=7), 1)
        else:
            self._many(user, day, limit + 1 if kind == "machine" else limit)

    def draw(self) -> list[Row]:
        """The records of all users."""
        for user, kind in self.kind.items():
            if kind == "silent":
                continue
            if kind == "tie":
                self._tie(user)
            elif kind in ("machine", "busy", "burst"):
                self._busy(user, kind)
            elif kind == "once":
                self._event(user, self._when(user), OUT, one_sided=True)
            else:
                for _ in range(1 + self.rng.poisson(7)):
                    direction = self._any([OUT, IN])
                    if kind in ("outgoing", "incoming"):
                        direction = OUT if kind == "outgoing" else IN
                    when = self._when(user, at_night=False if kind == "daytime" else None)
                    one_sided = kind in ("outgoing", "incoming") or self.rng.random() < 0.1
                    self._event(user, when, direction, one_sided)
        return self.rows


def generate(
    folder: Path,
    seed: int,
    *,
    bad_rows: bool = False,
    attacks: bool = False,
    privacy_k: int = 15,
) -> RawData:
    """A random data set of 30 to 200 users at 5 to 15 antennas.

    With bad_rows, rows are added for each reason to reject one. With attacks, antennas are added
    at which the privacy gate can be caught lying, and the hours, weeks and weekend are the default.
    """
    rng = np.random.default_rng(seed)
    starts = [date(2018, 12, 21), date(2018, 10, 1), date(2020, 2, 20), date(2019, 3, 28)]
    first = starts[0] if attacks else starts[rng.integers(len(starts))]
    days = [first + timedelta(days=d) for d in range(16 if attacks else rng.integers(8, 25))]
    params = _params(rng, days)
    if attacks:
        params = {
            "cap_coords": params["cap_coords"],
            "holidays": params["holidays"],
            "call_unit": "s",
            "max_weekly_interactions": 150,
        }
    cells, cells_of = _locations(rng)
    if not attacks:
        params["capital"] = sorted(cells_of)[:3]
    rows = _Traffic(rng, cells_of, days, params).draw()
    expected: tuple[Expected, ...] = ()
    if attacks:
        attack_rows, attack_cells, expected = privacy_attacks(privacy_k)
        rows, cells = rows + attack_rows, cells + attack_cells
    bad: list[tuple[str, str]] = _bad_lines(rng, rows) if bad_rows else []
    more_lines: dict[str, list[str]] = {}
    rejects: dict[str, int] = {}
    for reason, line in bad:
        day = days[rng.integers(len(days))]
        more_lines.setdefault(f"{day:%Y%m%d}", []).append(line)
        rejects[reason] = rejects.get(reason, 0) + 1
    return write_raw(
        folder, rows, cells, more_lines, rng, params=params, rejects=rejects, expected=expected
    )


def _bad_lines(rng: np.random.Generator, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Lines that cannot be used, each with the reason that must be given for it."""
    faults: dict[str, list[dict[str, str]]] = {
        "missing_id": [
            {"caller_id": ""},
            {"correspondent_id": ""},
            {"caller_id": '""', "datetime": "yesterday"},
        ],
        "bad_timestamp": [
            {"datetime": text}
            for text in (
                "",
                "2018-13-01 10:00:00",
                "2019-02-29 10:00:00",
                "2018-12-25",
                "2018/12/25 10:00:00",
                "2018-1-5 3:00:00",
                "2018-12-25 24:00:00",
                "2018-12-25 10:00:60",
                "2018-12-25 10:00:00 PM",
                "2018-12-25T10:00:00",
                " 2018-12-25 10:00:00",
            )
        ]
        + [{"datetime": "1545729600", "direction": "3", "cell_id": "nowhere"}],
        "unknown_direction": [{"direction": text} for text in ("", "0", "3", "in", "01", "12")]
        + [{"direction": "x", "interaction": "x", "national": "x", "call_duration": "x"}],
        "unknown_interaction": [{"interaction": text} for text in ("", "0", "3", "sms", "1.5")],
        "unknown_national": [{"national": text} for text in ("", "0", "3", "yes")],
        "bad_duration": [
            {"interaction": CALL, "call_duration": text}
            for text in (
                "abc",
                "-1",
                "-0.4",
                "86400.5",
                "1e9",
                "NaN",
                "Infinity",
                "12d",
                "1_0",
                "-",
            )
        ]
        + [{"interaction": CALL, "call_duration": "?", "cell_id": "nowhere"}],
        "unknown_cell": [{"cell_id": text} for text in ("", "nowhere", "0")],
    }
    bad = []
    for reason, changes in faults.items():
        for change in changes:
            row = rows[int(rng.integers(len(rows)))]
            # what comes with the fault is in order
            row = row._replace(interaction=CALL, call_duration="20")
            bad.append((reason, ",".join(row._replace(**change))))
    row = rows[int(rng.integers(len(rows)))]
    bad += [
        ("malformed_row", line)
        for line in (
            ",".join(row[:8]),
            ",".join((*row, "")),
            ",".join((*row[:8], "3,5")),
            ",".join(row[:1]),
            "garbage",
            ";".join(row),
            ",".join(("", *row)),
        )
    ]
    return bad


# --- the edges of privacy ------------------------------------------------------------------------

#: Who of an antenna's residents do something: nobody, a few, or all.
WHO = ("nobody", "few", "all")


class _Edges:
    """Draws a data set in which each thing that people do is done by nobody, by few, or by all.

    At each antenna these are drawn anew for the hours of the day, the weeks, the parts of the week,
    directions, calls and texts, national and international, durations and partner antennas.
    """

    def __init__(
        self, rng: np.random.Generator, days: Sequence[date], params: dict[str, Any]
    ) -> None:
        self.rng = rng
        self.travels = rng.spawn(1)[0]
        self.night = (int(params["noct_begin"]), int(params["noct_end"]))
        self.antennas = [f"edge-{i:02d}" for i in range(40)]
        sizes = [*(1, 2, 3, 4, 5), *rng.integers(6, 34, len(self.antennas) - 5)]
        self.residents = {
            antenna: [f"{antenna}-{i:02d}" for i in range(size)]
            for antenna, size in zip(self.antennas, sizes, strict=True)
        }
        self.days = {part: [d for d in days if part in self._parts(d, params)] for part in PARTS}

    @staticmethod
    def _parts(day: date, params: dict[str, Any]) -> set[str]:
        weekend = day.isoweekday() in params["weekend_days"]
        holiday = day.isoformat() in params["holidays"]
        return {"weekend" if weekend else "holiday" if holiday else "workday"}

    def _of(self, residents: Sequence[str], options: Sequence[Any]) -> dict[str, list[Any]]:
        """What each resident may do: each option is one of nobody, few or all of them."""
        found: dict[str, list[Any]] = {user: [] for user in residents}
        for option in options:
            who = self.rng.choice(WHO, p=self.habits)
            few = list(self.rng.permutation(residents)[: self.rng.integers(1, 6)])
            doing: dict[str, Sequence[str]] = {"nobody": (), "few": few, "all": residents}
            for user in doing[who]:
                found[user].append(option)
        return {user: allowed or [options[0]] for user, allowed in found.items()}

    def draw(self) -> list[Row]:
        """The records of everybody, on the side of one of the two people only."""
        return [row for antenna in self.antennas for row in self._antenna(antenna)]

    def _antenna(self, antenna: str) -> Iterable[Row]:
        rng, residents = self.rng, self.residents[antenna]
        # At some antennas nearly everything is done by all, at others by few.
        self.habits = [(0, 0, 1), (0.1, 0.2, 0.7), (0.3, 0.3, 0.4)][rng.integers(3)]
        busy = rng.choice([0.7, 3, 20, 60])
        choices = {
            "hour": self._of(residents, list(range(24))),
            "part": self._of(residents, PARTS),
            "kind": self._of(residents, [(d, i) for d in (OUT, IN) for i in (CALL, TEXT)]),
            "national": self._of(residents, [NATIONAL, INTERNATIONAL]),
            "duration": self._of(residents, ["60", "600", "0", ""]),
            "partner": self._of(residents, self.antennas),
        }
        whale = residents[0] if rng.random() < 0.4 else None
        for user in residents:
            # a night, without which there is no home
            yield self._event(user, antenna, choices, hour=self.night[0])
            for _ in range(rng.poisson(busy)):
                yield self._event(user, antenna, choices)
            if user == whale:
                hour = choices["hour"][user][0]
                for _ in range(int(busy * len(residents))):
                    yield self._event(user, antenna, choices, hour=hour)

    def _event(
        self, user: str, antenna: str, choices: dict[str, dict[str, list]], hour: int | None = None
    ) -> Row:
        def any_of(options: Sequence[Any]) -> Any:
            return options[int(self.rng.integers(len(options)))]

        drawn = {name: any_of(allowed[user]) for name, allowed in choices.items()}
        day = any_of(self.days[drawn["part"]])
        minute, second = any_of([(0, 0), (0, 0), (7, 1), (59, 59)])
        hour = drawn["hour"] if hour is None else hour
        direction, interaction = drawn["kind"]
        is_night = hour >= self.night[0] or hour < self.night[1]
        away = not is_night and self.travels.random() < 0.15
        place = self.travels.choice(self.antennas) if away else antenna
        duration = drawn["duration"] if interaction == CALL else ""
        if duration == "60":
            duration = str(self.rng.integers(1, 200))
        return record(
            user,
            datetime.combine(day, time(hour, minute, second)).strftime(TIMESTAMP),
            any_of([any_of(self.residents[drawn["partner"]]), f"net-{self.rng.integers(9)}"]),
            cell_id=f"cell-{place}",
            direction=direction,
            interaction=interaction,
            national=drawn["national"],
            duration=duration,
        )


PARTS = ("workday", "weekend", "holiday")


def generate_edges(folder: Path, seed: int, **params: object) -> RawData:
    """A random data set in which as many people do the same as the privacy gate asks for, or fewer.

    Five antennas have 1 to 5 residents, the others up to 33, in three weeks with two holidays. Some
    events in the daytime are elsewhere. Params are those of the pipeline.
    """
    rng = np.random.default_rng(seed)
    days = [date(2018, 12, 17) + timedelta(days=d) for d in range(21)]
    params = {
        "noct_begin": 19,
        "noct_end": 7,
        "weekend_days": [6, 7],
        "holidays": ["2018-12-25", "2019-01-01"],
        "capital": [f"edge-{i:02d}" for i in range(0, 40, 3)],
        **params,
    }
    traffic = _Edges(rng, days, params)
    cells = [
        Cell(antenna, f"cell-{antenna}", f"{rng.uniform(28, 38):.6f}", f"{rng.uniform(11, 16):.6f}")
        for antenna in traffic.antennas
    ]
    return write_raw(folder, traffic.draw(), cells, rng=rng, params=params)


# --- privacy attacks -----------------------------------------------------------------------------

ATTACK_WORKDAYS = ("2018-12-26", "2019-01-02")  # Wednesdays of two weeks
ATTACK_SATURDAYS = ("2018-12-29", "2019-01-05")


def privacy_attacks(privacy_k: int = 15) -> tuple[list[Row], list[Cell], tuple[Expected, ...]]:
    """Antennas at which a release that does not count people gives itself away.

    At each the same thing happens: in two weeks everybody calls and texts his neighbour, in the
    evening, before noon, in the early morning and on Saturday. What differs is

    * attack-one: a single user
    * attack-k, attack-k1: as many users as the threshold, which is too few, and one more
    * attack-dominant: k + 5 users, one of whom makes most of the outgoing calls
    * attack-peak: k + 5 users, one of whom alone is up in the early morning
    * attack-link-a, attack-link-b: k + 3 users each, and one call between the two places
    """
    sizes = {
        "attack-one": 1,
        "attack-k": privacy_k,
        "attack-k1": privacy_k + 1,
        "attack-dominant": privacy_k + 5,
        "attack-peak": privacy_k + 5,
        "attack-link-a": privacy_k + 3,
        "attack-link-b": privacy_k + 3,
    }
    cells = [
        Cell(antenna, f"cell-{antenna}", f"{31 + i / 10:.6f}", f"{14 + i / 20:.6f}")
        for i, antenna in enumerate(sizes)
    ]
    rows: list[Row] = []
    for antenna, size in sizes.items():
        cell = f"cell-{antenna}"
        users = [f"{antenna}-{i:03d}" for i in range(size)]
        slots = [(day, hour) for day in ATTACK_WORKDAYS for hour in (20, 11, 4)]
        slots += [(day, 11) for day in ATTACK_SATURDAYS]
        for i, user in enumerate(users):
            neighbour = users[(i + 1) % size]
            for day, hour in slots:
                if antenna == "attack-peak" and hour == 4 and i > 0:
                    continue
                for kind in (CALL, TEXT):
                    when = f"{day} {hour:02d}:{i % 60:02d}:00"
                    rows += both_sides(user, when, neighbour, cells=(cell, cell), interaction=kind)
        if antenna == "attack-dominant":
            for day in ATTACK_WORKDAYS:
                for i in range(5 * size):
                    when = f"{day} 11:{i % 60:02d}:30"
                    rows.append(record(users[0], when, "net-00", cell_id=cell))
    rows += both_sides(
        "attack-link-a-000",
        f"{ATTACK_WORKDAYS[0]} 11:00:00",
        "attack-link-b-000",
        cells=("cell-attack-link-a", "cell-attack-link-b"),
    )
    return rows, cells, tuple(_attack_expectations())


def _attack_expectations() -> Iterable[Expected]:
    """What a release may and may not show about the planted antennas."""
    some = ("calls_ratio", "sms_ratio", "active_users", "og_vol_peak_ratio", "calls_entropy")
    for antenna, decision in (
        ("attack-one", "withheld_k"),
        ("attack-k", "withheld_k"),
        ("attack-k1", "released"),
    ):
        for feature in some:
            yield Expected(antenna, antenna, None, feature, decision)
        yield Expected(antenna, antenna, None, "dist2c", "released")
    antenna = "attack-dominant"
    for feature in ("calls_ratio", "vol_ratio", "scaled_og_calls", "calls_ratio_var"):
        yield Expected(antenna, antenna, None, feature, "withheld_dominance")
    for feature in ("sms_ratio", "scaled_ic_calls", "active_users", "calls_dist_mean"):
        yield Expected(antenna, antenna, None, feature, "released")
    antenna = "attack-peak"
    for measure in ("og_calls", "ic_calls", "og_sms", "ic_sms", "og_vol", "ic_vol"):
        yield Expected(antenna, antenna, None, f"{measure}_peak_ratio", "withheld_k")
        yield Expected(antenna, antenna, None, f"{measure}_work_ratio", "released")
    here, there = "attack-link-a", "attack-link-b"
    for one, other in ((here, there), (there, here)):
        yield Expected("attack-link", one, other, "call_count", "withheld_k")
        yield Expected("attack-link", one, other, "vol_sum", "withheld_k")
        yield Expected("attack-link", one, other, "sms_count", "not_existing")
        yield Expected("attack-link", one, one, "call_count", "released")


# --- where gnuper is wrong -----------------------------------------------------------------------


@dataclass(frozen=True)
class GnuperCase:
    """A data set for which gnuper 0.0.3 gives another value, and both values.

    The value is the column's in the table's only row that matches key; without a column, it is the
    number of rows that match.
    """

    raw: RawData
    table: str
    key: dict[str, str]
    column: str | None
    gnuper_value: float | None
    new_value: float | None

    def value_in(self, table: pd.DataFrame) -> float | None:
        """What is found in the table."""
        for column, value in self.key.items():
            table = table[table[column] == value]
        return len(table) if self.column is None else table[self.column].item()


def _cell(antenna_id: str, cell_id: str, longitude: float = 0.0, latitude: float = 0.0) -> Cell:
    return Cell(antenna_id, cell_id, str(longitude), str(latitude))


def weeks_of_two_years(folder: Path) -> GnuperCase:
    """Calls in the second week of 2018 and of 2019 and in another week, og/ic = 1, 3 and 2.

    The variance is that of 1, 3, 2; gnuper knows a week by its number alone and takes that of
    (1 + 3) / (1 + 1) = 2 and 2.
    """
    rows = []
    for day, outgoing in (("2018-01-10", 1), ("2019-01-09", 3), ("2018-03-07", 2)):
        rows.append(record("u1", f"{day} 20:00:00", cell_id="c1", direction=IN))
        rows += [record("u1", f"{day} 21:0{i}:00", cell_id="c1") for i in range(outgoing)]
    raw = write_raw(folder, rows, [_cell("a1", "c1")], params={"week_starts_on": 7})
    key = {"antenna_id": "a1"}
    return GnuperCase(raw, "final_features", key, "calls_ratio_var", 0.0, 1.0)


def antenna_with_two_positions(folder: Path) -> GnuperCase:
    """Two cells of an antenna a few metres apart: gnuper makes two antennas of them."""
    cells = [_cell("a1", "c1", 30.0, 15.0), _cell("a1", "c2", 30.0002, 15.0)]
    rows = [record("u1", "2018-01-10 20:00:00", cell_id="c1")]
    raw = write_raw(folder, rows, cells)
    return GnuperCase(raw, "final_features", {"antenna_id": "a1"}, None, 2, 1)


def ids_like_numbers(folder: Path) -> GnuperCase:
    """Users 07 and 7: gnuper lets Spark infer numbers and takes them for one."""
    rows = [record(user, "2018-01-10 20:00:00", cell_id="c1") for user in ("07", "7")]
    raw = write_raw(folder, rows, [_cell("a1", "c1")])
    return GnuperCase(raw, "final_features", {"antenna_id": "a1"}, "active_users", 1, 2)


def machine_of_many_days(folder: Path) -> GnuperCase:
    """Twenty events on each of five days, where fifty a week are allowed, and another user.

    gnuper sees one day at a time and keeps the machine.
    """
    rows = [
        record("robot", f"2018-01-{day:02d} 20:{minute:02d}:00", cell_id="c1")
        for day in range(8, 13)
        for minute in range(20)
    ]
    rows.append(record("u1", "2018-01-10 20:00:00", cell_id="c1"))
    raw = write_raw(folder, rows, [_cell("a1", "c1")], params={"max_weekly_interactions": 50})
    return GnuperCase(raw, "final_features", {"antenna_id": "a1"}, "active_users", 2, 1)


def pair_in_two_chunks(folder: Path) -> GnuperCase:
    """A user of a1 calls one of a2: a1 has one partner out of two home antennas.

    With one user per chunk gnuper loses the pair and has no isolation at all.
    """
    cells = [_cell("a1", "c1"), _cell("a2", "c2", 1.0)]
    rows = both_sides("u1", "2018-01-10 20:00:00", "u2", cells=("c1", "c2"))
    raw = write_raw(folder, rows, cells)
    return GnuperCase(raw, "final_features", {"antenna_id": "a1"}, "calls_isolation", None, 0.5)


def entropy_over_chunks(folder: Path) -> GnuperCase:
    """u1 calls u2 and u3 calls u4, all of a1: one pair of antennas, which is no surprise, 0 bits.

    With two users per chunk gnuper counts the pair twice, half of the calls each, and has 1 bit.
    """
    rows = both_sides("u1", "2018-01-10 20:00:00", "u2", cells=("c1", "c1"))
    rows += both_sides("u3", "2018-01-10 20:00:00", "u4", cells=("c1", "c1"))
    raw = write_raw(folder, rows, [_cell("a1", "c1")])
    return GnuperCase(raw, "final_features", {"antenna_id": "a1"}, "calls_entropy", 1.0, 0.0)


def capital_without_interactions(folder: Path) -> GnuperCase:
    """An antenna that is nobody's home, one degree from the capital: gnuper has no dist2c."""
    cells = [_cell("a1", "c1"), _cell("a2", "c2", 1.0)]
    rows = [record("u1", "2018-01-10 20:00:00", cell_id="c1")]
    raw = write_raw(folder, rows, cells, params={"cap_coords": [0.0, 0.0]})
    one_degree = 6371 * np.pi / 180
    return GnuperCase(raw, "final_features", {"antenna_id": "a2"}, "dist2c", None, one_degree)


GNUPER_CASES: tuple[Callable[[Path], GnuperCase], ...] = (
    weeks_of_two_years,
    antenna_with_two_positions,
    ids_like_numbers,
    machine_of_many_days,
    pair_in_two_chunks,
    entropy_over_chunks,
    capital_without_interactions,
)

# Those that can be built as one data set: the others are about all pairs and all home antennas.
GNUPER_SETS: tuple[tuple[Callable[[Path], GnuperCase], ...], ...] = (
    tuple(c for c in GNUPER_CASES if c not in (pair_in_two_chunks, entropy_over_chunks)),
    (pair_in_two_chunks,),
    (entropy_over_chunks,),
)


def side_by_side(
    folder: Path, cases: Iterable[Callable[[Path], GnuperCase]]
) -> tuple[RawData, dict[str, GnuperCase]]:
    """The cases in one data set, each with users and antennas of its own."""
    rows: list[Row] = []
    cells: list[Cell] = []
    params: dict[str, object] = {}
    planted = {}
    for case in cases:
        name = case.__name__
        alone = case(folder / name)

        def own(id_: str, name: str = name) -> str:
            # an id like a number stays one
            return id_ if id_.isdigit() else f"{name}-{id_}"

        for file in sorted(alone.raw.folder.glob("20*.csv")):
            for line in file.read_text(encoding="utf-8").splitlines():
                row = Row(*line.split(","))
                rows.append(
                    row._replace(
                        caller_id=own(row.caller_id),
                        correspondent_id=own(row.correspondent_id),
                        cell_id=own(row.cell_id),
                    )
                )
        for line in Path(alone.raw.locations).read_text(encoding="utf-8").splitlines():
            cell = Cell(*line.split(","))
            cells.append(cell._replace(antenna_id=own(cell.antenna_id), cell_id=own(cell.cell_id)))
        assert params.keys().isdisjoint(alone.raw.params)
        params |= alone.raw.params
        key = {column: own(value) for column, value in alone.key.items()}
        planted[name] = replace(alone, key=key)
    return write_raw(folder / "together", rows, cells, params=params), planted
