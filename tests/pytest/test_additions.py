"""What CONTRIBUTING.md says about adding a feature, a window, a metric and a var: these files, no others.

Each addition is made in one copy of the project, where dbt then parses and compiles. No test here
needs a Spark server.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import PROJECT_ROOT, copy_project

from dbt_gnuper.features import features
from dbt_gnuper.rests import OTHER_RESTS, rests
from scripts.generate.files import BLOCKS, FILES

REGISTRY = "dbt_gnuper/features.yml"
INTERACTIONS = "models/features/interaction_features.sql"
FEATURE_TESTS = "models/features/_features__models.yml"
LAST_COLUMN = "    partner_features.sms_partner_entropy,\n"

# For each addition the heading in CONTRIBUTING.md, and the edits by hand: file, old text, new text.
# An empty old text stands for the end of the file.
ADDITIONS: dict[str, list[tuple[str, str, str]]] = {
    "a feature": [
        (
            REGISTRY,
            "",
            """
  - name: calls_reciprocity
    model: interaction_features
    rests_on: [partners.calls]
    leaves: [partners.calls]
    group: Ties and distance
    label: Share of calls that are returned
    short: share of calls that are returned
    meaning: "Calls that the partner antenna's residents return, over all calls: a test."
    unit: none
    least: 0
    most: 1
    missing: without calls between users with a home
    source: a test
""",
        ),
        (
            INTERACTIONS,
            "    inner join totals\n",
            (
                "    left join antenna_interactions as back\n"
                "        on\n"
                "            antenna_interactions.antenna_id1 = back.antenna_id2\n"
                "            and antenna_interactions.antenna_id2 = back.antenna_id1\n"
                "    inner join totals\n"
            ),
        ),
        (
            INTERACTIONS,
            " as sms_partner_entropy\n    from",
            (
                " as sms_partner_entropy,\n"
                "        {{ ratio(\n"
                "            'sum(least(antenna_interactions.call_count, back.call_count))',\n"
                "            'sum(antenna_interactions.call_count)',\n"
                "        ) }} as calls_reciprocity\n    from"
            ),
        ),
        (INTERACTIONS, LAST_COLUMN, f"{LAST_COLUMN}    partner_features.calls_reciprocity,\n"),
        (
            FEATURE_TESTS,
            "          sms_dist_mean: 111.19492664455873\n",
            "          sms_dist_mean: 111.19492664455873\n          calls_reciprocity: 1\n",
        ),
    ],
    "a window of time": [
        (
            REGISTRY,
            "",
            """
  - name: "{measure}_weekend_work_ratio"
    of: measures
    model: hourly_features
    rests_on: ["weekend_work.{measure}", "alltime.{measure}"]
    leaves: ["weekend_work.{measure}"]
    group: Rhythm of week and day
    label: "{What} in working hours at weekends"
    short: share in working hours at weekends
    meaning: "{What}: share of working hours at weekends in all hours."
    unit: none
    least: 0
    most: 1
    missing: when there are none
    source: a test
""",
        ),
        (
            "macros/project/windows_of_time.sql",
            "        'alltime': '{}',\n",
            (
                "        'alltime': '{}',\n"
                "        'weekend_work': \"case when week_part = 'weekend' then work_{} end\",\n"
                "        'work_on_other_days': \"case when week_part != 'weekend' then work_{} end\",\n"
            ),
        ),
        (
            "dbt_gnuper/rests.py",
            '        found[f"workday.{measure}"]',
            (
                '        found[f"weekend_work.{measure}"] = [f"work_on_other_days.{measure}"]\n'
                '        found[f"workday.{measure}"]'
            ),
        ),
        (
            "models/user/_user__models.yml",
            "        - {window: work, week: null, og_sms: 5",
            (
                "        - {window: weekend_work, week: null, og_sms: 4, sms: 4, ic_calls: 8, calls: 8}\n"
                "        - {window: work, week: null, og_sms: 5"
            ),
        ),
    ],
    "a metric of users": [
        (
            REGISTRY,
            "",
            """
  - name: mean_contacts
    model: interaction_features
    rests_on: [partners.contacts]
    leaves: []
    group: Ties and distance
    label: Contacts per resident
    short: contacts per resident
    meaning: Mean number of the residents' correspondents who have a home.
    unit: users
    least: 1
    missing: without interactions between users with a home
    source: a test
