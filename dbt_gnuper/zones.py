"""The zones of var zones: which zone each antenna belongs to, and who lives there by other sources.

A file says where antennas belong, either as a list of antennas or as polygons; or antennas that are
close together form a zone. Zones depend on places only, never on people. This runs where dbt runs,
because Spark knows no polygons, and reads local files only.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from dbt.adapters.spark.impl import SparkAdapter

from dbt_gnuper.layouts import told
from dbt_gnuper.local_files import local_path
from dbt_gnuper.patches import add_for_macros

if TYPE_CHECKING:
    import geopandas as gpd

LISTS = (".csv", ".tsv", ".txt")
PARQUETS = (".parquet", ".geoparquet")
WGS84 = "EPSG:4326"
EARTH_KM = 6371.0
ANTENNA, ZONE, ZONE_NAME = "antenna_id", "zone_id", "zone_name"
ZONE_NAMES = (ZONE, "zone")
POPULATION = "population"
# People of a zone. A point before three zeros may be a thousands separator.
PEOPLE = re.compile(r"[0-9]{1,12}([.]00?)?")
# A number that stays what it is when it becomes one: no code like 03401 or 1E5, no long id.
PLAIN_NUMBER = re.compile(
    r"-?(0|[1-9][0-9]{0,14}|(0|[1-9][0-9]*)?[.][0-9]+|[0-9]([.][0-9]+)?[eE][-+][0-9]{1,2})"
)
# Columns of final_coverage, which a further column of the population file cannot have.
COVERAGE = (
    "period", ZONE, ZONE_NAME, POPULATION, "active_users", "penetration", "weight", "antennas",
    "share_of_antennas", "events_per_resident",
)  # fmt: skip

Place = tuple[str, float, float]
"""Antenna, longitude and latitude in degrees."""


class ZonesError(Exception):
    """A file that cannot be used; the message is a sentence with the remedy."""


@dataclass
class Assignment:
    """The zone of each antenna, and what is doubtful about it."""

    zones: dict[str, tuple[str, str | None]]
    """Id and name of the zone, by antenna. Antennas outside of all zones are missing."""
    warnings: list[str] = field(default_factory=list)


def some(values: Iterable[Any], most: int = 3) -> str:
    """The first few of some ids, for a message: "'a', 'b', 'c' and 4 more"."""
    listed = sorted({str(value) for value in values})
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(f"'{told(value)}'" for value in listed[:most]) + more


# --- lists: a row per antenna ----------------------------------------------------------------------


def _read_table(path: Path, what: str) -> pd.DataFrame:
    """A table of text, with the delimiter of its header. Blanks around values do not count."""
    where = f"{what} '{path}'"
    try:
        lines = _lines(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise ZonesError(f"The {where} is not text in UTF-8: save it as CSV UTF-8.") from None
    except (OSError, csv.Error) as error:
        raise ZonesError(f"The {where} cannot be read: {_first_line(error)}.") from None
    if not lines:
        raise ZonesError(f"The {where} is empty.")
    columns = _without_empty_end(lines[0].values)
    repeated = {name for name in columns if name and columns.count(name) > 1}
    if repeated:
        raise ZonesError(f"The {where} has a column twice: {some(repeated)}.")
    rows = []
    for line in lines[1:]:
        values = line.values
        if len(values) > len(columns):
            values = _without_empty_end(values, len(columns))
        if len(values) != len(columns):
            remedy = (
                "Write numbers without separators, such as 12500, and put texts that contain the "
                "delimiter in quotes"
                if len(values) > len(columns)
                else "Leave a value that is missing empty, and write its delimiter"
            )
            raise ZonesError(
                f"The {where} cannot be read: line {line.number} has {_counted(len(values), 'value')}, "
                f"but there are {_counted(len(columns), 'column')}. {remedy}."
            )
        rows.append(values)
    if not rows:
        raise ZonesError(f"The {where} has no rows.")
    return pd.DataFrame(rows, columns=columns, dtype=object)


class Line(NamedTuple):
    """A row of a CSV file, and the line on which it begins."""

    number: int
    values: list[str]


def _lines(text: str) -> list[Line]:
    """The rows of a CSV file that are not blank, without blanks around values. Raises csv.Error."""
    header = next(iter(text.lstrip().splitlines()), "")
    delimiter = max(",;\t", key=header.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    found, number = [], 1
    try:
        for row in rows:
            values = [value.strip() for value in row]
            if len(values) > 1 or any(values):
                found.append(Line(number, values))
            number = rows.line_num + 1
    except csv.Error as error:
        raise csv.Error(f"line {number}: {error}") from None
    return found


def _without_empty_end(values: list[str], least: int = 1) -> list[str]:
    """Values without empty ones at the end, as of rows that end with a delimiter; `least` stay."""
    size = len(values)
    while size > least and not values[size - 1]:
        size -= 1
    return values[:size]


def _counted(number: int, noun: str) -> str:
    """A number of things: "1 value", "2 values"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")


