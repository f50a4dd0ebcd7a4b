"""The lineage proof holds for the models, and fails when a model leaks."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from conftest import PROJECT_ROOT

from python_udfs.bandicoot_batches import output_schema
from scripts import lineage
from scripts.lineage import (
    AGGREGATE,
    ID,
    OTHERS,
    RAW,
    ROW,
    SHARE,
    SINGLE,
    VALUE,
    LineageError,
    Proof,
)

HOMES = "gnuper_restricted.user_home_antenna"


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """The proof of the models as they are."""
    return Proof(lineage.compile_project(tmp_path_factory.mktemp("lineage")))


def test_no_column_shows_more_than_its_tier_allows(proof: Proof) -> None:
    leaks = proof.leaks()
    assert not leaks, "\n".join(map(str, leaks))


def test_every_model_has_a_privacy_tier(proof: Proof) -> None:
    tiers = {model.name: model.tier for model in proof.project.models.values()}
    assert not {name: tier for name, tier in tiers.items() if tier not in lineage.ALLOWED}


def test_level_4_alone_is_released(proof: Proof) -> None:
    for model in proof.project.models.values():
        assert model.in_final == (model.tier == "released"), model.name
        # the others of level 4 are candidates, which current_release publishes
        is_published = model.name in ("current_release", "release_ledger")
        assert model.in_release_schema == is_published, model.name


def test_nothing_but_level_4_is_published(proof: Proof) -> None:
    """What the publication copies is what macro released_tables names: all of it is level 4."""
    published = proof.project.models["current_release"].sql
    names = re.findall(r"-- depends_on: gnuper_restricted\.(\w+)", published)
    released = set(
        re.findall(
            r"'(\w+)'",
            (PROJECT_ROOT / "macros/release/released_tables.sql").read_text().split("endmacro")[0],
        )
    )
    assert released <= set(names)
    for name in released:
        assert proof.project.models[name].tier == "released", name


def test_the_proof_sees_people_where_they_are(proof: Proof) -> None:
    kinds = {
        f"{model}.{name}": {label.kind for label in column.labels}
        for model, relation in proof.relations.items()
        for name, column in relation.columns.items()
    }
    assert ID in kinds["events.user_id"] & kinds["user_interactions.correspondent_id"]
    assert VALUE in kinds["events.event_at"] & kinds["user_bandicoot.indicators"]
    assert kinds["antenna_metrics_week.og_calls_largest"] == {SINGLE}
    assert SHARE in kinds["feature_decisions.largest_share"]
    assert kinds["antenna_metrics_week.og_calls"] == kinds["feature_decisions.value"] == {AGGREGATE}
    assert {label.kind for label in proof.relations["user_home_antenna"].rows} == {ROW}


def test_python_models_are_declared_as_they_are(proof: Proof) -> None:
    python_models = {model.name for model in proof.project.models.values() if not model.sql}
    assert python_models == set(lineage.PYTHON_MODELS)
    made = [column.split()[0] for column in output_schema("bigint").split(", ")]
    assert sorted(proof.project.models["user_bandicoot"].columns) == sorted(made)


def leaks_without(proof: Proof, exceptions: set[str]) -> dict[str, set[str]]:
    """What leaks where when these models have no exception."""
    kept = {name: value for name, value in lineage.EXCEPTIONS.items() if name not in exceptions}
    sql = {name: proof.project.models[name].sql for name in exceptions}
    found: dict[str, set[str]] = {}
    with mock.patch.dict(lineage.EXCEPTIONS, kept, clear=True):
        for leak in proof.edited(**sql).leaks():
            found.setdefault(leak.model, set()).add(leak.label.kind)
    return found


def test_every_exception_is_needed_and_no_other(proof: Proof) -> None:
    weeks = {"weekly_metrics", "weekly_visits"}
    for name in weeks:
        assert leaks_without(proof, {name})[name] == lineage.EXCEPTIONS[name][0]
    assert leaks_without(proof, set(lineage.EXCEPTIONS) - weeks) == {
        "delivered_files": {SINGLE},
        "delivery_quality": {SINGLE},
        "current_release": {OTHERS},
        "release_ledger": {AGGREGATE, OTHERS},
        "release_report": {AGGREGATE, OTHERS},
        "hourly_profile_rests": {SINGLE},
        "weekly_profile_rests": {SINGLE},
        "final_hourly_profile": {SINGLE, AGGREGATE, OTHERS},
        "final_weekly_profile": {SINGLE, AGGREGATE, OTHERS},
        "data_quality": {AGGREGATE, OTHERS},
        "release_run": {AGGREGATE, OTHERS},
    }


# --- planted leaks --------------------------------------------------------------------------------


def planted(proof: Proof, model: str, edits: dict[str, str]) -> dict[str, set[str]]:
    """Edit a model's compiled SQL; what each of its columns then shows, as far as not allowed."""
    sql = proof.project.models[model].sql
    for old, new in edits.items():
        assert old in sql, f"{old} is not in {model}"
        sql = sql.replace(old, new)
    shown: dict[str, set[str]] = {}
    for leak in proof.edited(**{model: sql}).leaks():
        if leak.model == model:
            shown.setdefault(leak.column, set()).add(leak.label.kind)
            assert leak.way[0].startswith("raw.")
            assert leak.way[-1] == f"{model}.{leak.column}"
    return shown


