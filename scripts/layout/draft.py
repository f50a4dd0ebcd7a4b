"""Which column is what: the draft of a layout, with questions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import yaml

from dbt_gnuper.layouts import SHIPPED, columns_of, patterns_of, read_layout
from scripts.layout.columns import CLOCKS, DATES, Column
from scripts.layout.sample import Sample

# What operators call things, in lower case.
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "interaction": {
        "call": ("call", "voice", "voz", "anruf", "moc", "mtc", "in", "out", "answered", "v"),
        "text": ("text", "sms", "smmo", "smmt", "smo", "smt", "mosms", "mtsms", "s"),
    },
    "direction": {
        "in": ("in", "incoming", "mtc", "smmt", "smt", "mtsms", "i", "f", "mt", "terminating"),
        "out": ("out", "outgoing", "moc", "smmo", "smo", "mosms", "o", "t", "mo", "originating"),
    },
}
# Without words: gnuper's codes, and yes or no for outgoing.
NUMBERS: dict[str, tuple[dict[str, str], ...]] = {
    "interaction": ({"1": "call", "2": "text"},),
    "direction": ({"1": "in", "2": "out"}, {"0": "in", "1": "out"}),
}
Pair = tuple[Column, Column]
ATTEMPTS = {"no answer", "busy", "failed", "missed", "congestion", "cancel"}
ANSWERED = {"answered", "answer", "ok", "success"}


@dataclass
class Draft:
    """A layout and the questions about it."""

    layout: dict[str, Any]
    columns: list[Column]
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The draft as YAML, with the questions as comments."""
        lines = [
            "# Draft of a layout. Answer the questions, then save it as a file for var layout."
        ]
        lines += [f"# {note}" for note in self.notes]
        lines += [f"# Question: {question}" for question in self.questions]
        return "\n".join(lines) + "\n" + _yaml(self.layout)


def _yaml(layout: dict[str, Any]) -> str:
    """Keys in order; lists of short texts on one line."""

    class Dumper(yaml.SafeDumper):
        pass

    def represent(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.Node:
        return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=True)

    Dumper.add_representer(list, represent)
    return yaml.dump(layout, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=96).rstrip()


def draft(records: Sample, antennas: Sample | None) -> str:
    """The draft for a CDR file and the antennas file, as text."""
    columns = [Column(name, records.values(i)) for i, name in enumerate(records.columns)]
    places = Places(antennas) if antennas else None
    found = _shipped(records, columns) or _own(records, columns, places)
    if places:
        cell = columns_of(found.layout["fields"].get("cell_id"))
        by_name = {column.name: column for column in columns}
        cells = [by_name[name] for name in cell]
        found.layout["locations"] = places.described(cells, found)
    _phone_numbers(found, columns)
    found.notes += [
        f"Column '{column.name}' has the codes {column.told()}."
        for column in columns
        if column.is_code() and not column.format_of(DATES)
    ]
    fields = found.layout["fields"]
    others = {*columns_of(fields.get("call_duration")), *columns_of(fields.get("datetime"))}
    ids = [column.name for column in columns if column.may_be_id() and column.name not in others]
    found.notes.append(f"These columns may have ids of people: {', '.join(ids) or 'none'}.")
    return found.text()


# --- a layout that is shipped ---------------------------------------------------------------------


def _shipped(records: Sample, columns: list[Column]) -> Draft | None:
    """The draft after a shipped layout that reads the file; only the duration may differ."""
    for name in SHIPPED:
        layout = read_layout(name)
        if all(_is_read(records, columns, kind) for kind in layout["files"][:1]):
            return _after(name, layout, columns)
    return None


def _is_read(records: Sample, columns: list[Column], kind: dict[str, Any]) -> bool:
    names = kind["columns"]
    if (records.header or names) != names or len(columns) != len(names):
        return False
    if kind["header"] != bool(records.header) or kind["delimiter"] != records.delimiter:
        return False
    by_name = dict(zip(names, columns, strict=True))
    for field_name, words in kind["codes"].items():
        column = kind["fields"][field_name]
        known = {code for codes in (words or {}).values() for code in codes}
        if column and not set(by_name[column].counts) <= known:
            return False
    return by_name[columns_of(kind["fields"]["datetime"])[-1]].time() in patterns_of(kind)


