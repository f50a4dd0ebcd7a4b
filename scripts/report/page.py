"""The page: the released tables in, one HTML file out."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import jinja2
import pandas as pd
import plotly
import pyarrow.parquet
import shapely
import yaml

from scripts.errors import CommandError
from scripts.export import KEYS, OF_ZONES, in_periods, replace_file, unit
from scripts.paths import PROJECT_ROOT
from scripts.report.figures import gate, most_withheld, page_data
from scripts.report.surroundings import read_boundary
from scripts.report.words import REASONS, in_words

TEMPLATE = Path(__file__).with_name("report.html.jinja")
GATE_OFF = "PRIVACY GATE OFF"
AREAS = {
    "antenna": "Each cell is the area that is closer to its antenna than to any other one.",
    "zone": "Each area is a zone; where nobody drew it, it is nearer to the zone's antennas than to "
    "others. Lines of the network begin at the mean place of a zone's antennas.",
}


def read_release(output: Path) -> dict[str, pd.DataFrame]:
    """The released tables by name, and the data dictionary.

    With zones the columns of the tables have the names of antennas, and `areas` the zones' shapes.
    """
    names = [name for name in KEYS if name not in OF_ZONES]
    missing = [name for name in names if not (output / f"{name}.parquet").exists()]
    if missing:
        raise CommandError(
            f"There is no {missing[0]}.parquet in {output}: build the release with `make run`."
        )
    tables = {
        name: pyarrow.parquet.read_table(output / f"{name}.parquet").to_pandas() for name in names
    }
    if unit(tables["final_features"]) == "zone":
        shapes = gpd.read_parquet(output / "zones.geo.parquet", columns=["zone_id", "geometry"])
        tables["areas"] = shapes.drop_duplicates("zone_id")
        for name in names:
            columns = {column: column.replace("zone_id", "antenna_id") for column in tables[name]}
            tables[name] = tables[name].rename(columns=columns)
    tables["data_dictionary"] = pd.read_csv(
        output / "data_dictionary.csv", keep_default_na=False, dtype=str
    )
    return tables


def tables_of_periods(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables with the rows of each period; those that know no periods are in each."""
    features = tables["final_features"]
    if "period" not in features:
        return {"all": tables}
    return {
        period: {
            name: table[table["period"] == period].reset_index(drop=True)
            if "period" in table
            else table
            for name, table in tables.items()
        }
        for period in sorted(features["period"].unique())
    }


def render(tables: dict[str, pd.DataFrame], boundary: shapely.Geometry | None = None) -> str:
    """The page. The lines of a boundary are drawn on its maps."""
    kind = "zone" if "areas" in tables else "antenna"
    run = tables["release_run"].iloc[0]
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    gate_counts = gate(tables["release_report"])
    periods = tables_of_periods(tables)
    data = {
        period: page_data(part, period, gate_counts, boundary) for period, part in periods.items()
    }
    parameters = json.loads(run["parameters"])
    decided = pd.DataFrame(gate_counts).set_index("group").sum()
    released = tables["final_features"]
    judged = decided["released"] + decided[["k", "dominance", "rest"]].sum()
    quality = tables["data_quality"]
    # Of a release by periods each pair has a row per period, and counts once.
    pairs = tables["final_interactions"][KEYS["final_interactions"]].drop_duplicates()
    linked = pairs[pairs["antenna_id1"] != pairs["antenna_id2"]]
    template = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).from_string(TEMPLATE.read_text())
    return template.render(
        # Inside a script element, only "</" would be read as HTML.
        data=json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
        plotly_js=plotly.offline.get_plotlyjs(),
        run=run,
        unit=kind,
        areas=AREAS[kind],
        parameters=parameters,
        parameters_in_words=in_words(parameters),
        version=project["version"],
        is_by_period="period" in released,
        in_periods=in_periods(periods if "period" in released else []),
        rows=len(released),
        gate_off=any(GATE_OFF in text for text in released["withheld_features"]),
        antennas=released["antenna_id"].nunique(),
        shown_antennas=released.loc[released["active_users"].notna(), "antenna_id"].nunique(),
        pairs=len(pairs),
        linked_pairs=len(set(map(frozenset, linked.to_numpy()))),
        released=decided["released"] / max(judged, 1),
        rejected={
            label: int(quality[reason].sum())
            for reason, label in REASONS.items()
            if quality[reason].any()
        },
        has_undated=bool(quality["day"].isna().any()),
        withheld_most=most_withheld(tables["release_report"]),
    )


def write(output: Path, boundary: Path | None = None) -> Path:
    """Write output/report.html, which is replaced as a whole or not at all."""
    page = output / "report.html"
    tables = read_release(output)
    outlines = boundary and read_boundary(boundary)
    replace_file(page, lambda draft: draft.write_text(render(tables, outlines)))
    return page
