"""Writes the report of a release: one HTML page that opens offline, made of released files only.

    python -m scripts.report [--output output]

Reads what `make run` has exported to output/ and nothing else: no server, no restricted table. The
page's look and its figures are in report.html.jinja; this module prepares the numbers for it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd
import plotly
import pyarrow.parquet
import shapely
import shapely.affinity
import yaml

from dbt_gnuper import features as registry
from python_udfs.bandicoot_columns import RECORDS
from scripts.export import INDICATOR, KEYS, in_periods, key

PROJECT_ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).with_name("report.html.jinja")

MEASURES = ["og_calls", "ic_calls", "og_sms", "ic_sms", "og_vol", "ic_vol"]
COUNTS = ["call_count", "sms_count", "vol_sum"]
FLOWS = ["net_calls", "gravity_residual"]
REGISTRY = {feature.name: feature for feature in registry.features()}
REASONS = {
    "malformed_row": "not the expected columns",
    "exact_duplicate": "repeats another row",
    "missing_id": "no caller or correspondent",
    "bad_timestamp": "unreadable time",
    "outside_period": "outside the period",
    "unknown_direction": "unknown direction",
    "unknown_interaction": "neither call nor text",
    "unknown_national": "unknown national code",
    "bad_duration": "impossible duration",
    "unknown_cell": "cell without a location",
}
GATED_TABLES = {
    "final_interactions": "Counts of pairs of antennas",
    "final_hourly_profile": "Hourly profiles",
    "final_weekly_profile": "Weekly profiles",
}
OUTCOMES = ["released", "k", "dominance", "rest", "not_existing", "no_data"]
# Of bandicoot's 723 columns those that are about all days and hours, which are the most readable.
SHOWN_INDICATOR = "__allweek__allday__"
GATE_OFF = "PRIVACY GATE OFF"


def read_release(output: Path) -> dict[str, pd.DataFrame]:
    """The released tables by name, and the data dictionary."""
    missing = [name for name in KEYS if not (output / f"{name}.parquet").exists()]
    if missing:
        sys.exit(
            f"There is no {missing[0]}.parquet in {output}: build the release with `make run`."
        )
    tables = {
        name: pyarrow.parquet.read_table(output / f"{name}.parquet").to_pandas() for name in KEYS
    }
    tables["data_dictionary"] = pd.read_csv(
        output / "data_dictionary.csv", keep_default_na=False, dtype=str
    )
    return tables


# --- words ----------------------------------------------------------------------------------------


def measure_label(measure: str) -> str:
    """`og_calls` as "Outgoing calls"."""
    return registry.MEASURES[measure].capitalize()


def feature_label(name: str) -> str:
    """A feature's name as a heading."""
    if name in REGISTRY:
        return REGISTRY[name].label
    if name == RECORDS:
        return "National events per resident"
    return name.replace(SHOWN_INDICATOR, ", ").replace("__", ", ").replace("_", " ").capitalize()


def feature_group(name: str) -> str:
    """The group of features that a feature is listed under."""
    return REGISTRY[name].group if name in REGISTRY else "Behaviour of residents (bandicoot)"


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


# --- numbers --------------------------------------------------------------------------------------


def rounded(values: Any) -> list[float | None]:
    """Numbers with five significant digits; None where there is none."""
    return [
        float(f"{value:.5g}") if math.isfinite(value) else None
        for value in np.asarray(values, dtype=float)
    ]


def withheld(lists: pd.Series) -> list[dict[str, str]]:
    """Per row the withheld columns and their rules, from `column=rule; ...`."""
    return [dict(entry.split("=") for entry in text.split("; ") if "=" in entry) for text in lists]


