"""The command line: writes what is generated, or says what is not up to date."""

from __future__ import annotations

from pathlib import Path

from scripts.generate.files import BLOCKS, FILES, up_to_date
from scripts.paths import PROJECT_ROOT


def main(arguments: list[str]) -> int:
    """Write all files and blocks, or with --check compare them."""
    texts: dict[Path, str] = {PROJECT_ROOT / name: make() for name, make in FILES}
    for name, block, make in BLOCKS:
        file = PROJECT_ROOT / name
        text = texts.get(file) or file.read_text(encoding="utf-8")
        texts[file] = up_to_date(text, block, make())
    stale = [
        file
        for file, text in texts.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    if "--check" in arguments:
        if stale:
            names = ", ".join(str(file.relative_to(PROJECT_ROOT)) for file in stale)
            print(f"Not up to date: {names}. Run `make generate`, and commit what it writes.")
        return 1 if stale else 0
    for file in stale:
        file.write_text(texts[file], encoding="utf-8")
    return 0