def _after(name: str, layout: dict[str, Any], columns: list[Column]) -> Draft:
    kind = layout["files"][0]
    keys = ("format", "header", "columns", "fields", "fixed", "codes", "timestamp_format")
    own = {key: kind[key] for key in keys if kind[key]}
    own["fields"] = {key: value for key, value in kind["fields"].items() if value}
    own["codes"] = {key: value for key, value in kind["codes"].items() if value}
    for column, column_name in zip(columns, kind["columns"], strict=True):
        column.name = column_name
    found = Draft(own, columns, notes=[f"The file is like those of the layout '{name}'."])
    if len(layout["files"]) > 1:
        patterns = " and ".join(kind["pattern"] for kind in layout["files"])
        found.questions.append(
            f"are there other files, such as {patterns}? Then use layout: {name}, and set local_timezone."
        )
    duration = kind["fields"]["call_duration"]
    if duration:
        _unit(found, columns[kind["columns"].index(duration)])
    return found


# --- a layout of its own --------------------------------------------------------------------------


def _own(records: Sample, columns: list[Column], places: Places | None) -> Draft:
    layout: dict[str, Any] = {"format": "csv", "delimiter": records.delimiter}
    layout |= {"quote": records.quote, "escape": records.escape, "encoding": records.encoding}
    layout |= {"header": bool(records.header), "columns": records.columns, "fields": {}}
    found = Draft(layout, columns)
    if records.has_short_rows:
        layout["allow_short_rows"] = True
        found.questions.append("many rows end early. Are the missing fields empty?")
    free = [column for column in columns if column.filled]
    for find in (_time, _cell, _duration, _codes, _people):
        used = find(found, free, places)
        free = [column for column in free if column not in used]
    return found


def _time(found: Draft, columns: list[Column], _: Places | None) -> list[Column]:
    times = [column for column in columns if column.time()]
    dates = [column for column in columns if column.format_of(DATES) and column.values]
    clocks = [column for column in columns if column.format_of(CLOCKS)]
    fields = found.layout["fields"]
    if times:
        fields["datetime"] = times[0].name
        found.layout["timestamp_format"] = times[0].time()
        if str(times[0].time()).startswith("epoch") or "X" in str(times[0].time()):
            found.layout["local_timezone"] = "UTC"
            found.questions.append("in which zone do the people live? Set local_timezone.")
        if len(times) > 1:
            others = ", ".join(column.name for column in times[1:])
            found.questions.append(f"is '{times[0].name}' the beginning of the event, or {others}?")
        return times
    clocks = [column for column in clocks if not column.looks_like("dur|len|sec")] or clocks
    if dates and clocks:
        fields["datetime"] = [dates[0].name, clocks[0].name]
        format_of_day, format_of_time = dates[0].format_of(DATES), clocks[0].format_of(CLOCKS)
        found.layout["timestamp_format"] = f"{format_of_day} {format_of_time}"
        return [dates[0], clocks[0]]
    if dates:
        fields["datetime"] = dates[0].name
        found.layout["timestamp_format"] = dates[0].format_of(DATES)
        found.questions.append(
            "no column has the time of day. If the files have none: days_only: true."
        )
        return dates[:1]
    found.layout["timestamp_format"] = "yyyy-MM-dd HH:mm:ss"
    found.questions.append("which column has the time? None has one that is known here.")
    return []


def _cell(found: Draft, columns: list[Column], places: Places | None) -> list[Column]:
    cell = places.cell_of(columns) if places else []
    if not cell:
        cell = [column for column in columns if column.looks_like("cell|celda|cgi|site|antenna")][
            :1
        ]
        found.questions.append(
            "which column has the cell? None has the cells of the antennas file."
            if places
            else "which column has the cell? Name the antennas file too: ANTENNAS=..."
        )
    names = [column.name for column in cell]
    if names:
        found.layout["fields"]["cell_id"] = names if len(names) > 1 else names[0]
    others = [
        column for column in columns if column not in cell and column.looks_like("cell|cgi|lac")
    ]
    return [*cell, *others]


