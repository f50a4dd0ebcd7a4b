"""How commands fail: library functions raise, and `main` ends with the sentence and exit code 1."""

from __future__ import annotations


class CommandError(Exception):
    """Why a command cannot go on, in a sentence for the user."""
