"""The warnings of a run are repeated at its end, each once and with their number."""

from __future__ import annotations

import pytest
from dbt.events.types import CommandCompleted, JinjaLogWarning, MainReportVersion
from dbt_common.events.event_manager import EventManager

from dbt_gnuper import repeated_warnings


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> tuple[EventManager, list[str]]:
    """A manager of events with the plugin, and all messages that it passes on."""
    monkeypatch.setattr(EventManager, "fire_event", EventManager.fire_event)
    repeated_warnings.extend()
    manager = EventManager()
    messages: list[str] = []
    manager.add_callback(lambda event: messages.append(event.info.msg))  # type: ignore[attr-defined]
    return manager, messages


def completed() -> CommandCompleted:
    return CommandCompleted(command="run", success=True, completed_at=None, elapsed=1.0)


def test_warnings_come_again_at_the_end(told: tuple[EventManager, list[str]]) -> None:
    manager, messages = told
    manager.fire_event(MainReportVersion(version="1", log_version=1))
    for warning in ("files are empty", "a gate is broken", "files are empty"):
        manager.fire_event(JinjaLogWarning(msg=warning))
    assert not any("of this run" in message for message in messages)
    manager.fire_event(completed())
    assert messages[-1] == "2 warnings of this run:\n- files are empty\n- a gate is broken"


def test_a_run_without_warnings_says_nothing(told: tuple[EventManager, list[str]]) -> None:
    """Those of an earlier command in the same process do not count."""
    manager, messages = told
    manager.fire_event(JinjaLogWarning(msg="of an earlier command"))
    manager.fire_event(MainReportVersion(version="2", log_version=1))
    manager.fire_event(completed())
    assert not any("of this run" in message for message in messages)


def test_one_warning() -> None:
    assert repeated_warnings.summary(["a", "a"]) == "One warning of this run:\n- a"
