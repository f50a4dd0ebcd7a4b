"""python -m bench: see `bench`."""

from __future__ import annotations

from bench.command_line import main

if __name__ == "__main__":
    main()
