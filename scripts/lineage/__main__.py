"""Print every leak of every variant; exit code 1 if there is one."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from scripts.lineage.project import Compiler
from scripts.lineage.proof import Proof
from scripts.lineage.variants import VARIANTS


def main() -> int:
    """Do the proof for each variant."""
    total, first = 0, None
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(Path(folder))
        for variant in VARIANTS:
            proof = Proof(compiler.compile(variant.vars, variant.first_run), first)
            first = first or proof
            leaks = proof.leaks()
            for leak in leaks:
                print(leak)
            columns = sum(len(relation.columns) for relation in proof.values())
            print(f"{variant.name}: {len(leaks)} leaks in {len(proof)} models, {columns} columns")
            total += len(leaks)
    return min(total, 1)


if __name__ == "__main__":
    sys.exit(main())
