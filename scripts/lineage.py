"""The lineage proof: nothing about a single person can reach a released column.

    python -m scripts.lineage

Needs `make dev` (sqlglot), no server and no data: it reads the SQL that dbt compiles. Every column
of every model gets labels that say what of a person it may show, and every operation of SQL says
what becomes of the labels of what it works on:

- reading the raw files makes RAW (ids, handset, key), VALUE (any other field of one person's
  record) and ROW (one row per person or record);
- the keyed hash of `pseudonym` turns RAW into ID, nothing else does: not a hash without the key;
- a comparison, or a CASE between fixed texts, sorts rows into classes and leaves ROW; so do the
  date and the hour of an event;
- grouping ends ROW if no key is an id or a VALUE. Then count turns ID and VALUE into AGGREGATE,
  sum, avg and variance turn VALUE into AGGREGATE, and every other function (max, min, first,
  any_value, collect_list, an unknown one) turns VALUE into SINGLE. Ids stay ids under anything but
  count;
- SINGLE divided by an AGGREGATE is a SHARE; an AGGREGATE picked out of all antennas, by a window or
  without a key, belongs to OTHERS;
- the privacy gate, recognised by its exact form, decides about one column without showing it; and
  `case when <decision> = 'released' then <that column> end` ends AGGREGATE. Nothing else does;
- all other operations pass on the labels of all they touch. What chooses rows (where, having,
  joins) counts as shown by every column.

Then `ALLOWED` says which labels a model of a tier may have: a released one none at all. SQL that is
not understood is an error, never a pass. Not seen: whether the gate's counts are those of its value
(the tests' oracle sees to that), what a number gives away by its size, who may read which table.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import sqlglot
import yaml
from sqlglot import exp

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DIALECT = "spark"
# Settings of the gate that occur nowhere else, so that it is recognised by them.
PRIVACY_K, MAX_SHARE = 1717, 0.4375

RAW = "an id, handset or key in clear"
ID = "a pseudonym"
VALUE = "a value of one person"
ROW = "a row per person"
SINGLE = "one person's value, picked from a group"
SHARE = "one person's share"
AGGREGATE = "a value that has not passed the privacy gate"
OTHERS = "the value of another antenna, picked without a gate"
PERSONAL = {RAW, ID, VALUE, ROW}

# SINGLE and SHARE must moreover say so in their column's name, see LARGEST.
ALLOWED = {
    "raw": {RAW, ID, VALUE, ROW},
    "pseudonymous": {ID, VALUE, ROW},
    "aggregated": {AGGREGATE, OTHERS, SINGLE, SHARE},
    "released": set(),
}
LARGEST = "largest"

# The columns of the raw tables that are more than a value of one person; tables not named here
# are not about people.
RAW_TABLES = {
    "cdr": {"caller_id", "correspondent_id", "tac_code", "malformed_row"},
    "pseudonym_key": {"value"},
}
KEY_ORIGIN = "raw.pseudonym_key.value"
TIME_ORIGIN = "raw.cdr.datetime"

# A Python model has no SQL to follow: what it reads, which of its columns are copies, and the
# column that stands for all its other values, which are of one person.
PYTHON_MODELS = {
    "user_bandicoot": {
        "reads": {"events", "antennas"},
        "copies": {"user_id": ("events", "user_id")},
        "values": ("events", "event_at"),
    },
}

# What is let through knowingly: model -> (labels that end there, why).
EXCEPTIONS = {
    "delivered_files": ({SINGLE}, "hours of a day with a record: that somebody did something"),
    "weekly_metrics": ({AGGREGATE}, "which files have rows of a week"),
    "weekly_visits": ({AGGREGATE}, "which files have rows of a week"),
    "release_period": ({AGGREGATE, OTHERS}, "days, files and number of rows of the delivery"),
    "profile_weeks": ({AGGREGATE}, "weeks in which anybody did anything, as the delivery's days"),
    "data_quality": ({AGGREGATE, OTHERS}, "days and numbers of rows of the delivery"),
    "hourly_profile_rests": (
        {AGGREGATE, SINGLE, OTHERS},
        "places of values that are withheld, no value",
    ),
    "weekly_profile_rests": (
        {AGGREGATE, SINGLE, OTHERS},
        "places of values that are withheld, no value",
    ),
    "release_report": ({AGGREGATE}, "numbers of decisions, also of those to withhold"),
}

COUNTS = (exp.Count, exp.CountIf, exp.ApproxDistinct)
SUMS = (exp.Sum, exp.Avg, exp.Variance, exp.Stddev)
PICKS_BY = (exp.ArgMin, exp.ArgMax)
MANY = object()
NO_KEYS = (exp.Literal, exp.Cube, exp.Rollup, exp.GroupingSets)
_READ_PARTS = {
    "expressions", "from_", "joins", "where", "group", "having", "distinct", "order", "with_",
    # says how to join, not what
    "hint",
}  # fmt: skip


class LineageError(Exception):
    """SQL that the proof does not understand."""


# --- labels ---------------------------------------------------------------------------------------


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
    return merge(
        {label: way}
        if label.kind not in kinds
        else {label._replace(kind=kinds[label.kind]): (*way, step) if step else way}
        for label, way in labels.items()
        if kinds.get(label.kind, label.kind) is not None
    )


def to_class(labels: Labels) -> Labels:
    """What remains of values that are only compared."""
    return change(labels, {RAW: ROW, ID: ROW, VALUE: ROW})


def is_personal(labels: Labels) -> bool:
    """Whether the rows that have these labels are people's."""
    return any(label.kind in PERSONAL for label in labels)


