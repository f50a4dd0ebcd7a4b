"""python -m scripts.mockup: see `scripts.mockup`."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

from scripts.mockup import main


def _interrupt(signum: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)  # a terminated run must clean up as well
    sys.exit(main())
