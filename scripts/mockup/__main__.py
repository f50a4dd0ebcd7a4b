"""python -m scripts.mockup: see `scripts.mockup`."""

from __future__ import annotations

import sys

from scripts.mockup import main

if __name__ == "__main__":
    sys.exit(main())
