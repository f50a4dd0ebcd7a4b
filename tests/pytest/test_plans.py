"""The physical plans of all models: nothing that grows with the users runs in one place.

Plans are asked for twice: as they are for this small sample, and with joins as they are for tables
that are too large to be sent to every task (no automatic broadcast).
"""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from conftest import Project
from pyhive import hive

from dbt_gnuper.spark_connect import connect

# Models in which all rows of something meet in one task, and why that is no harm.
ONE_TASK_IS_ENOUGH = {
    "distant_days": "the days of the delivery",
    "release_period": "lists the files",
    "release_ledger": "a hash over the released rows, which are about antennas",
}

# Models that pair each of their rows with every member of a short list.
SHORT_LISTS = {
    "feature_decisions": "the features",
    "feature_support": "the features and their parts",
    "final_flows": "the periods, of which one is all",
    "release_ledger": "one row",
}

NODE = re.compile(r"(?P<indent>[ :]*(?:[+:]- )?)(?P<name>[*A-Z].*) \((?P<id>\d+)\)")
DETAILS = re.compile(r"\((\d+)\) ")
CROSS_JOINS = ("CartesianProduct", "BroadcastNestedLoopJoin")
# Operators that hand on the rows that they get, or fewer.
SAME_ROWS = ("Project", "Filter", "Exchange", "BroadcastExchange", "ColumnarToRow", "Sort")
AT_THE_DRIVER = ("CollectLimit", "CollectTail", "TakeOrderedAndProject", "GlobalLimit")


@dataclass
class Node:
    """An operator of a plan with its inputs."""

    name: str
    details: str = ""
    inputs: list[Node] = field(default_factory=list)

    def all(self) -> Iterator[Node]:
        """This operator and all below it."""
        yield self
        for node in self.inputs:
            yield from node.all()

    @property
    def is_one_row(self) -> bool:
        """An aggregate over everything."""
        return "Aggregate" in self.name and "\nKeys: []" in self.details

    @property
    def is_constant(self) -> bool:
        """Rows that stand in the SQL itself."""
        return self.name.startswith(("LocalTableScan", "Scan OneRowRelation"))


def read_plan(text: str) -> list[Node]:
    """The trees of EXPLAIN FORMATTED: the query's own and its subqueries'."""
    details: dict[str, str] = {}
    for block in text.split("\n\n"):
        if found := DETAILS.match(block.strip("\n")):
            details[found[1]] = block
    roots: list[Node] = []
    path: list[tuple[int, Node]] = []
    is_tree = False
    for line in text.splitlines():
        found = NODE.fullmatch(line) if is_tree else None
        is_tree = line.startswith(("== Physical Plan ==", "Subquery:")) or found is not None
        if not found:
            path = []
            continue
        node = Node(found["name"].removeprefix("* "), details.get(found["id"], ""))
        depth = len(found["indent"])
        while path and path[-1][0] >= depth:
            path.pop()
        (path[-1][1].inputs if path else roots).append(node)
        path.append((depth, node))
    assert roots, text[:2000]
    return roots


def source_of(node: Node) -> Node:
    """What lies below operators that only hand rows on."""
    while node.name.startswith(SAME_ROWS) and len(node.inputs) == 1:
        node = node.inputs[0]
    return node


def problems(text: str, growing: set[str]) -> list[str]:
    """What would be slow, or break, with many users; `growing` tables may not go to every task."""
    found = []
    for node in (node for root in read_plan(text) for node in root.all()):
        sources = [source_of(part) for part in node.inputs]
        if node.name.startswith(CROSS_JOINS) and not any(
            source.is_one_row or source.is_constant for source in sources
        ):
            found.append(f"cross join ({node.name}): every row meets every row")
        if node.name.startswith(AT_THE_DRIVER):
            found.append(f"the driver collects rows ({node.name})")
        if node.name == "Exchange" and "SinglePartition" in node.details:
            if not sources[0].is_one_row:
                found.append("one task gets all rows")
            elif re.search("collect_(list|set)|array_agg", sources[0].details):
                found.append("one task collects all rows in one value")
        if node.name == "BroadcastExchange" and not sources[0].is_one_row:
            tables = {part.name.rpartition(".")[2] for part in node.all() if "Scan" in part.name}
            found += [f"broadcast: all of {name} to every task" for name in tables & growing]
    return found


@dataclass
class Planner:
    """A Thrift session; where `large`, it plans as if no table were small."""

    cursor: hive.Cursor
    growing: set[str]  # tables with a row per user, event or record
    large: bool

    def problems(self, sql: str) -> list[str]:
        """Those of the query's plan."""
        self.cursor.execute(f"explain formatted {sql}")
        # Small tables may be sent to every task, whatever they hold.
        return problems(self.cursor.fetchall()[0][0], self.growing if self.large else set())