@dataclass(frozen=True)
class Column:
    """A column: its labels; which values it holds; and those that it decides about, for a gate."""

    labels: Labels = field(default_factory=dict)
    values: object = field(default_factory=object)
    decides: object = None


@dataclass(frozen=True)
class Relation:
    """A table or query: its columns, and what its rows show by being there."""

    columns: Mapping[str, Column]
    rows: Labels = field(default_factory=dict)

    def all_labels(self) -> Labels:
        """What the relation shows as a whole."""
        return merge([self.rows, *(column.labels for column in self.columns.values())])


# --- queries --------------------------------------------------------------------------------------


def evaluate(query: exp.Expr, tables: Mapping[str, Relation]) -> Relation:
    """The relation that a query makes of others; tables are named as in the query."""
    for cte in query.args["with_"].expressions if query.args.get("with_") else []:
        tables = {**tables, cte.alias.lower(): evaluate(cte.this, tables)}
    if isinstance(query, exp.Subquery):
        return evaluate(query.this, tables)
    if isinstance(query, exp.Union):
        left, right = evaluate(query.left, tables), evaluate(query.right, tables)
        if len(left.columns) != len(right.columns):
            raise LineageError(f"a union of different columns: {query.sql(DIALECT)}")
        pairs = zip(left.columns.items(), right.columns.values(), strict=True)
        return Relation(
            {name: Column(merge([one.labels, other.labels])) for (name, one), other in pairs},
            merge([left.rows, right.rows]),
        )
    if isinstance(query, exp.Select):
        return _Select(query, tables).relation()
    raise LineageError(f"not a query: {query.sql(DIALECT)}")


