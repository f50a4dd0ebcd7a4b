"""Sums up a run for the result file: its phases, levels and models."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from bench.event_log import Task, Work, work_per_node
from bench.runs import LEVELS, Run


def summary(run: Run, tasks: list[Task]) -> dict[str, Any]:
    """A run in the form of the result file; dbt runs with their phases, levels and models."""
    works = work_per_node(tasks, run.usage)
    result = {
        "wall": run.usage.wall,
        "cpu": run.usage.cpu,
        "cpu_of_spark": run.usage.cpu_of_spark,
        "cpu_of_others": run.usage.cpu_of_others,
        "ledger": run.usage.ledger,
        "peak_memory": run.usage.peak_memory,
        "read_by_spark": run.usage.read_by_spark,
        "rows_per_second": run.rows / run.usage.wall,
        "spark": asdict(_whole(works)),
    }
    if run.nodes:
        result |= {"phases": phases(run), **_levels_and_models(run, works)}
    return rounded(result)


def brief(run: Run, tasks: list[Task]) -> dict[str, Any]:
    """The same without the models, where these tell nothing new."""
    return {name: value for name, value in summary(run, tasks).items() if name != "models"}


def _whole(works: dict[str, Work]) -> Work:
    """The work of all nodes together."""
    whole = Work()
    for work in works.values():
        for name, value in vars(work).items():
            both = (max if name == "longest_task" else sum)((getattr(whole, name), value))
            setattr(whole, name, both)
    return whole


def _levels_and_models(run: Run, works: dict[str, Work]) -> dict[str, Any]:
    """Wall seconds of each level; wall seconds and work of each model."""
    shares = shared_seconds(run.nodes)
    models = [node for node in run.nodes if node["kind"] == "model"]
    return {
        "levels": {
            str(level): sum(shares[node["name"]] for node in models if node["level"] == level)
            for level in range(len(LEVELS))
        },
        "models": {
            node["name"]: {
                "level": node["level"],
                "wall": node["ended"] - node["began"],
                "shared_wall": shares[node["name"]],
                **asdict(works.get(node["name"], Work())),
            }
            for node in models
        },
    }


def phases(run: Run) -> dict[str, float]:
    """The wall seconds of each phase of a dbt command; they add up to the whole."""
    shares = shared_seconds(run.nodes)
    timed = [node for node in run.nodes if shares[node["name"]]]
    parts: dict[str, float] = defaultdict(float)
    parts["start and parse"] = min(node["began"] for node in timed) - run.usage.began
    for node in timed:
        kind = {"operation": "checks before and after"}.get(node["kind"], f"{node['kind']}s")
        parts[kind.replace("_", " ")] += shares[node["name"]]
    parts["between and at the end"] = run.usage.wall - sum(parts.values())
    return dict(parts)


def shared_seconds(nodes: list[dict[str, Any]]) -> dict[str, float]:
    """Wall seconds of each node; nodes that run at the same time share them equally."""
    timed = [node for node in nodes if node["began"]]
    moments = sorted({node[end] for node in timed for end in ("began", "ended")})
    seconds: dict[str, float] = defaultdict(float)
    for begin, end in itertools.pairwise(moments):
        running = [node for node in timed if node["began"] <= begin and end <= node["ended"]]
        for node in running:
            seconds[node["name"]] += (end - begin) / len(running)
    return seconds


def rounded(value: Any) -> Any:
    """The value with all its numbers rounded to three decimals."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return round(value, 3) if isinstance(value, float) else value


def typical(runs: list[Run]) -> Run:
    """The run with the median wall time (of two, the faster)."""
    return sorted(runs, key=lambda run: run.usage.wall)[(len(runs) - 1) // 2]
