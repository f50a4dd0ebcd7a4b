"""What the README says is true: its commands, its rows, its links."""

from __future__ import annotations

import importlib.util
import re
import shlex
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from conftest import PROJECT_ROOT, Project

README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
PAGES = ["README.md", "CONTRIBUTING.md", "docs/data_model.md", "docs/performance.md"]


def commands(program: str) -> list[list[str]]:
    """The arguments of the README's commands of a program."""
    split = [shlex.split(line) for line in COMMANDS]
    found = [words[1:] for words in split if words[0] == program]
    assert found, f"the README has no command of {program}"
    return found


@pytest.mark.parametrize("arguments", commands("make"), ids=shlex.join)
def test_make_knows_the_commands(arguments: list[str]) -> None:
    subprocess.run(["make", "--dry-run", *arguments], cwd=PROJECT_ROOT, check=True)


def test_modules_exist() -> None:
    for option, module, *_ in commands("python"):
        assert option == "-m" and importlib.util.find_spec(f"{module}.__main__")


def test_dbt_does_what_is_told(mockup_project: Project) -> None:
    for command, *arguments in commands("dbt"):
        if command == "show":
            words = [word.replace("gnuper.", f"{mockup_project.schema}.") for word in arguments]
            outcome = mockup_project.dbt(command, *words, "--no-write-json")
            assert outcome.success, outcome.output[-2000:]
        elif "-s" in arguments:
            chosen = mockup_project.dbt("ls", "-s", arguments[-1], "--no-write-json").result
            assert chosen.success and chosen.result, arguments


def test_rows_are_those_of_the_sample(mockup_output: Path) -> None:
    lines = README.partition("<!-- rows of the mock-up sample")[2].splitlines()[2:14]
    names, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    released = pd.read_csv(mockup_output / "final_features.csv", dtype=str, keep_default_na=False)
    assert rows == released[names].head(10).to_numpy().tolist()
    assert f"8 of {len(released.columns)} columns" in README


def test_picture_is_small() -> None:
    assert 20_000 < (PROJECT_ROOT / "docs" / "report.png").stat().st_size < 200_000


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    file = PROJECT_ROOT / page
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#?([^)\s]*)\)", file.read_text()):
        path = file.parent / target if target else file
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
            slugs = [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in headings]
            assert anchor in slugs, f"{target}#{anchor}"
