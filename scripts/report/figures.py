"""The numbers of the page's figures, from the released tables."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import shapely
import shapely.affinity

from scripts.export import INDICATOR, key
from scripts.report.surroundings import surroundings
from scripts.report.words import (
    GATED_TABLES,
    REASONS,
    SHOWN_INDICATOR,
    feature_group,
    feature_label,
    measure_label,
)

MEASURES = ["og_calls", "ic_calls", "og_sms", "ic_sms", "og_vol", "ic_vol"]
COUNTS = ["call_count", "sms_count", "vol_sum"]
FLOWS = ["net_calls", "gravity_residual"]
NOT_FEATURES = (
    "antenna_id", "zone_name", "longitude", "latitude", "period", "withheld_features",
)  # fmt: skip
RESIDENTS = "active_users"
OUTCOMES = ["released", "k", "dominance", "rest", "not_existing", "no_data"]


def rounded(values: Any) -> list[float | None]:
    """Numbers rounded to five significant digits; None for a missing one."""
    return [
        float(f"{value:.5g}") if math.isfinite(value) else None
        for value in np.asarray(values, dtype=float)
    ]


def withheld(lists: pd.Series) -> list[dict[str, str]]:
    """Per row the withheld columns and their rules, from `column=rule; ...`."""
    return [dict(entry.split("=") for entry in text.split("; ") if "=" in entry) for text in lists]


def features(tables: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """The features that a reader can choose: their texts, and the value per antenna or why it is missing."""
    table = tables["final_features"]
    dictionary = tables["data_dictionary"].query("table == 'final_features'").set_index("column")
    rules = withheld(table["withheld_features"])
    nobody = [
        pd.isna(users) and not row for users, row in zip(table[RESIDENTS], rules, strict=True)
    ]
    found = []
    # how many people there are comes first: all other features are about them
    for name in sorted(table.columns, key=lambda name: name != RESIDENTS):
        if name in NOT_FEATURES or (
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
    """For each antenna the area that is closer to it than to any other (its Voronoi cell). Cells end a
    little outside the area of all antennas."""
    # Degrees of longitude are shorter than those of latitude.
    squeeze = math.cos(math.radians(latitude.mean()))
    points = shapely.points(longitude * squeeze, latitude)
    places = shapely.MultiPoint(points)
    west, south, east, north = places.bounds
    reach = 0.06 * max(east - west, north - south, 0.05)
    outline = places.convex_hull.buffer(reach)
    diagram = shapely.voronoi_polygons(places, extend_to=outline)
    # There is no Voronoi diagram of a single place.
    areas = list(diagram.geoms) or [outline]
    tree = shapely.STRtree(areas)
    found = []
    for point in points:
        area = areas[tree.nearest(point)].intersection(outline)
        area = shapely.affinity.scale(area, 1 / squeeze, 1, origin=(0, 0))
        area = shapely.set_precision(area, 1e-5)
        # The page's library expects clockwise rings.
        found.append(shapely.geometry.polygon.orient(area, sign=-1))
    return found


def zones(areas: pd.DataFrame, ids: list[str]) -> list[shapely.Geometry]:
    """The area of each zone, as coarse as a screen allows."""
    shapes = areas.set_index("zone_id")["geometry"].reindex(ids).to_numpy()
    west, south, east, north = shapely.total_bounds(shapes)
    coarse = shapely.simplify(shapes, max(east - west, north - south) / 2000)
    found = []
    for area in shapely.set_precision(coarse, 1e-5):
        parts = shapely.get_parts(area)
        # The page's library expects clockwise rings.
        turned = [shapely.geometry.polygon.orient(part, sign=-1) for part in parts if part.area]
        found.append(turned[0] if len(turned) == 1 else shapely.MultiPolygon(turned))
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
        # Weeks without a row of any antenna count too.
        times = list(pd.date_range(times[0], times[-1], freq="7D").date)
    measures = {}
    for measure in MEASURES:
        wide = table.pivot(index="antenna_id", columns=time, values=measure)
        wide = wide.reindex(index=antennas, columns=times)
        measures[measure] = [rounded(row) for row in wide.to_numpy(dtype=float)]
    return {"times": [str(value) for value in times], "measures": measures}


def days_of(period: str) -> list[str] | None:
    """Begin and end of the time axis for a month (yyyy-MM) or a week (its first day); None for all.

    The bar of a day is centred on its midnight.
    """
    if period == "all":
        return None
    is_month = len(period) == len("yyyy-MM")
    first = pd.Timestamp(period)
    after = first + (pd.DateOffset(months=1) if is_month else pd.DateOffset(weeks=1))
    return [str(day - pd.Timedelta(hours=12)) for day in (first, after)]


def gate(report: pd.DataFrame) -> list[dict[str, Any]]:
    """What the privacy gate did: number of values by group and outcome. Of pairs it is not told."""
    report = report.dropna(subset="total")
    groups = report["released_table"].map(GATED_TABLES).fillna(report["feature"].map(feature_group))
    counts = report.rename(columns=lambda name: name.removeprefix("withheld_"))[OUTCOMES]
    found = counts.astype("int64").groupby(groups, sort=False).sum()
    return [{"group": group, **row} for group, row in found.to_dict("index").items()]


def page_data(
    tables: dict[str, pd.DataFrame],
    period: str,
    decided: list[dict[str, Any]],
    boundary: shapely.Geometry | None,
) -> dict[str, Any]:
    """All numbers of the page for a period; what was `decided` is of all periods together."""
    parameters = json.loads(tables["release_run"].iloc[0]["parameters"])
    table = tables["final_features"]
    quality = tables["data_quality"].dropna(subset="day")
    listed = features(tables)
    antennas = list(table["antenna_id"])
    if "areas" in tables:
        areas = zones(tables["areas"], antennas)
    else:
        areas = cells(table["longitude"], table["latitude"])
    names = table["zone_name"] if "zone_name" in table else [None] * len(antennas)
    return {
        "antennas": [
            f"{name} ({id_})" if name else id_ for id_, name in zip(antennas, names, strict=True)
        ],
        "longitude": [round(degrees, 6) for degrees in table["longitude"]],
        "latitude": [round(degrees, 6) for degrees in table["latitude"]],
        **surroundings(areas, antennas, boundary, parameters),
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


def most_withheld(report: pd.DataFrame) -> list[dict[str, Any]]:
    """The ten features of gnuper with most withheld values."""
    shown = report[
        (report["released_table"] == "final_features") & ~report["feature"].str.contains(INDICATOR)
    ].copy()
    rules = ["withheld_k", "withheld_dominance", "withheld_rest"]
    shown[rules] = shown[rules].astype("int64")
    shown["withheld"] = shown[rules].sum(axis="columns")
    shown["label"] = shown["feature"].map(feature_label)
    return shown.sort_values("withheld", ascending=False, kind="stable").head(10).to_dict("records")