def _duration(found: Draft, columns: list[Column], _: Places | None) -> list[Column]:
    def total(column: Column) -> float:
        return sum(float(value.replace(",", ".")) for value in column.filled)

    clocks = [column for column in columns if column.share("[0-9]+(:[0-5][0-9]){1,2}") > 0.9]
    numbers = [
        column
        for column in columns
        if column.is_number() and len(column.counts) > 20 and column.share("[0-9.,]{1,8}") > 0.99
    ]
    numbers = [c for c in numbers if c.looks_like("dur|sec|len|bill")] or numbers
    # where there are several, the shortest is without the ringing
    several = clocks or sorted(numbers, key=total)
    if not several:
        return []
    found.layout["fields"]["call_duration"] = several[0].name
    _unit(found, several[0])
    if len(several) > 1:
        found.questions.append(f"is '{several[0].name}' the duration of the talk?")
    return several


def _unit(found: Draft, duration: Column) -> None:
    """The unit of the duration, by its form."""
    filled = Column(duration.name, [value for value in duration.filled if value != "0"])
    if filled.share("[0-9]+:[0-5][0-9]:[0-5][0-9]") > 0.9:
        found.layout["call_unit"] = "HH:MM:SS"
    elif filled.share("[0-9]+:[0-5][0-9]") > 0.9:
        found.layout["call_unit"] = "MM:SS"
    else:
        found.layout["call_unit"] = "s"
        found.questions.append("are the durations in seconds? Else call_unit is m or ms.")
        if filled.share("[0-9]*,[0-9]+") > 0.1:
            found.layout["decimal"] = ","


def _codes(found: Draft, columns: list[Column], _: Places | None) -> list[Column]:
    """Direction and kind of an event, and what is no event."""
    codes = [column for column in columns if column.is_code()]
    used, left_out = [], {}
    for name, words in WORDS.items():
        rated = [(_meanings(column, words), column) for column in codes]
        rated = [(meaning, column) for meaning, column in rated if meaning]
        # "in" and "out" alone do not say that something is a call
        ways = {code for known in WORDS["direction"].values() for code in known}
        if name == "interaction":
            rated = [
                (meaning, column)
                for meaning, column in rated
                if len(set(meaning.values())) > 1 or not {code.lower() for code in meaning} <= ways
            ]
        best = max(rated, key=lambda pair: (len(set(pair[0].values())), _rows(*pair)), default=None)
        if best is None or (name == "direction" and len(set(best[0].values())) < 2):
            best = _by_numbers(found, name, [column for column in codes if column not in used])
        if best is None:
            _fix(found, name)
            continue
        meaning, column = best
        found.layout["fields"][name] = column.name
        sides = ("in", "out") if name == "direction" else ("call", "text")
        listed = {word: [code for code in meaning if meaning[code] == word] for word in sides}
        found.layout.setdefault("codes", {})[name] = {
            word: some for word, some in listed.items() if some or name == "direction"
        }
        unknown = [code for code in column.counts if code not in meaning]
        if unknown:
            left_out[column.name] = unknown
        used.append(column)
    for column in codes:
        attempts = [code for code in column.counts if code.lower() in ATTEMPTS]
        if attempts and set(map(str.lower, column.counts)) <= ATTEMPTS | ANSWERED:
            left_out[column.name] = attempts
            if found.layout["fields"].get("interaction") == column.name:
                del found.layout["fields"]["interaction"], found.layout["codes"]["interaction"]
                found.layout["fixed"] = {"interaction": "call"}
            used.append(column)
    if left_out:
        found.layout["leave_out"] = left_out
        found.questions.append("are the rows of leave_out neither calls nor texts?")
    return codes