def features(tables: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """The features to choose from: words, and per antenna the value or why there is none."""
    table = tables["final_features"]
    dictionary = tables["data_dictionary"].query("table == 'final_features'").set_index("column")
    rules = withheld(table["withheld_features"])
    nobody = [
        pd.isna(users) and not row for users, row in zip(table["active_users"], rules, strict=True)
    ]
    found = []
    for name in table.columns:
        if name in ("antenna_id", "longitude", "latitude", "period", "withheld_features") or (
            INDICATOR in name and SHOWN_INDICATOR not in name and not name.startswith("reporting")
        ):
            continue
        entry = dictionary.loc[name]
        status = [
            "released" if exists else row.get(name, "no_data" if empty else "not_existing")
            for exists, row, empty in zip(table[name].notna(), rules, nobody, strict=True)
        ]
        found.append(
            {
                "name": name,
                "label": feature_label(name),
                "group": feature_group(name),
                "meaning": entry["meaning"],
                "unit": "" if entry["unit"] in ("none", "no unit") else entry["unit"],
                "range": entry["range"],
                "values": rounded(table[name]),
                "status": status,
            }
        )
    return found


def cells(longitude: pd.Series, latitude: pd.Series) -> list[shapely.Polygon]:
    """The area that is closer to an antenna than to all others, at most a bit beyond all of them."""
    # Degrees of longitude are shorter than those of latitude.
    squeeze = math.cos(math.radians(latitude.mean()))
    points = shapely.points(longitude * squeeze, latitude)
    places = shapely.MultiPoint(points)
    west, south, east, north = places.bounds
    reach = 0.06 * max(east - west, north - south, 0.05)
    outline = places.convex_hull.buffer(reach)
    diagram = shapely.voronoi_polygons(places, extend_to=outline)
    # A single place has no diagram.
    areas = list(diagram.geoms) or [outline]
    tree = shapely.STRtree(areas)
    found = []
    for point in points:
        area = areas[tree.nearest(point)].intersection(outline)
        area = shapely.affinity.scale(area, 1 / squeeze, 1, origin=(0, 0))
        area = shapely.set_precision(area, 1e-5)
        # The page's library wants rings clockwise.
        found.append(shapely.geometry.polygon.orient(area, sign=-1))
    return found


def correlations(listed: list[dict[str, Any]]) -> dict[str, Any]:
    """Spearman's correlation of gnuper's features over the antennas that have both."""
    shown = [feature for feature in listed if INDICATOR not in feature["name"]]
    frame = pd.DataFrame({f["name"]: f["values"] for f in shown}, dtype=float)
    matrix = frame.corr(method="spearman", min_periods=5)
    return {"names": list(matrix.columns), "matrix": [rounded(row) for row in matrix.to_numpy()]}


def ties(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Pairs of different antennas by their places in the list of antennas.

    Where both sides of calls and texts were delivered, the two rows of a pair are alike and one of
    them is taken; otherwise a row is what one end counted, and both are.
    """
    pair = key("final_flows", tables["final_flows"].columns)
    table = tables["final_interactions"].merge(tables["final_flows"], how="left", on=pair)
    place = {name: place for place, name in enumerate(tables["final_features"]["antenna_id"])}
    pairs = table[table["antenna_id1"] != table["antenna_id2"]]
    there = pairs.set_index(["antenna_id1", "antenna_id2"])[["call_count", "sms_count"]]
    alike = there.equals(there.swaplevel().rename_axis(there.index.names).reindex(there.index))
    if alike:
        pairs = pairs[pairs["antenna_id1"] < pairs["antenna_id2"]]
    return {
        "alike": alike,
        "from": [place[name] for name in pairs["antenna_id1"]],
        "to": [place[name] for name in pairs["antenna_id2"]],
        "km": rounded(pairs["distance_km"]),
        **{name: rounded(pairs[name]) for name in COUNTS + FLOWS},
    }


def profile(table: pd.DataFrame, antennas: list[str], time: str) -> dict[str, Any]:
    """A profile's measures: one list per antenna, in the order of the antennas."""
    times = sorted(table[time].unique())
    if time == "week" and times:
        # Also the weeks of which no antenna has a row.
        times = list(pd.date_range(times[0], times[-1], freq="7D").date)
    measures = {}
    for measure in MEASURES:
        wide = table.pivot(index="antenna_id", columns=time, values=measure)
        wide = wide.reindex(index=antennas, columns=times)
        measures[measure] = [rounded(row) for row in wide.to_numpy(dtype=float)]
    return {"times": [str(value) for value in times], "measures": measures}


def days_of(period: str) -> list[str] | None:
    """Where the bars of a month (yyyy-MM) or a week (its first day) begin and end; None for all.

    A day's bar has its midnight in the middle.
    """
    if period == "all":
        return None
    is_month = len(period) == len("yyyy-MM")
    first = pd.Timestamp(period)
    after = first + (pd.DateOffset(months=1) if is_month else pd.DateOffset(weeks=1))
    return [str(day - pd.Timedelta(hours=12)) for day in (first, after)]


def gate(report: pd.DataFrame) -> list[dict[str, Any]]:
    """What the privacy gate did: number of values by group and outcome."""
    groups = report["released_table"].map(GATED_TABLES).fillna(report["feature"].map(feature_group))
    counts = report.rename(columns=lambda name: name.removeprefix("withheld_"))[OUTCOMES]
    found = counts.groupby(groups, sort=False).sum()
    return [{"group": group, **row} for group, row in found.to_dict("index").items()]


def page_data(
    tables: dict[str, pd.DataFrame], period: str, decided: list[dict[str, Any]]
) -> dict[str, Any]:
    """All numbers of the page for a period; what was `decided` is of all periods together."""
    table = tables["final_features"]
    quality = tables["data_quality"].dropna(subset="day")
    listed = features(tables)
    antennas = list(table["antenna_id"])
    areas = cells(table["longitude"], table["latitude"])
    return {
        "antennas": antennas,
        "longitude": [round(degrees, 6) for degrees in table["longitude"]],
        "latitude": [round(degrees, 6) for degrees in table["latitude"]],
        "bounds": list(shapely.total_bounds(areas)),
        "cells": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": place,
                    "properties": {},
                    "geometry": json.loads(shapely.to_geojson(area)),
                }
                for place, area in enumerate(areas)
            ],
        },
        "features": listed,
        "correlations": correlations(listed),
        "ties": ties(tables),
        "hourly": profile(tables["final_hourly_profile"], antennas, "hour"),
        "weekly": profile(tables["final_weekly_profile"], antennas, "week"),
        "measures": {measure: measure_label(measure) for measure in MEASURES},
        "quality": {
            "shown_days": days_of(period),
            "day": [str(day) for day in quality["day"]],
            "accepted": quality["accepted_rows"].tolist(),
            "rejected": {
                label: quality[reason].tolist()
                for reason, label in REASONS.items()
                if quality[reason].any()
            },
        },
        "gate": decided,
    }


