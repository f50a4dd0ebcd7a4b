"""The proof: finds the labels of all columns of all models, and those that the tier forbids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from scripts.lineage.gate import about_places
from scripts.lineage.labels import (
    AGGREGATE,
    ID,
    OTHERS,
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
)
from scripts.lineage.project import Model, Project
from scripts.lineage.queries import evaluate, tables_of

# The labels that a model may have, by its tier. Models of tier raw are inputs, they are not proved.
ALLOWED = {
    "pseudonymous": {ID, VALUE, ROW, SINGLE, SHARE, AGGREGATE, OTHERS},
    "aggregated": {AGGREGATE, OTHERS, SINGLE, SHARE},
    "released": set(),
}
# The name of an aggregated column with SINGLE or SHARE must contain this.
LARGEST = "largest"
# What a released model may show when the gate is off and the release is marked as not for release.
ALLOWED_WITHOUT_GATE = {AGGREGATE, OTHERS}

# A Python model has no SQL to follow. So for each one: the model that it reads, which of its columns are
# copies, and the column that stands for all its other values, which are about one person.
PYTHON_MODELS: dict[str, Any] = {
    "user_bandicoot": {
        "reads": {"events", "antennas"},
        "copies": {"user_id": ("events", "user_id")},
        "values": ("events", "event_at"),
    },
}


class Passed(NamedTuple):
    """Labels that are allowed knowingly in these columns of a model; later models do not inherit them."""

    columns: frozenset[str] | None  # None: all columns, and the rows
    kinds: frozenset[str]
    why: str


def _passed(columns: str, kinds: set[str], why: str) -> Passed:
    return Passed(frozenset(columns.split()) or None, frozenset(kinds), why)


VIOLATIONS = "kinds of violations; with any of them nothing is released"
PLACES = "places of values that are withheld, no value"
NUMBERS = "days, files and numbers of rows of the delivery"
EXCEPTIONS: dict[str, tuple[Passed, ...]] = {
    "delivered_rows": (_passed("has_spoilt_id", {RAW}, "whether an id is no plain number, no id"),),
    "distant_days": (_passed("", {AGGREGATE, OTHERS}, NUMBERS),),
    "antennas": (_passed("(row)", {AGGREGATE}, "months or weeks in which anybody did anything"),),
    "weekly_metrics": (_passed("(row)", {AGGREGATE}, "weeks of which a file has rows"),),
    "weekly_visits": (_passed("(row)", {AGGREGATE}, "weeks of which a file has rows"),),
    "delivery_quality": (_passed("(row)", {SINGLE}, "days between the first and the last one"),),
    "release_period": (
        _passed("files accepted_rows", {AGGREGATE}, NUMBERS),
        _passed("first_day last_day", {OTHERS, SINGLE}, NUMBERS),
        _passed("release_id", {OTHERS, SINGLE, ID}, "a hash over all files, their pseudonyms too"),
    ),
    "profile_weeks": (_passed("(row)", {AGGREGATE}, "weeks in which anybody did anything"),),
    "data_quality": (_passed("", {AGGREGATE, OTHERS}, NUMBERS),),
    "antenna_indicators": (_passed("deviation", {SINGLE}, "NULL if all have the same value"),),
    # The proof does not know this table's own gate. test_by_zone.py computes it again from the values
    # of all users.
    "final_precision": (
        _passed("(row)", {AGGREGATE}, "means that are released"),
        _passed("users", {AGGREGATE}, "of a released mean, in steps of five"),
        _passed(
            "standard_error",
            {AGGREGATE, SINGLE},
            "of a released mean, rounded, where no user accounts for too much of it",
        ),
    ),
    "antenna_rests": (_passed("is_safe", {SHARE}, "whether sums pass the gate, no value"),),
    "feature_rests": (_passed("(row)", {AGGREGATE, OTHERS}, PLACES),),
    "hourly_profile_rests": (_passed("(row)", {AGGREGATE, SINGLE, OTHERS}, PLACES),),
    "weekly_profile_rests": (_passed("(row)", {AGGREGATE, SINGLE, OTHERS}, PLACES),),
    "release_report": (_passed("", {AGGREGATE}, "numbers of decisions"),),
    "final_features_releases_what_is_allowed": (_passed("", {SHARE}, VIOLATIONS),),
    "final_interactions_releases_what_is_allowed": (_passed("", {SHARE}, VIOLATIONS),),
    "release_audit": (_passed("violations", {SHARE}, VIOLATIONS),),
}


class Leak(NamedTuple):
    """A column of a model that shows more than the model's tier allows."""

    model: str
    column: str
    label: Label
    way: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.model}.{self.column} shows {self.label.kind}: {' -> '.join(self.way)}"


class Proof(Mapping[str, Relation]):
    """The labels of each model, computed when they are asked for.

    Results of an earlier proof are used again where the SQL and the tables are the same.
    """

    def __init__(
        self,
        project: Project,
        earlier: Proof | None = None,
        exceptions: Mapping[str, tuple[Passed, ...]] = EXCEPTIONS,
    ) -> None:
        self.project, self.earlier, self.exceptions = project, earlier, exceptions
        self._models = {model.place: model.name for model in project.models.values()}
        self._relations: dict[str, Relation] = {}
        self._others = dict(project.others)
        for place, relation in project.others.items():
            known = earlier._others.get(place) if earlier else None
            if known and known.is_like(relation):
                self._others[place] = known

    def __getitem__(self, name: str) -> Relation:
        if name not in self._relations:
            self._relations[name] = self._relation(self.project.models[name])
        return self._relations[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.project.models)

    def __len__(self) -> int:
        return len(self.project.models)

    def edited(self, **sql: str) -> Proof:
        """The same proof, with other SQL for some models."""
        models = dict(self.project.models)
        models.update({name: replace(models[name], sql=text) for name, text in sql.items()})
        return Proof(replace(self.project, models=models), self, self.exceptions)

    def leaks(self, *models: str) -> list[Leak]:
        """All columns of the given models, or of all, that show more than their tier allows."""
        return [leak for name in models or self for leak in self._leaks_of(name)]

    def _table(self, place: str) -> Relation:
        if place in self._models:
            return self[self._models[place]]
        if place in self._others:
            return self._others[place]
        raise LineageError(f"no table {place}")

    def _relation(self, model: Model) -> Relation:
        earlier = self._earlier_of(model)
        try:
            if not model.sql:
                return self._shown(model, self._declared(model))
            read = [place for place in tables_of(model.sql) if place != model.place]
            tables = {place: self._table(place) for place in read}
            if earlier and earlier._is_of(model.name, model.sql, tables):
                return earlier[model.name]
            relation = self._evaluated(model, tables)
        except LineageError as error:
            raise LineageError(f"{model.name}: {error}") from error
        return (
            earlier[model.name] if earlier and earlier[model.name].is_like(relation) else relation
        )

    def _evaluated(self, model: Model, tables: Mapping[str, Relation]) -> Relation:
        # An incremental model reads itself. Begin without labels, and repeat until none is added.
        before = Relation({name.lower(): Column() for name in model.columns})
        while True:
            found = self._shown(model, evaluate(model.sql, {**tables, model.place: before}))
            if model.place not in tables_of(model.sql) or _sets(found) == _sets(before):
                return found
            before = found

    def _earlier_of(self, model: Model) -> Proof | None:
        """The earlier proof, if it has the model with the same exceptions."""
        earlier = self.earlier
        if earlier is None or model.name not in earlier:
            return None
        is_same = self.exceptions.get(model.name) == earlier.exceptions.get(model.name)
        return earlier if is_same else None

    def _is_of(self, name: str, sql: str, tables: Mapping[str, Relation]) -> bool:
        """Whether this proof has a model with this SQL over these tables."""
        is_same_sql = self.project.models[name].sql == sql
        return is_same_sql and all(self._table(place) is tables[place] for place in tables)

    def _declared(self, model: Model) -> Relation:
        """The labels of a Python model, by PYTHON_MODELS."""
        declared = PYTHON_MODELS.get(model.name)
        if declared is None or model.reads != declared["reads"]:
            raise LineageError("what it reads is not what PYTHON_MODELS says")
        table, column = declared["values"]
        columns = dict.fromkeys(model.columns, self[table].columns[column])
        for name, (table, column) in declared["copies"].items():
            columns[name] = self[table].columns[column]
        return Relation(columns, self[table].rows)

    def _shown(self, model: Model, relation: Relation) -> Relation:
        """A model's relation, without the labels that its exceptions allow."""

        def left(column: str, labels: Labels) -> Labels:
            passed = [
                kind
                for exception in self.exceptions.get(model.name, ())
                if exception.columns is None or column in exception.columns
                for kind in exception.kinds
            ]
            named = {label: (*way, f"{model.name}.{column}") for label, way in labels.items()}
            return change(named, dict.fromkeys(passed))

        columns = {
            name: replace(column, labels=left(name, column.labels))
            for name, column in relation.columns.items()
        }
        return Relation(columns, left("(row)", relation.rows))

    def _leaks_of(self, name: str) -> Iterator[Leak]:
        tier = self.project.models[name].tier
        allowed = ALLOWED.get(tier or "", set())
        if tier == "released" and not self.project.has_gate:
            allowed = ALLOWED_WITHOUT_GATE
        shown = {**self[name].columns, "(row)": Column(self[name].rows)}
        places = {feature.name for feature in about_places() if feature.model == name}
        for column, found in shown.items():
            for label, way in found.labels.items():
                is_named = label.kind not in (SINGLE, SHARE) or LARGEST in column
                is_allowed = label.kind in allowed and column not in places
                if not is_allowed or (tier == "aggregated" and not is_named):
                    yield Leak(name, column, label, way)


def _sets(relation: Relation) -> list[set[Label]]:
    return [set(relation.rows), *(set(column.labels) for column in relation.columns.values())]
