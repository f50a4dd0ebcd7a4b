"""The labels of the raw tables, according to the layout of the files.

A raw table is a source or a model of tier raw; it is recognised by its name. The layout says what the
columns of the CDR files are. A column that the layout does not use may hold anything, so it counts as
an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dbt_gnuper.layouts import FIELDS, names_are_ids, used_columns
from dbt_gnuper.local_files import FILE_NAME, columns_of
from scripts.lineage.labels import ID, RAW, ROW, VALUE, Column, Label, Labels, Relation, merge

IDS = ("caller_id", "correspondent_id")
MALFORMED = "malformed_row"
METADATA = "_metadata"  # Spark's columns about the file of a row


def raw_table(name: str, declared: Iterable[str], layout: Mapping[str, Any]) -> Relation:
    """The labels of a raw table; `declared` are the columns that its properties name."""
    for kind in layout["files"]:
        if name == kind["table"]:
            return _records(kind)
    if name == "cdr_lines":
        return _table(name, dict.fromkeys(["value", METADATA], RAW), rows=ROW)
    if name == "pseudonym_key":
        return _table(name, {"value": RAW})
    if name in ("locations", "cell_sites"):
        return _places(name, layout["locations"])
    if name in ("cdr_files", "cdr_folder"):
        if not names_are_ids(dict(layout)):
            return _table(name, dict.fromkeys([*declared, METADATA]))
        # each file is about one person: its name (in cdr_files its pseudonym), its size and its time
        kinds = dict.fromkeys([*declared, METADATA], RAW if name == "cdr_folder" else VALUE)
        return _table(name, kinds | ({"source_file": ID} if name == "cdr_files" else {}), rows=ROW)
    return _table(name, dict.fromkeys(declared, RAW), rows=ROW)


def _records(kind: Mapping[str, Any]) -> Relation:
    """A kind of CDR files. If a column holds several fields and one of them is an id, it counts as an
    id. It counts as a time only if it holds nothing else, because days and hours of a time may be
    used."""
    fields = {name: columns_of(field) for name, field in kind["fields"].items()}
    columns = list(kind["columns"] or used_columns(dict(kind)))
    order = [*IDS, *(name for name in FIELDS if name not in (*IDS, "datetime")), "datetime"]
    shown: dict[str, Column] = {}
    for column in columns:
        if column == FILE_NAME:
            continue
        field = next((name for name in order if column in fields[name]), column)
        is_value = field in FIELDS and field not in IDS
        shown[column.lower()] = Column(_label("cdr", field, VALUE if is_value else RAW))
    shown[MALFORMED] = Column(_label("cdr", MALFORMED, RAW))
    shown[METADATA] = _metadata(fields)
    return Relation(shown, _label("cdr", "(row)", ROW))


def _metadata(fields: Mapping[str, list[str]]) -> Column:
    """Spark's column about the file: its name, which may be an id, and the position of the row."""
    ids = [name for name in IDS if FILE_NAME in fields[name]]
    file = merge(_label("cdr", name, RAW) for name in ids)
    place = _label("cdr", METADATA, VALUE)
    names = ("file_name", "file_path", "file_size", "file_modification_time", "file_block_start")
    return Column(merge([file, place]), fields=dict.fromkeys(names, file) | {"row_index": place})


def _places(name: str, locations: Mapping[str, Any]) -> Relation:
    """The antennas file, which is about places. Only an undescribed column may be about people."""
    used = {column for field in locations["fields"].values() for column in columns_of(field)}
    kinds = {column: None if column in used else RAW for column in locations["columns"]}
    return _table(name, kinds | {MALFORMED: None})


def _table(name: str, kinds: Mapping[str, str | None], rows: str | None = None) -> Relation:
    columns = {column.lower(): Column(_label(name, column, kind)) for column, kind in kinds.items()}
    return Relation(columns, _label(name, "(row)", rows))


def _label(table: str, column: str, kind: str | None) -> Labels:
    origin = f"raw.{table}.{column}"
    return {Label(kind, origin): (origin,)} if kind else {}
