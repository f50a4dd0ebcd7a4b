"""Vars: every value is possible, or refused in one sentence before dbt parses; nothing is misread.

No test here needs a Spark server.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner

from dbt_gnuper import variables
from dbt_gnuper.variables import defaults, known_vars, problem
from scripts import generate, run, server

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SHIPPED = yaml.safe_load((PROJECT_ROOT / "layouts" / "gnuper.yml").read_text())
CYCLE: list[Any] = []
CYCLE.append(CYCLE)
DEEP: list[Any] = []
for _ in range(5000):
    DEEP = [DEEP]

# What YAML can make of a var, and what only Python can hand to dbtRunner.
ODD: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "zero": 0,
    "one": 1,
    "fifteen": 15,
    "negative": -1,
    "huge": 10**30,
    "too long for a text": 10**5000,
    "fraction": 0.5,
    "whole fraction": 15.0,
    "nan": float("nan"),
    "infinity": float("inf"),
    "date": datetime.date(2024, 5, 1),
    "time": datetime.datetime(2024, 5, 1, 12),
    "bytes": b"\xff",
    "set": {1, 2},
    "object": object(),
    "empty text": "",
    "blank text": " \t",
    "word": "perhaps",
    "number as text": "15",
    "boolean as text": "false",
    "null as text": "None",
    "date as text": "2024-05-01",
    "no date": "2024-13-01",
    "day 30 of February": "2023-02-30",
    "date in another way": "20240501",
    "date and newline": "2024-05-01\n",
    "coordinates as text": "52,13",
    "month": "2024-05",
    "very long text": "x" * 100_000,
    "quotes": 'it\'s "quoted" `so`',
    "newline": "two\nlines",
    "NUL": "a\0b",
    "SQL": "1; drop table x; --",
    "template": "{{ run_query('x') }}",
    "empty list": [],
    "list of one": [1],
    "list of whole numbers": [6, 7],
    "list of two fractions": [52.5, 13.4],
    "list of nan": [float("nan"), 0],
    "list of text": ["analysts"],
    "list of dates": [datetime.date(2024, 5, 1), "2024-05-02"],
    "list of times": [datetime.datetime(2024, 5, 1)],
    "list of no dates": ["2024-13-01"],
    "mixed list": [1, "a", None, 2.5, True],
    "list of lists": [[6], [7]],
    "list of true": [True],
    "list in itself": CYCLE,
    "list in lists": DEEP,
    "empty mapping": {},
    "mapping": {"a": 1},
    "mapping of numbers": {1: 2, None: 3, 2.5: 4},
    "mapping of tuples": {(1, 2): 3},
}
PATHS = {
    "word", "number as text", "boolean as text", "null as text", "date as text", "no date",
    "day 30 of February", "date in another way", "date and newline", "coordinates as text",
    "month", "very long text", "quotes", "newline", "SQL",
}  # fmt: skip
BOOLEANS = {"true", "false"}
HOURS = {"zero", "one", "fifteen"}

# Which of them are possible for a var. Of a var without a line here, only the sentences are checked.
POSSIBLE: dict[str, set[str]] = {
    "raw_data_path": PATHS,
    "raw_file_pattern": PATHS,
    "raw_locations": PATHS,
    "pseudonym_key_file": PATHS,
    "layout": set(),
    "timestamp_format": {"null"},
    "local_timezone": {"null"},
    "call_unit": {"null"},
    "period": set(),
    "period_begin": {"null", "date", "date as text"},
    "period_end": {"null", "date", "date as text"},
    "exact_duplicates": set(),
    "quality_gates": {"empty mapping"},
    "max_weekly_interactions": {"one", "fifteen", "fraction", "whole fraction"},
    "weekend_days": {"empty list", "list of one", "list of whole numbers"},
    "holidays": {"null", "empty list", "list of dates"},
    "week_starts_on": {"one"},
    "noct_begin": {"fifteen"},  # after 7
    "noct_end": HOURS,  # before 19
    "work_begin": HOURS,  # up to 17
    "work_end": {"fifteen"},  # from 9
    "ep_begin": {"zero", "one"},  # up to 5
    "ep_end": {"fifteen"},  # from 3
    "lp_begin": {"zero", "one"},  # up to 12
    "lp_end": {"fifteen"},  # from 10
    "home_rule": set(),
    "home_min_nights": {"one", "fifteen"},
    "compare_home_rules": BOOLEANS,
    "cap_coords": {"list of whole numbers", "list of two fractions"},
    "capital": PATHS | {"null", "blank text", "list of text", "list of no dates"},
    "privacy_k": {"zero", "one", "fifteen"},
    "privacy_max_share": {"one", "fraction"},
    "zone_id": {"null"},  # needs zones
    "zone_name": {"null"},
    "zone_population": {"null"},
    "release_digits": {"one", "fifteen"},
    "overlapping_release": {"null"},
    "clean_up": BOOLEANS,
    "release_readers": {"empty list", "list of text", "list of no dates"},
    "earlier_release": {"null", "word", "null as text", "boolean as text"},
    "table_format": set(),
    "bandicoot": BOOLEANS,
    "bandicoot_engine": set(),
}

# Documented forms that are not among them.
GOOD: dict[str, list[Any]] = {
    "raw_data_path": ["data/sample/", "/data/cdr", "hdfs://namenode/cdr", "s3a://bucket/cdr"],
    "raw_file_pattern": ["20*.csv*", "*.csv.gz", "20??[01]*", "cdr[!a-c]*", "[20]*", "date=*/*.csv"],
    "raw_locations": ["MS_LOCATION.csv", "/data/cells.csv"],
    "layout": [
        "gnuper", "bandicoot", "gnuper_operator", "one_row_per_call", "layouts/gnuper.yml",
        SHIPPED,
    ],
    "timestamp_format": ["yyyyMMddHHmmss", ["yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm"]],
    "local_timezone": ["Africa/Khartoum", "UTC"],
    "call_unit": ["s", "m", "ms", "HH:MM:SS", "MM:SS"],
    "period": ["all", "month", "week"],
    "exact_duplicates": ["keep", "reject"],
    "quality_gates": [
        {"change": {"limit": 0.3, "severity": "stop"}}, {"rejected_share": {"severity": False}},
        {"unknown_cell_share": {}, "hours_without_events": {"limit": 24, "severity": "off"}},
    ],
    "weekend_days": [[5, 6]],
    "home_rule": ["night_events", "distinct_days", "events"],
    "cap_coords": [[-90, 180], [15.50, 32.56]],
    "capital": ["0042", ["Dakar-Plateau", "7"]],
    "zones": ["zones.geojson", {"merge_within_km": 0.5}],
    "overlapping_release": [None, "warn", "stop", "allow"],
    "release_readers": [["analysts", "Émile Zola", "a-b@c"]],
    "table_format": ["parquet", "iceberg", "delta"],
    "bandicoot_engine": ["compiled", "reference"],
}  # fmt: skip


def assert_is_sentence(text: str | None, name: str) -> None:
    """One line that names the var and is not too long to be read."""
    assert text and "\n" not in text and len(text) < 600, text
    assert re.match(r"(The|There) ", text) and text.endswith("."), text
    assert name in text
    text.encode()


@pytest.mark.parametrize("name", known_vars())
def test_every_kind_of_value(name: str) -> None:
    """Possible as POSSIBLE says, or refused in a sentence."""
    kinds = POSSIBLE.get(name)
    for kind, value in ODD.items():
        found = problem({name: value})
        if found is not None:
            assert_is_sentence(found, name)
        if kinds is not None:
            assert (found is None) == (kind in kinds), f"{kind}: {found}"


@pytest.mark.parametrize("name", known_vars())
def test_defaults_and_documented_values_are_possible(name: str) -> None:
    for value in [defaults()[name], *GOOD.get(name, [])]:
        assert problem({name: value}) is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("noct_begin", 25, "25. It must be a whole number from 0 to 23"),
        ("work_end", "five", '"five". It must be a whole number from 0 to 23'),
        ("noct_begin", True, "true. It must be a whole number from 0 to 23"),
        ("privacy_k", "15", '"15". It must be a whole number from 0 to 1000000'),
        ("privacy_k", -1, "-1. It must be a whole number from 0 to 1000000"),
        ("privacy_k", 15.0, "15.0. It must be a whole number from 0 to 1000000"),
        ("privacy_max_share", 1.5, "1.5. It must be a number above 0 and up to 1"),
        ("privacy_max_share", float("nan"), "NaN. It must be a number above 0 and up to 1"),
        ("release_digits", 18, "18. It must be a whole number from 1 to 17"),
        ("max_weekly_interactions", 0, "0. It must be a number above 0 and up to 1000000000"),
        ("week_starts_on", 0, "0. It must be a whole number from 1 to 7"),
        ("weekend_days", 6, "6. It must be a list of ISO weekdays from 1 (Monday) to 7 (Sunday)"),
        ("weekend_days", [8], "[8]. It must be a list of ISO weekdays from 1 (Monday) to 7 (Sunday)"),
        (
            "holidays", datetime.date(2024, 5, 1),
            "2024-05-01. It must be null or a list of dates such as [2024-12-24, 2024-12-31]",
        ),
        (
            "holidays", ["2018-02-30"],
            '["2018-02-30"]. It must be null or a list of dates such as [2024-12-24, 2024-12-31]',
        ),
        ("period_begin", 2024, "2024. It must be null or a date such as 2024-05-01"),
        ("period", "2024-05", '"2024-05". It must be all, month or week'),
        ("call_unit", "h", '"h". It must be null, s, m, ms, HH:MM:SS or MM:SS'),
        ("call_unit", True, "true. It must be null, s, m, ms, HH:MM:SS or MM:SS"),
        ("table_format", "csv", '"csv". It must be parquet, iceberg or delta'),
        ("overlapping_release", "perhaps", '"perhaps". It must be null, warn, stop or allow'),
        ("clean_up", "False", '"False". It must be true or false'),
        ("bandicoot", 1, "1. It must be true or false"),
        (
            "cap_coords", [15.5],
            ("[15.5]. It must be the latitude (-90 to 90) and longitude (-180 to 180) of the capital, "
            "in this order"),
        ),
        (
            "cap_coords", [100, 0],
            ("[100, 0]. It must be the latitude (-90 to 90) and longitude (-180 to 180) of the "
            "capital, in this order"),
        ),
        (
            "capital", 42,
            ("42. It must be null, the antenna_id (with var zones the zone_id) of the capital as text "
            "such as '0042', or a list of several, without { }"),
        ),
        (
            "raw_file_pattern", "{a,b}*",
            ('"{a,b}*". It must be a glob for files: *, ? and [abc], with / between folders, '
            "without \\ { } ^"),
        ),
        ("raw_data_path", "a\0", '"a\\u0000". It must be a path as text, without a character 0'),
        ("earlier_release", "a.b", '"a.b". It must be null or the name of a schema'),
        (
            "release_readers", ["a` to public"],
            '["a` to public"]. It must be a list of names of users or groups, without backticks',
        ),
        (
            "layout", 5,
            "5. It must be the name of a layout in layouts/, the path of a YAML file, or a mapping",
        ),
    ],
)  # fmt: skip
def test_sentence(name: str, value: Any, sentence: str) -> None:
    assert problem({name: value}) == f"The var {name} is {sentence}."


@pytest.mark.parametrize(
    "gates",
    [
        {"chance": {"limit": 1}}, {"change": 5}, {"change": None}, {"change": {"limt": 1}},
        {"change": {"limit": float("inf")}}, {"change": {"limit": True}}, ["change"],
        {"change": {"limit": -1}}, {"change": {"severity": "error"}}, {"change": {"severity": 0}},
        {"change": {"severity": True}}, {1: {}}, {"change": {1: 2}},
    ],
)  # fmt: skip
def test_quality_gates(gates: Any) -> None:
    found = problem({"quality_gates": gates})
    assert_is_sentence(found, "quality_gates")
    assert (
        found
        and "It must be a mapping of gates (rejected_share, unknown_cell_share, hours_" in found
    )


def test_quality_gates_are_those_of_the_macro() -> None:
    macro = (PROJECT_ROOT / "macros/delivery/default_quality_gates.sql").read_text()
    gates = re.findall(r"^        '(\w+)': \{", macro, re.MULTILINE)
    about = known_vars()["quality_gates"]
    assert about["propertyNames"]["enum"] == gates
    assert f"({', '.join(gates)})" in about["allowed"]


@pytest.mark.parametrize(
    "pattern",
    [
        "20[",
        "20]",
        "[]",
        "[]a]",
        "[^a]*",
        "[z-a]",
        "[a-.]",
        "/*",
        "a//*",
        "../*",
        "a/",
        "..\\*",
        "{a,b}",
        "[a&&b]",
        "[[a]]",
    ],
)
def test_globs_that_spark_and_python_read_differently(pattern: str) -> None:
    assert_is_sentence(problem({"raw_file_pattern": pattern}), "raw_file_pattern")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"noct_begin": 5},
            (
                "The var noct_begin is 5. It must be an hour after noct_end (7), because the night "
                "includes midnight."
            ),
        ),
        ({"noct_begin": 7, "noct_end": 7}, "It must be an hour after noct_end (7)"),
        (
            {"lp_begin": 13},
            "The var lp_begin is 13. It must be an hour not later than lp_end (12).",
        ),
        (
            {"work_end": 8},
            "The var work_begin is 9. It must be an hour not later than work_end (8).",
        ),
        ({"ep_begin": 9, "ep_end": 8}, "The var ep_begin is 9."),
        (
            {"period_begin": "2024-05-02", "period_end": datetime.date(2024, 5, 1)},
            (
                'The var period_begin is "2024-05-02". It must be a date not later than period_end '
                "(2024-05-01)."
            ),
        ),
        ({"layout": "gnupr"}, "There is no layout 'gnupr': it is neither a file "),
        ({"layout": {"format": "xml"}}, "The var layout is not valid at "),
        ({"timestamp_format": "HH:mm"}, 'The var timestamp_format is "HH:mm": it must read year'),
        ({"timestamp_format": ""}, 'The var timestamp_format is "": it must be a Spark datetime'),
        ({"timestamp_format": ["yyyy-MM-dd HH", "x'); --"]}, "it must be a Spark datetime pattern"),
        ({"timestamp_format": "yyyy-MM-dd"}, '"yyyy-MM-dd": it reads no hour. Join the column'),
        (
            {"timestamp_format": "epoch"},
            "format 'epoch' counts from a time in UTC. So the layout must",
        ),
        ({"layout": "flowkit"}, "So the layout must have a local_timezone"),
        (
            {"local_timezone": "Khartoum"},
            'The var local_timezone is "Khartoum". It must be null or',
        ),
        (
            {"layout": "msc", "local_timezone": "UTC", "raw_file_pattern": "20*"},
            'The var raw_file_pattern is "20*", but the layout names the files itself (calls_*.csv*, ',
        ),
        ({"timestamp_format": "yyyy-MM-dd" + "[" * 1000}, "it must not be longer than 200"),
        (
            {"timestamp_format": ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ssXXX"]},
            (
                "The timestamp format 'yyyy-MM-dd HH:mm:ssXXX' reads a time zone. So the layout must "
                "have a local_timezone"
            ),
        ),
    ],
)
def test_rules_between_vars(given: dict[str, Any], sentence: str) -> None:
    found = problem(given)
    assert sentence in str(found)
    assert_is_sentence(found, "")


@pytest.mark.parametrize(
    "given",
    [
        {"noct_begin": 1, "noct_end": 0},
        {"work_begin": 17},
        {"period_begin": "2024-05-01", "period_end": datetime.date(2024, 5, 1)},
        {"timestamp_format": "yyyy-MM-dd'T'HH:mm:ss"},
        {
            "timestamp_format": "yyyy-MM-dd HH:mm:ssXXX",
            "layout": SHIPPED | {"local_timezone": "Africa/Khartoum"},
        },
    ],
)
def test_vars_that_fit_each_other(given: dict[str, Any]) -> None:
    assert problem(given) is None


@pytest.mark.parametrize("layout", ODD.values(), ids=ODD)
def test_every_kind_of_value_in_a_layout(layout: Any) -> None:
    """At each key, and at the keys of mappings in it."""
    good = yaml.safe_load((PROJECT_ROOT / "layouts" / "gnuper_operator.yml").read_text())
    for key, old in [*good.items(), ("locations", {}), ("fixed", {}), ("nonsense", None)]:
        found = problem({"layout": good | {key: layout}})
        if found is not None:
            assert_is_sentence(found, "layout")
        for inner in old if isinstance(old, dict) else ():
            found = problem({"layout": good | {key: old | {inner: layout}}})
            if found is not None:
                assert_is_sentence(found, "layout")


def test_unknown_names() -> None:
    found = problem({"raw_data_pth": "/data"})
    assert found and found.startswith(
        'There is no var "raw_data_pth". Did you mean raw_data_path? The vars are: raw_data_path, '
    )
    names: list[Any] = ["x", 1, None, 2.5, datetime.date(2024, 5, 1), (1, 2), "a\nb", "y" * 5000]
    for name in names:
        found = problem({name: 1})
        assert found and found.startswith("There is no var ") and "Did you mean" not in found
        assert "\n" not in found and len(found) < 1000


@pytest.mark.parametrize("name", [name for name in known_vars() if name != "holidays"])
def test_vars_are_no_templates(name: str) -> None:
    for mark in ("{{", "{%", "{#"):
        found = problem({name: f"a{mark} x"})
        assert found and f"The var {name} holds '{mark}', which dbt would run" in found


def test_every_var_is_described() -> None:
    for name, about in known_vars().items():
        assert about["meaning"].endswith("."), name
        assert isinstance(about["in_ledger"], bool), name
        assert variables.allowed(about), name
        # what is no JSON Schema would allow everything
        words = about.keys() - {"meaning", "in_ledger", "default", "unit", "allowed"}
        assert words and words <= variables.Schema.VALIDATORS.keys(), name


# --- what is generated from the descriptions ------------------------------------------------------


def test_a_new_var_is_generated_everywhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is described in vars.yml alone; its checks, its default and its lines in the docs follow."""
    about = {
        "meaning": "How many [things](docs/x.md) there are.", "default": 3, "unit": "things",
        "in_ledger": True, "type": "integer", "minimum": 1, "maximum": 9,
    }  # fmt: skip
    headings = variables.headings() | {"new": {"new_var": about}}
    monkeypatch.setattr(variables, "headings", lambda: headings)
    assert problem({"new_var": 3}) is None
    assert problem({"new_var": 0}) == (
        "The var new_var is 0. It must be a whole number from 1 to 9."
    )
    assert "new_var" in variables.ledger_vars()
    assert "  # How many things there are.\n  new_var: 3" in generate.dbt_project_vars()
    row = "| new_var | `3` | How many [things](docs/x.md) there are. Unit: things. |"
    assert row in generate.readme_vars()
    assert generate.main(["--check"]) == 1
    assert "Not up to date: dbt_project.yml, README.md, models" in capsys.readouterr().out


