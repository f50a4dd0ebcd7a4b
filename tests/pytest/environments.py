"""Environments of their own, for tests with packages that the project does not have."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
import venv
from pathlib import Path

from conftest import PROJECT_ROOT


def environment(name: str) -> Path:
    """The folder of the environment with the packages of requirements/<name>.txt.

    It is kept for the next tests, because the packages are some hundred megabytes, and made anew when
    its lock file has changed.
    """
    lock = PROJECT_ROOT / "requirements" / f"{name}.txt"
    folder = PROJECT_ROOT / ".pytest_cache" / name
    mark = folder / "installed"
    if not mark.exists() or not filecmp.cmp(mark, lock, shallow=False):
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        check = ["--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, *check, "--requirement", lock], check=True)
        shutil.copy(lock, mark)
    return folder
