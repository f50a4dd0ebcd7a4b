"""The privacy gate in SQL, recognised by its exact form; see macros/gate/privacy_decision.sql."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from dbt_gnuper.features import Feature, features

DIALECT = "spark"
# Unusual settings: the gate is recognised by these numbers, because they occur nowhere else.
PRIVACY_K, MAX_SHARE = 1717, 0.4375

RULES = ["'no_data'", "'withheld_k'", "'not_existing'", "'withheld_k'", "'withheld_dominance'"]
RELEASED = "'released'"


def about_places() -> list[Feature]:
    """The features that rest on no part of the data; the gate lets them pass."""
    return [feature for feature in features() if not feature.rests_on]


def judged_value(node: exp.Case) -> exp.Column | None:
    """The value that a privacy decision is about; None if the CASE is not exactly the gate.

    For features, the gate may be inside another CASE that lets features about places pass.
    """
    branches, default = node.args["ifs"], node.args.get("default")
    if node.this or default is None:
        return None
    if isinstance(default, exp.Case):
        return judged_value(default) if _passes_places_only(branches) else None
    texts = [branch.args["true"].sql(DIALECT) for branch in branches]
    if texts != RULES or default.sql(DIALECT) != RELEASED:
        return None
    nobody, few_residents, missing, few_users, dominated = (branch.this for branch in branches)
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
    return missing.this if is_gate else None


def released_value(node: exp.Case) -> tuple[exp.Column, exp.Column] | None:
    """Decision and value of `case when <decision> = 'released' then <value> end`."""
    branches = node.args["ifs"]
    if node.this or node.args.get("default") or len(branches) != 1:
        return None
    condition, value = branches[0].this, branches[0].args["true"]
    if not isinstance(condition, exp.EQ) or condition.right.sql(DIALECT) != RELEASED:
        return None
    decision = condition.left
    if isinstance(decision, exp.Column) and isinstance(value, exp.Column):
        return decision, value
    return None


def released_rows(condition: exp.Expr) -> exp.Column | None:
    """The column with the decisions, if the condition keeps rows with at least one 'released'."""
    if not isinstance(condition, exp.Exists) or not isinstance(condition.this, exp.Column):
        return None
    wanted = "entry -> entry.decision = 'released'"
    return condition.this if condition.expression.sql(DIALECT) == wanted else None


def decisions(node: exp.Expr) -> list[exp.Expr]:
    """The decisions in an array of (feature, decision) structs; empty for anything else."""
    entries = node.expressions if isinstance(node, exp.Array) else []
    if not all(isinstance(entry, exp.Struct) and len(entry.expressions) == 2 for entry in entries):
        return []
    seconds = [entry.expressions[1] for entry in entries]
    is_named = all(second.name == "decision" for second in seconds)
    return [second.args["expression"] for second in seconds] if is_named else []


def _passes_places_only(branches: Iterable[exp.If]) -> bool:
    """Whether these branches release only features about places, according to the registry. proof.py
    proves that the columns of these features show nothing of people."""
    places = {feature.name for feature in about_places()}
    for branch in branches:
        condition = branch.this
        if (
            branch.args["true"].sql(DIALECT) != RELEASED
            or not isinstance(condition, exp.In)
            or not isinstance(condition.this, exp.Column)
            or condition.this.name != "feature"
            or not {name.name for name in condition.expressions} <= places
            or condition.args.get("query")
        ):
            return False
    return True


def _compares(node: exp.Expr, operator: type[exp.Expr], number: float) -> bool:
    return (
        isinstance(node, operator)
        and isinstance(node.expression, exp.Literal)
        and float(node.expression.name) == number
    )