def test_generated_defaults_are_the_defaults() -> None:
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    assert project["vars"] == defaults()


# --- dbt and `make run` ---------------------------------------------------------------------------

# Commands without the option --target-path.
NO_TARGET = {"deps"}
Words = Callable[..., tuple[bool, str]]


def write_profile(folder: Path) -> None:
    text = (PROJECT_ROOT / "profiles.yml.example").read_text()
    (folder / "profiles.yml").write_text(text)


@pytest.fixture
def dbt(tmp_path: Path) -> Words:
    """Runs dbt in this process: whether it succeeded, and what a terminal shows."""
    write_profile(tmp_path)

    def invoke(*arguments: str, project: Path = PROJECT_ROOT, **given: Any) -> tuple[bool, str]:
        words: list[str] = []

        def listen(event: Any) -> None:
            if event.info.level != "debug":
                words.append(event.info.msg)

        result = dbtRunner(callbacks=[listen]).invoke(
            [
                *arguments, "--project-dir", str(project), "--profiles-dir", str(tmp_path),
                "--log-path", str(tmp_path / "logs"),
                *([] if arguments[0] in NO_TARGET else ["--target-path", str(tmp_path / "target")]),
                *(["--vars", json.dumps(given, default=str)] if given else []),
            ]
        )  # fmt: skip
        return result.success, "\n".join([*words, str(result.exception or "")])

    return invoke


