"""The mock-up's folder: it receives all files or none. Only an earlier mock-up may be replaced."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from scripts.mockup.contents import write_contents
from scripts.mockup.options import OptionError, Options


def generate(options: Options, output: Path, force: bool = False) -> dict[str, Any]:
    """Write a complete mock-up to the folder `output`, or nothing; returns its manifest.

    It is written beside the folder and then moved there. `force` replaces an earlier mock-up.
    Raises OptionError when the folder holds anything else.
    """
    output = output.resolve()
    _check_output(output, force)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{output.name}.partial-", dir=output.parent
    ) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        manifest = write_contents(options, new)
        try:
            if output.exists():
                output.rename(old)
            new.rename(output)
        except BaseException:
            if old.exists() and not output.exists():
                old.rename(output)
            raise
    return manifest


def _check_output(output: Path, force: bool) -> None:
    """Raise OptionError unless the folder is new, empty, or a mock-up that `force` replaces."""
    if not output.exists() or (output.is_dir() and not any(output.iterdir())):
        return
    try:
        manifest = json.loads((output / "truth/manifest.json").read_text("utf-8"))
        own = {*manifest["files"], "truth/manifest.json"} if "made_by" in manifest else set()
    except (OSError, ValueError, KeyError, TypeError):
        own = set()
    found = {p.relative_to(output).as_posix() for p in output.rglob("*") if not p.is_dir()}
    foreign = sorted(found - own)
    if foreign or not own:
        example = f" (for example {foreign[0]})" if foreign else ""
        raise OptionError(
            f"--output {output}: holds something that is no mock-up{example}; "
            "allowed is a new or empty folder, or with --force an earlier mock-up"
        )
    if not force:
        raise OptionError(f"--output {output}: holds a mock-up already; --force replaces it")