def _column(
    columns: Sequence[str], given: str | None, usual: Sequence[str], var: str, where: str
) -> str | None:
    """The column that a var names, or the usual one; None if there is no usual one.

    Raises ZonesError when the file has no column of the given name.
    """
    if given is None:
        return next((name for name in usual if name in columns), None)
    if given not in columns:
        raise ZonesError(
            f"The {where} has no column '{told(given)}' (var {var}). It has: {some(columns, 20)}."
        )
    return given


def _zone_columns(
    columns: Sequence[str], zone_id: str | None, zone_name: str | None, where: str
) -> tuple[str, str | None]:
    id_column = _column(columns, zone_id, ZONE_NAMES, "zone_id", where)
    if id_column is None:
        raise ZonesError(
            f"The {where} has no column zone_id. Set var zone_id to the one that identifies a zone: "
            f"{some(columns, 20)}."
        )
    return id_column, _column(columns, zone_name, (ZONE_NAME,), "zone_name", where)


@dataclass(frozen=True)
class ListOfAntennas:
    """A CSV file: antenna_id, zone_id and possibly zone_name."""

    path: Path
    zones: Mapping[str, tuple[str, str | None]]

    def ids(self) -> set[str]:
        """The zones of the file."""
        return {zone for zone, _ in self.zones.values()}

    @staticmethod
    def read(path: Path, zone_id: str | None, zone_name: str | None) -> ListOfAntennas:
        """Read the file. Raises ZonesError."""
        where = f"zones file '{path}'"
        table = _read_table(path, "zones file")
        if ANTENNA not in table:
            raise ZonesError(
                f"The {where} has no column antenna_id. A list of antennas has the columns "
                "antenna_id, zone_id and possibly zone_name."
            )
        id_column, name_column = _zone_columns(list(table.columns), zone_id, zone_name, where)
        names = table[name_column].replace("", None) if name_column else None
        found = pd.DataFrame(
            {"antenna": table[ANTENNA], "zone": table[id_column], "name": names}
        ).drop_duplicates()
        if (found["antenna"] == "").any():
            raise ZonesError(f"The {where} has rows without antenna_id: fill them or remove them.")
        _refuse_repeated(found, "antenna", f"The {where} has more than one zone for the antennas")
        with_zone = found[found["zone"] != ""]
        zones = with_zone[["zone", "name"]].drop_duplicates()
        _refuse_repeated(zones, "zone", f"The {where} has more than one name for the zones")
        return ListOfAntennas(
            path,
            {
                row.antenna: (row.zone, None if pd.isna(row.name_) else row.name_)
                for row in with_zone.rename(columns={"name": "name_"}).itertuples()
            },
        )

    def assign(self, places: Sequence[Place]) -> Assignment:
        """The zones of these antennas."""
        known = {antenna for antenna, _, _ in places}
        strangers = set(self.zones) - known
        assignment = Assignment({a: zone for a, zone in self.zones.items() if a in known})
        if strangers:
            assignment.warnings.append(
                f"Antennas of the zones file '{self.path}' that are not in the locations file "
                f"({len(strangers)} of {len(self.zones)}): {some(strangers)}."
            )
        return assignment


def _refuse_repeated(table: pd.DataFrame, column: str, sentence: str) -> None:
    repeated = table.loc[table[column].duplicated(), column]
    if len(repeated):
        raise ZonesError(f"{sentence} {some(repeated)}: leave one.")


