"""The example notebook runs over the exported files, and is kept without outputs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from conftest import PROJECT_ROOT
from nbclient import NotebookClient

NOTEBOOK = PROJECT_ROOT / "notebooks" / "explore_the_release.ipynb"


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    """The notebook as it is in the repository."""
    return nbformat.read(NOTEBOOK, as_version=4)


def test_notebook_is_kept_without_outputs(notebook: nbformat.NotebookNode) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


def test_notebook_runs(
    notebook: nbformat.NotebookNode, mockup_output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNUPER_OUTPUT", str(mockup_output))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    texts = "".join(output.get("text", "") for output in outputs)
    assert "30 antennas" in texts
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"], "warnings"