class _Select:
    """One SELECT: its sources, what chooses its rows, its groups."""

    def __init__(self, select: exp.Select, tables: Mapping[str, Relation]) -> None:
        unread = [name for name, part in select.args.items() if part and name not in _READ_PARTS]
        if unread:
            raise LineageError(f"{', '.join(unread)} in {select.sql(DIALECT)}")
        self.select, self.tables = select, tables
        self.sources: dict[str, Relation] = {}
        self.rows: Labels = NOTHING
        self.projected: dict[str, Column] = {}
        self.keys: dict[str, Labels] | None = None  # by their SQL; None: rows are not grouped
        self.grouped_people = self.groups_are_people = False
        self._read_sources()
        if where := select.args.get("where"):
            self.rows = merge([self.rows, self.labels(where.this)])
            if self._is_gate_of_rows(where.this):
                self.rows = change(self.rows, {AGGREGATE: None})
        self._read_groups()

    def relation(self) -> Relation:
        """Columns and rows of the result."""
        for projection in self.select.expressions:
            columns = self._project(projection)
            if twice := columns.keys() & self.projected:
                raise LineageError(f"two columns {twice} in {self.select.sql(DIALECT)}")
            self.projected.update(columns)
        rows = self._rows_of_groups() if self.keys is not None else self.rows
        for clause in ("having", "order"):
            if part := self.select.args.get(clause):
                nodes = [part.this] if clause == "having" else part.expressions
                rows = merge([rows, *map(self.labels, nodes)])
        if self.select.args.get("distinct") and self.keys is None:
            self.keys = {name: column.labels for name, column in self.projected.items()}
            self._look_at_groups()
            rows = self._rows_of_groups()
            columns = self.projected.items()
            self.projected = {n: replace(c, labels=self._key(c.labels)) for n, c in columns}
        return Relation(self.projected, rows)

    # sources

    def _read_sources(self) -> None:
        if from_ := self.select.args.get("from_"):
            self._add(from_.this)
        for join in self.select.args.get("joins") or []:
            kind = f"{join.side} {join.kind}".split()
            known = (["INNER"], ["CROSS"], ["LEFT"], ["LEFT", "ANTI"], ["LEFT", "SEMI"])
            if kind not in known or join.args.get("using"):
                raise LineageError(f"a join of a kind not known: {join.sql(DIALECT)}")
            name, source = self._source(join.this)
            self.sources[name] = source
            shown = source.rows
            if on := join.args.get("on"):
                shown = merge([shown, self.labels(on)])
            if kind == ["LEFT"]:
                # It drops no row; whether there was a partner is shown by the partner's columns.
                columns = {
                    key: replace(column, labels=merge([column.labels, shown]))
                    for key, column in source.columns.items()
                }
                self.sources[name] = Relation(columns)
                shown = {label: way for label, way in shown.items() if label.kind in PERSONAL}
            elif len(kind) == 2:
                del self.sources[name]
            self.rows = merge([self.rows, shown])

    def _add(self, node: exp.Expr) -> None:
        name, source = self._source(node)
        self.sources[name] = source
        self.rows = merge([self.rows, source.rows])

    def _source(self, node: exp.Expr) -> tuple[str, Relation]:
        name = node.alias_or_name.lower()
        if isinstance(node, exp.Table):
            place = ".".join(part.name for part in node.parts).lower()
            if place not in self.tables:
                raise LineageError(f"no table {place}")
            return name, self.tables[place]
        if isinstance(node, exp.Subquery):
            return name, evaluate(node.this, self.tables)
        if isinstance(node, exp.Values):
            return name, Relation({c.name.lower(): Column() for c in node.args["alias"].columns})
        raise LineageError(f"a source of a kind not known: {node.sql(DIALECT)}")

    # groups

    def _read_groups(self) -> None:
        group = self.select.args.get("group")
        if group is None and not any(map(_aggregates, self.select.expressions)):
            return
        parts = group.args if group else {}
        if any(part for name, part in parts.items() if name != "expressions"):
            raise LineageError(f"a grouping of a kind not known: {group.sql(DIALECT)}")
        nodes = parts.get("expressions") or []
        if any(isinstance(node, NO_KEYS) for node in nodes):
            raise LineageError(f"a grouping of a kind not known: {group.sql(DIALECT)}")
        self.keys = {node.sql(DIALECT): self.labels(node) for node in nodes}
        self._look_at_groups()

    def _look_at_groups(self) -> None:
        kinds = {label.kind for labels in self.keys.values() for label in labels}
        self.grouped_people = is_personal(self.rows) or bool(kinds & PERSONAL)
        self.groups_are_people = bool(kinds & {RAW, ID, VALUE})

    def _key(self, labels: Labels) -> Labels:
        return labels if self.groups_are_people else change(labels, {ROW: None})

    def _rows_of_groups(self) -> Labels:
        if not self.keys:
            return NOTHING  # one row, whatever happens
        rows = self.rows
        if self.grouped_people and not self.groups_are_people:
            rows = change(rows, dict.fromkeys(PERSONAL, AGGREGATE))
        return merge([rows, *(to_class(self._key(labels)) for labels in self.keys.values())])

    # columns

    def _project(self, node: exp.Expr) -> dict[str, Column]:
        if node.is_star:
            if node.sql(DIALECT).rpartition(".")[2] != "*" or self.keys is not None:
                raise LineageError(f"a star of a kind not known: {node.sql(DIALECT)}")
            table = node.table.lower() if isinstance(node, exp.Column) else ""
            sources = [self.sources[table]] if table else self.sources.values()
            columns = [pair for source in sources for pair in source.columns.items()]
            if len(columns) != len(dict(columns)):
                raise LineageError(f"two columns of the same name in {self.select.sql(DIALECT)}")
            return dict(columns)
        if isinstance(node, exp.Aliases):
            return self._project_generator(node)
        inner = node.unalias()
        is_named = isinstance(node, (exp.Alias, exp.Column))
        name = node.alias_or_name.lower() if is_named else f"_{len(self.projected)}"
        if isinstance(inner, exp.Column) and self.keys is None:
            return {name: self._column(inner)}
        return {name: Column(self.labels(inner), decides=self._decides(inner))}

    def _project_generator(self, node: exp.Aliases) -> dict[str, Column]:
        names, made = [alias.name.lower() for alias in node.expressions], node.this
        if isinstance(made, exp.Stack):
            width = len(names)
            parts = [made.expressions[place::width] for place in range(width)]
            columns = [Column(merge(map(self.labels, part))) for part in parts]
        elif isinstance(made, exp.Posexplode) and len(names) == 2:
            columns = [Column(), Column(self.labels(made.this))]
        else:
            columns = [Column(self.labels(made)) for _ in names]
        return dict(zip(names, columns, strict=True))

    def _column(self, node: exp.Column) -> Column:
        name, table = node.name.lower(), node.table.lower()
        if table == "_metadata":  # Spark's: the file of a row
            return Column()
        places = [self.sources.get(table)] if table else list(self.sources.values())
        found = [place.columns[name] for place in places if place and name in place.columns]
        if not found and not table and name in self.projected:
            return self.projected[name]
        if len(found) != 1:
            raise LineageError(f"{len(found)} columns {node.sql(DIALECT)}")
        return found[0]

    # expressions

    def labels(self, node: exp.Expr) -> Labels:
        """What an expression may show."""
        if self.keys is not None and (sql := node.sql(DIALECT)) in self.keys:
            return self._key(self.keys[sql])
        if isinstance(node, exp.QueryTransform):
            raise LineageError(f"a script: {node.sql(DIALECT)}")
        if isinstance(node, (exp.Subquery, exp.Query)):
            return evaluate(node, self.tables).all_labels()
        if isinstance(node, exp.Column):
            return self._column_labels(node)
        if isinstance(node, exp.Filter):
            return self._aggregate(node.this, self._of_rows(node.expression.this))
        if isinstance(node, exp.Window):
            parts = [*node.this.iter_expressions(), *node.iter_expressions()]
            labels = merge(self.labels(part) for part in parts if part is not node.this)
            is_sum = isinstance(node.this, COUNTS + SUMS)
            return labels if is_sum else change(labels, {AGGREGATE: OTHERS}, _step(node.this))
        if isinstance(node, exp.AggFunc):
            return self._aggregate(node)
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.SafeDivide):
            return self._ratio(node)
        if isinstance(node, exp.Anonymous) and node.name.lower() == "xxhash64":
            return self._hash(node)
        labels = merge(map(self.labels, node.iter_expressions()))
        if isinstance(node, exp.Predicate):
            return to_class(labels)
        is_date = isinstance(node, exp.Cast) and node.to.this.name == "DATE"
        if is_date or isinstance(node, exp.Hour):
            return merge(
                to_class({label: way}) if label.origin == TIME_ORIGIN else {label: way}
                for label, way in labels.items()
            )
        return labels

    def _column_labels(self, node: exp.Column) -> Labels:
        if node.is_star:
            return self.sources[node.table.lower()].all_labels()
        column = self._column(node)
        if self.keys is None or any(column is made for made in self.projected.values()):
            return column.labels
        # neither a key nor inside of a known aggregate
        return self._picked(column.labels, f"one {node.name}")

    def _of_rows(self, node: exp.Expr) -> Labels:
        """An expression inside of an aggregate: over rows, not groups."""
        keys, self.keys = self.keys, None
        try:
            return self.labels(node)
        finally:
            self.keys = keys

    def _aggregate(self, node: exp.Expr, condition: Labels = NOTHING) -> Labels:
        """An aggregate function over the rows of a group."""
        step = _step(node)
        if isinstance(node, PICKS_BY):
            order = to_class(self._of_rows(node.expression))
            return self._picked(merge([self._of_rows(node.this), order, condition]), step)
        inner = merge([*map(self._of_rows, node.iter_expressions()), condition])
        if not isinstance(node, COUNTS + SUMS):
            return self._picked(inner, step)
        if not self.grouped_people:
            kinds = {SINGLE: AGGREGATE, SHARE: AGGREGATE} if isinstance(node, COUNTS) else {}
            return merge([change(inner, kinds), self.rows])
        to = VALUE if self.groups_are_people else AGGREGATE
        lost = PERSONAL if isinstance(node, COUNTS) else {VALUE, ROW}
        return change(merge([inner, self.rows]), dict.fromkeys(lost, to), step)

    def _picked(self, labels: Labels, step: str) -> Labels:
        """What a function shows that may give back one of the group's values as it is."""
        if self.grouped_people and not self.groups_are_people:
            return change(merge([labels, self.rows]), {VALUE: SINGLE, ROW: SINGLE}, step)
        if self.grouped_people:
            return labels
        # of all antennas, if there are no keys
        return change(merge([labels, self.rows]), {} if self.keys else {AGGREGATE: OTHERS}, step)

    def _ratio(self, node: exp.SafeDivide) -> Labels:
        upper, lower = self.labels(node.this), self.labels(node.expression)
        if {label.kind for label in lower} == {AGGREGATE}:
            upper = change(upper, {SINGLE: SHARE})
        return merge([upper, lower])

    def _hash(self, node: exp.Anonymous) -> Labels:
        """xxhash64, which makes a pseudonym of SHA-256 over the key and then the id."""
        labels = merge(map(self.labels, node.expressions))
        inner = node.expressions[0] if len(node.expressions) == 1 else None
        if isinstance(inner, exp.SHA2) and inner.args["length"].name == "256":
            parts = inner.this.expressions if isinstance(inner.this, exp.Concat) else []
            if len(parts) == 2 and set(self.labels(parts[0])) == {Label(RAW, KEY_ORIGIN)}:
                return change(self.labels(parts[1]), {RAW: ID}, "pseudonym")
        return labels

    def _case(self, node: exp.Case) -> Labels:
        """CASE: its results, and a class by its conditions; or the gate."""
        value = self._released_value(node)
        if value is not None:
            return change(self.labels(value), {AGGREGATE: None})
        conditions = [branch.this for branch in node.args["ifs"]]
        if node.this:
            conditions.append(node.this)
        results = [branch.args["true"] for branch in node.args["ifs"]]
        if default := node.args.get("default"):
            results.append(default)
        chosen = to_class(merge(map(self.labels, conditions)))
        if self._gate(node) is not None:
            chosen = change(chosen, {AGGREGATE: None, SHARE: None})
        return merge([chosen, *map(self.labels, results)])

    # the gate

    def _gate(self, node: exp.Case) -> object:
        """The values that a privacy decision is about; None if it is not one in every respect.

        Around the gate stands, for features, an exception for the one that is not about people.
        """
        whens = [(branch.this, branch.args["true"].name) for branch in node.args["ifs"]]
        default = node.args.get("default")
        if node.this or default is None:
            return None
        if isinstance(default, exp.Case):
            passes = [(condition.sql(DIALECT), text) for condition, text in whens]
            return self._gate(default) if passes == [("feature = 'dist2c'", "released")] else None
        rules = ["no_data", "withheld_k", "not_existing", "withheld_k", "withheld_dominance"]
        if [text for _, text in whens] != rules or default.name != "released":
            return None
        nobody, few_residents, missing, few_users, dominated = (condition for condition, _ in whens)
        is_gate = (
            nobody.sql(DIALECT) == f"COALESCE({few_residents.this.sql(DIALECT)}, 0) = 0"
            and _compares(few_residents, exp.LTE, PRIVACY_K)
            and isinstance(missing, exp.Is)
            and isinstance(missing.expression, exp.Null)
            and isinstance(missing.this, exp.Column)
            and _compares(few_users, exp.LTE, PRIVACY_K)
            and isinstance(few_users.this, exp.Coalesce)
            and [part.name for part in few_users.this.expressions] == ["0"]
            and _compares(dominated, exp.GT, MAX_SHARE)
        )
        return self._column(missing.this).values if is_gate else None

    def _is_released(self, node: exp.Expr) -> exp.Column | None:
        """The decision in <decision> = 'released'."""
        left, right = getattr(node, "left", None), getattr(node, "right", None)
        if isinstance(node, exp.EQ) and isinstance(left, exp.Column) and right.name == "released":
            return left
        return None

    def _released_value(self, node: exp.Case) -> exp.Column | None:
        """The value in case when <decision> = 'released' then <value> end, if it is decided on."""
        branches = node.args["ifs"]
        if node.this or node.args.get("default") or len(branches) != 1:
            return None
        decision, value = self._is_released(branches[0].this), branches[0].args["true"]
        if decision is None or not isinstance(value, exp.Column):
            return None
        decides = self._column(decision).decides
        return value if decides and decides is self._column(value).values else None

    def _is_gate_of_rows(self, condition: exp.Expr) -> bool:
        """Whether rows stay only where one of their values is released."""
        if not isinstance(condition, exp.Exists) or not isinstance(condition.this, exp.Column):
            return False
        wanted = "entry -> entry.decision = 'released'"
        is_wanted = condition.expression.sql(DIALECT) == wanted
        return is_wanted and self._column(condition.this).decides is MANY

    def _decides(self, node: exp.Expr) -> object:
        """What an expression decides about; MANY for an array of (feature, decision) structs."""
        if isinstance(node, exp.Case):
            return self._gate(node)
        if not isinstance(node, exp.Array) or not node.expressions:
            return None
        structs = [entry.expressions for entry in node.expressions if isinstance(entry, exp.Struct)]
        decisions = [
            entry[1].args["expression"] for entry in structs if entry[1].name == "decision"
        ]
        is_all = len(decisions) == len(node.expressions)
        is_all = is_all and all(isinstance(decision, exp.Column) for decision in decisions)
        return MANY if is_all and all(self._column(d).decides for d in decisions) else None


