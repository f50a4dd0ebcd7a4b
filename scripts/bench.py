"""python -m scripts.bench: runs `python -m bench`, which has moved to a package of its own."""

from __future__ import annotations

import runpy

if __name__ == "__main__":
    runpy.run_module("bench", run_name="__main__", alter_sys=True)
