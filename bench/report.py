"""The tables of a recorded result, and its chart.

python -m bench.report bench/results/<time>.json [--chart docs/benchmark.png]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bench.chart import draw
from bench.tables import all_tables


def main() -> None:
    """Print the tables; draw the chart if its file is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path)
    parser.add_argument("--chart", type=Path)
    options = parser.parse_args()
    result = json.loads(options.result.read_text())
    print(all_tables(result))
    if options.chart:
        draw(result, options.chart)


if __name__ == "__main__":
    main()
