"""What columns and rows may show of a person: labels, and what becomes of them together."""

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
    """What of a person a column may show, and the raw column that it comes from."""

    kind: str
    origin: str


# Each label with the shortest way that it took.
Labels = Mapping[Label, tuple[str, ...]]
NOTHING: Labels = {}


def merge(parts: Iterable[Labels]) -> Labels:
    """All labels of all parts."""
    merged: dict[Label, tuple[str, ...]] = {}
    for labels in parts:
        for label, way in labels.items():
            if label not in merged or len(way) < len(merged[label]):
                merged[label] = way
    return merged


def change(labels: Labels, kinds: Mapping[str, str | None], step: str = "") -> Labels:
    """Labels with other kinds; None ends a label. A step is added to the way of changed ones."""
    changed: list[Labels] = []
    for label, way in labels.items():
        kind = kinds.get(label.kind, label.kind)
        if kind is not None:
            is_longer = step and label.kind in kinds
            changed.append({Label(kind, label.origin): (*way, step) if is_longer else way})
    return merge(changed)


def to_class(labels: Labels) -> Labels:
    """What remains of values that are only compared."""
    return change(labels, {RAW: ROW, ID: ROW, VALUE: ROW})


def kinds_of(labels: Labels) -> set[str]:
    """The kinds, whatever raw columns they come from."""
    return {label.kind for label in labels}


@dataclass(frozen=True)
class Column:
    """A column and its labels."""

    labels: Labels = field(default_factory=dict)
    # which values it holds, and those that it decides about, for the gate
    values: object = field(default_factory=object)
    decides: object = None
    # of a struct, or an array of structs: the labels of its fields, where they are known
    fields: Mapping[str, Labels] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """A table or query: its columns, and what its rows show by being there."""

    columns: Mapping[str, Column]
    rows: Labels = field(default_factory=dict)

    def all_labels(self) -> Labels:
        """What the relation shows as a whole."""
        return merge([self.rows, *(column.labels for column in self.columns.values())])

    def is_like(self, other: Relation) -> bool:
        """Whether all that reads the one may read the other: same columns, labels and ways, and no
        column that decides, for a decision is about the values of one relation."""
        mine, theirs = self.columns, other.columns
        return (
            self.rows == other.rows
            and list(mine) == list(theirs)
            and all(mine[name].labels == theirs[name].labels for name in mine)
            and all(mine[name].fields == theirs[name].fields for name in mine)
            and not any(mine[name].decides or theirs[name].decides for name in mine)
        )
