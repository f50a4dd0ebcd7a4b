"""Layouts of operators' files: what a raw file looks like and what its columns mean.

A layout is a mapping: the var `layout` itself, or a YAML file. `layouts/` has one file per published
layout, and docs/layouts.md describes every key. This module reads a layout, checks it against
layouts/layout.schema.json and completes it, so that macros find every key.
"""

import functools
import itertools
import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import jsonschema
import yaml
from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper import thrift_sessions
from dbt_gnuper.local_files import FILE_NAME, columns_of
from dbt_gnuper.patches import add_for_macros

FOLDER = Path(__file__).resolve().parent.parent / "layouts"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yml"))
# Names of columns that Spark's reader and the macros use themselves.
RESERVED = {"malformed_row", "_metadata", FILE_NAME}

# What a run can read side by side: the models cdr, cdr_2, ...; the schema has the same number.
MOST_KINDS = 4

REQUIRED_FIELDS = ("caller_id", "datetime", "cell_id")
CODED_FIELDS = ("direction", "interaction", "national")
FIELDS = (
    *REQUIRED_FIELDS,
    *CODED_FIELDS,
    "correspondent_id",
    "correspondent_cell_id",
    "call_duration",
)
"""The fields of an event; a layout says which column holds which field."""
# What all kinds of files of a delivery must have, or none of them.
COMMON_FIELDS = ("correspondent_id", "correspondent_cell_id")
# How the columns of one field are joined.
SEPARATORS = {"datetime": " "}
SEPARATOR_OF_IDS = "-"

EPOCHS = {"epoch": 1, "epoch_ms": 1000}
"""Times that are counted since 1970-01-01 00:00 UTC: their units per second."""

LONGEST_PATTERN = 200
LONGEST_TOLD = 200
# Letters that a timestamp pattern may contain outside of quotes.
PATTERN = re.compile(r"([yMLdDaHhKkmsSVOXxZ]|'[^']*'|[^A-Za-z'])+")

REQUIRED_LOCATION_FIELDS = ("antenna_id", "cell_id", "longitude", "latitude")
LOCATION_FIELDS = (*REQUIRED_LOCATION_FIELDS, "valid_from", "valid_to")

# How Spark reads CSV when a layout does not say otherwise.
CSV_DEFAULTS = {
    "delimiter": ",",
    "quote": '"',
    "escape": "\\",
    "encoding": "UTF-8",
    "header": False,
    "decimal": ".",
    "thousands": None,
}
DEFAULTS = CSV_DEFAULTS | {
    "call_unit": "s",
    "columns": None,
    "data_timezone": None,
    "local_timezone": None,
    "days_only": False,
    "allow_short_rows": False,
    "trim_ids": False,
    "phone_numbers": None,
}
LOCATION_DEFAULTS = CSV_DEFAULTS | {"date_format": "yyyy-MM-dd"}
# Keys that a kind of files adds to those of the whole layout, entry by entry.
MERGED = ("fields", "fixed", "codes", "leave_out")


class LayoutError(ValueError):
    """An invalid layout; the message says what is wrong."""