def _aggregates(node: exp.Expr) -> bool:
    """Whether an expression has an aggregate of its own query, not only over a window."""
    if isinstance(node, exp.Window):
        return any(map(_aggregates, node.this.iter_expressions()))
    if isinstance(node, (exp.Subquery, exp.Query)):
        return False
    return isinstance(node, exp.AggFunc) or any(map(_aggregates, node.iter_expressions()))


def _step(function: exp.Expr) -> str:
    name = function.sql_name() if isinstance(function, exp.Func) else function.sql(DIALECT)
    return f"{name.lower()}()"


def _compares(node: exp.Expr, operator: type[exp.Expr], number: float) -> bool:
    return (
        isinstance(node, operator)
        and isinstance(node.expression, exp.Literal)
        and float(node.expression.name) == number
    )


# --- the project ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """What the proof needs of a dbt model, from the manifest."""

    name: str
    sql: str  # compiled; empty for a Python model
    place: str  # schema.table
    columns: tuple[str, ...]
    reads: tuple[str, ...]  # models
    tier: str | None
    in_final: bool
    in_release_schema: bool


@dataclass(frozen=True)
class Project:
    """The compiled project: models by name, readers after what they read, and all other tables."""

    models: Mapping[str, Model]
    others: Mapping[str, Relation]


