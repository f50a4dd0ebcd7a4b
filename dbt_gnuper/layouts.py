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
from dbt_gnuper.local_files import FILE_NAME
from dbt_gnuper.patches import add_for_macros

FOLDER = Path(__file__).resolve().parent.parent / "layouts"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yml"))
# Names of columns that Spark's reader and the macros use themselves.
RESERVED = {"malformed_row", "_metadata", FILE_NAME}

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

LONGEST_PATTERN = 200
LONGEST_TOLD = 200
# Letters that a timestamp pattern may contain outside of quotes.
PATTERN = re.compile(r"([yMLdDaHhKkmsSVOXxZ]|'[^']*'|[^A-Za-z'])+")

LOCATION_FIELDS = ("antenna_id", "cell_id", "longitude", "latitude")

# How Spark reads CSV when a layout does not say otherwise.
CSV_DEFAULTS = {
    "delimiter": ",",
    "quote": '"',
    "escape": "\\",
    "encoding": "UTF-8",
    "header": False,
}


class LayoutError(ValueError):
    """An invalid layout; the message says what is wrong."""


def told(text: str) -> str:
    """A user's text for a message: on one line, and shortened."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return line if len(line) <= LONGEST_TOLD else f"{line[:60]} ... {line[-60:]}"


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


@functools.cache
def _schema() -> jsonschema.Draft202012Validator:
    text = (FOLDER / "layout.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@functools.cache
def _time_zones() -> set[str]:
    return available_timezones()


def complete(layout: Any, origin: str) -> dict[str, Any]:
    """The layout with all keys, after all checks; an error message begins with `origin`."""
    try:
        error = jsonschema.exceptions.best_match(_schema().iter_errors(layout))
    except (ValueError, RecursionError):
        # the value is too long or too deep for jsonschema's message
        raise LayoutError(f"{origin} has impossible values. See docs/layouts.md.") from None
    if error:
        place = ".".join(map(str, error.absolute_path)) or "the layout itself"
        raise LayoutError(
            f"{origin} is not valid at {told(place)}: {told(error.message)}. See docs/layouts.md."
        )
    layout = CSV_DEFAULTS | {"call_unit": "s"} | layout
    columns = layout.setdefault("columns", None)
    layout["fields"] = _fields(layout.get("fields", {}), FIELDS, columns)
    layout.setdefault("fixed", {})
    layout["codes"] = {name: layout.get("codes", {}).get(name) for name in CODED_FIELDS}
    for name in ("data_timezone", "local_timezone"):
        layout.setdefault(name, None)
    locations = CSV_DEFAULTS | layout.get("locations", {"columns": list(LOCATION_FIELDS)})
    locations["fields"] = _fields(
        locations.get("fields", {}), LOCATION_FIELDS, locations["columns"]
    )
    # without cells, the antenna is the cell
    locations["fields"]["cell_id"] = (
        locations["fields"]["cell_id"] or locations["fields"]["antenna_id"]
    )
    layout["locations"] = locations
    problem = _contradiction(layout)
    if problem:
        raise LayoutError(f"{origin} {problem}. See docs/layouts.md.")
    return layout


def _fields(
    given: dict[str, Any], names: tuple[str, ...], columns: list[str] | None
) -> dict[str, Any]:
    """The column of every field: the given one, else the one of the field's name, else None."""
    return {name: given.get(name, name if columns and name in columns else None) for name in names}


def _contradiction(layout: dict[str, Any]) -> str | None:
    """An error that the schema cannot find, as the end of a sentence; None if there is none."""
    parts = ((layout, FIELDS, ""), (layout["locations"], LOCATION_FIELDS, "locations."))
    for part, names, prefix in parts:
        columns, fields = part["columns"], part["fields"]
        for column in sorted(RESERVED & {name.lower() for name in columns or ()}):
            return f"names a column '{column}', but the reader needs this name itself"
        if columns and len({name.lower() for name in columns}) < len(columns):
            return "names a column twice (upper and lower case are the same)"
        for name in names:
            column = fields[name]
            is_known = column is None or column == FILE_NAME or not columns or column in columns
            if not is_known:
                return f"takes {prefix}{name} from the column '{column}', which is not among its columns"
    if layout["format"] == "csv" and not layout["columns"]:
        return "has no columns; a CSV file needs their names in order"
    fields, fixed = layout["fields"], layout["fixed"]
    has_both_sides = fields["correspondent_cell_id"] is not None
    missing = [name for name in REQUIRED_FIELDS if fields[name] is None]
    if not has_both_sides and fields["direction"] is None and "direction" not in fixed:
        missing.append("direction")
    if fields["interaction"] is None and "interaction" not in fixed:
        missing.append("interaction")
    missing += [
        f"locations.{name}"
        for name in LOCATION_FIELDS
        if layout["locations"]["fields"][name] is None
    ]
    if missing:
        return f"has no column for {', '.join(missing)} (set fields, or fixed)"
    if has_both_sides and fields["correspondent_id"] is None:
        return "has a correspondent_cell_id without a correspondent_id"
    if has_both_sides and fields["direction"] is not None:
        return "has both sides of an event in a row, so a row has no direction: set fields.direction: null"
    for part, prefix in ((layout, ""), (layout["locations"], "locations.")):
        if part["delimiter"] in ("\\", "\n", "\r", part["quote"]):
            return f"has the {prefix}delimiter {part['delimiter']!r}, which cannot separate fields"
    patterns = layout["timestamp_format"]
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        problem = pattern_problem(pattern)
        if problem:
            return f"has the timestamp_format '{told(pattern)}': {problem}"
    for name in CODED_FIELDS:
        words = layout["codes"][name] or {}
        codes = [code for codes in words.values() for code in codes]
        if fields[name] is not None and not codes:
            return f"has no codes for {name}"
        if len(set(codes)) < len(codes):
            return f"gives one code of {name} two meanings"
    for name in ("data_timezone", "local_timezone"):
        if layout[name] is not None and layout[name] not in _time_zones():
            return f"has {name} '{layout[name]}', which is not a time zone such as Africa/Khartoum"
    if layout["data_timezone"] and not layout["local_timezone"]:
        return "has a data_timezone without a local_timezone"
    return None


def pattern_problem(pattern: str) -> str | None:
    """Why times cannot be read with a pattern, as the end of a sentence; None if no reason is
    known."""
    if len(pattern) > LONGEST_PATTERN:
        return f"it must not be longer than {LONGEST_PATTERN} characters"
    if not PATTERN.fullmatch(pattern):
        return (
            "it must be a Spark datetime pattern such as 'yyyy-MM-dd HH:mm:ss', of the letters "
            "y M L d D H h K k m s S a V X x O Z (zones by name, such as CET, are ambiguous: V reads "
            "Europe/Berlin, X reads +01:00) and of text in quotes"
        )
    letters = re.sub("'[^']*'", "", pattern)
    if "y" not in letters or not re.search("[ML].*d|d.*[ML]|D", letters):
        return "it must read year, month and day"
    if re.search("[hK]", letters) and "a" not in letters:
        return "h and K count the hours of half a day and need an a (am, pm); H reads 0 to 23"
    if re.search(r"\[[^]]*[VOXxZ]", letters):
        return "an offset in [ ] may be missing: give two patterns, with and without it"
    return None


def has_offset(pattern: str) -> bool:
    """Whether a pattern reads a time zone or an offset from the text."""
    return re.search("[VOXxZ]", re.sub("'[^']*'", "", pattern)) is not None


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

    def layout_for_macros(_: SparkAdapter, layout: Any) -> dict[str, Any]:
        # Ids of releases and versions of files are hashes of this mapping. `problem` stays in it, so
        # that they do not change.
        found = read_layout(layout) | {"problem": None}
        thrift_sessions.file_names_are_ids = FILE_NAME in found["fields"].values()
        return found

    add_for_macros(
        adapter,
        layout=layout_for_macros,
        has_offset=lambda _, pattern: has_offset(pattern),
        impossible_year=lambda _, pattern: impossible_year(pattern),
    )