def told(text: str) -> str:
    """A user's text for a message: on one line, and shortened."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= LONGEST_TOLD else f"{line[:60]} ... {line[-60:]}"


def is_path(value: Any) -> bool:
    """Whether a text can name a file. Other types are checked by `type`."""
    return not isinstance(value, str) or (bool(value.strip()) and "\0" not in value)


def is_glob(value: Any) -> bool:
    """Whether a text is a glob of files, and of folders before them, that Spark and Python read alike:
    *, ?, [abc], [!a-c] and / between folders."""
    if not isinstance(value, str):
        return True
    ranges = re.findall(r"([\w.-])-([\w.-])", "".join(re.findall(r"\[[^]]*\]", value)))
    parts = value.split("/")
    return (
        is_path(value)
        and all(re.fullmatch(r"([^][/\\{}^]|\[!?[\w.-]+\])+", part) for part in parts)
        and not {".", ".."} & set(parts)
        and all(first <= last for first, last in ranges)
    )


def read_layout(layout: str | dict[str, Any]) -> dict[str, Any]:
    """The complete layout that the var names or holds.

    Args:
        layout: name of a file in layouts/ without its ending, path of a YAML file, or a mapping.

    Raises:
        LayoutError: when there is no such layout, or it is invalid.
    """
    if isinstance(layout, dict):
        return complete(layout, "The var layout")
    path = FOLDER / f"{layout}.yml" if layout in SHIPPED else Path(layout)
    if not path.is_absolute():
        path = FOLDER.parent / path
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LayoutError(
            f"There is no layout '{told(layout)}': it is neither a file {told(str(path))} nor one of those in "
            f"layouts/ ({', '.join(SHIPPED)})."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LayoutError(f"The layout {told(str(path))} cannot be read: {reason}.") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(getattr(error, "problem", None) or error).split())
        raise LayoutError(f"The layout {told(str(path))} is not YAML: {reason}.") from None
    return complete(content, f"The layout {told(str(path))}")


def in_zone(layout: dict[str, Any], zone: str | None) -> dict[str, Any]:
    """A layout with another local time zone, if one is given."""
    if zone is None:
        return layout
    kinds = [kind | {"local_timezone": zone} for kind in layout["files"]]
    return layout | {"local_timezone": zone, "files": kinds}


@functools.cache
def _schema() -> jsonschema.Draft202012Validator:
    text = (FOLDER / "layout.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@functools.cache
def time_zones() -> set[str]:
    """The names of all time zones."""
    return available_timezones()


def complete(layout: Any, origin: str) -> dict[str, Any]:
    """The layout with all keys, after all checks; an error message begins with `origin`.

    `files` has the kinds of files, each with all keys of its own. A layout of one kind of files has
    one. The other keys are those of the first kind; `fields` has the fields of any kind.
    """
    try:
        error = jsonschema.exceptions.best_match(_schema().iter_errors(layout))
    except (ValueError, RecursionError):
        # the value is too long or too deep for jsonschema's message
        raise LayoutError(f"{origin} has impossible values. See docs/layouts.md.") from None
    if error:
        place = ".".join(map(str, error.absolute_path)) or "the layout itself"
        is_text = error.validator == "type" and error.validator_value == "string"
        hint = " (put it in quotes)" if is_text and not isinstance(error.instance, list) else ""
        raise LayoutError(
            f"{origin} is not valid at {told(place)}: {told(error.message)}{hint}. See docs/layouts.md."
        )
    kinds = [
        _kind(layout, part, number) for number, part in enumerate(layout.get("files") or [{}], 1)
    ]
    locations = LOCATION_DEFAULTS | layout.get(
        "locations", {"columns": list(REQUIRED_LOCATION_FIELDS)}
    )
    locations["fields"] = _fields(
        locations.get("fields", {}), LOCATION_FIELDS, locations["columns"]
    )
    # without cells, the antenna is the cell
    locations["fields"]["cell_id"] = (
        locations["fields"]["cell_id"] or locations["fields"]["antenna_id"]
    )
    problem = _contradiction_of_files(kinds) or _contradiction_of_locations(locations)
    if problem:
        raise LayoutError(f"{origin} {problem}. See docs/layouts.md.")
    first = {key: value for key, value in kinds[0].items() if key not in ("pattern", "table")}
    fields = {
        name: next((kind["fields"][name] for kind in kinds if kind["fields"][name]), None)
        for name in FIELDS
    }
    return first | {"fields": fields, "locations": locations, "files": kinds}


def _kind(layout: dict[str, Any], part: dict[str, Any], number: int) -> dict[str, Any]:
    """One kind of files, with all keys: what the whole layout says, and what the part says."""
    general = {key: value for key, value in layout.items() if key not in ("files", "locations")}
    kind: dict[str, Any] = DEFAULTS | {"pattern": None} | general | part
    for key in MERGED:
        kind[key] = layout.get(key, {}) | part.get(key, {})
    kind["fields"] = _fields(kind["fields"], FIELDS, kind["columns"])
    kind["codes"] = {name: kind["codes"].get(name) for name in CODED_FIELDS}
    kind["table"] = "cdr" if number == 1 else f"cdr_{number}"
    return kind


def _fields(
    given: dict[str, Any], names: tuple[str, ...], columns: list[str] | None
) -> dict[str, Any]:
    """The columns of every field: the given ones, else the one of the field's name, else None."""
    return {name: given.get(name, name if columns and name in columns else None) for name in names}


