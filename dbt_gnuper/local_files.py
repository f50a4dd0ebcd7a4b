"""Checks of local files before Spark reads them.

Spark reports neither empty files nor a file's mode, and for a missing file it gives a stack trace.
dbt can check files on this machine itself. For URIs of other file systems every function here
returns None (a yes-or-no question: False).
"""

import bz2
import csv
import fnmatch
import gzip
import json
import os
import re
import stat
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import zstandard
from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.patches import add_for_macros

# What a layout calls the file's name as a column, and the fields that hold ids.
FILE_NAME = "file_name"
IDS = ("caller_id", "correspondent_id", "cell_id", "correspondent_cell_id")
KEY_VARIABLE = "GNUPER_PSEUDONYM_KEY"
# 128 bits in hexadecimal
SHORTEST_KEY = 32

# The names of UTC as a data_timezone.
UTC = ("UTC", "Etc/UTC")

# First bytes of files, by ending. Spark unpacks .gz, .bz2 and .zst by the ending.
MAGIC = {"gz": b"\x1f\x8b", "bz2": b"BZh", "zst": b"\x28\xb5\x2f\xfd", "parquet": b"PAR1"}
# Formats that are sometimes delivered instead of text.
OTHER_MAGIC = {
    "zip or xlsx": b"PK\x03\x04",
    "xz": b"\xfd7zX",
    "UTF-16 text": b"\xff\xfe",
    "UTF-16 (big end first) text": b"\xfe\xff",
}


def columns_of(field: Any) -> list[str]:
    """The columns of a field of a layout: none, one, several that are joined, or some for each
    direction."""
    if field is None:
        return []
    if isinstance(field, dict):
        return [column for part in field.values() for column in columns_of(part)]
    return [field] if isinstance(field, str) else list(field)


def local_path(uri: str) -> Path | None:
    """The path of a URI on this machine. None for another file system, and for an invalid URI, which
    Spark refuses."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if len(parts.scheme) > 1 and parts.scheme != "file":
        return None
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(uri)


def local_files(folder: str, *patterns: str) -> list[dict[str, Any]] | None:
    """The files of a folder that match one of several globs, by name: `name` (the path below the
    folder), `size` in bytes, `problem` (why Spark cannot read it, as the end of a sentence; or None)
    and `doubt` (why its rows cannot be right; or None).

    None when the folder is not on this machine; an empty list when it does not exist.
    """
    path = local_path(folder)
    if path is None:
        return None
    names = {name for pattern in patterns for name in _matching(path, pattern.split("/"))}
    return [_file(path / name, name) for name in sorted(names)]


def _matching(folder: Path, globs: list[str]) -> list[str]:
    """The paths below a folder that match globs of folders and, at last, of a name."""
    if not os.path.isdir(folder):  # Path.is_dir fails for a name that is too long
        return []
    names = [name for name in os.listdir(folder) if fnmatch.fnmatchcase(name, globs[0])]
    if len(globs) == 1:
        return names
    return [f"{name}/{rest}" for name in names for rest in _matching(folder / name, globs[1:])]


def _file(path: Path, name: str) -> dict[str, Any]:
    """What `local_files` says of one entry."""
    about = {"name": name, "size": 0, "problem": None, "doubt": None}
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            return about | {"problem": f"is {kind}, not a file"}
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(max(status.st_size - 4, 0))
            end = file.read(4)
    except FileNotFoundError:
        return about | {"problem": "is a link to a file that does not exist"}
    except OSError as error:
        return about | {"problem": f"cannot be opened ({error.strerror})"}
    about["size"] = status.st_size
    # Spark's partition folder is `source_file=<name>`; most file systems allow 255 bytes
    escaped = re.sub(r"[\x00-\x1f\"#%'*/:=?\\{}\[\]^\x7f]", "%XX", name)
    if not _is_text(name):
        about["problem"] = "has a name that is not UTF-8, which Spark cannot see: rename it"
    elif len(f"source_file={escaped}".encode()) > 255:
        about["problem"] = "has a name that is too long"
    elif path.name.startswith(("_", ".")):
        about["doubt"] = "is left out because its name begins with _ or ."
    elif ":" in path.name:
        about["problem"] = "has a colon in its name, which Spark cannot read"
    elif start:
        about |= _content(path.name, start, end)
    return about


def _is_text(name: str) -> bool:
    """Whether a file's name is UTF-8: Python replaces other bytes by surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _content(name: str, start: bytes, end: bytes) -> dict[str, str]:
    """Whether a file's first and last four bytes fit the ending of its name."""
    ending = name.rpartition(".")[2].lower()
    if ending in MAGIC and not start.startswith(MAGIC[ending]):
        return {"problem": f"ends in .{ending} but has other content"}
    if ending == "parquet" and end != MAGIC["parquet"]:
        return {"problem": "is incomplete: its end is missing"}
    for kind, magic in (MAGIC | OTHER_MAGIC).items():
        if kind != ending and start.startswith(magic):
            ending = f" but does not end in .{kind}" if kind in MAGIC else ""
            return {"doubt": f"looks like {kind}{ending}"}
    return {}


def local_file_problem(uri: str) -> str | None:
    """Why Spark cannot read a file, as the end of a sentence; None when it can, or when the file is
    not on this machine."""
    path = local_path(uri)
    if path is None:
        return None
    about = _file(path, path.name)
    return (about["problem"] or about["doubt"]) if os.path.exists(path) else "does not exist"


def is_same_file(uri: str, other: str) -> bool:
    """Whether two URIs lead to one file of this machine."""
    path, other_path = local_path(uri), local_path(other)
    return bool(
        path
        and other_path
        and os.path.exists(path)
        and os.path.exists(other_path)
        and path.samefile(other_path)
    )


def has_no_files(folder: str) -> bool:
    """Whether a table's folder is missing or empty. Only certain where the folder above it, of the
    schema, is on this machine; elsewhere False."""
    path = local_path(folder)
    try:
        return bool(path and path.parent.is_dir() and not (path.is_dir() and os.listdir(path)))
    except OSError:
        return False


def files_without_header(folder: str, pattern: str, layout: dict[str, Any]) -> list[str] | None:
    """Names of the CSV files that do not begin with the layout's header.

    None when the folder is not on this machine.
    """
    files = local_files(folder, pattern)
    if files is None:
        return None
    return [
        file["name"]
        for file in files
        if file["size"] and not has_header(local_path(folder) / file["name"], layout)
    ]


def lacks_header(uri: str, layout: dict[str, Any]) -> bool:
    """Whether a CSV file on this machine does not have exactly the layout's header."""
    path = local_path(uri)
    return bool(
        path and path.is_file() and layout["header"] and not has_header(path, layout, exactly=True)
    )


def parquet_problem(
    folder: str, pattern: str, kind: dict[str, Any], names_are_ids: bool = False
) -> str | None:
    """Why Spark cannot read all Parquet files of a folder as one table, as a sentence about the first
    file that does not fit. None when it can, or when the folder is not on this machine.

    Spark takes columns and types from one of the files. Where others differ it gives NULL or fails.
    """
    import pyarrow as pa  # only layouts of Parquet need it
    import pyarrow.parquet

    used = [
        (field, column)
        for field, columns in (kind["fields"] | {"leave_out": list(kind["leave_out"])}).items()
        for column in columns_of(columns)
        if column != FILE_NAME
    ]
    first: dict[str, tuple[str, Any]] = {}
    for number, file in enumerate(local_files(folder, pattern) or (), 1):
        told = f"number {number} by name" if names_are_ids else file["name"]
        try:
            footer = pyarrow.parquet.read_metadata(local_path(folder) / file["name"])
            names, types = _columns_of_parquet(footer.schema)
        except (OSError, pa.ArrowException):
            continue  # Spark reports what is wrong with it
        problem = _unreadable_column(names, types)
        if problem:
            return f"The Parquet file '{told}' {problem}"
        for field, column in used:
            problem = _unfit_column(field, column, names, types) or _instants_problem(
                field, column, types, kind
            )
            if problem:
                return f"The Parquet file '{told}' {problem}"
            found = _plain(types[column.lower()])
            other, expected = first.setdefault(column, (told, found))
            if found != expected:
                return (
                    f"The Parquet file '{told}' has the column {column} as {found}, but '{other}' has it as "
                    f"{expected}. Spark reads all files of a folder as one table: write them with the "
                    "same types."
                )
    return None