class Leak(NamedTuple):
    """A column of a model that shows more than the model's tier allows."""

    model: str
    column: str
    label: Label
    way: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.model}.{self.column} shows {self.label.kind}: {' -> '.join(self.way)}"


def compile_project(folder: Path) -> Project:
    """Compile all models as on a later run, when all tables exist; needs no server."""
    from dbt.adapters.spark.connections import SparkConnectionManager
    from dbt.adapters.spark.impl import SparkAdapter
    from dbt.cli.main import dbtRunner

    from dbt_gnuper import GnuperPlugin

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "profiles.yml").write_text((PROJECT_ROOT / "profiles.yml.example").read_text())
    settings = {"bandicoot": True, "privacy_k": PRIVACY_K, "privacy_max_share": MAX_SHARE}

    def existing(self: SparkAdapter, database: str, schema: str, identifier: str) -> Any:
        return self.Relation.create(schema=schema, identifier=identifier, type="table")

    # now, so that it does not take the stand-ins for dbt's own
    GnuperPlugin(project_name="gnuper")
    with (
        mock.patch.object(SparkAdapter, "get_relation", existing),
        mock.patch.object(SparkConnectionManager, "open", side_effect=LineageError("a query")),
    ):
        result = dbtRunner().invoke(
            [
                "compile", "--select", "resource_type:model", "--indirect-selection", "empty",
                    "--full-refresh",  # incremental models then ask no questions
                "--no-populate-cache", "--quiet",
                "--project-dir", str(PROJECT_ROOT), "--profiles-dir", str(folder),
                "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
                "--vars", json.dumps(settings),
            ]
        )  # fmt: skip
    if not result.success:
        raise LineageError(f"dbt compile has failed: {result.exception}")
    return _read_manifest(json.loads((folder / "target" / "manifest.json").read_text()), result)