# --- polygons ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Polygons:
    """A file of polygons, each with the id and possibly the name of its zone."""

    path: Path
    frame: gpd.GeoDataFrame
    """zone_id, zone_name and geometry, in the file's own reference system."""
    warnings: tuple[str, ...]

    def ids(self) -> set[str]:
        """The zones of the file."""
        return set(self.frame[ZONE])

    @staticmethod
    def read(path: Path, zone_id: str | None, zone_name: str | None) -> Polygons:
        """Read the file. Raises ZonesError."""
        where = f"zones file '{path}'"
        frame = read_geometries(path, where)
        columns = [str(name) for name in frame.columns if name != frame.geometry.name]
        id_column, name_column = _zone_columns(columns, zone_id, zone_name, where)
        ids = frame[id_column].map(_text)
        if ids.isna().any():
            raise ZonesError(
                f"{ids.isna().sum()} polygons of the {where} have no {id_column}: fill it in."
            )
        if ids.duplicated().any():
            raise ZonesError(
                f"The {where} has more than one polygon with the {id_column} "
                f"{some(ids[ids.duplicated()])}: make each zone one (multi)polygon, or set var zone_id "
                "to a column that identifies the zone."
            )
        geometry, warnings = _usable(frame.geometry, ids, where)
        import geopandas as gpd

        return Polygons(
            path,
            gpd.GeoDataFrame(
                {
                    ZONE: ids.to_numpy(),
                    ZONE_NAME: frame[name_column].map(_text).to_numpy() if name_column else None,
                },
                geometry=geometry.to_numpy(),
                crs=frame.crs,
            ),
            tuple(warnings),
        )

    def assign(self, places: Sequence[Place]) -> Assignment:
        """The zones of these antennas: the polygon that holds them, on a border that of the smallest
        id."""
        import geopandas as gpd

        longitude, latitude = ([place[axis] for place in places] for axis in (1, 2))
        points = gpd.GeoSeries(gpd.points_from_xy(longitude, latitude), crs=WGS84)
        # Borders are straight in the file's reference system.
        found = self._zones_at(points.to_crs(self.frame.crs))
        if found.empty:
            swapped = self._zones_at(
                gpd.GeoSeries(gpd.points_from_xy(latitude, longitude), crs=WGS84).to_crs(
                    self.frame.crs
                )
            )
            if len(swapped):
                raise ZonesError(
                    f"No antenna lies in a polygon of the zones file '{self.path}', but {len(swapped)} "
                    "would if longitude and latitude changed places: the file has its coordinates in "
                    "the wrong order, or the layout takes longitude and latitude of the locations file "
                    "from each other's column."
                )
        names = dict(zip(self.frame[ZONE], self.frame[ZONE_NAME], strict=True))
        assignment = Assignment(
            {places[point][0]: (zone, names[zone]) for point, zone in found["zone"].items()},
            list(self.warnings),
        )
        several = found[found["inside"] > 1]
        if len(several):
            assignment.warnings.append(
                f"In the zones file '{self.path}' polygons overlap where antennas are "
                f"({len(several)}). The zone with the smallest id has them: {some(several['zone'])}."
            )
        empty = set(names) - {zone for zone, _ in assignment.zones.values()}
        if empty and assignment.zones:
            assignment.warnings.append(
                f"Zones without an antenna have no row ({len(empty)} of {len(names)} in the zones file "
                f"'{self.path}'): {some(empty)}."
            )
        return assignment

    def _zones_at(self, points: gpd.GeoSeries) -> pd.DataFrame:
        """For each point in a polygon, by its number: `zone`, the smallest id of the polygons that hold
        it, and `inside`, of how many of them it is not only on the border."""
        import shapely

        tree = shapely.STRtree(points.to_numpy())
        shapely.prepare(self.frame.geometry.to_numpy())
        pairs = []
        for zone, polygon in zip(self.frame[ZONE], self.frame.geometry, strict=True):
            held = tree.query(polygon, predicate="intersects")
            inside = shapely.contains_properly(polygon, points.to_numpy()[held])
            pairs.append(pd.DataFrame({"point": held, "zone": zone, "inside": inside.astype(int)}))
        return pd.concat(pairs).groupby("point").agg({"zone": "min", "inside": "sum"})


def read_geometries(path: Path, where: str) -> gpd.GeoDataFrame:
    """A file of geometries with their reference system. Raises ZonesError, which calls it `where`."""
    import geopandas as gpd

    try:
        read = gpd.read_parquet if path.suffix.lower() in PARQUETS else gpd.read_file
        frame = read(path)
    except Exception as error:  # noqa: BLE001 (GDAL and Arrow have many classes)
        raise ZonesError(f"The {where} cannot be read: {_first_line(error)}.") from None
    if not isinstance(frame, gpd.GeoDataFrame):
        raise ZonesError(
            f"The {where} has no geometries. Polygons are read from GeoJSON, GeoPackage, GeoParquet "
            "or shapefiles, a list of antennas from a file that ends in .csv."
        )
    if frame.empty:
        raise ZonesError(f"The {where} has no polygons.")
    if frame.crs is None:
        raise ZonesError(
            f"The {where} does not say its coordinate reference system (a shapefile has it in its "
            ".prj): save it with one, such as EPSG:4326."
        )
    return frame