def render(tables: dict[str, pd.DataFrame]) -> str:
    """The page."""
    run = tables["release_run"].iloc[0]
    project = yaml.safe_load((PROJECT_ROOT / "dbt_project.yml").read_text())
    gate_counts = gate(tables["release_report"])
    periods = tables_of_periods(tables)
    data = {period: page_data(part, period, gate_counts) for period, part in periods.items()}
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
        # Inside of a script element only its end would be read as HTML.
        data=json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
        plotly_js=plotly.offline.get_plotlyjs(),
        run=run,
        parameters=json.loads(run["parameters"]),
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
        accepted=quality["accepted_rows"].sum() / max(quality["delivered_rows"].sum(), 1),
        delivered=int(quality["delivered_rows"].sum()),
        rejected={
            label: int(quality[reason].sum())
            for reason, label in REASONS.items()
            if quality[reason].any()
        },
        undated=int(quality.loc[quality["day"].isna(), "delivered_rows"].sum()),
        withheld_most=most_withheld(tables["release_report"]),
    )


def most_withheld(report: pd.DataFrame) -> list[dict[str, Any]]:
    """The ten features of gnuper with most withheld values."""
    shown = report[
        (report["released_table"] == "final_features") & ~report["feature"].str.contains(INDICATOR)
    ].copy()
    shown["withheld"] = shown["withheld_k"] + shown["withheld_dominance"]
    shown["label"] = shown["feature"].map(feature_label)
    return shown.sort_values("withheld", ascending=False, kind="stable").head(10).to_dict("records")


def write(output: Path) -> Path:
    """Write output/report.html; it is replaced as a whole or not at all."""
    page = output / "report.html"
    draft = page.with_name("report.html.new")
    draft.write_text(render(read_release(output)))
    os.replace(draft, page)
    return page


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=PROJECT_ROOT / "output")
    print(f"The report is in {write(parser.parse_args().output)}. It opens without a network.")