""",
        ),
        (
            "models/antenna/antenna_partners.sql",
            "        {{ counts | join(', ') }}\n",
            "        {{ counts | join(', ') }},\n        1 as contacts\n",
        ),
        (
            "models/antenna/antenna_partners.sql",
            "('pairs', ['antenna_id'], counts + capital_counts)",
            "('pairs', ['antenna_id'], counts + capital_counts + ['contacts'])",
        ),
        (
            "models/antenna/_antenna__models.yml",
            " capital_call_count, capital_sms_count]\n    columns:\n",
            (
                " capital_call_count, capital_sms_count, contacts]\n    columns:\n"
                "      - name: contacts\n"
                "        data_type: bigint\n"
                "        description: '{{ doc(\"contacts\") }}'\n"
                "      - name: contacts_users\n"
                "        data_type: bigint\n"
                "        description: '{{ doc(\"measure_users\") }}'\n"
                "      - name: contacts_largest\n"
                "        data_type: bigint\n"
                "        description: '{{ doc(\"measure_largest\") }}'\n"
            ),
        ),
        (
            "models/antenna/_antenna__docs.md",
            "",
            "\n{% docs contacts %}\nCorrespondents. Unit: users. Range: 1 or more.\n{% enddocs %}\n",
        ),
        (
            "models/features/gate/antenna_support.sql",
            "            4,\n            'partners.calls'",
            (
                "            5,\n"
                "            'partners.contacts', contacts_users, contacts_largest / contacts,\n"
                "            'partners.calls'"
            ),
        ),
        (
            INTERACTIONS,
            LAST_COLUMN,
            (
                f"{LAST_COLUMN}"
                "    {{ ratio('antenna_partners.contacts', 'antenna_partners.contacts_users') }}\n"
                "        as mean_contacts,\n"
            ),
        ),
        (
            INTERACTIONS,
            "left join partner_features\n",
            (
                "left join {{ ref('antenna_partners') }} as antenna_partners\n"
                "    on antennas.antenna_id = antenna_partners.antenna_id\n"
                "left join partner_features\n"
            ),
        ),
    ],
    "a var": [
        (
            "dbt_gnuper/vars.yml",
            "  home_min_nights:\n",
            (
                "  fewest_weekly_calls:\n"
                "    meaning: Weeks with fewer outgoing calls have no part in variances.\n"
                "    default: 0\n"
                "    unit: calls\n"
                "    in_ledger: true\n"
                "    type: integer\n"
                "    minimum: 0\n"
                "    maximum: 1000000\n"
                "  home_min_nights:\n"
            ),
        ),
        (
            "models/features/variance_features.sql",
            "where window = 'week'\n",
            "where window = 'week' and og_calls >= {{ var('fewest_weekly_calls') }}\n",
        ),
        (
            FEATURE_TESTS,
            "    model: variance_features\n",
            "    model: variance_features\n    overrides:\n      vars: {fewest_weekly_calls: 1}\n",
        ),
    ],
}
NEW_FEATURES = {
    "calls_reciprocity": "interaction_features",
    "mean_contacts": "interaction_features",
    "og_calls_weekend_work_ratio": "hourly_features",
    "ic_vol_weekend_work_ratio": "hourly_features",
}


def edit(text: str, old: str, new: str) -> str:
    """Text with something replaced that is there once, or added at the end."""
    if not old:
        return text + new
    assert text.count(old) == 1, f"not there once: {old}"
    return text.replace(old, new)


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the copy of the project, with the copy's modules."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with all additions, not generated yet."""
    project = copy_project(tmp_path_factory.mktemp("additions"))
    for folder in ("dbt_gnuper", "python_udfs", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT_ROOT / folder, project / folder, ignore=ignored)
    (project / "docs").mkdir()
    for page in ("README.md", "docs/data_model.md"):
        shutil.copy(PROJECT_ROOT / page, project / page)
    shutil.copy(PROJECT_ROOT / "profiles.yml.example", project / "profiles.yml")
    for edits in ADDITIONS.values():
        for name, old, new in edits:
            file = project / name
            file.write_text(edit(file.read_text(), old, new))
    return project


@pytest.fixture(scope="module")
def generated(changed: Path) -> Path:
    """The copy after `make generate`."""
    assert run(changed, "-m", "scripts.generate", "--check").returncode == 1
    outcome = run(changed, "-m", "scripts.generate")
    assert outcome.returncode == 0, outcome.stderr
    return changed


