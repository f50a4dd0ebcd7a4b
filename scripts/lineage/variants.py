"""The configurations for which the proof is done.

Every var of dbt_project.yml is changed in at least one of them, alone or with others; a test checks
this. The exceptions are the vars in UNREAD: the tests show that no model's SQL depends on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dbt_gnuper.layouts import SHIPPED
from dbt_gnuper.variables import known_vars

DEFAULT_LAYOUT = known_vars()["layout"]["default"]

# Paths of files, names of readers, and limits for warnings.
UNREAD = {
    "raw_data_path", "raw_file_pattern", "raw_locations", "quality_gates", "pseudonym_key_file",
    "overlapping_release", "clean_up", "release_readers", "earlier_release",
}  # fmt: skip

# Parquet with other names of columns, columns that are not described, and UTC times.
PARQUET = {
    "format": "parquet",
    "columns": ["msisdn", "imei", "other", "start", "type", "way", "roams", "sec", "site"],
    "fields": {
        "caller_id": "msisdn",
        "correspondent_id": "other",
        "datetime": "start",
        "cell_id": "site",
        "interaction": "type",
        "direction": "way",
        "national": "roams",
        "call_duration": "sec",
    },
    "codes": {
        "interaction": {"call": ["VOICE", "VIDEO"], "text": ["SMS"]},
        "direction": {"in": ["MTC"], "out": ["MOC"]},
        "national": {"national": ["0", ""], "international": ["1"]},
    },
    "timestamp_format": ["yyyy-MM-dd'T'HH:mm:ssXXX", "dd/MM/yyyy HH:mm:ss"],
    "call_unit": "m",
    "data_timezone": "UTC",
    "local_timezone": "Africa/Khartoum",
    "locations": {"header": True, "columns": ["antenna_id", "owner", "latitude", "longitude"]},
}

# Two kinds of files, and all that a layout can say of columns.
KINDS = {
    "format": "csv",
    "header": True,
    "files": [
        {
            "pattern": "day=*/calls_*.csv",
            "columns": ["way", "from", "to", "imei", "date", "time", "lac", "ci", "sec", "kind"],
            "fields": {"datetime": ["date", "time"], "call_duration": "sec"},
            "fixed": {"interaction": "call"},
            "leave_out": {"kind": ["USSD", ""]},
            "timestamp_format": "dd/MM/yyyy HH:mm:ss",
            "call_unit": "HH:MM:SS",
            "allow_short_rows": True,
        },
        {
            "pattern": "day=*/texts_*.csv",
            "columns": ["way", "from", "to", "imei", "at", "lac", "ci"],
            "fields": {"datetime": "at"},
            "fixed": {"interaction": "text"},
            "timestamp_format": ["epoch", "epoch_ms"],
        },
    ],
    "fields": {
        "caller_id": {"out": "from", "in": "to"},
        "correspondent_id": {"out": "to", "in": "from"},
        "cell_id": ["lac", "ci"],
        "direction": "way",
    },
    "codes": {"direction": {"in": ["0"], "out": ["1"]}},
    "timestamp_format": "yyyy-MM-dd HH:mm:ss",
    "local_timezone": "Africa/Khartoum",
    "trim_ids": True,
    "phone_numbers": {
        "country_code": "249", "national_prefix": "0", "international_prefixes": ["+", "00"],
    },
    "decimal": ",",
    "thousands": ".",
    "locations": {
        "decimal": ",",
        "columns": ["site", "lac", "ci", "longitude", "latitude", "valid_from", "valid_to"],
        "fields": {"antenna_id": "site", "cell_id": ["lac", "ci"]},
    },
}  # fmt: skip

# The smallest possible layout. The name of the file is the id of the caller.
FEWEST_FIELDS = {
    "format": "csv",
    "columns": ["start", "site", "note"],
    "fields": {"caller_id": "file_name", "datetime": "start", "cell_id": "site"},
    "fixed": {"direction": "out", "interaction": "text"},
    "timestamp_format": "yyyy-MM-dd HH:mm:ss",
}

# All numbers, and the choices of an engine and a format.
NUMBERS = {
    "max_weekly_interactions": 500,
    "weekend_days": [5],
    "week_starts_on": 7,
    "noct_begin": 20,
    "noct_end": 6,
    "work_begin": 8,
    "work_end": 16,
    "ep_begin": 4,
    "ep_end": 6,
    "lp_begin": 11,
    "lp_end": 13,
    "home_min_nights": 3,
    "release_digits": 4,
    "cap_coords": [15.5, 32.56],
    "capital": ["1", "2"],
    "table_format": "iceberg",
    "bandicoot_engine": "reference",
}


@dataclass(frozen=True)
class Variant:
    """A configuration: the vars that differ from their defaults."""

    name: str
    vars: dict[str, Any] = field(default_factory=dict)
    # compiled as for the first run, when no table exists; otherwise as for a later run
    first_run: bool = False


VARIANTS = [
    Variant("default"),
    Variant("first run", first_run=True),
    *(
        Variant(f"layout {name}", {"layout": name, "local_timezone": "Africa/Khartoum"})
        for name in SHIPPED
        if name != DEFAULT_LAYOUT
    ),
    Variant("layout of Parquet", {"layout": PARQUET}),
    Variant("layout of fewest fields", {"layout": FEWEST_FIELDS}),
    Variant("layout of several kinds of files", {"layout": KINDS}),
    Variant("gate off", {"privacy_k": 0}),
    Variant("duplicates rejected", {"exact_duplicates": "reject"}),
    Variant("homes by days", {"home_rule": "distinct_days"}),
    Variant("homes by events", {"home_rule": "events"}),
    Variant("first and last day", {"period_begin": "2018-10-01", "period_end": "2018-10-31"}),
    Variant(
        "several formats of times",
        {"timestamp_format": ["yyyy-MM-dd HH:mm", "MM/dd/yyyy hh:mm:ss a"], "call_unit": "ms"},
    ),
    Variant("numbers", NUMBERS),
    Variant("own holidays", {"holidays": ["2018-10-03"]}),
    Variant("homes compared", {"compare_home_rules": True}),
    Variant("no bandicoot", {"bandicoot": False}),
    Variant("months", {"period": "month"}),
    Variant("weeks", {"period": "week", "week_starts_on": 7}),
    Variant("months, file names as ids", {"period": "month", "layout": "bandicoot"}),
    Variant(
        "months, caller and receiver in one row, no bandicoot",
        {"period": "month", "layout": "one_row_per_call", "bandicoot": False},
    ),
    Variant("zones", {
        "zones": "zones.geojson", "zone_population": "population.csv", "zone_id": "code",
        "zone_name": "name", "capital": "1",
    }),
    Variant("months, zones, no bandicoot", {
        "period": "month", "zones": {"merge_within_km": 2}, "bandicoot": False,
    }),
    Variant("weeks, gate off", {"period": "week", "privacy_k": 0}),
    Variant("file names as ids, gate off", {"layout": "bandicoot", "privacy_k": 0}),
    Variant(
        "all at once",
        {
            **NUMBERS, "layout": PARQUET, "period": "week", "exact_duplicates": "reject",
            "home_rule": "distinct_days", "compare_home_rules": True, "holidays": [],
            "period_begin": "2018-10-01", "period_end": "2018-10-31", "bandicoot": False,
        },
    ),
]  # fmt: skip
