"""The project's vars: vars.yml describes them, and this module checks the given values.

dbt passes vars to models and macros unchecked. An impossible value would cause an error of Jinja or
Spark, or would be silently misread. Therefore the plugin checks all vars before dbt parses anything.
The run stops with a message that names the var, its value and what is allowed.
"""

import datetime
import difflib
import functools
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from dbt.adapters.spark.impl import SparkAdapter
from dbt.config.project import load_raw_project
from dbt.config.runtime import RuntimeConfig
from dbt_common.exceptions import DbtRuntimeError

from dbt_gnuper.layouts import (
    EPOCHS,
    LayoutError,
    has_offset,
    is_glob,
    is_path,
    pattern_problem,
    patterns_of,
    read_layout,
    time_zones,
    told,
)
from dbt_gnuper.patches import add_for_macros, replace_methods

FILE = Path(__file__).with_name("vars.yml")
PROJECT = "gnuper"

Values = Mapping[str, Any]


@functools.cache
def headings() -> dict[str, dict[str, dict[str, Any]]]:
    """The content of vars.yml: the vars by name, under their headings."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def known_vars() -> dict[str, dict[str, Any]]:
    """The description of each var in vars.yml, by name."""
    return {name: about for group in headings().values() for name, about in group.items()}


def defaults() -> dict[str, Any]:
    """The value of each var when none is given."""
    return {name: about["default"] for name, about in known_vars().items()}


def ledger_vars() -> list[str]:
    """Names of the vars that affect the contents of a release."""
    return sorted(name for name, about in known_vars().items() if about["in_ledger"])


# --- what a single var may be ---------------------------------------------------------------------


def is_date(value: Any) -> bool:
    """Whether a value is a valid date: a date of YAML, or a text yyyy-MM-dd."""
    if not isinstance(value, str):
        return type(value) is datetime.date  # isinstance would accept a datetime
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_number(_: Any, value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


FORMATS = jsonschema.FormatChecker(formats=())
FORMATS.checks("path")(is_path)
FORMATS.checks("glob")(is_glob)

# JSON Schema accepts 15.0 as a whole number, and NaN passes every limit.
Schema = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "date": lambda _, value: is_date(value),
            "integer": lambda _, value: type(value) is int,
            "number": _is_number,
        }
    ),
)


def allowed(about: Values) -> str:
    """The allowed values of a var, as the end of "It must be"."""
    if "allowed" in about:
        return about["allowed"]
    if "enum" in about:
        *first, last = ("null" if choice is None else choice for choice in about["enum"])
        return f"{', '.join(first)} or {last}"
    if about["type"] == "boolean":
        return "true or false"
    kind = "a whole number" if about["type"] == "integer" else "a number"
    if "minimum" in about:
        return f"{kind} from {about['minimum']} to {about['maximum']}"
    return f"{kind} above {about['exclusiveMinimum']} and up to {about['maximum']}"


def shown(value: Any) -> str:
    """A value as text for a message."""
    try:
        is_date_of_yaml = isinstance(value, datetime.date)
        text = str(value) if is_date_of_yaml else json.dumps(value, default=str, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return f"a value of the type {type(value).__name__} that cannot be shown"
    return told(text)


def _sentence(name: str, value: Any, must_be: str) -> str:
    return f"The var {name} is {shown(value)}. It must be {must_be}."


def _problem_of_name(name: Any) -> str:
    names = list(known_vars())
    near = difflib.get_close_matches(name, names, n=1) if isinstance(name, str) else []
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no var {shown(name)}.{hint} The vars are: {', '.join(names)}."


def _problem_of_value(name: str, value: Any) -> str | None:
    about = known_vars()[name]
    # dbt runs a text in a var as a template, with the power of macros. Here vars are only data.
    if isinstance(value, str) and (found := re.search(r"\{[{%#]", value)):
        return (
            f"The var {name} holds '{found[0]}', which dbt would run as a template. A var is data: "
            "remove these characters, and rename the file or folder if its name has them."
        )
    try:
        is_possible = Schema(about, format_checker=FORMATS).is_valid(value)
    except (ValueError, RecursionError):
        # the value is too long or too deep for jsonschema's message
        is_possible = False
    return None if is_possible else _sentence(name, value, allowed(about))


# --- rules between vars, and rules that a schema cannot express -----------------------------------


def _night_lasts_over_midnight(values: Values) -> str | None:
    begin, end = values["noct_begin"], values["noct_end"]
    if begin > end:
        return None
    return _sentence(
        "noct_begin", begin, f"an hour after noct_end ({end}), because the night includes midnight"
    )


def _hours_begin_before_they_end(values: Values) -> str | None:
    for window in ("work", "ep", "lp"):
        begin, end = values[f"{window}_begin"], values[f"{window}_end"]
        if begin > end:
            return _sentence(
                f"{window}_begin", begin, f"an hour not later than {window}_end ({end})"
            )
    return None


def _period_begins_before_it_ends(values: Values) -> str | None:
    begin, end = values["period_begin"], values["period_end"]
    if begin is None or end is None or str(begin) <= str(end):
        return None
    return _sentence("period_begin", begin, f"a date not later than period_end ({end})")


def _layout_is_valid(values: Values) -> str | None:
    try:
        read_layout(values["layout"])
    except LayoutError as error:
        return str(error)
    return None


def _files_have_one_pattern(values: Values) -> str | None:
    kinds = read_layout(values["layout"])["files"]
    pattern = values["raw_file_pattern"]
    if kinds[0]["pattern"] is None or pattern == defaults()["raw_file_pattern"]:
        return None
    patterns = ", ".join(kind["pattern"] for kind in kinds)
    return (
        f"The var raw_file_pattern is {shown(pattern)}, but the layout names the files itself "
        f"({told(patterns)}). Leave raw_file_pattern out, or change the layout."
    )


def _patterns_are_valid(values: Values) -> str | None:
    patterns = values["timestamp_format"]
    days_only = read_layout(values["layout"])["days_only"]
    for pattern in [patterns] if isinstance(patterns, str) else patterns or ():
        found = pattern_problem(pattern, days_only)
        if found:
            return f"The var timestamp_format is {shown(pattern)}: {found}."
    return None


def _time_zones_are_known(values: Values) -> str | None:
    zone = values["local_timezone"]
    if zone is not None and zone not in time_zones():
        return _sentence("local_timezone", zone, allowed(known_vars()["local_timezone"]))
    layout = read_layout(values["layout"])
    given = values["timestamp_format"]
    for kind in layout["files"]:
        for pattern in patterns_of(kind if given is None else {"timestamp_format": given}):
            if has_offset(pattern) and not (zone or layout["local_timezone"]):
                reads = "counts from a time in UTC" if pattern in EPOCHS else "reads a time zone"
                return (
                    f"The timestamp format '{told(pattern)}' {reads}. So the layout must have a "
                    "local_timezone to which the times are converted, such as Africa/Khartoum; or set "
                    "the var local_timezone."
                )
    return None


def _zones_are_given(values: Values) -> str | None:
    for name in ("zone_id", "zone_name", "zone_population"):
        needs_file = name != "zone_population"
        zones = values["zones"]
        if values[name] is not None and (zones is None or (needs_file and isinstance(zones, dict))):
            return (
                f"The var {name} is {shown(values[name])}, but the var zones names no "
                f"{'file' if needs_file else 'zones'}. Set zones too, or leave {name} out."
            )
    return None


# In this order; a rule may rely on the earlier ones.
RULES: tuple[Callable[[Values], str | None], ...] = (
    _night_lasts_over_midnight,
    _hours_begin_before_they_end,
    _period_begins_before_it_ends,
    _layout_is_valid,
    _files_have_one_pattern,
    _patterns_are_valid,
    _time_zones_are_known,
    _zones_are_given,
)


def problem(given: Values) -> str | None:
    """Why a run with these vars is impossible, as a message; None when it is possible.

    A var that is not given has its default.
    """
    for name, value in given.items():
        is_known = name in known_vars()
        found = _problem_of_value(name, value) if is_known else _problem_of_name(name)
        if found:
            return found
    values = defaults() | dict(given)
    return next(filter(None, (rule(values) for rule in RULES)), None)


# --- the vars of a run ----------------------------------------------------------------------------


def merged(declared: Values, packages: Iterable[str] = ()) -> dict[str, Any]:
    """The vars of a dbt_project.yml as models get them. Vars below the project's name override those of
    all projects. Vars below the name of another package belong to that package."""
    own = declared.get(PROJECT)
    everywhere = {
        name: value
        for name, value in declared.items()
        if not (isinstance(value, dict) and name in {PROJECT, *packages})
    }
    return everywhere | (own if isinstance(own, dict) else {})


def problem_of_run(config: RuntimeConfig) -> str | None:
    """Why dbt cannot run with its configuration, as a message; None when it can, and for projects that
    do not use this one."""
    folder = Path(config.project_root) / config.packages_install_path
    packages = [path.parent.name for path in folder.glob("*/dbt_project.yml")]
    given = merged(config.vars.to_dict(), packages) | config.cli_vars
    if config.project_name != PROJECT:
        if PROJECT not in packages:
            return None
        # The project that uses this one as a package may have vars of its own.
        given = {name: value for name, value in given.items() if name in known_vars()}
        given = merged(load_raw_project(str(folder / PROJECT)).get("vars") or {}) | given
    for name, about in known_vars().items():
        if name not in given:
            return (
                f"The var {name} has no value in dbt_project.yml. Write it there again; its default "
                f"is {shown(about['default'])}."
            )
    return problem(given) or _problem_of_format(config, given["table_format"])


def _problem_of_format(config: RuntimeConfig, table_format: str) -> str | None:
    """+file_format uses the var, but dbt reads it before the vars of dbt_project.yml."""
    for kind, settings in (("models", config.models), ("seeds", config.seeds)):
        file_format = settings.get(PROJECT, {}).get("+file_format", "parquet")
        if file_format != table_format:
            return (
                f"The var table_format is {shown(table_format)}, but +file_format of {kind} in "
                f"dbt_project.yml is {shown(file_format)}. Set table_format on the command line, or "
                "write the same value into +file_format."
            )
    return None


def extend(adapter: type[SparkAdapter]) -> None:
    """Check the vars when dbt makes its adapter, before it parses. Also tell macros which vars there
    are, and which affect the contents of a release.

    When dbt starts the plugin, the vars of `dbt retry` are not known yet; now they are.
    """
    start = adapter.__init__

    def start_with_possible_vars(self: SparkAdapter, config: Any, mp_context: Any) -> None:
        # `dbt debug` has only a profile
        found = problem_of_run(config) if isinstance(config, RuntimeConfig) else None
        if found:
            raise DbtRuntimeError(found)
        start(self, config, mp_context)

    # No issue asks for this. It is unnecessary as soon as dbt checks the types of vars, or calls its
    # plugins when it knows the vars and has not parsed yet.
    replace_methods(adapter, __init__=start_with_possible_vars)
    add_for_macros(
        adapter, known_vars=lambda _: list(known_vars()), ledger_vars=lambda _: ledger_vars()
    )