def used_columns(kind: dict[str, Any]) -> list[str]:
    """The columns of a kind of files that are read, each once."""
    fields = (column for field in kind["fields"].values() for column in columns_of(field))
    return list(dict.fromkeys(c for c in (*fields, *kind["leave_out"]) if c != FILE_NAME))


def names_are_ids(layout: dict[str, Any]) -> bool:
    """Whether files are named after customers."""
    return any(
        FILE_NAME in columns_of(field)
        for kind in layout["files"]
        for field in kind["fields"].values()
    )


def patterns_of(kind: dict[str, Any]) -> list[str]:
    """The formats of a kind's times, as a list."""
    formats = kind["timestamp_format"]
    return [formats] if isinstance(formats, str) else formats


def glob_regex(pattern: str) -> str:
    """Regular expression, of Python and of Java, of the paths that a glob matches. Stars stay in their
    folder."""
    parts = re.findall(r"\[[^]]*\]|.", pattern, re.DOTALL)
    return "^" + "".join(map(_glob_part, parts)) + "$"


def _glob_part(part: str) -> str:
    if part in ("*", "?"):
        return "[^/]*" if part == "*" else "[^/]"
    return part.replace("[!", "[^") if part.startswith("[") else re.escape(part)


def _contradiction_of_files(kinds: list[dict[str, Any]]) -> str | None:
    """An error in the kinds of files that the schema cannot find, as the end of a sentence."""
    for number, kind in enumerate(kinds, 1):
        if not is_glob(kind["pattern"]):
            return (
                f"has the pattern '{told(kind['pattern'])}' of files, which is no glob of *, ?, [abc] and "
                "/ between folders"
            )
        problem = _contradiction(kind)
        if problem:
            return problem if len(kinds) == 1 else f"{problem} (files, number {number})"
    for name in COMMON_FIELDS:
        if len({kind["fields"][name] is None for kind in kinds}) > 1:
            return (
                f"has {name} in some kinds of files only: set fields.{name} in all, or null in all"
            )
    if len({str(kind["pattern"]).count("/") for kind in kinds}) > 1:
        patterns = ", ".join(kind["pattern"] for kind in kinds)
        return f"has patterns of files with different numbers of folders ({told(patterns)}): put them side by side"
    return None


def _contradiction(kind: dict[str, Any]) -> str | None:
    """An error in one kind of files."""
    if kind["format"] == "csv" and not kind["columns"]:
        return "has no columns; a CSV file needs their names in order"
    return (
        _problem_of_columns(kind, FIELDS, "")
        or _problem_of_fields(kind)
        or _problem_of_csv(kind, "")
        or _problem_of_times(kind)
        or _problem_of_codes(kind)
        or _problem_of_ids(kind)
    )


def _contradiction_of_locations(locations: dict[str, Any]) -> str | None:
    """An error in the description of the antennas file."""
    problem = _problem_of_columns(locations, LOCATION_FIELDS, "locations.")
    if problem:
        return problem
    fields = locations["fields"]
    missing = [f"locations.{name}" for name in REQUIRED_LOCATION_FIELDS if fields[name] is None]
    if missing:
        return f"has no column for {', '.join(missing)} (set locations.fields)"
    problem = pattern_problem(locations["date_format"], days_only=True)
    if problem:
        return f"has the locations.date_format '{told(locations['date_format'])}': {problem}"
    return _problem_of_csv(locations, "locations.")


