"""python -m bench: see `bench`."""

from __future__ import annotations

import signal
import sys

from bench.command_line import main

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server must stop then as well
    main()
