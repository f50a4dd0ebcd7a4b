"""What must come before what, by dbt's own graph. Nothing here needs a Spark server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import networkx as nx
import pytest
from conftest import parsed_manifest
from dbt.compilation import Linker
from dbt.contracts.graph.manifest import Manifest

RELEASE = "model.gnuper.current_release"
# Tests of what the publication itself makes; they can only come after it.
AFTER_THE_RELEASE = {"current_release_rows", "release_ledger_rows"}

VARIANTS: list[dict[str, Any]] = [
    {},
    {"bandicoot": False},
    {"period": "month", "compare_home_rules": True},
    {"layout": "bandicoot"},
    {"zones": "zones.csv", "zone_population": "population.csv"},
    {"layout": "one_row_per_call", "privacy_k": 0},
]


def build_graph(manifest: Manifest, fast_test_edges: bool) -> nx.DiGraph:
    """The order in which `dbt build` runs nodes, with what it makes wait for tests."""
    flags = SimpleNamespace(USE_FAST_TEST_EDGES=fast_test_edges)
    linker = Linker()
    linker.link_graph(manifest)
    with mock.patch("dbt.compilation.get_flags", return_value=flags):
        linker.add_test_edges(manifest)
    return linker.graph


@pytest.fixture(scope="module", params=VARIANTS, ids=str)
def manifest(request: pytest.FixtureRequest) -> Manifest:
    return parsed_manifest(**request.param)


@pytest.mark.parametrize("fast_test_edges", [False, True])
def test_the_publication_waits_for_every_data_test(
    manifest: Manifest, fast_test_edges: bool
) -> None:
    before = nx.ancestors(build_graph(manifest, fast_test_edges), RELEASE)
    tests = {node.unique_id: node.name for node in manifest.nodes.values() if is_test(node)}
    late = {name for unique_id, name in tests.items() if unique_id not in before}
    assert len(tests) > 45
    assert late == AFTER_THE_RELEASE


def is_test(node: Any) -> bool:
    return node.resource_type == "test"


def test_the_publication_waits_for_every_table(manifest: Manifest) -> None:
    """Also those that nothing else reads: a run in which one of them fails publishes nothing."""
    before = nx.ancestors(build_graph(manifest, False), RELEASE)
    models = {n.name for n in manifest.nodes.values() if n.resource_type == "model"}
    late = models - {unique_id.rpartition(".")[2] for unique_id in before}
    assert late == {"current_release", "release_ledger"}


def test_what_reads_raw_files_is_level_0_alone(manifest: Manifest) -> None:
    """Everything later can be built and tested on a machine without the files and the key."""
    nodes: list[Any] = list(manifest.nodes.values())
    for node in nodes:
        raw = [parent for parent in node.depends_on_nodes if is_raw(manifest, parent)]
        if raw and node.resource_type == "model":
            is_audit = node.name == "final_features_has_all_antennas"
            assert node.fqn[1] == "staging" or is_audit, node.name


def is_raw(manifest: Manifest, unique_id: str) -> bool:
    node: Any = manifest.nodes.get(unique_id)
    return node is not None and "raw" in node.fqn[1:-1]


def test_levels_0_to_2_do_not_use_the_vars_of_the_gate(manifest: Manifest) -> None:
    """Else tables of one privacy_k could be released as those of another: see vars_of_table and
    find_unchanged."""
    macros: dict[str, Any] = dict(manifest.macros)
    known = "macro.gnuper.vars_of_the_release"
    names = re.findall("'([a-z_]+)'", macros[known].macro_sql)
    assert "privacy_k" in names
    uses = re.compile(rf"\b({'|'.join(names)})\b")

    def texts(node: Any, seen: set[str]) -> Iterator[str]:
        yield getattr(node, "raw_code", None) or node.macro_sql
        for name in {*node.depends_on.macros} & {*macros} - seen:
            seen.add(name)
            yield from texts(macros[name], seen)

    nodes: list[Any] = list(manifest.nodes.values())
    levels = {
        node.fqn[1]
        for node in nodes
        if node.resource_type == "model" and any(uses.search(text) for text in texts(node, {known}))
    }
    assert levels == {"features", "final"}