def _problem_of_columns(part: dict[str, Any], names: tuple[str, ...], prefix: str) -> str | None:
    columns = part["columns"]
    for column in sorted(RESERVED & {name.lower() for name in columns or ()}):
        return f"names a column '{column}', but the reader needs this name itself"
    if columns and len({name.lower() for name in columns}) < len(columns):
        return "names a column twice (upper and lower case are the same)"
    for name in names:
        for column in columns_of(part["fields"][name]):
            if columns and column != FILE_NAME and column not in columns:
                return f"takes {prefix}{name} from the column '{column}', which is not among its columns"
    for column in part.get("leave_out", {}):
        if columns and column not in columns:
            return f"leaves out rows by the column '{column}', which is not among its columns"
    return None


def _problem_of_fields(kind: dict[str, Any]) -> str | None:
    fields, fixed = kind["fields"], kind["fixed"]
    has_both_sides = fields["correspondent_cell_id"] is not None
    missing = [name for name in REQUIRED_FIELDS if fields[name] is None]
    if not has_both_sides and fields["direction"] is None and "direction" not in fixed:
        missing.append("direction")
    if fields["interaction"] is None and "interaction" not in fixed:
        missing.append("interaction")
    if missing:
        return f"has no column for {', '.join(missing)} (set fields, or fixed)"
    if has_both_sides and fields["correspondent_id"] is None:
        return "has a correspondent_cell_id without a correspondent_id"
    if has_both_sides and fields["direction"] is not None:
        return "has both sides of an event in a row, so a row has no direction: set fields.direction: null"
    for name in FIELDS:
        if has_both_sides and isinstance(fields[name], dict):
            return (
                f"has both sides of an event in a row and takes {name} by direction: name the "
                "caller's column alone"
            )
    return None


def _problem_of_csv(part: dict[str, Any], prefix: str) -> str | None:
    if part["delimiter"] in ("\\", "\n", "\r", part["quote"]):
        return f"has the {prefix}delimiter {part['delimiter']!r}, which cannot separate fields"
    if part["decimal"] == part["thousands"]:
        return (
            f"has the character '{part['decimal']}' for {prefix}decimal and for {prefix}thousands: "
            "set the one that the files use, and the other to null or another character"
        )
    if part.get("allow_short_rows") and part["format"] == "parquet":
        return "has allow_short_rows, but rows of Parquet files do not end early: leave it out"
    return None


def _problem_of_times(kind: dict[str, Any]) -> str | None:
    for pattern in patterns_of(kind):
        problem = pattern_problem(pattern, days_only=kind["days_only"])
        if problem:
            return f"has the timestamp_format '{told(pattern)}': {problem}"
    for name in ("data_timezone", "local_timezone"):
        if kind[name] is not None and kind[name] not in time_zones():
            return f"has {name} '{kind[name]}', which is not a time zone such as Africa/Khartoum"
    if kind["data_timezone"] and not kind["local_timezone"]:
        return "has a data_timezone without a local_timezone"
    return None


def _problem_of_codes(kind: dict[str, Any]) -> str | None:
    for name in CODED_FIELDS:
        words = kind["codes"][name] or {}
        codes = [code for codes in words.values() for code in codes]
        if kind["fields"][name] is not None and not codes:
            return f"has no codes for {name}"
        if len(set(codes)) < len(codes):
            return f"gives one code of {name} two meanings"
        left_out = kind["leave_out"].get(kind["fields"][name], [])
        for code in codes:
            if code in left_out:
                return f"leaves out the rows with the code '{told(code)}' that it lists for {name}"
    return None


def _problem_of_ids(kind: dict[str, Any]) -> str | None:
    numbers = kind["phone_numbers"]
    if numbers and numbers["national_prefix"] in numbers["international_prefixes"]:
        return (
            f"has '{numbers['national_prefix']}' as national and as international prefix of "
            "phone_numbers: leave it where it belongs"
        )
    return None