@pytest.fixture(scope="module")
def nodes(mockup_project: Project) -> list[dict[str, Any]]:
    """The project's models and sources, from dbt's manifest."""
    manifest = json.loads((mockup_project.target / "manifest.json").read_text())
    nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
    return [node for node in nodes if node["resource_type"] in ("model", "source")]


@pytest.fixture(scope="module")
def growing(nodes: list[dict[str, Any]]) -> set[str]:
    """Tables that grow with the users."""
    tiers = ("pseudonymous", "raw")
    names = {node["name"] for node in nodes if node["config"]["meta"]["privacy_tier"] in tiers}
    # these grow with antennas, files and days
    return names - {
        "cell_sites", "pseudonym_key", "cdr_files", "cdr_folder", "delivered_files", "distant_days",
    }  # fmt: skip


@pytest.fixture(scope="module", params=[False, True], ids=["as it is", "large"])
def planner(
    request: pytest.FixtureRequest, mockup_project: Project, growing: set[str]
) -> Iterator[Planner]:
    connection = hive.connect("127.0.0.1", mockup_project.server.thrift_port)
    cursor = connection.cursor()
    if request.param:
        cursor.execute("set spark.sql.autoBroadcastJoinThreshold = -1")
    yield Planner(cursor, growing, request.param)
    with suppress(hive.Error):
        connection.close()


def test_plans_of_sql_models(
    mockup_project: Project, planner: Planner, nodes: list[dict[str, Any]]
) -> None:
    """No cross join, nothing in one task, at the driver or sent around that grows with users."""
    # definitions of tables over files have no plan; audits are planned as parts of release_audit
    without_plan = ("raw_files", "ephemeral")
    models = [
        node
        for node in nodes
        if node.get("language") == "sql" and node["config"]["materialized"] not in without_plan
    ]
    assert len(models) > 20
    found = {}
    for model in models:
        path = mockup_project.target / "compiled" / "gnuper" / model["original_file_path"]
        found[model["name"]] = planner.problems(path.read_text())
    for name in ONE_TASK_IS_ENOUGH:
        found[name] = [problem for problem in found[name] if not problem.startswith("one task")]
    for name in SHORT_LISTS:
        found[name] = [problem for problem in found[name] if not problem.startswith("cross join")]
    assert not {name: problems for name, problems in found.items() if problems}


def test_plan_of_the_python_model(mockup_project: Project, growing: set[str]) -> None:
    """The same, for user_bandicoot; the places of the antennas are sent to every task."""
    path = mockup_project.target / "compiled" / "gnuper" / "models" / "user" / "user_bandicoot.py"
    names = runpy.run_path(str(path))
    with connect() as spark:
        frame = names["model"](names["dbtObj"](spark.table), spark)
        plan = frame._explain_string(mode="formatted")
    assert "antennas" in plan
    # machines are few, and Spark sends them around only as long as they are
    assert problems(plan, growing - {"machines"}) == []


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        (
            "select * from {t}.user_metrics as a cross join {t}.user_home_antenna as b",
            "cross join",
        ),
        (
            "select * from {t}.machines as a join {t}.machines as b on a.user_id < b.user_id",
            "cross join",
        ),
        ("select row_number() over (order by user_id) from {t}.user_home_antenna", "one task"),
        ("select sum(night_events) over () from {t}.user_home_antenna", "one task"),
        ("select collect_list(user_id) from {t}.user_home_antenna", "one task"),
        ("select * from {t}.user_metrics order by user_id limit 5", "the driver"),
        (
            "select /*+ broadcast(b) */ * from {t}.user_metrics join {t}.machines as b using (user_id)",
            "broadcast",
        ),
    ],
)
def test_bad_plans_are_found(
    mockup_project: Project, planner: Planner, sql: str, problem: str
) -> None:
    """Each rule, by a query that breaks it."""
    found = planner.problems(sql.format(t=f"{mockup_project.schema}_restricted"))
    assert any(text.startswith(problem) for text in found) or (
        problem == "broadcast" and not planner.large
    )


def test_good_plans_are_left_alone(mockup_project: Project, planner: Planner) -> None:
    """A total beside every row, constants beside every row, a sum in each group."""
    sql = """
        with total as (select sum(night_events) as nights from {t}.user_home_antenna)
        select homes.antenna_id, constants.x, sum(homes.night_events) / max(total.nights)
        from {t}.user_home_antenna as homes
        cross join total
        cross join (select * from values (1), (2) as (x)) as constants
        group by homes.antenna_id, constants.x
    """
    assert planner.problems(sql.format(t=f"{mockup_project.schema}_restricted")) == []
