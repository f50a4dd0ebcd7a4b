"""The example notebook runs over the exported files, and is kept without outputs."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from conftest import PERIODS, PROJECT_ROOT, Release
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


@pytest.mark.parametrize("period", PERIODS)
def test_notebook_runs(
    release_by: Callable[[str], Release], monkeypatch: pytest.MonkeyPatch, period: str
) -> None:
    """Also over a release with a row per week, of which it shows the last one."""
    release = release_by(period)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    monkeypatch.setenv("GNUPER_OUTPUT", str(release.output))
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    outputs = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    texts = "".join(output.get("text", "") for output in outputs)
    features, pairs = release.file("final_features"), release.file("final_interactions")
    last = pairs[pairs["period"] == pairs["period"].max()]
    linked = {
        frozenset(pair) for pair in zip(last["antenna_id1"], last["antenna_id2"], strict=True)
    }
    assert f"{features['antenna_id'].nunique()} antennas" in texts
    assert f"{sum(len(pair) == 2 for pair in linked)} pairs with ties" in texts
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"], "warnings"
