"""python -m scripts.server: see `scripts.server`."""

from __future__ import annotations

import sys

from scripts.server import main

if __name__ == "__main__":
    sys.exit(main())
