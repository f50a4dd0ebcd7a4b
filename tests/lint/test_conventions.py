"""Linters and the project's own conventions; `make lint` runs this file alone.

Nothing here needs a Spark server: dbt only parses.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PYTHON_FOLDERS = ["bench", "dbt_gnuper", "python_udfs", "scripts", "tests"]
SQL_FOLDERS = ["models", "tests", "analyses"]
LONGEST_FUNCTION = 60  # lines
LONG_FUNCTIONS = {
    "macros/gate/secondary_suppression.sql": "one query, step by step, which reads best as a whole",
    "python_udfs/bandicoot_kernels.py:indicators_of_users": "half of it are arguments, one a line",
    "python_udfs/bandicoot_samples.py:edge_users": "a list of cases, without a branch",
    "tests/pytest/random_cdr.py:_bad_lines": "a list of cases",
}


def run(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment in the project's folder."""
    return subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_clean(program: str, *arguments: str | Path) -> None:
    """A linter finds nothing; otherwise fail with its words and the command to repeat it."""
    outcome = run(program, *arguments)
    if outcome.returncode:
        command = " ".join(map(str, (program, *arguments)))
        pytest.fail(f"{command}\n\n{outcome.stdout}\n{outcome.stderr}", pytrace=False)


def assert_none(problems: list[str]) -> None:
    """Fail with one line per problem."""
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the manifest of the project as it is now."""
    folder = tmp_path_factory.mktemp("target")
    profiles = tmp_path_factory.mktemp("profiles")
    example = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (profiles / "profiles.yml").write_text(example)
    outcome = run(
        "dbt", "--no-use-colors", "parse", "--no-partial-parse", "--show-all-deprecations",
        "--profiles-dir", profiles, "--target-path", folder, "--log-path", folder,
    )  # fmt: skip
    if outcome.returncode:
        pytest.fail(f"dbt parse\n\n{outcome.stdout}\n{outcome.stderr}", pytrace=False)
    (folder / "parse.txt").write_text(outcome.stdout)
    return folder


@pytest.fixture(scope="module")
def manifest(target: Path) -> dict[str, Any]:
    """dbt's manifest."""
    return json.loads((target / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The project's models."""
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_sql_passes_sqlfluff() -> None:
    folders = [folder for folder in SQL_FOLDERS if any((PROJECT_ROOT / folder).rglob("*.sql"))]
    assert_clean(
        "sqlfluff", "lint", "--nocolor", "--disable-progress-bar", "--processes", "0", *folders
    )


def test_sql_is_indented_in_steps_of_four() -> None:
    problems = [
        f"{file.relative_to(PROJECT_ROOT)}:{number}: indented by {indent} characters"
        for folder in SQL_FOLDERS
        for file in sorted((PROJECT_ROOT / folder).rglob("*.sql"))
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if (indent := len(line) - len(line.lstrip())) % 4 or "\t" in line
    ]
    assert_none(problems)


def test_yaml_passes_yamllint() -> None:
    assert_clean("yamllint", "--strict", ".")


def test_python_passes_ruff_check() -> None:
    assert_clean("ruff", "check", "--quiet", *PYTHON_FOLDERS, "models")


def test_python_is_formatted_by_ruff() -> None:
    assert_clean("ruff", "format", "--quiet", "--diff", *PYTHON_FOLDERS, "models")


def test_python_passes_mypy() -> None:
    assert_clean("mypy", "--no-error-summary")


def test_functions_and_macros_fit_on_a_page() -> None:
    long = {
        f"{file.relative_to(PROJECT_ROOT)}:{node.name}"
        for folder in PYTHON_FOLDERS
        for file in (PROJECT_ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    }
    # without the comment on top
    long |= {
        str(file.relative_to(PROJECT_ROOT))
        for file in (PROJECT_ROOT / "macros").rglob("*.sql")
        for macro in re.findall(r"{%-? ma[ct]\w+ .*?{%-? endma", file.read_text(), re.DOTALL)
        if len(macro.splitlines()) > LONGEST_FUNCTION
    }
    known = LONG_FUNCTIONS.keys()
    problems = [
        f"{name} has more than {LONGEST_FUNCTION} lines: cut it, or say why in LONG_FUNCTIONS"
        for name in sorted(long - known)
    ]
    assert_none(problems + [f"{name} is not long (any more)" for name in sorted(known - long)])


def test_generated_files_are_up_to_date() -> None:
    assert_clean("python", "-m", "scripts.generate", "--check")


def test_dbt_parses_without_a_warning(target: Path) -> None:
    quiet = ("Running with dbt=", "Registered adapter:", "Performance info:")
    words = (target / "parse.txt").read_text().splitlines()
    assert_none([line for line in words if line.strip() and not any(q in line for q in quiet)])


def test_project_passes_dbt_bouncer(target: Path, tmp_path: Path) -> None:
    config = tmp_path / "dbt-bouncer.yml"
    text = (PROJECT_ROOT / "dbt-bouncer.yml").read_text()
    folder = json.dumps(str(target))
    config.write_text(re.sub("(?m)^dbt_artifacts_dir: .*$", f"dbt_artifacts_dir: {folder}", text))
    results = tmp_path / "results.json"
    outcome = run("dbt-bouncer", "--config-file", config, "--output-file", results)
    if outcome.returncode:
        failures = [
            f"{result['check_run_id']}: {result['failure_message']}"
            for result in (json.loads(results.read_text()) if results.exists() else [])
            if result["outcome"] != "success"
        ]
        assert_none(failures or [outcome.stdout, outcome.stderr])


def test_grain_is_the_first_line_of_each_model(models: list[dict[str, Any]]) -> None:
    problems = []
    for model in models:
        first_line = model["raw_code"].splitlines()[0]
        grain = model["config"]["meta"].get("grain", "")
        if grain.lower() not in first_line.lower() or not grain:
            problems.append(f"{model['name']}: meta.grain is '{grain}', line 1 is '{first_line}'")
    assert_none(problems)


def test_privacy_tier_fits_the_folder(models: list[dict[str, Any]]) -> None:
    allowed = {
        "staging/raw": {"raw"},
        "staging": {"pseudonymous", "aggregated"},
        "user": {"pseudonymous"},
        "antenna": {"aggregated"},
        "features": {"aggregated"},
        "features/gate": {"aggregated"},
        "final": {"released"},
        "final/release": {"released", "aggregated"},
        "final/release/audits": {"aggregated"},
    }
    problems = []
    for model in models:
        tier = model["config"]["meta"].get("privacy_tier")
        ids = {"user_id", "correspondent_id"} & model["columns"].keys()
        if tier not in allowed["/".join(model["fqn"][1:-1])] or (
            ids and tier not in ("raw", "pseudonymous")
        ):
            problems.append(f"{model['name']}: privacy_tier {tier}, {sorted(ids) or 'no user id'}")
    assert_none(problems)


def test_public_macros_are_documented(manifest: dict[str, Any]) -> None:
    problems = []
    for macro in manifest["macros"].values():
        if macro["package_name"] != "gnuper" or macro["name"].startswith(("_", "materialization_")):
            continue
        if not macro["description"]:
            problems.append(f"{macro['name']}: no description in the properties of its folder")
        problems += [
            f"{macro['name']}: argument {argument['name']} lacks a type or a description"
            for argument in macro["arguments"]
            if not argument["type"] or not argument["description"]
        ]
    assert_none(problems)


def test_doc_blocks_are_used(manifest: dict[str, Any]) -> None:
    described = "".join(
        file.read_text()
        for folder in ("models", "seeds", "macros")
        for file in (PROJECT_ROOT / folder).rglob("*.yml")
    )
    assert_none(
        [
            f"{doc['original_file_path']}: nothing is described by the doc block {doc['name']}"
            for doc in manifest["docs"].values()
            if doc["package_name"] == "gnuper"
            and doc["name"] != "__overview__"
            and f'doc("{doc["name"]}")' not in described
        ]
    )


def test_every_conservation_test_says_what_a_failure_means() -> None:
    assert_none(
        [
            f"{file.name}: no 'A failure means (a) ... (b) ...' on top"
            for file in sorted((PROJECT_ROOT / "tests" / "conservation").glob("*.sql"))
            if not re.search(r"A failure means\s+\(a\) .+\(b\) .+#\}", file.read_text(), re.DOTALL)
        ]
    )


def test_links_between_pages_lead_somewhere() -> None:
    problems = []
    for page in [*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").glob("*.md")]:
        for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text()):
            file = (page.parent / link) if link else page
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE) if anchor else []
            anchors = [re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in headings]
            if not file.exists() or (anchor and anchor not in anchors):
                problems.append(f"{page.name}: {link}#{anchor} leads nowhere")
    assert_none(problems)


def test_pre_commit_runs_local_hooks_alone() -> None:
    config = yaml.safe_load((PROJECT_ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    for hook in config["repos"][0]["hooks"]:
        assert hook["language"] == "system", f"{hook['id']} would install something"
        program = hook["entry"].split()[0].removeprefix(".venv/bin/")
        assert Path(sys.executable).with_name(program).exists(), f"{hook['id']}: no {program}"
    assert_clean("pre-commit", "validate-config")
