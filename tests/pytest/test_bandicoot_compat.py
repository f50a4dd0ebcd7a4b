"""bandicoot can be imported, and importing it leaves the process as it was."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from python_udfs import bandicoot_compat
from python_udfs.bandicoot_compat import import_bandicoot

PROJECT = Path(__file__).resolve().parents[2]

IN_A_FRESH_PROCESS = """
import inspect, logging, sys, warnings
warnings.simplefilter("error")
logging.getLogger().setLevel(logging.DEBUG)
before = set(dir(inspect)), list(logging.getLogger().handlers), "distutils" in sys.modules
from python_udfs.bandicoot_compat import import_bandicoot
bandicoot = import_bandicoot()
assert import_bandicoot() is bandicoot and bandicoot.__version__ == "0.6.0"
after = set(dir(inspect)), list(logging.getLogger().handlers), "distutils" in sys.modules
assert before == after, "the process was changed"
assert logging.getLogger().level == logging.DEBUG
"""


def test_importing_changes_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_FRESH_PROCESS],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == done.stderr == ""


def test_indicators_keep_their_arguments() -> None:
    """bandicoot's decorators rewrite signatures with the functions supplied here."""
    function = import_bandicoot().individual.number_of_contacts
    signature = inspect.signature(function, follow_wrapped=False)
    assert str(signature) == (
        "(user, groupby='week', interaction=['call', 'text'], summary='default', split_week=False,"
        " split_day=False, filter_empty=True, datatype=None, direction=None, more=0)"
    )


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_bandicoot(), "__version__", "0.7.0")
    with pytest.raises(RuntimeError, match=r"bandicoot 0\.6\.0 is needed, found 0\.7\.0"):
        import_bandicoot()


def test_sums_are_plain_on_every_python() -> None:
    """0.1 ten times is 1.0 with the compensated sum of Python 3.12, and less without."""
    maths = import_bandicoot().helper.maths
    assert maths.mean([0.1] * 10) == 0.09999999999999999
    assert bandicoot_compat.plain_sum([0.1] * 10) == 0.9999999999999999