def _columns_of_parquet(leaves: Any) -> tuple[list[str], dict[str, Any]]:
    """The names of a Parquet file's columns, and their types by the names in lower case."""
    import pyarrow as pa

    schema = leaves.to_arrow_schema()
    types = {column.name.lower(): column.type for column in schema}
    for leaf in map(leaves.column, range(len(leaves))):
        if leaf.path != leaf.name:
            continue  # a part of a column
        name = leaf.name.lower()
        # Types of older programs, as Spark reads them: Arrow reads INT96 as nanoseconds, and times
        # without a logical type as local.
        if leaf.physical_type == "INT96":
            types[name] = pa.timestamp("us", "UTC")
        elif json.loads(leaf.logical_type.to_json()).get("isAdjustedToUTC") and (
            pa.types.is_timestamp(types[name])
        ):
            types[name] = pa.timestamp(types[name].unit, "UTC")
    return schema.names, types


def _plain(kind: Any) -> Any:
    """The type of the values, however the file keeps them."""
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.string() if pa.types.is_large_string(kind) else kind


def _unreadable_column(names: list[str], types: dict[str, Any]) -> str | None:
    """Which column Spark cannot read, as the end of a sentence about the file."""
    import pyarrow as pa

    for name in names:
        kind = types[name.lower()]
        if pa.types.is_time(kind) or (pa.types.is_timestamp(kind) and kind.unit == "ns"):
            return (
                f"has a column {name} of type {kind}, which "
                "Spark cannot read. Write times of the day as text and timestamps with microseconds "
                "(pandas: to_parquet(..., coerce_timestamps='us'))."
            )
    return None


def _unfit_column(field: str, column: str, names: list[str], types: dict[str, Any]) -> str | None:
    """Why the layout's column of a field cannot be used, as the end of a sentence about the file."""
    import pyarrow as pa

    if column.lower() not in types:
        return (
            f"has no column {column}, from which the layout takes "
            f"{field}. Its columns are: {', '.join(names)}. Deliver it again, or set "
            "fields of var layout accordingly."
        )
    kind = _plain(types[column.lower()])
    if field in IDS and (pa.types.is_floating(kind) or getattr(kind, "scale", 0) > 0):
        return (
            f"has ids in the column {column} as numbers with decimals "
            f"({kind}), and their text differs from that of whole numbers. Write them as text or as "
            "whole numbers (pandas: dtype 'string' or 'Int64')."
        )
    return None


def _instants_problem(
    field: str, column: str, types: dict[str, Any], kind: dict[str, Any]
) -> str | None:
    """Why the times of a column cannot be used, as the end of a sentence about the file."""
    import pyarrow as pa

    found = types[column.lower()]
    if field != "datetime" or not pa.types.is_timestamp(found) or found.tz is None:
        return None
    problem = about_instants([column], kind)["problem"]
    return problem and f"has {problem}"


def about_instants(columns: Sequence[str], kind: dict[str, Any]) -> dict[str, str | None]:
    """The `problem` with instants in columns of the datetime of Parquet files, or the `doubt` about
    them: sentences without their beginning, "The files have". Spark shows instants in UTC."""
    zone = kind["data_timezone"]
    instants = f"instants in the column {', '.join(columns)} (timestamp with UTC, or INT96)"
    writer = "the writer put local times there, as Impala does"
    about: dict[str, str | None] = {"problem": None, "doubt": None}
    if not columns or zone in UTC:
        return about
    if zone is None:
        return about | {
            "problem": f"{instants}, and the layout has no data_timezone, so that hours of UTC would "
            "be taken as local ones. Set data_timezone: UTC and local_timezone, such as "
            f"Africa/Khartoum, in the layout. Only if {writer}, set both to that zone."
        }
    return about | {
        "doubt": f"{instants}, but the layout has data_timezone: {zone}. Their hours of UTC are taken "
        f"as hours of {zone}. That is right only if {writer}. Otherwise set data_timezone: UTC."
    }


def has_header(path: Path, layout: dict[str, Any], exactly: bool = False) -> bool:
    """Whether the first line has the names of the layout's columns, in any case. Unless `exactly`,
    blanks around names do not count and an empty name matches any column. A damaged file has no
    header; a file without a line counts as complete."""
    openers: dict[str, Callable[..., IO[str]]] = {
        ".gz": gzip.open,
        ".bz2": bz2.open,
        ".zst": zstandard.open,
    }
    opener = openers.get(path.suffix.lower(), open)
    try:
        with opener(path, "rt", encoding=layout["encoding"], errors="replace", newline="") as file:
            line = next((line for line in file if line.strip("\ufeff\r\n\t ")), None)
    except (OSError, EOFError, zlib.error, zstandard.ZstdError):
        return False
    if line is None:
        return True
    names = [name.lower() for name in _fields(line.lstrip("\ufeff"), layout)]
    if exactly:
        return names == [column.lower() for column in layout["columns"]]
    names = [name.strip() for name in names]
    return len(names) == len(layout["columns"]) and all(
        name in ("", column.lower()) for name, column in zip(names, layout["columns"], strict=True)
    )


