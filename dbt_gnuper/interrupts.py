"""Ctrl-C without a stack trace.

dbt ends an interrupted command properly: it cancels the statements, writes its artifacts, and exits with
code 2. But its message is "Encountered an error", an empty line, and the stack trace.
"""

import signal
import sys
from typing import Any

from dbt.cli import requires
from dbt_common.events.base_types import EventLevel

SENTENCE = (
    "Interrupted: its statements were cancelled. Run again: what is complete is kept, and the last "
    "release is as it was, unless current_release had succeeded."
)


def extend() -> None:
    """Let dbt print one sentence after an interrupt. The stack trace goes to the log only."""
    fire_event = requires.fire_event

    def fire(event: Any, level: EventLevel | None = None) -> None:
        if isinstance(sys.exc_info()[1], KeyboardInterrupt):
            if isinstance(event, requires.MainEncounteredError):
                event = requires.MainEncounteredError(exc=SENTENCE)
            elif isinstance(event, requires.MainStackTrace):
                level = EventLevel.DEBUG
        fire_event(event, level)

    # dbt-labs/dbt-core#8338 asked for a short message, with the stack trace in the log alone. It is
    # closed, but dbt 1.11 still prints both.
    patched: Any = requires
    patched.fire_event = fire
    # Until now Ctrl-C may simply have ended the process, see START_DBT in scripts/run.py.
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
