"""Labels: what columns and rows may show of a person, and how labels are combined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

RAW = "an id, handset or key in clear"
ID = "a pseudonym"
VALUE = "a value of one person"
ROW = "a row per person"
SINGLE = "one person's value, picked from a group"
SHARE = "one person's share"
AGGREGATE = "a value that has not passed the privacy gate"
OTHERS = "the value of another antenna, picked without a gate"
PERSONAL = {RAW, ID, VALUE, ROW}


class LineageError(Exception):
    """SQL that the proof does not understand."""


class Label(NamedTuple):
    """What a column may show of a person, and the raw column that this comes from."""

    kind: str
    origin: str


# Each label with the shortest path on which it came from the raw column.
Labels = Mapping[Label, tuple[str, ...]]
NOTHING: Labels = {}


def merge(parts: Iterable[Labels]) -> Labels:
    """All labels of all parts, each with its shortest path."""
    merged: dict[Label, tuple[str, ...]] = {}
    for labels in parts:
        for label, way in labels.items():
            if label not in merged or len(way) < len(merged[label]):
                merged[label] = way
    return merged


def change(labels: Labels, kinds: Mapping[str, str | None], step: str = "") -> Labels:
    """Change the kinds of labels; None removes a label. Changed ones get a further step of their path."""
    changed: list[Labels] = []
    for label, way in labels.items():
        kind = kinds.get(label.kind, label.kind)
        if kind is not None:
            is_longer = step and label.kind in kinds
            changed.append({Label(kind, label.origin): (*way, step) if is_longer else way})
    return merge(changed)


def to_class(labels: Labels) -> Labels:
    """The labels of values that are only compared with others."""
    return change(labels, {RAW: ROW, ID: ROW, VALUE: ROW})


def kinds_of(labels: Labels) -> set[str]:
    """The kinds, whatever raw columns they come from."""
    return {label.kind for label in labels}


@dataclass(frozen=True)
class Column:
    """A column and its labels."""

    labels: Labels = field(default_factory=dict)
    # for the gate: identifies the column's values, and the values about which it decides
    values: object = field(default_factory=object)
    decides: object = None
    # for a struct or an array of structs: the labels of its fields, if known
    fields: Mapping[str, Labels] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """A table or query: its columns, and what the existence of its rows shows."""

    columns: Mapping[str, Column]
    rows: Labels = field(default_factory=dict)

    def all_labels(self) -> Labels:
        """All labels of the rows and of all columns."""
        return merge([self.rows, *(column.labels for column in self.columns.values())])

    def is_like(self, other: Relation) -> bool:
        """Whether one relation can stand in for the other: they have the same columns, labels and
        paths. No column may be a decision, because a decision is about the values of one relation."""
        mine, theirs = self.columns, other.columns
        return (
            self.rows == other.rows
            and list(mine) == list(theirs)
            and all(mine[name].labels == theirs[name].labels for name in mine)
            and all(mine[name].fields == theirs[name].fields for name in mine)
            and not any(mine[name].decides or theirs[name].decides for name in mine)
        )
