"""Warnings once more, at the end of a command.

dbt prints a warning when it occurs. Hundreds of lines later the run is "Completed successfully", and
nobody has seen it. So all warnings of a run are repeated after that, with their number.
"""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Note

from dbt_gnuper.patches import replace_methods

FIRST, LAST = "MainReportVersion", "CommandCompleted"
# dbt's own repetition of warnings, before the end.
REPETITIONS = {"RunResultWarning", "RunResultWarningMessage", "EndOfRunSummary"}


def summary(warnings: list[str]) -> str:
    """The warnings, each once, under their number."""
    each = list(dict.fromkeys(warnings))
    count = "One warning" if len(each) == 1 else f"{len(each)} warnings"
    return "\n".join([f"{count} of this run:", *(f"- {warning}" for warning in each)])


def extend() -> None:
    """Let dbt repeat warnings when a command is completed."""
    fire_event = EventManager.fire_event
    warnings: list[str] = []

    def fire(
        self: EventManager, e: BaseEvent, level: EventLevel | None = None, *rest: Any, **more: Any
    ) -> None:
        fire_event(self, e, level, *rest, **more)
        name = type(e).__name__
        if name == FIRST:
            warnings.clear()
        elif (level or e.level_tag()) == EventLevel.WARN and name not in REPETITIONS:
            warnings.append(e.message().strip())
        elif name == LAST and warnings:
            told = summary(warnings)
            warnings.clear()
            fire_event(self, Note(msg=told), EventLevel.INFO)

    # At its end dbt repeats only results with the status warn (print_run_end_messages). A warning of a
    # macro does not give its model this status, dbt-labs/dbt-core#12328 asks for it. Unnecessary if dbt
    # repeats these warnings too.
    replace_methods(EventManager, fire_event=fire)