def _read_manifest(manifest: dict[str, Any], result: Any) -> Project:
    """Models with the SQL of the result, seeds and sources."""
    compiled = {run.node.unique_id: run.node.compiled_code for run in result.result.results}
    nodes = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["package_name"] == "gnuper"
    }
    profile = yaml.safe_load((PROJECT_ROOT / "profiles.yml.example").read_text())
    release_schema = profile["gnuper"]["outputs"]["local"]["schema"]
    models: dict[str, Model] = {}

    def add(key: str) -> None:
        node = nodes[key]
        if node["name"] in models:
            return
        reads = [parent for parent in node["depends_on"]["nodes"] if parent in nodes]
        for parent in reads:
            add(parent)
        models[node["name"]] = Model(
            name=node["name"],
            sql=compiled[key] if node["language"] == "sql" else "",
            place=f"{node['schema']}.{node['alias']}".lower(),
            columns=tuple(node["columns"]),
            reads=tuple(nodes[parent]["name"] for parent in reads),
            tier=node["config"]["meta"].get("privacy_tier"),
            in_final=node["fqn"][1] == "final",
            in_release_schema=node["schema"] == release_schema,
        )

    for key in nodes:
        add(key)
    others = {
        f"{source['schema']}.{source['identifier']}".lower(): _raw_table(source)
        for source in manifest["sources"].values()
    }
    for node in manifest["nodes"].values():
        if node["resource_type"] == "seed":
            with (PROJECT_ROOT / node["original_file_path"]).open() as file:
                columns = next(csv.reader(file))
            others[f"{node['schema']}.{node['alias']}".lower()] = Relation(
                {name.lower(): Column() for name in columns}
            )
    return Project(models, others)