@pytest.fixture(scope="module")
def compiled(generated: Path) -> dict[str, dict[str, Any]]:
    """The models of the copy by name, as in dbt's manifest; those of the gate with their SQL."""
    outcome = run(
        generated, "-m", "dbt.cli.main", "compile", "--no-introspect", "--no-populate-cache",
        "--select", "feature_support", "feature_decisions", "hourly_features", "antenna_rests",
        "variance_features", "final_features",
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stdout[-3000:]
    manifest = json.loads((generated / "target" / "manifest.json").read_text())
    return {node["name"]: node for node in manifest["nodes"].values()}


def files_in_contributing() -> Mapping[str, list[str]]:
    """The table of CONTRIBUTING.md: for each addition the files."""
    text = (PROJECT_ROOT / "CONTRIBUTING.md").read_text()
    rows = re.findall(r"^\| \*\*(.+?)\*\*[^|]*\| (\d+) \| (\d+) \| (.+?) \|$", text, re.MULTILINE)
    found = {}
    for addition, _before, number, cell in rows:
        found[addition.lower()] = re.findall(r"`([\w./]+)`", cell)
        assert len(found[addition.lower()]) == int(number), addition
    return found


@pytest.mark.parametrize("addition", ADDITIONS)
def test_contributing_names_the_files(addition: str) -> None:
    edited = {name for name, _, _ in ADDITIONS[addition]}
    assert set(files_in_contributing()[addition]) == edited


def test_nothing_else_is_edited(generated: Path) -> None:
    """What was not edited by hand is as before, or was generated."""
    by_hand = {name for edits in ADDITIONS.values() for name, _, _ in edits}
    # no table is added
    written = {name for name, *_ in (*FILES, *BLOCKS)} - {"docs/data_model.md"}
    different = {
        str(file.relative_to(generated))
        for file in generated.rglob("*")
        if file.is_file() and file.suffix in {".py", ".sql", ".yml", ".md"}
        and file.name != "profiles.yml" and "target" not in file.parts
        and file.read_bytes() != (PROJECT_ROOT / file.relative_to(generated)).read_bytes()
    }  # fmt: skip
    assert different == by_hand | written
    assert run(generated, "-m", "scripts.generate", "--check").returncode == 0


@pytest.mark.parametrize(("feature", "model"), NEW_FEATURES.items())
def test_models_describe_a_new_feature(
    compiled: dict[str, dict[str, Any]], feature: str, model: str
) -> None:
    for name in (model, "final_features"):
        column = compiled[name]["columns"][feature]
        assert column["data_type"] == "double"
        assert column["description"].count("Unit: ") == 1
    assert "otherwise withheld" in compiled["final_features"]["columns"][feature]["description"]


@pytest.mark.parametrize("feature", NEW_FEATURES)
def test_the_gate_judges_a_new_feature(compiled: dict[str, dict[str, Any]], feature: str) -> None:
    for name in ("feature_support", "feature_decisions"):
        assert f"'{feature}'" in compiled[name]["compiled_code"]
    assert re.search(rf"\bas {feature}\b", compiled["final_features"]["compiled_code"])


def test_the_formula_of_a_window_follows_from_its_parts(
    compiled: dict[str, dict[str, Any]],
) -> None:
    formula = (
        "try_divide(max(og_calls) filter (where window = 'weekend_work'), "
        "max(og_calls) filter (where window = 'alltime')) as og_calls_weekend_work_ratio"
    )
    assert formula in compiled["hourly_features"]["compiled_code"]
    assert "'work_on_other_days.og_calls'" in compiled["antenna_rests"]["compiled_code"]


def test_a_new_var_has_its_default(generated: Path, compiled: dict[str, dict[str, Any]]) -> None:
    assert "og_calls >= 0" in compiled["variance_features"]["compiled_code"]
    for page in ("README.md", "models/overview.md"):
        assert "| fewest_weekly_calls | `0` |" in (generated / page).read_text()


def test_what_features_leave_is_judged() -> None:
    """The name of a rest that does not exist would withhold nothing."""
    hours = {"work": [9, 17], "early_peak": [3, 5], "late_peak": [10, 12]}
    judged = {*rests(hours, [19, 7], True), *OTHER_RESTS}
    unknown = {(f.name, rest) for f in features() for rest in f.leaves if rest not in judged}
    assert not unknown