def _text(value: Any) -> str | None:
    """An id or name as text; None if it is missing. GIS programs keep whole numbers as decimals."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _usable(geometry: gpd.GeoSeries, ids: pd.Series, where: str) -> tuple[gpd.GeoSeries, list[str]]:
    """Polygons that have an area, made valid, with a warning about those that were not."""
    is_missing = geometry.isna() | geometry.is_empty
    if is_missing.any():
        raise ZonesError(f"Zones of the {where} have no geometry: {some(ids[is_missing])}.")
    is_other = ~geometry.geom_type.isin(("Polygon", "MultiPolygon"))
    if is_other.any():
        kind = geometry[is_other].geom_type.iloc[0]
        raise ZonesError(
            f"Zones of the {where} are no polygons but of the type {kind}: {some(ids[is_other])}."
        )
    if geometry.crs.is_geographic:
        west, south, east, north = geometry.total_bounds
        if not (west >= -360 and east <= 360 and south >= -90.001 and north <= 90.001):
            raise ZonesError(
                f"The {where} says that its coordinates are degrees ({geometry.crs.to_string()}), but "
                f"they reach from {west:g}, {south:g} to {east:g}, {north:g}: save it with the "
                "coordinate reference system that it really has."
            )
    is_invalid = ~geometry.is_valid
    warnings = []
    if is_invalid.any():
        geometry = geometry.where(~is_invalid, geometry.make_valid())
        warnings.append(
            f"Invalid polygons of the {where}, such as those that cross their own border, were "
            f"repaired ({is_invalid.sum()}): {some(ids[is_invalid])}. Look at these zones on a map."
        )
    return geometry, warnings


# --- antennas that are close together ---------------------------------------------------------------


def merged_antennas(places: Sequence[Place], within_km: float) -> Assignment:
    """Zones of antennas that are close together: no two of a zone are further apart than `within_km`.

    Complete linkage over great-circle distances. A zone has the smallest id of its antennas.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import KDTree

    places = sorted(places)
    longitude, latitude = np.radians(np.array([place[1:] for place in places]).reshape(-1, 2)).T
    points = np.column_stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ]
    )
    # The chord of a distance; a little more, because distances are rounded.
    reach = 2 * math.sin(within_km / EARTH_KM / 2) + 1e-12
    # Antennas without a chain of near ones between them never share a zone: smaller problems.
    near = KDTree(points).query_pairs(reach, output_type="ndarray")
    links = coo_array((np.ones(len(near)), near.T.reshape(2, -1)), shape=(len(places),) * 2)
    _, parts = connected_components(links, directed=False)
    zones: dict[str, tuple[str, str | None]] = {}
    for part in np.unique(parts):
        members = np.flatnonzero(parts == part)
        if len(members) == 1:
            groups = np.array([1])
        else:
            groups = fcluster(linkage(points[members], "complete"), reach, criterion="distance")
        for group in np.unique(groups):
            ids = [places[member][0] for member in members[groups == group]]
            zones |= dict.fromkeys(ids, (min(ids), None))
    return Assignment(zones)


# --- the capital ------------------------------------------------------------------------------------


def capital_problem(capital: Iterable[str], known: Iterable[str], what: str) -> str | None:
    """Why var capital cannot be used, as a sentence; None when all its ids are known.

    `what` the ids are: "zones of the zones file 'zones.csv'".
    """
    ids = {str(one) for one in known}
    unknown = [one for one in capital if one not in ids]
    if not unknown:
        return None
    return (
        f"The var capital names {some(unknown)}, but the {what} are {some(ids)}. Write the ids of the "
        "capital as they are there, as text in quotation marks, or leave capital out."
    )


# --- for macros -------------------------------------------------------------------------------------

ZonesFile = ListOfAntennas | Polygons


