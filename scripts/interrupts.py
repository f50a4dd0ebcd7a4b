"""Ctrl-C: a command ends in one sentence with exit code 130.

scripts/__init__.py installs this for whatever runs as `python -m scripts.<name>`, before the command's
own modules are loaded, which takes seconds. Being terminated (a scheduler's time limit) or losing the
terminal does the same, with the exit codes 143 and 129.
"""

from __future__ import annotations

# Nothing that is slow to load: until it is installed Ctrl-C shows a traceback.
import contextlib
import os
import signal

SENTENCE = "Interrupted: run the same command again to go on.\n"


class Interrupted(SystemExit, KeyboardInterrupt):
    """An interrupt for code that cleans up after one; for Python an exit without a traceback."""


def install() -> None:
    """Raise Interrupted in the main thread when one of the signals comes, save those that whoever
    started the command has switched off."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _frame: object) -> None:
    # Not print: it may be print that was interrupted. The terminal may be gone.
    with contextlib.suppress(OSError):
        os.write(2, SENTENCE.encode())
    raise Interrupted(128 + number)
