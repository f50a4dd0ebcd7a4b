"""The recorded results of the benchmark, and the machine and versions that they name."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from scripts import paths
from scripts.server import ServerInfo

PACKAGES = ("pyspark", "dbt-core", "dbt-spark", "duckdb", "pyarrow", "numpy", "numba")


def write_record(result: dict[str, Any], now: datetime) -> Path:
    """Write a result to the folder of results, a line per part; returns the file."""
    paths.BENCH_RESULTS.mkdir(parents=True, exist_ok=True)
    file = paths.BENCH_RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    parts = ",\n".join(f"{json.dumps(name)}: {json.dumps(part)}" for name, part in result.items())
    file.write_text(f"{{\n{parts}\n}}\n")
    return file


def last_result(data: dict[str, int], cores: int) -> dict[str, Any] | None:
    """The latest recorded result for the same data and number of cores."""
    for file in sorted(paths.BENCH_RESULTS.glob("*.json"), reverse=True):
        result = json.loads(file.read_text())
        if result["data"] == data and result["machine"]["cores"] == cores:
            return result
    return None


def machine() -> dict[str, Any]:
    """The hardware and system that the figures depend on, without the machine's name."""
    model = platform.processor()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(
            (line.split(": ")[1] for line in lines if line.startswith("model name")), model
        )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model,
        "memory": psutil.virtual_memory().total,
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions(server: ServerInfo) -> dict[str, str]:
    """The versions of the project and of the programs that it ran on."""
    java = subprocess.run(
        [server.java, "-version"], capture_output=True, check=True, text=True
    ).stderr.splitlines()[0]
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=paths.PROJECT_ROOT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    return {
        "gnuper": described.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "java": java,
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }
