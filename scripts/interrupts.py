"""Ctrl-C: a command ends in one sentence with exit code 130.

scripts/__init__.py installs this for every `python -m scripts.<name>`. It does so before it loads the
command's own modules, which takes seconds. SIGTERM (such as a scheduler's time limit) and SIGHUP (a
closed terminal) have the same effect, with the exit codes 143 and 129.
"""

from __future__ import annotations

# Only imports that are fast: until the handler is installed, Ctrl-C prints a traceback.
import contextlib
import os
import signal

SENTENCE = "Interrupted: run the same command again to go on.\n"


class Interrupted(SystemExit, KeyboardInterrupt):
    """A KeyboardInterrupt for code that cleans up, a SystemExit for Python: it prints no traceback."""


def install() -> None:
    """Raise Interrupted in the main thread at each of these signals, unless the caller of the command
    has set the signal to be ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: object) -> None:
    # Not print, which may be what was interrupted. The terminal may be closed.
    with contextlib.suppress(OSError):
        os.write(2, SENTENCE.encode())
    raise Interrupted(128 + number)