def _fields(line: str, layout: dict[str, Any]) -> list[str]:
    """The fields of a line of CSV."""
    delimiter = "\t" if layout["delimiter"] == "\\t" else layout["delimiter"]
    quote = layout["quote"]
    if len(delimiter) > 1:
        return [name.strip().strip(quote or None) for name in line.strip("\r\n").split(delimiter)]
    style = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    return next(csv.reader([line.strip("\r\n")], delimiter=delimiter, **style))


def pseudonym_key_problem(uri: str) -> str | None:
    """Why the key file cannot be used, as a sentence. None when it can be, or is not on this machine.

    A key in the environment variable GNUPER_PSEUDONYM_KEY is first written to the file, because Spark
    reads the key only from a file.
    """
    path = local_path(uri)
    if path is None:
        return None
    if path.name.startswith(("_", ".")) or path.suffix.lower()[1:] in MAGIC:
        return (
            f"Spark cannot read a key from a file called '{path.name}': it ignores names that begin with "
            "_ or . and unpacks .gz, .bz2 and .zst. Give the file another name."
        )
    key = os.environ.get(KEY_VARIABLE)
    if key is not None:
        origin = f"the environment variable {KEY_VARIABLE}"
        problem = key_problem(key, origin)
        if problem is None:
            there = _key_in(path)
            if there and key_problem(there, "") is not None:
                return (
                    f"The key of {origin} cannot be written to '{path}': that file holds something "
                    "else. Set pseudonym_key_file to another file, or remove this one."
                )
            try:
                # a file that is right already is not touched, so that it does not count as changed
                if there != key or stat.S_IMODE(path.stat().st_mode) != 0o600:
                    write_key(path, key)
            except OSError as error:
                return f"The key of {origin} cannot be written to '{path}': {error.strerror}."
        return problem
    if not os.path.isfile(path):
        return (
            f"There is no key for pseudonyms at '{path}'. `make key` makes a random one. Or set the "
            f"environment variable {KEY_VARIABLE}."
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return (
            f"The key file '{path}' can be read by others (mode {mode:04o}). "
            f"Run `chmod 600 {path}`, and treat the key as compromised."
        )
    return key_problem(_key_in(path), f"the key file '{path}'")


def _key_in(path: Path) -> str:
    """The beginning of a file; all of it if it holds a key."""
    try:
        with path.open(errors="replace") as file:
            return file.read(10_000).rstrip("\r\n")
    except OSError:
        return ""


def key_problem(key: str, origin: str) -> str | None:
    """Why a key is not valid, without quoting the key."""
    if not key:
        return f"The key for pseudonyms in {origin} is empty. `make key` makes a random one."
    if not re.fullmatch("[0-9a-fA-F]+", key):
        return (
            f"The key for pseudonyms in {origin} is not hexadecimal. It is one line of 64 digits "
            "0-9a-f (256 bits). `make key` makes a random one."
        )
    if len(key) < SHORTEST_KEY:
        return (
            f"The key for pseudonyms in {origin} has {4 * len(key)} bits; it must have at least 128, "
            "and 256 are usual. `make key` makes a random one."
        )
    return None


def write_key(path: Path, key: str) -> None:
    """Write the key so that nobody else can ever read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(key + "\n")


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the functions available to macros as methods of the adapter."""
    add_for_macros(
        adapter,
        local_files=lambda _, folder, *patterns: local_files(folder, *patterns),
        is_same_file=lambda _, *uris: is_same_file(*uris),
        has_no_files=lambda _, folder: has_no_files(folder),
        local_file_problem=lambda _, uri: local_file_problem(uri),
        files_without_header=lambda _, *about: files_without_header(*about),
        lacks_header=lambda _, uri, layout: lacks_header(uri, layout),
        parquet_problem=lambda _, *about: parquet_problem(*about),
        about_instants=lambda _, columns, kind: about_instants(columns, kind),
        pseudonym_key_problem=lambda _, uri: pseudonym_key_problem(uri),
    )
