"""Progress on the terminal, and the error that ends a benchmark."""

from __future__ import annotations

import sys


class BenchmarkError(Exception):
    """A measured program failed or gave a wrong result; the message says which."""


def say(sentence: str) -> None:
    """One line of progress."""
    print(f"==> {sentence}", file=sys.stderr, flush=True)
