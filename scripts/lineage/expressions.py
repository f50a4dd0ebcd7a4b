"""The rules for expressions: which labels the result of each operation of SQL has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from scripts.lineage import gate
from scripts.lineage.gate import DIALECT
from scripts.lineage.labels import (
    AGGREGATE,
    ID,
    NOTHING,
    OTHERS,
    PERSONAL,
    RAW,
    ROW,
    SHARE,
    SINGLE,
    VALUE,
    Column,
    Label,
    Labels,
    LineageError,
    Relation,
    change,
    kinds_of,
    merge,
    to_class,
)

# What the raw tables call the key of the pseudonyms and the time of an event, see raw.py.
KEY_ORIGIN = "raw.pseudonym_key.value"
TIME_ORIGIN = "raw.cdr.datetime"

COUNTS = (exp.Count, exp.CountIf, exp.ApproxDistinct)
SUMS = (exp.Sum, exp.Avg, exp.Variance, exp.Stddev)
PICKS_BY = (exp.ArgMin, exp.ArgMax)
# Functions that give the hour, the day or a longer unit of a time.
COARSE_TIMES = (exp.Hour, exp.TsOrDsAdd, exp.TsOrDsToDate)
# The proof's own functions: for a column of `stack`, and for the position that `posexplode` gives.
ONE_OF, POSITION = "one_of", "position_in"
# Stands for the values that an array of decisions is about.
MANY = object()


@dataclass(frozen=True)
class Groups:
    """The groups of a query: their keys by their SQL, and whether people are in them."""

    keys: Mapping[str, Labels]
    of_people: bool
    are_people: bool

    def key(self, labels: Labels) -> Labels:
        """The labels of a group's key. A group does not show a single person's row, so ROW is removed."""
        return labels if self.are_people else change(labels, {ROW: None})


@dataclass
class Rows:
    """The rows from which expressions are computed."""

    sources: dict[str, Relation] = field(default_factory=dict)
    # by the id of their SELECT
    subqueries: Mapping[int, Relation] = field(default_factory=dict)
    # what the existence of a row shows
    shown: Labels = field(default_factory=dict)
    groups: Groups | None = None
    # columns of the result, to which ORDER BY refers by name
    projected: dict[str, Column] = field(default_factory=dict)

    def column(self, node: exp.Column) -> Column:
        """The column of a source."""
        columns = self.sources[node.table].columns if node.table in self.sources else {}
        if not node.table:
            columns = self.projected
        if node.name not in columns:
            raise LineageError(f"no column {node.sql(DIALECT)}")
        return columns[node.name]

    def labels(self, node: exp.Expr) -> Labels:
        """The labels of an expression."""
        if self.groups and (sql := node.sql(DIALECT)) in self.groups.keys:
            return self.groups.key(self.groups.keys[sql])
        if isinstance(node, exp.QueryTransform):
            raise LineageError(f"a script: {node.sql(DIALECT)}")
        if isinstance(node, exp.Query):
            return self._subquery(node)
        if isinstance(node, exp.Column):
            return self._column_labels(node)
        if isinstance(node, exp.Dot):
            return self._field(node)
        if isinstance(node, exp.Filter):
            return self._aggregate(node.this, self._of_rows(node.expression.this))
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, exp.AggFunc):
            return self._aggregate(node)
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.SafeDivide):
            return self._ratio(node)
        if isinstance(node, exp.Anonymous) and node.name.lower() == "xxhash64":
            return self._hash(node)
        if isinstance(node, exp.Anonymous) and node.name == POSITION:
            return to_class(self.length(node.expressions[0]))
        if isinstance(node, exp.Star):
            return self._star(node)
        labels = merge(map(self.labels, node.iter_expressions()))
        if isinstance(node, exp.Predicate):
            return to_class(labels)
        if _is_coarse_time(node):
            time = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
            others = [part for part in node.iter_expressions() if part is not time]
            return merge([_coarse(self.labels(time)), *map(self.labels, others)])
        return labels

    def length(self, node: exp.Expr) -> Labels:
        """The labels of the number of elements of an array."""
        if isinstance(node, exp.Array):
            return NOTHING
        if isinstance(node, exp.ArrayFilter):
            return merge([self.length(node.this), to_class(self.labels(node))])
        return self.labels(node)

    def fields(self, node: exp.Expr) -> Mapping[str, Labels]:
        """The labels of the fields of a struct, or of an array of structs; empty if not known."""
        if isinstance(node, exp.Column):
            return self.column(node).fields
        if isinstance(node, exp.ArrayFilter):
            return self.fields(node.this)
        if isinstance(node, exp.Struct):
            parts = node.expressions
            if all(isinstance(part, exp.PropertyEQ) for part in parts):
                return {part.name.lower(): self.labels(part.expression) for part in parts}
        if isinstance(node, exp.Array) and node.expressions:
            first, *others = map(self.fields, node.expressions)
            if all(list(other) == list(first) for other in others):
                return {name: merge(one[name] for one in (first, *others)) for name in first}
        return {}

    def decides(self, node: exp.Expr) -> object:
        """What an expression decides about; MANY for an array of (feature, decision) structs."""
        if isinstance(node, exp.Case):
            return self._gate(node)
        found = gate.decisions(node)
        columns = [decision for decision in found if isinstance(decision, exp.Column)]
        are_all = columns and len(columns) == len(found)
        return MANY if are_all and all(self.column(one).decides for one in columns) else None

    def is_gate_of_rows(self, condition: exp.Expr) -> bool:
        """Whether the condition keeps only rows of which at least one value is released."""
        decisions = gate.released_rows(condition)
        return decisions is not None and self.column(decisions).decides is MANY

    # single expressions

    def _subquery(self, node: exp.Query) -> Labels:
        relation = self.subqueries.get(id(node.unnest()))
        if relation is None:
            raise LineageError(f"a subquery that is not understood: {node.sql(DIALECT)}")
        return relation.all_labels()

    def _column_labels(self, node: exp.Column) -> Labels:
        if node.is_star:
            if node.table not in self.sources:
                raise LineageError(f"a star of a kind not known: {node.sql(DIALECT)}")
            return self.sources[node.table].all_labels()
        labels = self.column(node).labels
        # neither a key nor inside a known aggregate: of the groups, or of the result
        return self._picked(labels, f"one {node.name}") if self.groups and node.table else labels

    def _star(self, node: exp.Star) -> Labels:
        if isinstance(node.parent, exp.Count):
            return NOTHING
        return merge(source.all_labels() for source in self.sources.values())

    def _field(self, node: exp.Dot) -> Labels:
        fields = self.fields(node.this) if isinstance(node.this, exp.Column) else {}
        if fields and node.name.lower() in fields and not self.groups:
            return fields[node.name.lower()]
        return merge(map(self.labels, node.iter_expressions()))

    def _of_rows(self, node: exp.Expr) -> Labels:
        """An expression inside an aggregate function: it is computed from rows, not from groups."""
        groups, self.groups = self.groups, None
        try:
            return self.labels(node)
        finally:
            self.groups = groups

    def _window(self, node: exp.Window) -> Labels:
        parts = [*node.this.iter_expressions(), *node.iter_expressions()]
        labels = merge(self.labels(part) for part in parts if part is not node.this)
        if isinstance(node.this, COUNTS + SUMS):
            return labels
        return change(labels, {AGGREGATE: OTHERS}, _step(node.this))

    def _aggregate(self, node: exp.Expr, condition: Labels = NOTHING) -> Labels:
        """An aggregate function over the rows of a group."""
        step = _step(node)
        if isinstance(node, PICKS_BY):
            order = to_class(self._of_rows(node.expression))
            return self._picked(merge([self._of_rows(node.this), order, condition]), step)
        inner = merge([*map(self._of_rows, node.iter_expressions()), condition])
        if not isinstance(node, COUNTS + SUMS):
            return self._picked(inner, step)
        if self.groups is None:
            raise LineageError(f"an aggregate inside of another: {node.sql(DIALECT)}")
        if not self.groups.of_people:
            kinds = {SINGLE: AGGREGATE, SHARE: AGGREGATE} if isinstance(node, COUNTS) else {}
            return merge([change(inner, kinds), self.shown])
        to = VALUE if self.groups.are_people else AGGREGATE
        lost = PERSONAL if isinstance(node, COUNTS) else {VALUE, ROW}
        return change(merge([inner, self.shown]), dict.fromkeys(lost, to), step)

    def _picked(self, labels: Labels, step: str) -> Labels:
        """The labels of a function that may return one of the group's values unchanged."""
        if self.groups is None:
            raise LineageError(f"{step} inside of an aggregate")
        if self.groups.of_people and not self.groups.are_people:
            return change(merge([labels, self.shown]), {VALUE: SINGLE, ROW: SINGLE}, step)
        if self.groups.of_people:
            return labels
        # without keys the group is all antennas
        kinds = {} if self.groups.keys else {AGGREGATE: OTHERS}
        return change(merge([labels, self.shown]), kinds, step)

    def _ratio(self, node: exp.SafeDivide) -> Labels:
        upper, lower = self.labels(node.this), self.labels(node.expression)
        if kinds_of(lower) == {AGGREGATE}:
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
        if released := gate.released_value(node):
            decision, value = map(self.column, released)
            if decision.decides and decision.decides is value.values:
                return change(self.labels(released[1]), {AGGREGATE: None})
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

    def _gate(self, node: exp.Case) -> object:
        """The values that a privacy decision is about; None if it is not one."""
        judged = gate.judged_value(node)
        return None if judged is None else self.column(judged).values


def aggregates(node: exp.Expr) -> bool:
    """Whether an expression has an aggregate of its own query; one over a window does not count."""
    if isinstance(node, exp.Window):
        return any(map(aggregates, node.this.iter_expressions()))
    if isinstance(node, exp.Query):
        return False
    return isinstance(node, exp.AggFunc) or any(map(aggregates, node.iter_expressions()))


def _coarse(labels: Labels) -> Labels:
    """The labels of an event's time, when only its day, hour or month is used."""
    return merge(
        to_class({label: way}) if label.origin == TIME_ORIGIN else {label: way}
        for label, way in labels.items()
    )


def _is_coarse_time(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return node.to.this is exp.DType.DATE
    if isinstance(node, exp.TimeToStr):
        return node.sql(DIALECT).endswith(", 'yyyy-MM')")
    is_weekday = isinstance(node, exp.Anonymous) and node.name.lower() == "weekday"
    return is_weekday or isinstance(node, COARSE_TIMES)


def _step(function: exp.Expr) -> str:
    name = function.sql_name() if isinstance(function, exp.Func) else function.sql(DIALECT)
    return f"{name.lower()}()"