def _meanings(column: Column, words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {
        code: word
        for code in column.counts
        for word, known in words.items()
        if code.lower() in known
    }


def _rows(meaning: dict[str, str], column: Column) -> int:
    return sum(column.counts[code] for code in meaning)


def _by_numbers(
    found: Draft, name: str, columns: list[Column]
) -> tuple[dict[str, str], Column] | None:
    """Codes of numbers: a guess, and a question."""
    for meaning in NUMBERS[name]:
        for column in columns:
            if set(column.counts) == set(meaning):
                told = ", ".join(f"{code} {word}" for code, word in meaning.items())
                found.questions.append(f"does '{column.name}' say the {name} ({told})?")
                return meaning, column
    return None


def _fix(found: Draft, name: str) -> None:
    """No column says it: a fixed value, and a question."""
    value = "call" if name == "interaction" else "out"
    found.layout.setdefault("fixed", {})[name] = value
    found.questions.append(f"no column says the {name}. Are all events '{value}'?")


def _people(found: Draft, columns: list[Column], _: Places | None) -> list[Column]:
    people = [column for column in columns if column.may_be_id()]
    people = [c for c in people if not c.looks_like("imei|imsi|tac|^id$|name|clid")] or people
    numbers = [column for column in people if column.share("[+0-9' ()/.-]{5,}") >= 0.9]
    people = [*numbers, *(column for column in people if column not in numbers)]
    fields = found.layout["fields"]
    if len(people) < 2:
        if people:
            fields["caller_id"] = people[0].name
        found.questions.append("which columns have the ids of the customer and of the other side?")
        return people
    first, second = people[:2]
    by_direction = _by_direction(found, first, second)
    if by_direction:
        fields["caller_id"] = by_direction
        fields["correspondent_id"] = {"out": by_direction["in"], "in": by_direction["out"]}
        found.questions.append("does the direction decide whose record a row is?")
        return [first, second]
    caller, other = sorted((first, second), key=lambda column: len(column.counts))
    fields["caller_id"], fields["correspondent_id"] = caller.name, other.name
    found.questions.append(f"is '{caller.name}' the customer, and '{other.name}' the other side?")
    return [first, second]


def _by_direction(found: Draft, first: Column, second: Column) -> dict[str, str] | None:
    """The customer's column of each direction, if it is not always the same: an event of two customers
    then has two rows with the same two ids in the same columns."""
    names = {column.name: column for column in found.columns}
    direction = names.get(str(found.layout["fields"].get("direction")))
    times = [names[name] for name in columns_of(found.layout["fields"].get("datetime"))]
    if direction is None or not times:
        return None
    codes = found.layout["codes"]["direction"]
    words = {code: word for word, some in codes.items() for code in some}
    events: dict[tuple[str, ...], set[str]] = {}
    ids: dict[tuple[str, str], set[str]] = {}
    for way, *values in zip(
        direction.values, first.values, second.values, *(t.values for t in times), strict=True
    ):
        word = words.get(way.strip())
        if word:
            events.setdefault(tuple(values), set()).add(word)
            ids.setdefault((word, first.name), set()).add(values[0])
            ids.setdefault((word, second.name), set()).add(values[1])
    twice = sum(len(seen) > 1 for seen in events.values())
    if twice < 0.1 * len(events) or len(ids) < 4:
        return None
    # customers are fewer than all people whom they call
    caller = min((first.name, second.name), key=lambda name: len(ids["out", name]))
    return {"out": caller, "in": second.name if caller == first.name else first.name}


def _phone_numbers(found: Draft, columns: list[Column]) -> None:
    """Rules for numbers, if they are spelled in several ways."""
    people = {
        name
        for field_name in ("caller_id", "correspondent_id")
        for name in columns_of(found.layout["fields"].get(field_name))
    }
    numbers = Column("all", [v for c in columns if c.name in people for v in c.filled])
    plus, zeros = numbers.share(r"'?[+][0-9 ]+'?"), numbers.share("'?00[0-9 ]+'?")
    national = numbers.share("'?0[1-9][0-9 ]+'?")
    if max(plus, zeros, national) < 0.01:
        return
    code = _country_code(numbers)
    if code:
        found.layout["phone_numbers"] = {
            "country_code": code, "national_prefix": "0", "international_prefixes": ["+", "00"]
        }  # fmt: skip
    found.questions.append(
        "phone numbers are spelled in several ways. Are country code and prefixes of phone_numbers right?"
        if code
        else "phone numbers are spelled in several ways. Set phone_numbers."
    )


def _country_code(numbers: Column) -> str | None:
    """The two digits with which most international numbers begin."""
    begins: Counter[str] = Counter()
    for value, count in numbers.counts.items():
        plain = value.strip("' ")
        if plain.startswith(("+", "00")):
            begins[plain.removeprefix("+").removeprefix("00")[:2]] += count
    code, count = max(begins.items(), key=lambda item: item[1], default=("", 0))
    return code if count > 0.5 * sum(begins.values()) and code.isdigit() else None


# --- the antennas file ----------------------------------------------------------------------------


class Places:
    """The antennas file."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.columns = [Column(name, sample.values(i)) for i, name in enumerate(sample.columns)]

    def cell_of(self, records: list[Column]) -> list[Column]:
        """The column, or two, of the records whose values are cells of this file."""
        best: tuple[float, int, list[Column]] = (0, 0, [])
        for known in self._ids():
            for column in records:
                rated = (_known(column.filled, known.filled), len(column.counts), [column])
                best = max(best, rated, key=lambda one: (round(one[0], 2), one[1]))
        # a pair is better only if a single column is no key of the file
        place = self._place_of(best[2])
        if best[0] >= 0.5 and place and len(place.counts) == len(place.filled):
            return best[2]
        for first, second in self._pairs(self._ids()):
            places = set(zip(first.values, second.values, strict=True))
            if len(places) < len(first.values):
                continue
            for one, other in self._pairs(records):
                pairs = list(zip(one.values, other.values, strict=True))
                if sum(pair in places for pair in pairs) >= 0.5 * len(pairs):
                    return [one, other]
        return best[2] if best[0] >= 0.5 else []

    def described(self, cell: list[Column], found: Draft) -> dict[str, Any]:
        """The key `locations` of the layout."""
        sample = self.sample
        longitude, latitude = self._coordinates(found)
        cells = self._cells(cell)
        rest = [c for c in self._ids() if c not in cells]
        sites = sorted(rest, key=lambda c: (not c.looks_like("site|sitio|antenna|tower"), c.name))
        antenna = sites[0] if sites else (cells[0] if cells else self.columns[0])
        if sample.header is None:
            names = {c.name: c.name for c in self.columns}
            names[longitude.name], names[latitude.name] = "longitude", "latitude"
            names[antenna.name] = "antenna_id"
            if len(cells) == 1 and cells[0] is not antenna:
                names[cells[0].name] = "cell_id"
            for column in self.columns:
                column.name = names[column.name]
        fields: dict[str, Any] = {
            "antenna_id": antenna.name,
            "longitude": longitude.name,
            "latitude": latitude.name,
        }
        if cells and cells != [antenna]:
            several = [column.name for column in cells]
            fields["cell_id"] = several if len(several) > 1 else several[0]
        kept = {key: name for key, name in fields.items() if key != name}
        described: dict[str, Any] = {
            "delimiter": sample.delimiter, "quote": sample.quote, "encoding": sample.encoding,
            "header": bool(sample.header), "columns": [column.name for column in self.columns],
        }  # fmt: skip
        if longitude.share("-?[0-9]+,[0-9]+") > 0.5:
            described["decimal"] = ","
        return described | ({"fields": kept} if kept else {})

    def _ids(self) -> list[Column]:
        return [column for column in self.columns if column not in self._decimals()]

    def _decimals(self) -> list[Column]:
        named = [c for c in self.columns if c.looks_like("^(lon|lat|x$|y$)") and c.is_number()]
        decimals = [c for c in self.columns if c.share(r"-?[0-9]{1,3}[.,][0-9]+") >= 0.5]
        return named if len(named) == 2 else decimals[:2]

    def _coordinates(self, found: Draft) -> tuple[Column, Column]:
        decimals = self._decimals()
        if len(decimals) < 2:
            found.questions.append("which columns of the antennas file have the coordinates?")
            return self.columns[-2], self.columns[-1]
        first, second = decimals
        if first.looks_like("lat|^y") or second.looks_like("lon|^x"):
            return second, first
        if not first.looks_like("lon|^x"):
            found.questions.append("does longitude come before latitude in the antennas file?")
        return first, second

    def _cells(self, cell: list[Column]) -> list[Column]:
        """The columns of this file that have the cells of the records."""
        if len(cell) == 2:
            pairs = set(zip(cell[0].values, cell[1].values, strict=True))

            def fit(two: Pair) -> tuple[int, int]:
                places = set(zip(two[0].values, two[1].values, strict=True))
                return len(pairs & places), len(places)

            both = max(self._pairs(self._ids()), key=fit)
            return list(both)
        place = self._place_of(cell)
        return [place] if place else []

    def _place_of(self, cell: list[Column]) -> Column | None:
        """The column of this file that has the values of a column of the records."""
        if not cell:
            return None
        rated = [(_known(cell[0].filled, place.filled), place) for place in self._ids()]
        share, place = max(rated, key=lambda pair: pair[0], default=(0, None))
        return place if share > 0 else None

    @staticmethod
    def _pairs(columns: list[Column]) -> list[Pair]:
        return [(one, other) for one in columns for other in columns if one is not other]


def _known(values: list[str], places: list[str]) -> float:
    """The share of values that are among others."""
    known = set(places)
    return sum(value in known for value in values) / len(values) if values else 0