def pattern_problem(pattern: str, days_only: bool = False) -> str | None:
    """Why times cannot be read with a format, as the end of a sentence; None if no reason is
    known."""
    if pattern in EPOCHS:
        return None
    if len(pattern) > LONGEST_PATTERN:
        return f"it must not be longer than {LONGEST_PATTERN} characters"
    if not PATTERN.fullmatch(pattern):
        return (
            "it must be a Spark datetime pattern such as 'yyyy-MM-dd HH:mm:ss', of the letters "
            "y M L d D H h K k m s S a V X x O Z (zones by name, such as CET, are ambiguous: V reads "
            "Europe/Berlin, X reads +01:00) and of text in quotes; or epoch or epoch_ms, for seconds "
            "or milliseconds since 1970"
        )
    letters = re.sub("'[^']*'", "", pattern)
    if "y" not in letters or not re.search("[ML].*d|d.*[ML]|D", letters):
        return "it must read year, month and day"
    if not days_only and not re.search("[HhKk]", letters):
        return (
            "it reads no hour. Join the column of the time (datetime: [date, time]), or set "
            "days_only: true if the files have days and no times"
        )
    if re.search("[hK]", letters) and "a" not in letters:
        return "h and K count the hours of half a day and need an a (am, pm); H reads 0 to 23"
    if re.search(r"\[[^]]*[VOXxZ]", letters):
        return "an offset in [ ] may be missing: give two patterns, with and without it"
    return None


def has_offset(pattern: str) -> bool:
    """Whether a format reads a time zone or an offset from the text, or counts from a time in UTC."""
    return pattern in EPOCHS or re.search("[VOXxZ]", re.sub("'[^']*'", "", pattern)) is not None


# What a pattern consists of: quoted text, the same letter several times, any other character.
TOKEN = re.compile(r"'([^']*)'|(([A-Za-z])\3*)|(.)", re.DOTALL)


def impossible_year(pattern: str) -> str | None:
    """Regular expression of texts with a year of more than four digits or with a sign; None if the
    pattern accepts no such year. Years from 294000 on do not fit into a timestamp, and Spark fails the
    whole job at them.

    `yyyy` accepts more digits only after a sign, `y` and `yyy` always, `yy` never.
    """
    tokens = list(TOKEN.finditer(pattern))
    # the expression before a token: of each open [ ], and of the innermost one
    outside: list[str] = []
    before = ""
    years: list[str] = []
    for position, token in enumerate(tokens):
        quoted, run, letter, other = token.groups()
        if letter == "y" and len(run) != 2:
            digits = 5 + _digits(tokens[position + 1 :])
            long = f"|0*[1-9][0-9]{{{digits - 1},}}" if len(run) in (1, 3) else ""
            years.append(f"{''.join(outside)}{before}([+-]{long})")
        if run:
            width = {1: "+"}.get(len(run), f"{{{len(run)}}}")
            width = f"{{1,{len(run)}}}" if letter == "S" else width
            before += f"[0-9]{width}" if _is_number(token) else ".+"
        elif other == "[":
            outside, before = [*outside, before], ""
        elif other == "]" and outside:
            before = f"{outside.pop()}({before})?"
        else:
            before += re.escape("'" if quoted == "" else quoted or other)
    return f"^({'|'.join(years)})" if years else None


def _is_number(token: re.Match[str]) -> bool:
    """Whether a token of a pattern stands for digits."""
    _, run, letter, _ = token.groups()
    return bool(run) and (letter in "dDHhKkmsS" or (letter in "ML" and len(run) < 3))


def _digits(tokens: list[re.Match[str]]) -> int:
    """The number of digits that follow without anything in between."""
    numbers = itertools.takewhile(_is_number, tokens)
    return sum(len(number[0]) for number in numbers)


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the layouts available to macros as `adapter.layout`."""

    def layout_for_macros(_: SparkAdapter, layout: Any, zone: str | None) -> dict[str, Any]:
        found = in_zone(read_layout(layout), zone)
        thrift_sessions.file_names_are_ids = names_are_ids(found)
        return found

    add_for_macros(
        adapter,
        layout=layout_for_macros,
        columns_of=lambda _, field: columns_of(field),
        used_columns=lambda _, kind: used_columns(kind),
        names_are_ids=lambda _, layout: names_are_ids(layout),
        glob_regex=lambda _, pattern: glob_regex(pattern),
        has_offset=lambda _, pattern: has_offset(pattern),
        impossible_year=lambda _, pattern: impossible_year(pattern),
    )