def copy_of_project(folder: Path, **changes: Any) -> Path:
    """The project with other vars in its dbt_project.yml; None takes one out."""
    folder.mkdir()
    for name in ("models", "macros", "seeds", "tests", "analyses"):
        (folder / name).symlink_to(PROJECT_ROOT / name)
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    project["vars"] |= changes
    project["vars"] = {name: value for name, value in project["vars"].items() if value != "gone"}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    return folder


COMMANDS = [
    ["run"], ["build"], ["test"], ["compile"], ["parse"], ["ls"], ["seed"], ["snapshot"], ["clone"],
    ["show", "--select", "cells"], ["show", "--inline", "select 1"], ["docs", "generate"],
    ["run-operation", "purge"], ["source", "freshness"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_dbt_stops_before_it_parses(dbt: Words, tmp_path: Path, command: list[str]) -> None:
    succeeded, words = dbt(*command, weekend_days=6)
    assert not succeeded
    assert "The var weekend_days is 6. It must be a list of ISO weekdays" in words
    assert "Traceback" not in words and "not iterable" not in words
    assert not (tmp_path / "target" / "partial_parse.msgpack").exists()


def test_dbt_in_a_shell(tmp_path: Path) -> None:
    """As a user calls it, with a date of YAML."""
    write_profile(tmp_path)
    outcome = subprocess.run(
        [
            Path(sys.executable).with_name("dbt"), "--no-use-colors", "ls",
            "--profiles-dir", tmp_path, "--target-path", tmp_path, "--log-path", tmp_path,
            "--vars", "{holidays: 2024-05-01}",
        ],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 2
    assert "The var holidays is 2024-05-01. It must be null or a list of dates" in outcome.stdout
    assert "Traceback" not in outcome.stdout + outcome.stderr


def test_vars_of_one_call_are_not_those_of_the_next(dbt: Words) -> None:
    for privacy_k, is_possible in (("15", False), (15, True), (True, False)):
        succeeded, words = dbt("ls", "--select", "cells", privacy_k=privacy_k, bandicoot=False)
        assert succeeded == is_possible, words
        assert ("The var privacy_k is " in words) != is_possible


def test_retry_has_the_vars_of_the_run_before(dbt: Words, tmp_path: Path) -> None:
    """dbt itself hands on a null as the text None."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "run_results.json").write_text(
        json.dumps(
            {
                "metadata": {
                    "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"
                },
                "results": [
                    {
                        "status": "error", "unique_id": "model.gnuper.cells", "timing": [],
                        "thread_id": "", "execution_time": 0, "adapter_response": {},
                        "message": None, "failures": None, "compiled": False,
                        "compiled_code": None, "relation_name": None,
                    }
                ],
                "elapsed_time": 0,
                "args": {"which": "run", "vars": {"holidays": None}},
            }
        )
    )  # fmt: skip
    succeeded, words = dbt("retry")
    assert not succeeded
    assert 'The var holidays is "None". It must be null or a list of dates' in words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"privacy_k": "x"}, 'The var privacy_k is "x". It must be a whole number'),
        ({"gnuper": {"weekend_days": 6}}, "The var weekend_days is 6. It must be a list"),
        ({"gnuper": {"privcy_k": 3}}, 'There is no var "privcy_k". Did you mean privacy_k?'),
        ({"privcy_k": 3}, 'There is no var "privcy_k". Did you mean privacy_k?'),
        ({"other": {"a": 1}}, 'There is no var "other".'),
        ({"raw_data_path": "{{ env_var('HOME') }}"}, "The var raw_data_path holds '{{'"),
        ({"noct_begin": 5}, "The var noct_begin is 5. It must be an hour after noct_end (7)"),
        (
            {"bandicoot": "gone"},
            "The var bandicoot has no value in dbt_project.yml. Write it there",
        ),
        (
            {"table_format": "iceberg"},
            (
                'The var table_format is "iceberg", but +file_format of models in dbt_project.yml is '
                '"parquet".'
            ),
        ),
    ],
)
def test_vars_of_the_project_file(
    dbt: Words, tmp_path: Path, changes: dict[str, Any], sentence: str
) -> None:
    project = copy_of_project(tmp_path / "project", **changes)
    succeeded, words = dbt("parse", project=project)
    assert not succeeded
    assert sentence in words and "Traceback" not in words
    # what needs no vars goes on; `dbt debug` fails here for want of a server
    for command, succeeds in (("deps", True), ("clean", True), ("debug", False)):
        succeeded, words = dbt(command, project=project)
        assert succeeded == succeeds and "The var " not in words, words


def test_vars_of_the_project_file_that_are_possible(dbt: Words, tmp_path: Path) -> None:
    """Dates of YAML, vars below the project's name, and a wrong one that the command line replaces."""
    project = copy_of_project(
        tmp_path / "project", holidays=[datetime.date(2024, 5, 1)], privacy_k="x", bandicoot=5,
        gnuper={"period_begin": datetime.date(2024, 5, 1), "bandicoot": False},
    )  # fmt: skip
    succeeded, words = dbt("parse", project=project, privacy_k=20)
    assert succeeded, words


def other_project(folder: Path, **settings: Any) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "one.sql").write_text(
        "{{ config(file_format=var('table_format')) }} select {{ var('mine', 1) }} as number"
    )
    (folder / "dbt_project.yml").write_text(
        yaml.safe_dump({"name": "other", "profile": "gnuper", "vars": settings})
    )
    return folder


def test_other_projects_are_left_alone(dbt: Words, tmp_path: Path) -> None:
    """The plugin is there for every dbt project of the environment."""
    project = other_project(tmp_path / "other", table_format="csv", mine=5)
    for given in ({}, {"privacy_k": "x", "mine": "{{ 1 }}"}):
        succeeded, words = dbt("parse", project=project, **given)
        assert succeeded, words


def test_project_that_uses_this_one_as_a_package(dbt: Words, tmp_path: Path) -> None:
    """It has vars of its own beside ours."""
    project = other_project(tmp_path / "other", mine=5, gnuper={"privacy_k": "x"})
    (project / "packages.yml").write_text(f"packages: [{{local: '{PROJECT_ROOT}'}}]")
    assert dbt("deps", project=project)[0]
    succeeded, words = dbt("parse", project=project, mine=6)
    assert not succeeded and 'The var privacy_k is "x".' in words
    succeeded, words = dbt("parse", project=project, mine=6, privacy_k=20)
    assert succeeded, words


def test_make_run_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "start_for_dbt", lambda: pytest.fail("Spark was started"))
    for given in ("{holidays: 2024-05-01}", "{layout: {2024-05-01: 3}}", "{privcy_k: 3}"):
        monkeypatch.setenv("VARS", given)
        with pytest.raises(SystemExit) as end:
            run.main()
        assert_is_sentence(str(end.value).partition(" The vars are")[0].rstrip("?.") + ".", "")
