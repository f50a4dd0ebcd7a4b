"""Command line helpers of the project: the local Spark server and its companions."""

import sys

# While Python looks for the module that `python -m scripts.<name>` runs, this is its argument 0.
if sys.argv[0] == "-m":
    from scripts import interrupts

    interrupts.install()
