"""The tutorial: its commands run as they are written, and its figures are those of its notebook."""

from __future__ import annotations

import base64
import math
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import PROJECT_ROOT, WITHOUT_DATA_TESTS, Project
from nbclient import NotebookClient

from scripts import mockup

TUTORIAL = (PROJECT_ROOT / "docs" / "tutorial.md").read_text()
NOTEBOOK = PROJECT_ROOT / "notebooks" / "deprivation_of_districts.ipynb"


def outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """What the cells show, in their order."""
    return [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]


def texts(notebook: nbformat.NotebookNode) -> str:
    """What the cells print."""
    return "".join(output.get("text", "") for output in outputs(notebook))


def kinds(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """Which kinds of data each output has."""
    return [sorted(output.get("data", ["text"])) for output in outputs(notebook)]


def scores(notebook: nbformat.NotebookNode) -> dict[str, float]:
    """R2 of each model."""
    rows = re.findall(
        r"^(\S.*?) {2,}(-?\d\.\d+)(?: +-?\d+\.\d+){3}$", texts(notebook), re.MULTILINE
    )
    return {name: float(score) for name, score in rows}


def commands() -> list[str]:
    """The commands of the tutorial; those over several lines as one."""
    blocks = re.findall(r"^```sh\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    return "".join(blocks).replace("\\\n", " ").splitlines()


@pytest.fixture(scope="module")
def kept() -> nbformat.NotebookNode:
    """The notebook as it is in the repository."""
    return nbformat.read(NOTEBOOK, as_version=4)


def test_kept_notebook_is_executed(kept: nbformat.NotebookNode) -> None:
    cells = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    shown = outputs(kept)
    assert not [output for output in shown if output.output_type == "error"]
    assert not [output for output in shown if output.get("name") == "stderr"], "warnings"
    assert sum("image/png" in kind for kind in kinds(kept)) == 4
    assert NOTEBOOK.stat().st_size < 500_000
    assert str(PROJECT_ROOT) not in NOTEBOOK.read_text()


def test_figures_of_the_text_are_those_of_the_notebook(kept: nbformat.NotebookNode) -> None:
    printed = {" ".join(line.split()) for line in texts(kept).splitlines()}
    blocks = re.findall(r"^```text\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    quoted = [" ".join(line.split()) for line in "".join(blocks).splitlines()]
    assert len(quoted) > 8
    assert not [line for line in quoted if line not in printed]
    prose = re.sub(r"^```.*?^```", "", TUTORIAL, flags=re.MULTILINE | re.DOTALL)
    numbers = set(re.findall(r"-?\d+\.\d+", prose))
    sources = "".join(cell.source for cell in kept.cells)
    assert numbers <= set(re.findall(r"-?\d+\.\d+", texts(kept) + sources))


def test_picture_of_the_text_is_that_of_the_notebook(kept: nbformat.NotebookNode) -> None:
    pictures = [base64.b64decode(o.data["image/png"]) for o in outputs(kept) if "data" in o]
    assert (PROJECT_ROOT / "docs" / "tutorial.png").read_bytes() in pictures


@pytest.mark.slow
def test_notebook_runs_as_documented(
    make_project: Callable[..., Project],
    kept: nbformat.NotebookNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From the commands of the tutorial to the same conclusions."""
    make, run, execute = commands()[-3:]
    arguments = shlex.split(make)[3:]
    arguments[arguments.index("--output") + 1] = str(tmp_path / "raw")
    assert mockup.main(arguments) == 0
    variables = yaml.safe_load(shlex.split(run)[2].removeprefix("VARS="))
    project = make_project("tutorial", **{**variables, "raw_data_path": str(tmp_path / "raw")})
    project.build(*WITHOUT_DATA_TESTS)

    assert execute.split()[-1] == str(NOTEBOOK.relative_to(PROJECT_ROOT))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    monkeypatch.setenv("GNUPER_OUTPUT", str(project.export()))
    monkeypatch.setenv("GNUPER_SAMPLE", str(tmp_path / "raw"))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    assert kinds(notebook) == kinds(kept)
    found, before = scores(notebook), scores(kept)
    assert len(found) == 4 and found.keys() == before.keys()
    assert all(math.isfinite(score) for score in found.values())
    for name in found:
        for other in found:
            if before[name] > before[other] + 0.05:
                assert found[name] > found[other], "the text says the opposite"
        assert found[name] == pytest.approx(before[name], abs=0.05)