def leaking(proof: Proof, expression: str, source: str) -> set[str]:
    """What final_features shows in a column `leak`, an expression over a source joined to it."""
    shown = planted(
        proof,
        "final_features",
        {
            "    antennas.longitude,\n": f"    antennas.longitude,\n    {expression} as leak,\n",
            "inner join released\n": (
                f"left join {source} as extra on antennas.antenna_id = extra.antenna_id\n"
                "inner join released\n"
            ),
        },
    )
    return shown.get("leak", set()) | shown.get("(row)", set())


@pytest.mark.parametrize(
    ("aggregate", "kind"),
    [
        ("max(user_id)", ID),
        ("min(user_id)", ID),
        ("first(user_id)", ID),
        ("last(user_id)", ID),
        ("any_value(user_id)", ID),
        ("mode(user_id)", ID),
        ("sum(user_id)", ID),
        ("avg(user_id)", ID),
        ("bit_xor(user_id)", ID),
        ("count_min_sketch(user_id, 0.5D, 0.5D, 1)", ID),
        ("collect_list(user_id)", ID),
        ("array_join(collect_set(cast(user_id as string)), ',')", ID),
        ("to_json(array_sort(collect_list(struct(night_events, user_id))))", ID),
        ("transform(collect_list(struct(user_id as u)), entry -> entry.u)", ID),
        ("max_by(user_id, night_events)", ID),
        ("max(user_id) filter (where night_events > 3)", ID),
        ("max(concat('u', user_id))", ID),
        ("max(md5(cast(user_id as string)))", ID),
        ("max(xxhash64(user_id))", ID),
        ("max(case when night_events > 3 then user_id end)", ID),
        ("max(coalesce(nullif(user_id, 0), 1))", ID),
        ("max((select max(user_id) from gnuper_restricted.events))", ID),
        ("max(night_events)", SINGLE),
        ("percentile(night_events, 1.0)", SINGLE),
        ("min_by(night_events, user_id)", SINGLE),
        ("max(night_events) / sum(night_events)", SINGLE),
        ("try_divide(max(night_events), sum(night_events))", SHARE),
        ("case when max(night_events) > 100 then 'busy' else 'quiet' end", SINGLE),
        ("count(*)", AGGREGATE),
        ("count(distinct user_id)", AGGREGATE),
        ("sum(night_events)", AGGREGATE),
    ],
)
def test_an_aggregate_over_users_is_found(proof: Proof, aggregate: str, kind: str) -> None:
    source = f"(select antenna_id, {aggregate} as found from {HOMES} group by antenna_id)"
    assert kind in leaking(proof, "extra.found", source)