def _raw_table(source: dict[str, Any]) -> Relation:
    """A source, labelled by RAW_TABLES."""
    table = source["name"]
    if table not in RAW_TABLES:
        return Relation({name.lower(): Column() for name in source["columns"]})

    def labels(kind: str, name: str) -> Labels:
        origin = f"raw.{table}.{name}"
        return {Label(kind, origin): (origin,)}

    columns = {
        name.lower(): Column(labels(RAW if name in RAW_TABLES[table] else VALUE, name))
        for name in source["columns"]
    }
    return Relation(columns, labels(ROW, "(row)") if table == "cdr" else NOTHING)


class Proof:
    """The labels of all models' columns."""

    def __init__(self, project: Project, known: Mapping[str, Relation] = NOTHING) -> None:
        self.project = project
        self.relations: dict[str, Relation] = dict(known)
        for model in project.models.values():
            if model.name not in self.relations:
                self.relations[model.name] = self._relation(model)

    def edited(self, **sql: str) -> Proof:
        """The proof with other SQL for some models; what does not read them is not done again."""
        models = dict(self.project.models)
        stale = set(sql)
        for name, model in models.items():
            if stale & set(model.reads):
                stale.add(name)
        models.update({name: replace(models[name], sql=text) for name, text in sql.items()})
        known = {name: found for name, found in self.relations.items() if name not in stale}
        return Proof(replace(self.project, models=models), known)

    def leaks(self) -> list[Leak]:
        """All columns that show more than their model's tier allows."""
        return [leak for name in self.project.models for leak in self._leaks_of(name)]

    def _relation(self, model: Model) -> Relation:
        if not model.sql:
            relation = self._declared(model)
        else:
            tables = dict(self.project.others)
            for name, relation in self.relations.items():
                tables[self.project.models[name].place] = relation
            # A table that is only added to reads what was in it before.
            tables[model.place] = Relation({name.lower(): Column() for name in model.columns})
            try:
                relation = evaluate(sqlglot.parse_one(model.sql, dialect=DIALECT), tables)
            except (LineageError, sqlglot.ParseError) as error:
                raise LineageError(f"{model.name}: {error}") from error
        ended = dict.fromkeys(EXCEPTIONS.get(model.name, (set(),))[0])
        columns = {
            name: replace(column, labels=change(_by(column.labels, model.name, name), ended))
            for name, column in relation.columns.items()
        }
        return Relation(columns, change(_by(relation.rows, model.name, "(row)"), ended))

    def _declared(self, model: Model) -> Relation:
        """The labels of a Python model, by PYTHON_MODELS."""
        declared = PYTHON_MODELS.get(model.name)
        if declared is None or set(model.reads) != declared["reads"]:
            raise LineageError(f"what {model.name} reads is not what PYTHON_MODELS says")
        table, column = declared["values"]
        columns = dict.fromkeys(model.columns, self.relations[table].columns[column])
        for name, (table, column) in declared["copies"].items():
            columns[name] = self.relations[table].columns[column]
        return Relation(columns, self.relations[table].rows)

    def _leaks_of(self, name: str) -> Iterator[Leak]:
        model, relation = self.project.models[name], self.relations[name]
        allowed = ALLOWED.get(model.tier or "", set())
        shown = {**relation.columns, "(row)": Column(relation.rows)}
        for column, found in shown.items():
            for label, way in found.labels.items():
                is_named = label.kind not in (SINGLE, SHARE) or LARGEST in column
                if label.kind not in allowed or not is_named:
                    yield Leak(name, column, label, way)


def _by(labels: Labels, model: str, column: str) -> Labels:
    """Labels with a model's column added to their ways."""
    return {label: (*way, f"{model}.{column}") for label, way in labels.items()}


def main() -> int:
    """Print every leak; 1 if there is one."""
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(compile_project(Path(folder)))
    leaks = proof.leaks()
    for leak in leaks:
        print(leak)
    columns = sum(len(relation.columns) for relation in proof.relations.values())
    print(f"{len(leaks)} leaks in {len(proof.relations)} models with {columns} columns.")
    return min(len(leaks), 1)


if __name__ == "__main__":
    sys.exit(main())