def zones_of_antennas(
    places: Iterable[Sequence[Any]],
    zones: str | Mapping[str, float],
    zone_id: str | None,
    zone_name: str | None,
    capital: Sequence[str] = (),
    population_file: str | None = None,
) -> dict[str, Any]:
    """The `rows` of the model antenna_zones, `warnings` about the files, or the `problem` with them.

    The zones of var capital must have antennas, and one of the population file at least.
    """
    known = [(str(antenna), float(x), float(y)) for antenna, x, y in places]
    try:
        if isinstance(zones, str):
            assignment = read_zones(zones, zone_id, zone_name).assign(known)
        else:
            assignment = merged_antennas(known, float(zones["merge_within_km"]))
    except ZonesError as error:
        return {"problem": str(error)}
    if not assignment.zones:
        where = f"None of the {len(known)} antennas is in a zone of var zones ({told(str(zones))})."
        return {"problem": where}
    ids = {zone for zone, _ in assignment.zones.values()}
    if found := capital_problem(capital, ids, "zones with an antenna"):
        return {"problem": found}
    if population_file is not None:
        try:
            about = _strangers(population_file, ids, "zones with an antenna")
        except ZonesError as error:
            return {"problem": str(error)}
        if about["problem"]:
            return {"problem": about["problem"]}
        # with a zones file, population_warning has compared both files already
        if about["warning"] and not isinstance(zones, str):
            assignment.warnings.append(about["warning"])
    outside = [antenna for antenna, _, _ in known if antenna not in assignment.zones]
    if outside:
        assignment.warnings.append(
            f"Antennas in no zone ({len(outside)} of {len(known)}): {some(outside)}. Their residents are "
            "left out of the release."
        )
    rows = []
    for antenna, longitude, latitude in sorted(known):
        zone, name = assignment.zones.get(antenna, (None, None))
        values = (antenna, longitude, latitude, zone, name)
        rows.append(
            dict(zip((ANTENNA, "longitude", "latitude", ZONE, ZONE_NAME), values, strict=True))
        )
    return {"problem": None, "warnings": assignment.warnings, "rows": rows}


def read_zones(uri: str, zone_id: str | None, zone_name: str | None) -> ZonesFile:
    """The content of a zones file; read again only if it has changed. Raises ZonesError."""
    path = _local(uri, "zones file", "zones")
    status = path.stat()
    return _read_zones(path, zone_id, zone_name, (status.st_mtime_ns, status.st_size))


@functools.lru_cache(maxsize=1)
def _read_zones(
    path: Path, zone_id: str | None, zone_name: str | None, _version: tuple[int, int]
) -> ZonesFile:
    kind = ListOfAntennas if path.suffix.lower() in LISTS else Polygons
    return kind.read(path, zone_id, zone_name)


def _local(uri: str, what: str, var: str) -> Path:
    path = local_path(uri)
    if path is None:
        raise ZonesError(
            f"The {what} '{told(uri)}' is not on this machine. dbt reads it itself: copy it here, and "
            f"set var {var} to its path."
        )
    if not path.is_file():
        raise ZonesError(f"There is no {what} at '{path}' (var {var}).")
    return path


def zones_problem(
    uri: str | None, zone_id: str | None, zone_name: str | None, capital: Sequence[str] = ()
) -> str | None:
    """Why a zones file cannot be used, as a sentence; None when it can, or when there is none.

    The zones of var capital must be in it.
    """
    if uri is None:
        return None
    try:
        file = read_zones(uri, zone_id, zone_name)
    except ZonesError as error:
        return str(error)
    return capital_problem(capital, file.ids(), f"zones of the zones file '{file.path}'")


# --- the population of zones ------------------------------------------------------------------------


