"""python -m scripts.generate: see `scripts.generate`."""

from __future__ import annotations

import sys

from scripts.generate import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
