"""Pages in a real browser: this machine's Chromium without a window, driven by Playwright.

    def test_a_page(open_page):
        page = open_page("file:///.../report.html", width=400)
        page.get_by_label("Feature").select_option("calls_ratio")
        assert not page.errors and not page.external_requests

The browser is the program in the environment variable CHROMIUM, or `chromium` or `google-chrome`
in PATH; `.ci/run` installs Debian's. Tests that need one are skipped where there is none.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# A browser that speaks to nobody on its own.
FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The browser's program, or None where there is none."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *PROGRAMS))), None)


class WatchedPage:
    """A Playwright page that remembers what went wrong and what it asked for.

    All attributes that are not listed here are those of the page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note_console)
        page.on("request", lambda request: self.requests.append(request.url))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    @property
    def external_requests(self) -> list[str]:
        """Requests to anything but this machine's files and servers."""
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("file", "data", "blob", "about")
            and urlsplit(url).hostname not in ("127.0.0.1", "localhost")
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, with a profile of its own that is deleted afterwards."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium: install the Debian package chromium, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., WatchedPage]]:
    """Opens pages: `open_page(url, width=1280, height=800)`, and waits until they are loaded."""
    contexts = []

    def open_(url: str, width: int = 1280, height: int = 800) -> WatchedPage:
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = WatchedPage(context.new_page())
        page.goto(url, wait_until="load")
        return page

    yield open_
    for context in contexts:
        context.close()