def read_population(uri: str) -> pd.DataFrame:
    """The population file: zone_id, population and any further columns, numbers as numbers.

    Raises ZonesError.
    """
    path = _local(uri, "population file", "zone_population")
    where = f"population file '{path}'"
    table = _read_table(path, "population file")
    zone = next((name for name in ZONE_NAMES if name in table), None)
    for name in (zone, POPULATION):
        if name is None or name not in table:
            raise ZonesError(
                f"The {where} has no column {name or 'zone'}. It has: {some(table.columns, 20)}."
            )
    table = table.rename(columns={zone: ZONE})
    for name in table.columns:
        if name.lower() in COVERAGE and name not in (ZONE, POPULATION):
            raise ZonesError(
                f"The {where} has a column '{told(name)}', and final_coverage has one of its own: "
                "rename it."
            )
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
            raise ZonesError(
                f"The {where} has a column '{told(name)}'. It becomes a column of final_coverage: "
                "rename it, with letters, digits and _ only."
            )
    lower = pd.Series([name.lower() for name in table.columns])
    if lower.duplicated().any():
        raise ZonesError(f"The {where} has a column twice: {some(lower[lower.duplicated()])}.")
    if (table[ZONE] == "").any():
        raise ZonesError(f"The {where} has rows without a zone: fill them in.")
    _refuse_repeated(table, ZONE, f"The {where} has more than one row for the zones")
    wrong = table[POPULATION].ne("") & ~table[POPULATION].map(_is(PEOPLE))
    if wrong.any():
        first = table[wrong].iloc[0]
        more = f" ({wrong.sum()} zones in all have one)" if wrong.sum() > 1 else ""
        raise ZonesError(
            f"The {where} has a population that is not a whole number of people: "
            f"'{told(first[POPULATION])}' for the zone '{told(first[ZONE])}'{more}. Write it without "
            "blanks, separators and decimals, such as 12500."
        )
    for name in table.columns.drop(ZONE):
        values = table[name].replace("", None)
        is_number = name == POPULATION or values.dropna().map(_is(PLAIN_NUMBER)).all()
        table[name] = pd.to_numeric(values).astype(float) if is_number else values
    return table


def _is(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a whole text has a pattern."""
    return lambda text: pattern.fullmatch(text) is not None


def _strangers(uri: str, known: Iterable[str], what: str) -> dict[str, str | None]:
    """The `problem` if no zone of the population file is known, and a `warning` if some are not.

    `what` the known zones are: "zones of the zones file 'zones.csv'". Raises ZonesError.
    """
    zones, known = set(read_population(uri)[ZONE]), set(known)
    unknown = zones - known
    where = f"the population file '{_local(uri, 'population file', 'zone_population')}'"
    about: dict[str, str | None] = {"problem": None, "warning": None}
    if known and unknown == zones:
        return about | {
            "problem": f"No zone of {where} is among the {what}: the codes of the first are like "
            f"'{told(min(zones))}', those of the second like '{told(min(known))}'. Write the same codes "
            "in both files, with leading zeros."
        }
    if known and unknown:
        return about | {
            "warning": f"Zones of {where} are not among the {what} ({len(unknown)} of {len(zones)}): "
            f"{some(unknown)}. In final_coverage they have no antennas and no users. If their codes are "
            "misspelt, correct them: the zones that are meant have no population."
        }
    return about


def _about_population(
    uri: str | None, zones: str | None, zone_id: str | None, zone_name: str | None
) -> dict[str, str | None]:
    """The `problem` with a population file, by itself or beside a zones file, and a `warning`."""
    if uri is None:
        return {"problem": None, "warning": None}
    try:
        if zones is None:
            read_population(uri)
            return {"problem": None, "warning": None}
        file = read_zones(zones, zone_id, zone_name)
        return _strangers(uri, file.ids(), f"zones of the zones file '{file.path}'")
    except ZonesError as error:
        return {"problem": str(error), "warning": None}


def population_problem(
    uri: str | None,
    zones: str | None = None,
    zone_id: str | None = None,
    zone_name: str | None = None,
) -> str | None:
    """Why a population file cannot be used, as a sentence; None when it can, or when there is none.

    At least one of its zones must be in the zones file, if there is one.
    """
    return _about_population(uri, zones, zone_id, zone_name)["problem"]


def population_warning(
    uri: str | None, zones: str | None, zone_id: str | None, zone_name: str | None
) -> str | None:
    """Which zones of a usable population file are not in the zones file, as a sentence, or None."""
    return _about_population(uri, zones, zone_id, zone_name)["warning"]


def population(uri: str) -> dict[str, Any]:
    """The population file for a macro: `columns` with their types in Spark, and `rows`."""
    table = read_population(uri)
    types = {name: "string" if table[name].dtype == object else "double" for name in table.columns}
    return {"columns": types, "rows": json.loads(table.to_json(orient="records"))}


def extend(adapter: type[SparkAdapter]) -> None:
    """Make the zones available to macros."""
    functions: tuple[Callable[..., Any], ...] = (
        zones_of_antennas,
        zones_problem,
        capital_problem,
        population_problem,
        population_warning,
        population,
    )
    add_for_macros(
        adapter,
        **{
            function.__name__: (lambda _, *arguments, f=function: f(*arguments))
            for function in functions
        },
    )
