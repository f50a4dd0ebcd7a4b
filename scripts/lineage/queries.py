"""The rules for queries: the labels of their columns and rows follow from the tables that they read.

sqlglot's `qualify` resolves each name to a column of a source, and each star to its columns. Its scopes
tell which query each source is. Both raise an error if a name has no meaning, or two. The rules here
are about what chooses rows and what groups them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from scripts.lineage.expressions import ONE_OF, POSITION, Groups, Rows, aggregates
from scripts.lineage.gate import DIALECT
from scripts.lineage.labels import (
    AGGREGATE,
    ID,
    NOTHING,
    PERSONAL,
    RAW,
    VALUE,
    Column,
    Labels,
    LineageError,
    Relation,
    change,
    kinds_of,
    merge,
    to_class,
)

# The clauses of SQL that the proof understands; any other one is an error.
SELECT_PARTS = {
    "expressions", "from_", "joins", "laterals", "where", "group", "having", "distinct", "order",
    "with_",
    # a hint how to join, without an effect on the result
    "hint",
}  # fmt: skip
TABLE_PARTS = {"this", "db", "alias"}
SUBQUERY_PARTS = {"this", "expressions", "alias"}
JOIN_PARTS = {"this", "side", "kind", "on"}
JOINS = ("INNER", "CROSS", "FULL OUTER", "LEFT", "LEFT ANTI", "LEFT SEMI")
UNION_PARTS = {"this", "expression", "with_", "distinct"}
NO_KEYS = (exp.Literal, exp.Cube, exp.Rollup, exp.GroupingSets)


def evaluate(sql: str, tables: Mapping[str, Relation]) -> Relation:
    """The relation of a query's result; `tables_of` gives the names of the relations that it reads."""
    relations: dict[int, Relation] = {}
    columns = tuple((place, tuple(tables[place].columns)) for place in tables_of(sql))
    scopes = _scopes(sql, columns)
    for scope in scopes:
        if not isinstance(scope.expression, exp.Lateral):  # part of the SELECT around it
            relations[id(scope)] = _relation(scope, relations, tables)
    return relations[id(scopes[-1])]


@functools.lru_cache(maxsize=500)
def tables_of(sql: str) -> tuple[str, ...]:
    """The tables that a query reads, as `schema.table`, without its own CTEs."""
    tables = _parsed(sql).find_all(exp.Table)
    return tuple(sorted({_place(table) for table in tables if table.db}))


def _parsed(sql: str) -> exp.Expr:
    try:
        return sqlglot.parse_one(sql, dialect=DIALECT)
    except SqlglotError as error:
        raise LineageError(f"no SQL: {error}") from error


def _place(table: exp.Table) -> str:
    return f"{table.db}.{table.name}".lower()


@functools.lru_cache(maxsize=500)
def _scopes(sql: str, columns: tuple[tuple[str, tuple[str, ...]], ...]) -> list[Scope]:
    """All queries inside a query with all names resolved; each comes after those that it reads."""
    tree = _parsed(sql)
    if not isinstance(tree, exp.Query):
        raise LineageError(f"not a query: {sql}")
    for select in tree.find_all(exp.Select):
        select.set("expressions", [one for node in select.expressions for one in _single(node)])
    schema = MappingSchema(dialect=DIALECT)
    for place, names in columns:
        schema.add_table(place, dict.fromkeys(names, "string"), match_depth=False)
    try:
        return traverse_scope(
            qualify(tree, dialect=DIALECT, schema=schema, quote_identifiers=False)
        )
    except SqlglotError as error:
        raise LineageError(str(error)) from error


def _single(node: exp.Expr) -> Iterator[exp.Expr]:
    """Replace `stack(...) as (a, b)` and similar functions by one function for each column."""
    if not isinstance(node, exp.Aliases):
        yield node
        return
    made, names = node.this, node.expressions
    for place, name in enumerate(names):
        function, parts = ONE_OF, [made]
        if isinstance(made, exp.Stack):
            parts = made.expressions[place :: len(names)]
        elif isinstance(made, exp.Posexplode) and place == 0:
            function, parts = POSITION, [made.this]
        copies = [part.copy() for part in parts]
        yield exp.alias_(exp.Anonymous(this=function, expressions=copies), name.name)