@pytest.mark.parametrize(
    ("expression", "source", "kinds"),
    [
        ("extra.user_id", HOMES, {ID, ROW}),
        ("sha2(concat('salt', extra.user_id), 256)", HOMES, {ID, ROW}),
        ("case when extra.night_events > 1 then extra.user_id end", HOMES, {ID, ROW}),
        ("extra.user_id % 1000", HOMES, {ID, ROW}),
        ("extra.night_events", HOMES, {VALUE, ROW}),
        ("1", HOMES, {ROW}),
        ("extra.event_at", "gnuper_restricted.events", {VALUE, ROW}),
        ("extra.caller_id", "(select caller_id, cell_id as antenna_id from gnuper_restricted.cdr)",
            {RAW, ROW}),
        ("extra.og_calls_largest", "gnuper_restricted.antenna_metrics_window", {SINGLE}),
        ("extra.og_calls_largest / extra.og_calls", "gnuper_restricted.antenna_metrics_window",
            {SINGLE, AGGREGATE}),
        ("extra.og_calls_largest > 7", "gnuper_restricted.antenna_metrics_window", {SINGLE}),
        ("extra.largest_share", "gnuper_restricted.feature_decisions", {SHARE, AGGREGATE}),
        ("extra.largest_share > 0.25", "gnuper_restricted.feature_decisions", {SHARE, AGGREGATE}),
        ("extra.value", "gnuper_restricted.feature_decisions", {AGGREGATE}),
        ("extra.residents", "gnuper_restricted.antenna_residents", {AGGREGATE}),
        ("extra.residents > 100", "gnuper_restricted.antenna_residents", {AGGREGATE}),
        ("extra.id", (f"(select antenna_id, max(user_id) over (partition by antenna_id) as id "
            f"from {HOMES})"), {ID, ROW}),
        ("extra.least", ("(select antenna_id, min(og_calls) over () as least "
            "from gnuper_restricted.antenna_metrics_week)"), {OTHERS}),
        ("(select min(residents) from gnuper_restricted.antenna_residents)",
            "gnuper_restricted.antennas", {OTHERS}),
        ("extra.id", f"(select distinct antenna_id, user_id as id from {HOMES})", {ID, ROW}),
        ("extra.n", f"(select antenna_id, count(*) as n from {HOMES} group by antenna_id, user_id)",
            {VALUE, ROW}),
        ("extra.n", (f"(select antenna_id, count(*) as n from {HOMES} group by antenna_id, "
            "night_events)"), {VALUE, ROW}),
        ("extra.first_id", ("(select h.antenna_id, max(b.indicators[0]) as first_id from "
            f"gnuper_restricted.user_bandicoot as b inner join {HOMES} as h "
            "on b.user_id = h.user_id group by h.antenna_id)"), {SINGLE}),
    ],
)  # fmt: skip
def test_a_user_level_or_ungated_value_is_found(
    proof: Proof, expression: str, source: str, kinds: set[str]
) -> None:
    assert kinds <= leaking(proof, expression, source)


KEY = "(select pseudonym_key.value from gnuper_restricted.pseudonym_key as pseudonym_key)"
PAIRS = "from gnuper_restricted.interaction_decisions\n"


