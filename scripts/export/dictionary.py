"""What the columns of the released files mean, for people and for programs.

Everything comes from dbt's manifest, so it is written in one place only: the models' yml. Meaning,
unit and range of a column are in its description ("... Unit: km. Range: 0 to 20016. ..."). The
privacy rule is `meta.privacy_rule` of the column, or else of its model.

`data_dictionary.csv` has one row per table and column; `datapackage.json` describes the files as a
Frictionless Data Package (https://datapackage.org).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import yaml

from scripts.paths import PROJECT_ROOT

PRIVACY_RULES = {
    "gate": (
        "Released only if it rests on more than {privacy_k} users and none of them accounts for more "
        "than {privacy_max_share:.0%} of it; otherwise NULL and listed in the row's last column."
    ),
    "place": "About the place, not about people.",
    "time": "About the calendar, not about people.",
    "decision": "What the privacy gate decided, without the values.",
    "delivery": "About the delivery as a whole; released without a gate.",
    "derived": "Computed from released values only.",
}
GATE_OFF = "The privacy gate is off: not for release."
# Doc blocks with the privacy rule: the dictionary has a separate column for it.
RULE_DOCS = ("withheld", "withheld_in_profile")
TYPES = {
    "string": "string",
    "double": "number",
    "int": "integer",
    "bigint": "integer",
    "date": "date",
    "timestamp": "datetime",
}
PARQUET = "application/vnd.apache.parquet"  # the media type of this file


class Entry(NamedTuple):
    """One column of one released table."""

    table: str
    column: str
    type: str
    meaning: str
    unit: str
    range: str
    privacy_rule: str


def read_manifest(target: Path) -> dict[str, Any]:
    """dbt's manifest of the last run."""
    return json.loads((target / "manifest.json").read_text())


def models(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The models of the manifest, by name."""
    nodes = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def entries(
    manifest: Mapping[str, Any], schemas: Mapping[str, pa.Schema], parameters: Mapping[str, Any]
) -> list[Entry]:
    """The dictionary of the columns of tables; `parameters` are the vars of the run."""
    docs = [manifest["docs"][f"doc.gnuper.{name}"]["block_contents"] for name in RULE_DOCS]
    found = []
    for table, schema in schemas.items():
        model = models(manifest)[table]
        for name in schema.names:
            # Properties have no columns that only some vars give: period, and a zone's name.
            column = model["columns"].get(name) or models(manifest)["units"]["columns"].get(name)
            column = column or _carried_along(schema.field(name).type)
            text = column["description"]
            for doc in docs:
                text = text.replace(doc.strip(), "")
            meaning, unit, range_ = _parts(" ".join(text.split()))
            rule = column["config"]["meta"].get("privacy_rule")
            found.append(
                Entry(
                    table,
                    name,
                    TYPES[column["data_type"]],
                    meaning,
                    unit,
                    range_,
                    _rule(rule or model["config"]["meta"]["privacy_rule"], parameters),
                )
            )
    return found


def _carried_along(type_: pa.DataType) -> dict[str, Any]:
    """The properties of a further column of the population file."""
    return {
        "description": "From the population file, as it is there.",
        "data_type": "string" if pa.types.is_string(type_) else "double",
        "config": {"meta": {"privacy_rule": "place"}},
    }


def _parts(text: str) -> tuple[str, str, str]:
    """Split a description into meaning, unit and range; the last two may be empty."""
    unit = re.search(r" ?Unit: (.+?)\.(?= |$)", text)
    range_ = re.search(r" ?Range: (.+?)\.(?= |$)", text)
    for match in (unit, range_):
        text = text.replace(match[0], "") if match else text
    return text.strip(), unit[1] if unit else "", range_[1] if range_ else ""


def _rule(rule: str, parameters: Mapping[str, Any]) -> str:
    if rule == "gate" and parameters["privacy_k"] == 0:
        return GATE_OFF
    return PRIVACY_RULES[rule].format(**parameters)


def data_package(
    manifest: Mapping[str, Any],
    dictionary: list[Entry],
    keys: Mapping[str, list[str]],
    run: Mapping[str, Any],
    places: Mapping[str, str],
) -> dict[str, Any]:
    """The Frictionless description of all files.

    `keys` are the columns that identify a row of each table, `places` the map files with a
    description.
    """
    resources = []
    unit_id = next(name for name in keys["final_features"] if name != "period")
    for table, key in keys.items():
        description = " ".join(models(manifest)[table]["description"].split())
        listed = [entry for entry in dictionary if entry.table == table]
        schema = _schema(table, key, listed, unit_id)
        resources += _files_of_table(table, description, schema)
    resources += [_file_for_maps(path, description) for path, description in places.items()]
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    return {
        "profile": "data-package",
        "name": "gnuper-release",
        "title": f"Privacy-safe features of {unit_id[:-3]}s from call detail records",
        "id": run["release_id"],
        "version": project["version"],
        "created": run["started_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "temporal": {"start": str(run["first_day"]), "end": str(run["last_day"])},
        "parameters": json.loads(run["parameters"]),
        "resources": resources,
    }


def _files_of_table(table: str, description: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
    shared = {"title": table, "description": description}
    return [
        {
            "name": f"{table}-csv",
            "path": f"{table}.csv",
            **shared,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        },
        {
            "name": f"{table}-parquet",
            "path": f"{table}.parquet",
            **shared,
            "type": "file",
            "format": "parquet",
            "mediatype": PARQUET,
        },
    ]


def _file_for_maps(path: str, description: str) -> dict[str, Any]:
    is_json = path.endswith(".geojson")
    return {
        "name": path.replace(".", "-"),
        "path": path,
        "description": description,
        "type": "file",
        "format": "geojson" if is_json else "parquet",
        "mediatype": "application/geo+json" if is_json else PARQUET,
    }


def _schema(table: str, key: list[str], dictionary: list[Entry], unit_id: str) -> dict[str, Any]:
    fields = []
    for entry in dictionary:
        field: dict[str, Any] = {
            "name": entry.column,
            "type": entry.type,
            "description": entry.meaning,
            "unit": entry.unit,
            "range": entry.range,
            "privacyRule": entry.privacy_rule,
        }
        if entry.type == "datetime":
            field["format"] = "%Y-%m-%d %H:%M:%S.%fZ"
        if constraints := _constraints(entry):
            field["constraints"] = constraints
        fields.append({name: value for name, value in field.items() if value})
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    # The day of a delivery may be unknown.
    if table != "data_quality":
        schema["primaryKey"] = key
    if table != "final_features":
        period = [name for name in key if name == "period"]
        units = [name for name in key if name.startswith(unit_id)]
        reference = {"resource": "final_features-csv", "fields": [*period, unit_id]}
        if units and table != "final_coverage":  # which has zones without antennas too
            schema["foreignKeys"] = [
                {"fields": [*period, column], "reference": reference} for column in units
            ]
    return schema


def _constraints(entry: Entry) -> dict[str, Any]:
    """The least and the greatest value, as far as the range names them."""
    number = int if entry.type == "integer" else float
    if match := re.fullmatch(r"(-?[\d]+) or more", entry.range):
        return {"minimum": number(match[1])}
    if match := re.fullmatch(r"(-?[\d]+) to (-?[\d]+)", entry.range):
        return {"minimum": number(match[1]), "maximum": number(match[2])}
    return {}


def as_table(dictionary: list[Entry]) -> pa.Table:
    """The dictionary as a table."""
    return pa.Table.from_pylist([entry._asdict() for entry in dictionary])