def _relation(
    scope: Scope, relations: Mapping[int, Relation], tables: Mapping[str, Relation]
) -> Relation:
    query = scope.expression
    if isinstance(query, exp.Select):
        return _Select(scope, relations, tables).relation()
    if isinstance(query, exp.Union):
        _check_parts(query, UNION_PARTS)
        left, right = (relations[id(part)] for part in scope.set_operation_scopes)
        if len(left.columns) != len(right.columns):
            raise LineageError(f"a union of different columns: {query.sql(DIALECT)}")
        pairs = zip(left.columns.items(), right.columns.values(), strict=True)
        return Relation(
            {name: Column(merge([one.labels, other.labels])) for (name, one), other in pairs},
            merge([left.rows, right.rows]),
        )
    if isinstance(query, exp.Values) and not list(query.find_all(exp.Column, exp.Select)):
        return Relation({name.lower(): Column() for name in query.alias_column_names})
    raise LineageError(f"not a query that is understood: {query.sql(DIALECT)}")


def _check_parts(node: exp.Expr, known: set[str]) -> None:
    unread = [name for name, part in node.args.items() if part and name not in known]
    if unread:
        raise LineageError(f"{', '.join(unread)} in {node.sql(DIALECT)}")


class _Select:
    """One SELECT: its sources, what chooses its rows, its groups."""

    def __init__(
        self, scope: Scope, relations: Mapping[int, Relation], tables: Mapping[str, Relation]
    ) -> None:
        self.scope, self.relations, self.tables = scope, relations, tables
        self.select = scope.expression
        _check_parts(self.select, SELECT_PARTS)
        subqueries = {id(one.expression): relations[id(one)] for one in scope.subquery_scopes}
        self.rows = Rows(subqueries=subqueries)
        self.chosen: dict[str, Labels] = {}
        self._read_sources()
        self._read_conditions()
        self._read_groups()

    def relation(self) -> Relation:
        """Columns and rows of the result."""
        rows = self.rows
        for node in self.select.expressions:
            name = node.alias_or_name.lower()
            if name in rows.projected:
                raise LineageError(f"two columns {name} in {self.select.sql(DIALECT)}")
            rows.projected[name] = self._projected(node.unalias())
        shown = self._rows_of(rows.groups) if rows.groups else rows.shown
        if having := self.select.args.get("having"):
            shown = merge([shown, rows.labels(having.this)])
        if order := self.select.args.get("order"):
            shown = merge([shown, *map(rows.labels, order.expressions)])
        if self.select.args.get("distinct") and not rows.groups:
            groups = self._groups({name: column.labels for name, column in rows.projected.items()})
            shown = merge([shown, self._rows_of(groups)]) if order else self._rows_of(groups)
            rows.projected = {
                name: replace(column, labels=groups.key(column.labels))
                for name, column in rows.projected.items()
            }
        return Relation(rows.projected, shown)

    def _projected(self, node: exp.Expr) -> Column:
        rows = self.rows
        if isinstance(node, exp.Column) and not rows.groups and not node.is_star:
            return rows.column(node)
        return Column(rows.labels(node), decides=rows.decides(node), fields=self._fields(node))

    def _fields(self, node: exp.Expr) -> Mapping[str, Labels]:
        return {} if self.rows.groups else self.rows.fields(node)

    # sources

    def _read_sources(self) -> None:
        if from_ := self.select.args.get("from_"):
            source = self._source(from_.this)
            self.rows.sources[from_.alias_or_name] = source
            self._choose(source.rows, from_.alias_or_name)
        for join in self.select.args.get("joins") or []:
            self._read_join(join)
        for lateral in self.select.args.get("laterals") or []:
            self._read_lateral(lateral)

    def _read_join(self, join: exp.Join) -> None:
        kind = f"{join.side} {join.kind}".strip()
        _check_parts(join, JOIN_PARTS)
        if kind not in JOINS:
            raise LineageError(f"a join of a kind not known: {join.sql(DIALECT)}")
        name, source = join.alias_or_name, self._source(join.this)
        self.rows.sources[name] = source
        shown = source.rows
        if on := join.args.get("on"):
            shown = merge([shown, self.rows.labels(on)])
        if kind == "LEFT":
            # An outer join drops no row. The partner's columns show whether there was a partner.
            self.rows.sources[name] = Relation(
                {
                    key: replace(column, labels=merge([column.labels, shown]))
                    for key, column in source.columns.items()
                }
            )
            shown = {label: way for label, way in shown.items() if label.kind in PERSONAL}
        elif kind in ("LEFT ANTI", "LEFT SEMI"):
            del self.rows.sources[name]
        self._choose(shown)

    def _read_lateral(self, node: exp.Lateral) -> None:
        """LATERAL VIEW: a row per element of an array."""
        made, names = node.this, node.alias_column_names
        if not node.args.get("view") or not isinstance(made, exp.Explode):
            raise LineageError(f"a lateral view of a kind not known: {node.sql(DIALECT)}")
        length = self.rows.length(made.this)
        element = Column(self.rows.labels(made.this), fields=self.rows.fields(made.this))
        columns = [element]
        if isinstance(made, exp.Posexplode):
            columns.insert(0, Column(to_class(length)))
        if len(columns) != len(names):
            raise LineageError(f"a lateral view of a kind not known: {node.sql(DIALECT)}")
        self.rows.sources[node.alias] = Relation(dict(zip(names, columns, strict=True)))
        self._choose(length)

    def _source(self, node: exp.Expr) -> Relation:
        _check_parts(node, TABLE_PARTS if isinstance(node, exp.Table) else SUBQUERY_PARTS)
        source = self.scope.sources.get(node.alias_or_name)
        if isinstance(source, exp.Table):
            return self.tables[_place(source)]
        if id(source) not in self.relations:
            raise LineageError(f"a source of a kind not known: {node.sql(DIALECT)}")
        return self.relations[id(source)]

    # rows

    def _choose(self, labels: Labels, source: str = "") -> None:
        """Add the labels of what chose the rows: of a condition, or of the rows of a source."""
        self.chosen[source] = merge([self.chosen.get(source, NOTHING), labels])
        self.rows.shown = merge(self.chosen.values())

    def _read_conditions(self) -> None:
        if where := self.select.args.get("where"):
            shown = self.rows.labels(where.this)
            if self.rows.is_gate_of_rows(where.this):
                # the gate removes labels of the rows with the decisions, not of rows joined to them
                decisions = where.this.this.table
                shown = merge([shown, self.chosen.pop(decisions, NOTHING)])
                shown = change(shown, {AGGREGATE: None})
            self._choose(shown)
        for node in self.select.expressions:
            for made in node.find_all(exp.Explode, exp.Inline):
                self._choose(self.rows.length(made.this))

    def _read_groups(self) -> None:
        group = self.select.args.get("group")
        if group is None and not any(map(aggregates, self.select.expressions)):
            return
        nodes = group.expressions if group else []
        if group:
            _check_parts(group, {"expressions"})
        if any(isinstance(node, NO_KEYS) for node in nodes):
            raise LineageError(f"a grouping of a kind not known: {self.select.sql(DIALECT)}")
        keys = {node.sql(DIALECT): self.rows.labels(node) for node in nodes}
        self.rows.groups = self._groups(keys)

    def _groups(self, keys: Mapping[str, Labels]) -> Groups:
        kinds = kinds_of(merge(keys.values()))
        return Groups(
            keys,
            of_people=bool((kinds | kinds_of(self.rows.shown)) & PERSONAL),
            are_people=bool(kinds & {RAW, ID, VALUE}),
        )

    def _rows_of(self, groups: Groups) -> Labels:
        if not groups.keys:
            return NOTHING  # always one row
        shown = self.rows.shown
        if groups.of_people and not groups.are_people:
            shown = change(shown, dict.fromkeys(PERSONAL, AGGREGATE))
        return merge([shown, *(to_class(groups.key(labels)) for labels in groups.keys.values())])
