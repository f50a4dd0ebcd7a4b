"""What macros may know of local files before Spark is asked.

Spark names no empty file and no file's mode, and what it says of a missing one is a stack trace.
For files on this machine dbt can look itself; a URI of another file system is none of its business
and every function here then answers that it does not know.
"""

import os
import re
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dbt.adapters.spark.impl import SparkAdapter

KEY_VARIABLE = "GNUPER_PSEUDONYM_KEY"
# 128 bits in hexadecimal
SHORTEST_KEY = 32


def local_path(uri: str) -> Path | None:
    """The path that a URI names on this machine; None for another file system's."""
    parts = urlsplit(uri)
    if len(parts.scheme) > 1 and parts.scheme != "file":
        return None
    return Path(unquote(parts.path)) if parts.scheme == "file" else Path(uri)


def local_files(folder: str, pattern: str) -> list[dict[str, Any]] | None:
    """Name and size in bytes of the folder's files that match a glob, by name.

    None when the folder is not on this machine; an empty list when it does not exist.
    """
    path = local_path(folder)
    if path is None:
        return None
    if not path.is_dir():
        return []
    return [
        {"name": file.name, "size": file.stat().st_size}
        for file in sorted(path.glob(pattern))
        if file.is_file()
    ]


def pseudonym_key_problem(uri: str) -> str | None:
    """Why the key file cannot be used, as a sentence; None when it can or is not on this machine.

    A key in the environment variable GNUPER_PSEUDONYM_KEY is first written to the file, for Spark
    reads the key from a file only.
    """
    path = local_path(uri)
    if path is None:
        return None
    key = os.environ.get(KEY_VARIABLE)
    if key is not None:
        origin = f"the environment variable {KEY_VARIABLE}"
        problem = key_problem(key, origin)
        if problem is None:
            write_key(path, key)
        return problem
    if not path.is_file():
        return (
            f"There is no key for pseudonyms at '{path}'. `make key` makes one at random; or set "
            f"the environment variable {KEY_VARIABLE}."
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return (
            f"The key file '{path}' can be read by others (mode {mode:04o}). "
            f"Take their rights away with `chmod 600 {path}`, and consider the key as known."
        )
    return key_problem(path.read_text().strip(), f"the key file '{path}'")


def key_problem(key: str, origin: str) -> str | None:
    """Why a key is no good, without a word of the key itself."""
    if not key:
        return f"The key for pseudonyms in {origin} is empty. `make key` makes one at random."
    if not re.fullmatch("[0-9a-fA-F]+", key):
        return (
            f"The key for pseudonyms in {origin} is not hexadecimal. It is one line of 64 digits "
            "0-9a-f (256 bits); `make key` makes one at random."
        )
    if len(key) < SHORTEST_KEY:
        return (
            f"The key for pseudonyms in {origin} has {4 * len(key)} bits; at least 128 are needed "
            "and 256 are usual. `make key` makes one at random."
        )
    return None


def write_key(path: Path, key: str) -> None:
    """Write the key so that nobody else can read it, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(key + "\n")


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the functions available to macros as methods of the adapter."""
    adapter.local_files = lambda self, folder, pattern: local_files(folder, pattern)
    adapter.pseudonym_key_problem = lambda self, uri: pseudonym_key_problem(uri)
    adapter._available_ = adapter._available_ | {"local_files", "pseudonym_key_problem"}