@pytest.mark.parametrize(
    ("model", "edits", "column", "kind"),
    [
        # the key left out, another hash, the key alone, a column that holds ids
        ("delivered_rows", {"concat(\n": "lower(\n", f"{KEY}, ": ""}, "user_id", RAW),
        ("delivered_rows", {"xxhash64(sha2(": "md5(sha2("}, "correspondent_id", RAW),
        ("delivered_rows", {"    judged.is_national,\n": f"    judged.is_national, {KEY} as pepper,\n"},
            "pepper", RAW),
        ("delivered_rows", {"cdr.`call_duration` as": "cdr.`tac_code` as"}, "rejected_value", RAW),
        ("delivered_rows", {"cdr.malformed_row is not null": "cdr.malformed_row",
            "else 'accepted'": "else is_malformed"}, "outcome", RAW),
        # user level where there should be none
        ("antenna_residents", {"antenna_id, antennas.period": "antenna_id, antennas.period, user_id"},
            "residents", VALUE),
        ("antenna_metrics_week", {"sum(og_calls) as": "max(og_calls) as"}, "og_calls", SINGLE),
        ("antenna_metrics_week", {"as og_calls_largest": "as og_top"}, "og_top", SINGLE),
        ("antenna_indicators",
            {"sum(cast((value)": "max(cast((value)", "count(value)) as value": "1) as value"},
            "value", SINGLE),
        # the gate left out or changed
        ("final_features", {"case when decision = 'released' then value end": "value"},
            "calls_ratio", AGGREGATE),
        ("final_features", {"when decision = 'released'": "when decision <> 'no_data'"},
            "churn_rate__mean", AGGREGATE),
        ("final_interactions", {"entry.decision = 'released'": "entry.decision <> 'no_data'"},
            "(row)", AGGREGATE),
        ("final_interactions", {"vol_sum_decision as decision": "'released' as decision"},
            "(row)", AGGREGATE),
        ("final_interactions", {"case when vol_sum_decision": "case when call_count_decision"},
            "vol_sum", AGGREGATE),
        ("final_interactions", {PAIRS: f"{PAIRS} cross join gnuper_restricted.machines\n"},
            "(row)", ROW),
    ],
)  # fmt: skip
def test_an_edited_model_is_found(
    proof: Proof, model: str, edits: dict[str, str], column: str, kind: str
) -> None:
    assert kind in planted(proof, model, edits)[column]


@pytest.mark.parametrize(
    ("model", "old", "new"),
    [
        ("feature_decisions", "largest_share > 0.4375", "largest_share > 0.9"),
        ("feature_decisions", "coalesce(users, 0) <= 1717", "coalesce(users, 0) < 2"),
        ("feature_decisions", "when residents <= 1717 then", "when residents <= 1 then"),
        ("feature_decisions", "feature = 'dist2c'", "feature in ('dist2c', 'active_users')"),
        ("interaction_decisions", "'withheld_dominance'", "'released'"),
        ("interaction_decisions", "antenna_interactions.vol_sum is null", "false"),
    ],
)
def test_a_weaker_gate_is_found(proof: Proof, model: str, old: str, new: str) -> None:
    sql = proof.project.models[model].sql
    assert old in sql
    leaks = proof.edited(**{model: sql.replace(old, new)}).leaks()
    released = {"final_features", "final_interactions"} & {leak.model for leak in leaks}
    assert released, "no leak was found in the release"


def test_a_leak_is_told_with_its_way(proof: Proof) -> None:
    sql = proof.project.models["final_interactions"].sql
    sql += f" union all select '', '', 0, 0, 0, 0, max(user_id) from {HOMES}"
    leaks = proof.edited(final_interactions=sql).leaks()
    assert (
        "final_interactions.withheld_features shows a pseudonym: raw.cdr.caller_id -> pseudonym -> "
        "delivered_rows.user_id -> weekly_visits.user_id -> user_home_antenna.user_id -> "
        "final_interactions.withheld_features"
    ) in map(str, leaks)


@pytest.mark.parametrize(
    "sql",
    [
        f"select antenna_id from {HOMES} lateral view explode(array(1)) as x",
        f"select antenna_id from {HOMES} full outer join {HOMES} using (antenna_id)",
        f"select antenna_id, user_id from {HOMES} limit 1",
        f"select antenna_id, count(*) as n from {HOMES} group by 1",
        f"select antenna_id, count(*) as n from {HOMES} group by cube(antenna_id)",
        f"select * except (night_events) from {HOMES}",
        f"select a.*, b.* from {HOMES} as a cross join {HOMES} as b",
        f"select antenna_id, user_id as antenna_id from {HOMES}",
        "select antenna_id from gnuper_restricted.nobody_knows_this",
        f"select nobody_knows_this from {HOMES}",
        f"select antenna_id from {HOMES} as a inner join {HOMES} as b on true",
        "select transform(antenna_id) using 'cat' as (x) from gnuper_restricted.antennas",
    ],
)
def test_sql_that_is_not_understood_is_no_proof(proof: Proof, sql: str) -> None:
    with pytest.raises(LineageError):
        proof.edited(release_report=sql).leaks()
