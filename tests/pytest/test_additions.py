"""What CONTRIBUTING.md says about adding a feature, a window, a metric and a var: these files, no others.

All additions are made in one copy of the project. There dbt compiles, the privacy of all columns is
proven, and the tests' second opinion computes the new features. No test here needs a Spark server.
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
import yaml
from conftest import PROJECT_ROOT, copy_project

from dbt_gnuper.features import features
from dbt_gnuper.rests import OTHER_RESTS, rests
from scripts.generate.files import BLOCKS, FILES

REGISTRY = "dbt_gnuper/features.yml"
INTERACTIONS = "models/features/interaction_features.sql"
FEATURE_TESTS = "models/features/_features__models.yml"
SECOND_OPINION = "tests/pytest/oracle_privacy.py"
PEOPLE = "tests/pytest/oracle_people.py"
LAST_COLUMN = "    partner_features.sms_partner_entropy,\n"
NO_PARTNERS = "      - input: ref('antenna_partners')\n        rows: []\n"
# the last line before the indicators, which follow the features
LAST_FEATURES = "    if people.indicators is None:\n        return values\n"

# For each addition the heading in CONTRIBUTING.md, and the edits by hand: file, old text, new text.
# An empty old text stands for the end of the file.
ADDITIONS: dict[str, list[tuple[str, str, str]]] = {
    "a feature": [
        (
            REGISTRY,
            "",
            """
  - name: "{kind}_reciprocity"
    of: [calls, sms]
    model: interaction_features
    rests_on: ["partners.{kind}"]
    leaves: ["partners.{kind}"]
    group: Ties and distance
    label: "Share of {what} that are returned"
    short: share of interactions that are returned
    meaning: "{What} that the residents of the partner antennas return, over all {what}: a test."
    unit: none
    least: 0
    most: 1
    missing: without {what} between users with a home
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
            "        {%- set amount = 'antenna_interactions.' ~ count %}\n",
            (
                "        {%- set amount = 'antenna_interactions.' ~ count %}\n"
                "        {{ ratio(\n"
                "            'sum(least(coalesce(' ~ amount ~ ', 0), coalesce(back.' ~ count ~ ', 0)))',\n"
                "            'sum(' ~ amount ~ ')',\n"
                "        ) }} as {{ kind }}_reciprocity,\n"
            ),
        ),
        (
            INTERACTIONS,
            LAST_COLUMN,
            (
                f"{LAST_COLUMN}"
                "    partner_features.calls_reciprocity,\n"
                "    partner_features.sms_reciprocity,\n"
            ),
        ),
        # all rows that a unit test expects have the same columns
        *(
            (FEATURE_TESTS, f"{place}\n", f"{place}\n{values}")
            for place, values in {
                "          sms_dist_mean: 111.19492664455873": (
                    "          calls_reciprocity: 1\n          sms_reciprocity: 0\n"
                ),
                "          sms_dist_mean: null\n          calls_isolation: 0.5": (
                    "          calls_reciprocity: 1\n          sms_reciprocity: null\n"
                ),
                "          sms_dist_mean: null\n          calls_isolation: null": (
                    "          calls_reciprocity: null\n          sms_reciprocity: null\n"
                ),
            }.items()
        ),
        (
            SECOND_OPINION,
            '"partners", "capital_share"),\n    )\n)',
            '"partners", "capital_share", "reciprocity"),\n    )\n)',
        ),
        (
            SECOND_OPINION,
            '        "pagerank": lambda kind: _pagerank(pairs, COUNT_OF[kind]),\n',
            (
                '        "pagerank": lambda kind: _pagerank(pairs, COUNT_OF[kind]),\n'
                '        "reciprocity": lambda kind: _reciprocity(oracle, COUNT_OF[kind]),\n'
            ),
        ),
        (
            SECOND_OPINION,
            "",
            """

def _reciprocity(oracle: Oracle, count: str) -> pd.Series:
    \"\"\"The part of an antenna's count that the residents of the partners return.\"\"\"
    ends = ["antenna_id1", "antenna_id2"]
    counts = oracle.antenna_interactions.set_index(ends)[count].astype(float)
    back = counts.swaplevel().reindex(counts.index)
    returned = np.minimum(counts.fillna(0), back.fillna(0))
    return returned.groupby(level=0).sum() / counts.groupby(level=0).sum(min_count=1)
""",
        ),
        (
            "scripts/privacy_audit/disclosure/rounding.py",
            '"_partners", "_capital_share")',
            '"_partners", "_capital_share", "_reciprocity")',
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
                "        - {window: weekend_work, week: null, og_sms: 4, ic_sms: null, og_calls: null,\n"
                "           sms: 4, calls: 8}\n"
                "        - {window: work_on_other_days, week: null, og_sms: 1, ic_sms: null,\n"
                "           og_calls: null, sms: 1, calls: null}\n"
                "        - {window: work, week: null, og_sms: 5"
            ),
        ),
        (
            PEOPLE,
            "    free_days: pd.Series\n",
            "    free_days: pd.Series\n    weekend_hours: pd.DataFrame\n",
        ),
        (
            PEOPLE,
            "                is_free(week_part(day)) as is_free, ",
            (
                "                is_free(week_part(day)) as is_free,\n"
                "                week_part(day) = 'weekend' as is_weekend, "
            ),
        ),
        (
            PEOPLE,
            "        for measure in MEASURES:\n            hours, weeks, days = (\n",
            (
                "        at_weekends = (\n"
                "            rows.assign(**{m: rows[m].where(rows['is_weekend']) for m in MEASURES})\n"
                "            .groupby(['user_id', 'hour'])[list(MEASURES)]\n"
                "            .sum(min_count=1)\n"
                "            .unstack('hour')\n"
                "        )\n"
                "        for measure in MEASURES:\n"
                "            weekend_hours = at_weekends[measure].reindex(index=users, columns=range(24))\n"
                "            hours, weeks, days = (\n"
            ),
        ),
        (
            PEOPLE,
            "Amounts(hours, weeks, days[False], days[True])",
            "Amounts(hours, weeks, days[False], days[True], weekend_hours.astype(float))",
        ),
        (
            SECOND_OPINION,
            '        ("_week_ratio", ("free_days", "alltime")),\n',
            (
                '        ("_weekend_work_ratio", ("weekend_work", "alltime")),\n'
                '        ("_week_ratio", ("free_days", "alltime")),\n'
            ),
        ),
        (
            SECOND_OPINION,
            '        ("_week_ratio", "workday"),\n',
            (
                '        ("_weekend_work_ratio", "work_on_other_days"),\n'
                '        ("_week_ratio", "workday"),\n'
            ),
        ),
        (
            SECOND_OPINION,
            '            found[f"free_days.{measure}"] = Contributions.of(amounts.free_days)\n',
            (
                '            found[f"free_days.{measure}"] = Contributions.of(amounts.free_days)\n'
                "            weekend_work = Contributions.of(self.weekend_work(measure))\n"
                '            found[f"weekend_work.{measure}"] = weekend_work\n'
            ),
        ),
        (
            SECOND_OPINION,
            '            found[f"day_without_work.{measure}"] =',
            (
                '            work = self.amounts(measure).in_hours(self.windows["work"]).fillna(0)\n'
                '            found[f"work_on_other_days.{measure}"] = self.gate.is_ok(\n'
                "                work - self.weekend_work(measure).fillna(0)\n"
                "            )\n"
                '            found[f"day_without_work.{measure}"] ='
            ),
        ),
        (
            SECOND_OPINION,
            "    # --- parts ---\n",
            """    def weekend_work(self, measure: str) -> pd.Series:
        \"\"\"What each resident did in working hours at weekends.\"\"\"
        hours = self.amounts(measure).weekend_hours[sorted(self.windows["work"])]
        return hours.sum(axis="columns", min_count=1)

    # --- parts ---
""",
        ),
        (
            SECOND_OPINION,
            LAST_FEATURES,
            f"""    for measure in PROFILE_MEASURES:
        values[f"{{measure}}_weekend_work_ratio"] = pd.Series(
            {{
                antenna: judged.weekend_work(measure).sum(min_count=1)
                / (judged.amounts(measure).alltime.sum(min_count=1) or float("nan"))
                for antenna, judged in antennas.items()
                if judged
            }},
            dtype=float,
        )
{LAST_FEATURES}""",
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
    meaning: Mean number of a resident's correspondents who have a home.
    unit: users
    least: 0
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
            "models/antenna/_antenna__models.yml",
            "          capital_sms_count_users: 0\n",
            (
                "          capital_sms_count_users: 0\n"
                "          contacts: 3\n"
                "          contacts_users: 1\n"
                "          contacts_largest: 3\n"
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
                "            'partners.contacts', contacts_users,\n"
                "            {{ ratio('contacts_largest', 'contacts') }},\n"
                "            'partners.calls'"
            ),
        ),
        (
            INTERACTIONS,
            LAST_COLUMN,
            (
                f"{LAST_COLUMN}"
                "    {{ ratio('antenna_partners.contacts', 'antenna_residents.residents') }}\n"
                "        as mean_contacts,\n"
            ),
        ),
        (
            INTERACTIONS,
            "left join partner_features\n",
            (
                "left join {{ ref('antenna_residents') }} as antenna_residents\n"
                "    on units.antenna_id = antenna_residents.antenna_id\n"
                "left join {{ ref('antenna_partners') }} as antenna_partners\n"
                "    on units.antenna_id = antenna_partners.antenna_id\n"
                "left join partner_features\n"
            ),
        ),
        # a unit test needs rows of each table that its model reads
        *(
            (FEATURE_TESTS, f"{place}    expect:\n", f"{place}{rows}    expect:\n")
            for place, rows in {
                "          - {antenna_id1: m2, antenna_id2: m1, call_count: 2}\n": (
                    "      - input: ref('antenna_partners')\n"
                    "        rows: [{antenna_id: m1, contacts: 3}]\n"
                ),
                "          - {antenna_id1: m2, antenna_id2: m4, call_count: 2}\n": NO_PARTNERS,
                "          - {antenna_id1: 2024-05 m2, antenna_id2: 2024-05 m1, call_count: 1}\n": (
                    NO_PARTNERS
                ),
            }.items()
        ),
        *(
            (FEATURE_TESTS, f"{place}\n", f"{place}\n          mean_contacts: {value}\n")
            for place, value in {
                "          dist2c: 20015.086796020572": "3",
                "          dist2c: 19903.891869376046": "null",
                "          dist2c: 0": "null",
            }.items()
        ),
        (
            SECOND_OPINION,
            '    if feature == "sms2calls_ratio":\n        return ["alltime.sms"',
            (
                '    if feature == "mean_contacts":\n'
                '        return ["partners.contacts"]\n'
                '    if feature == "sms2calls_ratio":\n'
                '        return ["alltime.sms"'
            ),
        ),
        (
            SECOND_OPINION,
            "        return found\n\n    def _weekly_ratios(",
            (
                "        links = self.links.assign(contacts=1.0)\n"
                '        found["partners.contacts"] = of_both_ends(links, "contacts")\n'
                "        return found\n\n    def _weekly_ratios("
            ),
        ),
        (
            SECOND_OPINION,
            LAST_FEATURES,
            f"""    values["mean_contacts"] = pd.Series(
        {{
            antenna: len(judged.links) / judged.residents
            for antenna, judged in antennas.items()
            if judged and len(judged.links)
        }},
        dtype=float,
    )
{LAST_FEATURES}""",
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
            (
                "where window = 'week' and coalesce(og_calls, 0) >= "
                "{{ var('fewest_weekly_calls') }}\n"
            ),
        ),
        (
            FEATURE_TESTS,
            "    model: variance_features\n",
            "    model: variance_features\n    overrides:\n      vars: {fewest_weekly_calls: 2}\n",
        ),
        (
            FEATURE_TESTS,
            "week: 2024-05-06, og_calls: 3, ic_calls: 1, og_sms: 1}\n",
            (
                "week: 2024-05-06, og_calls: 3, ic_calls: 1, og_sms: 1}\n"
                "          # too few calls\n"
                "          - {antenna_id: m1, window: week, week: 2024-05-13, og_calls: 1, ic_calls: 1}\n"
            ),
        ),
        (
            "scripts/lineage/variants.py",
            '    "home_min_nights": 3,\n',
            '    "home_min_nights": 3,\n    "fewest_weekly_calls": 2,\n',
        ),
    ],
}
NEW_FEATURES = {
    "calls_reciprocity": "interaction_features",
    "sms_reciprocity": "interaction_features",
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
    for folder in ("bench", "dbt_gnuper", "python_udfs", "scripts"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT_ROOT / folder, project / folder, ignore=ignored)
    (project / "docs").mkdir()
    for file_name in ("README.md", "docs/data_model.md", "profiles.yml.example"):
        shutil.copy(PROJECT_ROOT / file_name, project / file_name)
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
    row = r"^\| \*\*(.+?)\*\*[^|]*\| \d+ \| (\d+) \+ (\d+) \| (.+?) \|$"
    found = {}
    for addition, of_pipeline, of_proofs, cell in re.findall(row, text, re.MULTILINE):
        files = found[addition.lower()] = re.findall(r"`([\w./]+)`", cell)
        proofs = [name for name in files if name.startswith(("tests/", "scripts/"))]
        assert (len(files) - len(proofs), len(proofs)) == (int(of_pipeline), int(of_proofs)), files
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
    code = compiled["variance_features"]["compiled_code"]
    assert "coalesce(og_calls, 0) >= 0" in code
    for page in ("README.md", "models/overview.md"):
        assert "| fewest_weekly_calls | `0` |" in (generated / page).read_text()


@pytest.mark.parametrize(
    "model",
    ["interaction_features", "variance_features", "user_metrics_window", "antenna_partners"],
)
def test_unit_tests_are_complete(
    generated: Path, compiled: dict[str, dict[str, Any]], model: str
) -> None:
    """Otherwise they end in an error: a table without rows, or expected rows of different columns."""
    parents = {name.rpartition(".")[2] for name in compiled[model]["depends_on"]["nodes"]}
    files = (generated / "models").rglob("_*__models.yml")
    tests = [
        test
        for file in files
        for test in yaml.safe_load(file.read_text()).get("unit_tests", [])
        if test["model"] == model
    ]
    assert tests
    for test in tests:
        inputs = " ".join(table["input"] for table in test["given"])
        assert parents <= set(re.findall(r"'(\w+)'", inputs)), test["name"]
        assert len({tuple(sorted(row)) for row in test["expect"]["rows"]}) == 1, test["name"]


def test_privacy_is_proven(generated: Path) -> None:
    """The proof also finds columns that do not exist."""
    proof = (
        "import sys, tempfile\n"
        "from pathlib import Path\n"
        "from scripts.lineage.project import Compiler\n"
        "from scripts.lineage.proof import Proof\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    leaks = Proof(Compiler(Path(folder)).compile({})).leaks()\n"
        "sys.exit('\\n'.join(map(str, leaks)) if leaks else 0)\n"
    )
    outcome = run(generated, "-c", proof)
    assert outcome.returncode == 0, outcome.stderr[-3000:]


def test_the_second_opinion_has_the_features(generated: Path) -> None:
    """In the order of their columns. Values of antenna B-7 follow from the README of the fixture."""
    script = (
        "import json, sys\n"
        "sys.path.insert(0, 'tests/pytest')\n"
        "import oracle_privacy\n"
        "from bench.oracle import OracleParams, compute\n"
        "folder = 'tests/pytest/fixtures/reference_small/'\n"
        "params = OracleParams(**json.load(open(folder + 'params.json')))\n"
        "raw = compute(folder + 'raw/20*.csv', folder + 'raw/MS_LOCATION.csv', params)\n"
        "table = oracle_privacy.decide(raw, privacy_k=0).final_features()\n"
        "print(table.set_index('antenna_id').to_json(orient='split'))\n"
    )
    outcome = run(generated, "-c", script)
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    found = json.loads(outcome.stdout)
    names = run(
        generated, "-c",
        "from dbt_gnuper.features import features; print(*(f.name for f in features()))",
    ).stdout.split()  # fmt: skip
    assert found["columns"] == ["longitude", "latitude", *names, "withheld_features"]
    row = found["data"][found["index"].index("B-7")]
    values = dict(zip(found["columns"], row, strict=True))
    assert values["calls_reciprocity"] == 1
    assert values["ic_calls_weekend_work_ratio"] == 1 / 4
    assert values["og_calls_weekend_work_ratio"] is None
    # x1 has four contacts with a home, x2 three
    assert values["mean_contacts"] == 7 / 2


def test_what_features_leave_is_judged() -> None:
    """The name of a rest that does not exist would withhold nothing."""
    hours = {"work": [9, 17], "early_peak": [3, 5], "late_peak": [10, 12]}
    judged = {*rests(hours, [19, 7], True), *OTHER_RESTS}
    unknown = {(f.name, rest) for f in features() for rest in f.leaves if rest not in judged}
    assert not unknown
