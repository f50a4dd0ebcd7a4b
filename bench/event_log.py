"""Reads from Spark's event log what its tasks did for each dbt node."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.meter import Usage

# dbt begins every statement with a comment that names the node.
NODE_ID = re.compile(r'"node_id": "\w+\.\w+\.(\w+)')
# No other model uses the Connect endpoint.
PYTHON_MODEL = "user_bandicoot"


@dataclass
class Work:
    """What Spark's tasks did for one dbt node. Seconds are summed over tasks, bytes as on disk."""

    cpu: float = 0.0
    run: float = 0.0  # time in which tasks occupied a core, including waiting
    garbage_collection: float = 0.0
    longest_task: float = 0.0
    tasks: int = 0
    stages: int = 0
    rows_written: int = 0
    bytes_read: int = 0
    bytes_shuffled: int = 0
    bytes_spilled: int = 0
    bytes_written: int = 0


@dataclass(frozen=True)
class Task:
    """A finished task: when, for which dbt node and stage, and Spark's own metrics."""

    node: str
    stage: int
    ended: float  # seconds since the epoch
    metrics: dict[str, Any]


def read_tasks(event_log: Path) -> list[Task]:
    """All finished tasks; the node is '' for tasks that belong to no statement of dbt."""
    node_of_stage: dict[int, str] = {}
    tasks = []
    with event_log.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"Event":"SparkListenerStageSubmitted"'):
                event = json.loads(line)
                node_of_stage[event["Stage Info"]["Stage ID"]] = _node(event["Properties"])
            elif line.startswith('{"Event":"SparkListenerTaskEnd"'):
                event = json.loads(line)
                if event.get("Task Metrics"):
                    stage = event["Stage ID"]
                    ended = event["Task Info"]["Finish Time"] / 1000
                    tasks.append(
                        Task(node_of_stage.get(stage, ""), stage, ended, event["Task Metrics"])
                    )
    return tasks


def _node(properties: dict[str, str]) -> str:
    found = NODE_ID.search(properties.get("spark.job.description", ""))
    if found:
        return found[1]
    return PYTHON_MODEL if "SparkConnect" in properties.get("spark.job.tags", "") else ""


def work_per_node(tasks: list[Task], usage: Usage) -> dict[str, Work]:
    """What the tasks that ended during a run did, by dbt node."""
    works: dict[str, Work] = defaultdict(Work)
    stages = defaultdict(set)
    for task in tasks:
        if not usage.began <= task.ended <= usage.ended:
            continue
        work, metrics = works[task.node], task.metrics
        run = metrics["Executor Run Time"] / 1e3
        work.cpu += metrics["Executor CPU Time"] / 1e9
        work.run += run
        work.garbage_collection += metrics["JVM GC Time"] / 1e3
        work.longest_task = max(work.longest_task, run)
        work.tasks += 1
        stages[task.node].add(task.stage)
        work.stages = len(stages[task.node])
        work.rows_written += metrics["Output Metrics"]["Records Written"]
        work.bytes_read += metrics["Input Metrics"]["Bytes Read"]
        work.bytes_shuffled += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        work.bytes_spilled += metrics["Disk Bytes Spilled"]
        work.bytes_written += metrics["Output Metrics"]["Bytes Written"]
    return dict(works)
