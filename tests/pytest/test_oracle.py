"""The oracle itself: every formula against values worked out by hand, and the random data sets."""

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pandas as pd
import pytest
from oracle_people import INDICATORS, People
from oracle_privacy import (
    RELEASED,
    AntennaGate,
    Gate,
    Rounding,
    decide,
    hours_apart,
    is_whole,
    rounded,
)
from random_cdr import (
    GNUPER_CASES,
    IN,
    OUT,
    TEXT,
    Cell,
    GnuperCase,
    RawData,
    Row,
    both_sides,
    generate,
    generate_edges,
    record,
    write_raw,
)

from bench.oracle import (
    FEATURES,
    FINAL_COLUMNS,
    MEASURES,
    REJECT_REASONS,
    Oracle,
    OracleParams,
    compute,
)
from bench.oracle import strptime_pattern as to_strptime

FIXTURE = Path(__file__).parent / "fixtures" / "reference_small"
ONE_DEGREE = 6371 * math.pi / 180
SEEDS = range(6)

#: Antennas a1, a2, a3 with one cell each, on a meridian, one degree apart
CELLS = [Cell(f"a{i}", f"c{i}", "0", str(i - 1)) for i in (1, 2, 3)]
NIGHT = "2018-10-03 20:00:00"  # a Wednesday


def run(raw: RawData, **params: object) -> Oracle:
    """The oracle over a raw data set, with its own parameters and these."""
    return compute(raw.raw_glob, raw.locations, OracleParams(**{**raw.params, **params}))


def of_rows(folder: Path, rows: list[Row], cells: list[Cell] = CELLS, **params: object) -> Oracle:
    """The oracle over a few records."""
    return run(write_raw(folder, rows, cells), **params)


def features(oracle: Oracle, antenna_id: str = "a1") -> pd.Series:
    """One antenna's row of final_features."""
    return oracle.final_features.set_index("antenna_id").loc[antenna_id]


def formula(oracle: Oracle, expression: str) -> object:
    """One of the oracle's macros, evaluated on its own."""
    (row,) = oracle.con.sql(f"select {expression}").fetchall()
    return row[0]


# --- the committed data set ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def small() -> Oracle:
    params = OracleParams(**json.loads((FIXTURE / "params.json").read_text()))
    return compute(str(FIXTURE / "raw/20*.csv"), str(FIXTURE / "raw/MS_LOCATION.csv"), params)


def test_small_set_gives_the_committed_features(small: Oracle) -> None:
    expected = pd.read_csv(
        FIXTURE / "expected/final_features.csv", dtype={"antenna_id": str}
    ).sort_values("antenna_id", ignore_index=True)
    found = small.final_features.astype(dict.fromkeys(FINAL_COLUMNS[1:], float))
    assert tuple(found.columns) == FINAL_COLUMNS
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-9, atol=1e-12)


def test_small_set_gives_the_committed_homes(small: Oracle) -> None:
    expected = pd.read_csv(FIXTURE / "expected/user_home_antenna.csv", dtype=str)
    pd.testing.assert_frame_equal(small.user_home_antenna.astype(str), expected)
    assert list(small.machines["user_id"]) == ["meter"]
    assert small.reject_counts == dict.fromkeys(REJECT_REASONS, 1)


def test_small_set_agrees_with_the_hand_calculation(small: Oracle) -> None:
    km = ONE_DEGREE / 10
    by_hand = {
        "calls_ratio": 5 / 4,
        "sms_ratio": 2 / 3,
        "vol_ratio": 300 / 120,
        "sms2calls_ratio": 5 / 9,
        "active_users": 2,
        "calls_dist_mean": (4 * km + 2 * km) / 7,
        "sms_dist_mean": km / 2,
        "calls_isolation": 1,
        "sms_isolation": 2 / 3,
        "calls_entropy": 0.5,
        "sms_entropy": 0.5,
        "dist2c": 0,
        "calls_ratio_var": 1.125,
        "sms_ratio_var": 0.125,
        "vol_ratio_var": (6 - 4 / 3) ** 2 / 2,
        "og_calls_week_ratio": 1 / 5,
        "og_sms_week_ratio": None,
        "og_vol_week_ratio": 45 / 300,
        "ic_calls_week_ratio": 1 / 4,
        "ic_sms_week_ratio": 2 / 3,
        "ic_vol_week_ratio": 61 / 120,
        "og_calls_work_ratio": 3 / 5,
        "og_sms_work_ratio": 1 / 2,
        "og_vol_work_ratio": 150 / 300,
        "ic_calls_work_ratio": 2 / 4,
        "ic_sms_work_ratio": 1 / 3,
        "ic_vol_work_ratio": 61 / 120,
        "og_calls_peak_ratio": 1,
        "og_sms_peak_ratio": None,
        "og_vol_peak_ratio": 30 / 90,
        "ic_calls_peak_ratio": 1 / 2,
        "ic_sms_peak_ratio": 1,
        "ic_vol_peak_ratio": 30 / 61,
    }
    by_hand |= {f"scaled_{measure}": 0 for measure in MEASURES}
    assert set(by_hand) == set(FEATURES)
    found = features(small, "B-7")
    for name, value in by_hand.items():
        if value is None:
            assert pd.isna(found[name]), name
        else:
            assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-12), name


# --- the formulas --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "km"),
    [
        ("0, 0, 0, 0", 0),
        ("0, 0, 0, 1", ONE_DEGREE),
        ("60, 10, 60, 10", 0),
        ("0, 17, 90, -120", 90 * ONE_DEGREE),
        ("0, 0, 0, 180", 180 * ONE_DEGREE),
        ("0, 179.5, 0, -179.5", ONE_DEGREE),
        ("60, 0, 60, 180", 60 * ONE_DEGREE),  # over the pole
        ("52.52437, 13.41053, 48.85341, 2.3488", 878.397451),  # Berlin, Paris
    ],
)
def test_distance(points: str, km: float, small: Oracle) -> None:
    assert formula(small, f"km({points})") == pytest.approx(km, rel=1e-9, abs=1e-9)


def test_two_equal_pairs_share_one_bit(tmp_path: Path) -> None:
    rows = both_sides("u1", NIGHT, "u2", cells=("c1", "c1"))
    rows += both_sides("u3", NIGHT, "u4", cells=("c2", "c2"))
    oracle = of_rows(tmp_path, rows)
    assert features(oracle, "a1")["calls_entropy"] == pytest.approx(0.5)
    assert features(oracle, "a2")["calls_entropy"] == pytest.approx(0.5)
    assert pd.isna(features(oracle, "a1")["sms_entropy"])
    assert pd.isna(features(oracle, "a3")["calls_entropy"])


def test_interactions_count_both_sides_records_and_weigh_distances(tmp_path: Path) -> None:
    rows = both_sides("u1", NIGHT, "u2", cells=("c1", "c2"), duration="100")
    rows += both_sides("u1", NIGHT, "u3", cells=("c1", "c3"), duration="7")
    rows += both_sides("u3", NIGHT, "u1", cells=("c3", "c1"), duration="0")
    rows.append(record("u1", NIGHT, "u1", cell_id="c1"))
    rows.append(record("u1", NIGHT, "nobody", cell_id="c1"))
    oracle = of_rows(tmp_path, rows)
    pairs = oracle.antenna_interactions.set_index(["antenna_id1", "antenna_id2"])
    assert pairs["call_count"].to_dict() == {
        ("a1", "a1"): 1,
        ("a1", "a2"): 1,
        ("a1", "a3"): 2,
        ("a2", "a1"): 1,
        ("a3", "a1"): 2,
    }
    assert pairs.loc[("a1", "a3"), "vol_sum"] == 7
    assert pairs["sms_count"].isna().all()
    a1 = features(oracle)
    assert a1["calls_dist_mean"] == pytest.approx((0 + 1 + 2 * 2) * ONE_DEGREE / 4)
    assert a1["calls_isolation"] == 1
    assert features(oracle, "a2")["calls_isolation"] == pytest.approx(1 / 3)


def test_isolation_without_pairs_of_that_kind_is_zero_and_without_any_is_null(
    tmp_path: Path,
) -> None:
    rows = both_sides("u1", NIGHT, "u1", cells=("c1", "c1"), interaction=TEXT)
    rows.append(record("u2", NIGHT, "nobody", cell_id="c2"))
    oracle = of_rows(tmp_path, rows)
    assert features(oracle, "a1")["sms_isolation"] == 0.5
    assert features(oracle, "a1")["calls_isolation"] == 0
    assert pd.isna(features(oracle, "a1")["calls_dist_mean"])
    assert pd.isna(features(oracle, "a2")["calls_isolation"])


def test_variance_is_of_weekly_ratios_that_exist(tmp_path: Path) -> None:
    rows = []
    for day, outgoing, incoming in ((1, 1, 1), (8, 3, 1), (15, 5, 1), (22, 4, 0), (29, 0, 2)):
        for direction, count in ((OUT, outgoing), (IN, incoming)):
            rows += [
                record("u1", f"2018-10-{day:02d} 20:0{i}:00", cell_id="c1", direction=direction)
                for i in range(count)
            ]
    assert features(of_rows(tmp_path, rows))["calls_ratio_var"] == pytest.approx(4)  # of 1, 3, 5
    one_week = of_rows(tmp_path / "one", [row for row in rows if row.datetime < "2018-10-08"])
    assert features(one_week)["calls_ratio"] == 1
    assert pd.isna(features(one_week)["calls_ratio_var"])


def test_home_is_the_most_frequent_night_and_ties_go_to_the_smallest_text(tmp_path: Path) -> None:
    cells = [Cell(antenna, f"c{antenna}", "0", "0") for antenna in ("9", "10", "B", "a")]
    rows = []
    for user, where in (("tie", ["9", "10"]), ("most", ["9", "10", "9"]), ("case", ["a", "B"])):
        rows += [record(user, NIGHT, cell_id=f"c{antenna}") for antenna in where]
    rows += [record("most", "2018-10-03 12:00:00", cell_id="c10")] * 5
    rows.append(record("day", "2018-10-03 12:00:00", cell_id="c10"))
    homes = of_rows(tmp_path, rows, cells).user_home_antenna.set_index("user_id")
    assert homes["antenna_id"].to_dict() == {"tie": "10", "most": "9", "case": "B"}
    assert homes["night_events"].to_dict() == {"tie": 1, "most": 2, "case": 1}


def test_night_work_and_peaks_by_their_bounds(small: Oracle) -> None:
    def hours(of: str) -> list[int]:
        return [hour for hour in range(24) if formula(small, f"is_{of}({hour})")]

    assert hours("night") == [*range(7), *range(19, 24)]
    assert hours("work") == list(range(9, 18))
    assert hours("early") == [3, 4, 5]
    assert hours("late") == [10, 11, 12]


def test_what_a_user_did_not_do_is_null_and_no_length_is_zero(tmp_path: Path) -> None:
    rows = [
        record("u1", "2018-10-03 20:00:00", cell_id="c1", duration="0"),
        record("u1", "2018-10-03 20:59:59", cell_id="c1", interaction=TEXT, direction=IN),
        record("u1", "2018-10-03 21:00:00", cell_id="c1", direction=IN, duration="5"),
    ]
    oracle = of_rows(tmp_path, rows)
    metrics = oracle.user_metrics
    assert list(metrics["hour"]) == [20, 21]
    assert metrics["og_calls"].iloc[0] == 1
    assert metrics["og_vol"].iloc[0] == 0
    assert metrics["ic_sms"].iloc[0] == 1
    missing = metrics[list(MEASURES)].isna()
    assert list(missing.iloc[0]) == [True, False, False, True, False, True]
    assert list(missing.iloc[1]) == [True, True, True, False, True, False]
    a1 = features(oracle)
    assert a1["calls_ratio"] == 1
    assert a1["vol_ratio"] == 0
    assert pd.isna(a1["sms_ratio"])
    assert pd.isna(a1["sms2calls_ratio"])  # og_sms is NULL
    assert a1["og_calls_week_ratio"] is None or pd.isna(a1["og_calls_week_ratio"])


def test_a_call_of_unknown_length_counts_and_adds_nothing(tmp_path: Path) -> None:
    rows = [
        record("u1", "2018-10-03 20:00:00", cell_id="c1", duration=""),
        record("u1", "2018-10-03 20:10:00", cell_id="c1", duration="7"),
        record("u1", "2018-10-03 20:20:00", cell_id="c1", direction=IN, duration=" "),
        record("u2", "2018-10-03 20:20:00", "u1", cell_id="c2", duration=""),
    ]
    oracle = of_rows(tmp_path, rows)
    metrics = oracle.user_metrics.set_index("user_id")
    assert list(metrics["og_calls"]) == [2, 1]
    assert metrics["ic_calls"].iloc[0] == 1
    assert metrics.loc["u1", "og_vol"] == 7
    assert pd.isna(metrics.loc["u1", "ic_vol"]) and pd.isna(metrics.loc["u2", "og_vol"])
    assert features(oracle, "a1")["calls_ratio"] == 2
    assert pd.isna(features(oracle, "a1")["vol_ratio"])
    pair = oracle.antenna_interactions.iloc[0]
    assert pair["call_count"] == 1
    assert pd.isna(pair["vol_sum"])


def test_ratio_to_zero_is_null(tmp_path: Path) -> None:
    rows = [
        record("u1", "2018-10-03 20:00:00", cell_id="c1", duration="9"),
        record("u1", "2018-10-03 20:00:00", cell_id="c1", direction=IN, duration="0"),
    ]
    assert pd.isna(features(of_rows(tmp_path, rows))["vol_ratio"])


def test_scaled_is_null_when_all_antennas_are_alike_and_ignores_those_without(
    tmp_path: Path,
) -> None:
    rows = [record("u1", NIGHT, cell_id="c1")]
    assert pd.isna(features(of_rows(tmp_path / "one", rows))["scaled_og_calls"])
    rows += [record("u2", NIGHT, cell_id="c2")] * 3 + [record("u3", NIGHT, cell_id="c3")] * 2
    oracle = of_rows(tmp_path / "three", rows)
    assert [features(oracle, a)["scaled_og_calls"] for a in ("a1", "a2", "a3")] == [0, 1, 0.5]
    assert pd.isna(features(oracle, "a1")["scaled_ic_calls"])


def test_machines_exceed_the_limit_on_average_over_their_active_weeks(tmp_path: Path) -> None:
    rows = []
    for user, weeks in {"at": [3, 3], "above": [3, 4], "once": [4], "burst": [5, 1]}.items():
        for week, count in enumerate(weeks):
            day = f"2018-10-{1 + 14 * week:02d}"  # an idle week between
            rows += [record(user, f"{day} 20:0{i}:00", cell_id="c1") for i in range(count)]
    rows.append(record("u1", NIGHT, "above", cell_id="c1"))
    oracle = of_rows(tmp_path, rows, max_weekly_interactions=3)
    assert oracle.machines.set_index("user_id")["weekly_events"].to_dict() == {
        "above": 3.5,
        "once": 4,
    }
    assert set(oracle.user_home_antenna["user_id"]) == {"at", "burst", "u1"}
    assert features(oracle)["active_users"] == 3
    # whoever calls a machine keeps the call, but it leads to no antenna
    assert "u1" in set(oracle.user_metrics["user_id"])
    assert oracle.antenna_interactions.empty


@pytest.mark.parametrize(
    ("starts_on", "day", "first"),
    [
        (1, "2018-12-31", date(2018, 12, 31)),
        (1, "2019-01-06", date(2018, 12, 31)),
        (7, "2019-01-05", date(2018, 12, 30)),
        (7, "2019-01-06", date(2019, 1, 6)),
        (6, "2019-01-04", date(2018, 12, 29)),
        (4, "2019-01-03", date(2019, 1, 3)),
    ],
)
def test_weeks_are_their_first_day(starts_on: int, day: str, first: date, tmp_path: Path) -> None:
    oracle = of_rows(
        tmp_path, [record("u1", f"{day} 20:00:00", cell_id="c1")], week_starts_on=starts_on
    )
    assert [week.date() for week in oracle.antenna_metrics_week["week"]] == [first]


def test_weekend_comes_before_holiday(tmp_path: Path) -> None:
    days = {"2018-10-05": "workday", "2018-10-06": "weekend", "2018-10-08": "holiday"}
    rows = [record("u1", f"{day} 20:00:00", cell_id="c1") for day in days]
    oracle = of_rows(tmp_path, rows, holidays=["2018-10-06", date(2018, 10, 8)])
    assert sorted(oracle.antenna_metrics_week["week_part"]) == ["holiday", "weekend", "workday"]
    assert features(oracle)["og_calls_week_ratio"] == pytest.approx(2 / 3)
    friday = of_rows(tmp_path, rows, weekend_days=[5])
    assert features(friday)["og_calls_week_ratio"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("unit", "text", "seconds"),
    [
        ("s", "0.5", 1),
        ("s", "1.5", 2),
        ("s", "2.5", 3),
        ("s", "2.49", 2),
        ("s", "0", 0),
        ("s", "-0", 0),
        ("s", "1e2", 100),
        ("s", ".5", 1),
        ("s", "86400", 86400),
        ("m", "0.5", 30),
        ("m", "1.33", 80),
        ("m", "1440", 86400),
    ],
)
def test_durations_are_whole_seconds_half_up(
    unit: str, text: str, seconds: int, tmp_path: Path
) -> None:
    rows = [record("u1", NIGHT, cell_id="c1", duration=text)]
    oracle = of_rows(tmp_path, rows, call_unit=unit)
    assert list(oracle.events["call_duration"]) == [seconds]


def test_places_are_rounded_then_averaged_per_cell_then_per_antenna(tmp_path: Path) -> None:
    cells = [
        Cell("a1", "c1", "30.00000049", "10"),
        Cell("a1", "c1", "30.00000151", "10"),  # 30.000002
        Cell("a1", "c2", "30.1", "10.5"),
        Cell("a2", "c1", "-5", "1"),  # the same cell at another antenna
        Cell("a3", "", "1", "1"),
        Cell("a3", "c3", "181", "1"),
        Cell("a3", "c3", "x", "1"),
    ]
    rows = [record("u1", NIGHT, cell_id="c1"), record("u1", NIGHT, cell_id="c3")]
    oracle = of_rows(tmp_path, rows, cells)
    assert oracle.cells["longitude"].tolist() == pytest.approx([30.000001, -5, 30.1])
    assert oracle.antennas["antenna_id"].tolist() == ["a1", "a2"]
    assert oracle.antennas["longitude"].tolist() == pytest.approx([30.0500005, -5])
    assert oracle.antennas["latitude"].tolist() == pytest.approx([10.25, 1])
    # events of the cell that two antennas claim are counted once, at the smallest
    assert oracle.events["antenna_id"].tolist() == ["a1"]
    assert oracle.reject_counts["unknown_cell"] == 1


def test_every_antenna_has_its_distance_and_nothing_else_without_users(tmp_path: Path) -> None:
    rows = [record("u1", NIGHT, cell_id="c1")]
    oracle = of_rows(tmp_path, rows, cap_coords=[0, 0])
    assert len(oracle.final_features) == 3
    a3 = features(oracle, "a3")
    assert a3["dist2c"] == pytest.approx(2 * ONE_DEGREE)
    assert a3.drop(["longitude", "latitude", "dist2c"]).isna().all()


# --- the raw text --------------------------------------------------------------------------------

GOOD = record("u1", NIGHT, "u2", cell_id="c1")


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("missing_id", {"caller_id": ""}),
        ("missing_id", {"correspondent_id": "", "datetime": "", "direction": ""}),
        ("bad_timestamp", {"datetime": "2018-02-29 10:00:00", "direction": "3"}),
        ("bad_timestamp", {"datetime": "2018-1-5 3:00:00"}),
        ("bad_timestamp", {"datetime": "2018-01-05 24:00:00"}),
        ("bad_timestamp", {"datetime": "2018-01-05 10:00:00.0"}),
        ("unknown_direction", {"direction": "3", "interaction": "3"}),
        ("unknown_direction", {"direction": "01"}),
        ("unknown_interaction", {"interaction": "", "national": "3"}),
        ("unknown_national", {"national": "yes", "call_duration": "x"}),
        ("bad_duration", {"call_duration": "x", "cell_id": "nowhere"}),
        ("bad_duration", {"call_duration": "-0.4"}),
        ("bad_duration", {"call_duration": "NaN"}),
        ("bad_duration", {"call_duration": "1_0"}),
        ("bad_duration", {"call_duration": "12d"}),
        ("bad_duration", {"call_duration": "86400.1"}),
        ("unknown_cell", {"cell_id": "nowhere"}),
        ("unknown_cell", {"call_duration": "", "cell_id": "nowhere"}),
        ("unknown_cell", {"cell_id": "C1"}),
        (None, {"interaction": TEXT, "call_duration": "none"}),
        (None, {"call_duration": ""}),
        (None, {"call_duration": " "}),
        (None, {"caller_id": " "}),
        (None, {"tac_code": "", "national": "2"}),
    ],
)
def test_first_reason_to_reject(reason: str | None, change: dict[str, str], tmp_path: Path) -> None:
    raw = write_raw(tmp_path, [GOOD], CELLS, {"20181004": [",".join(GOOD._replace(**change))]})
    oracle = run(raw)
    expected = [] if reason is None else [("20181004.csv", reason, 1)]
    assert oracle.rejects.values.tolist() == [list(row) for row in expected]
    assert oracle.file_counts["raw_rows"].tolist() == [1, 1]
    assert oracle.file_counts["accepted_rows"].tolist() == [1, 1 - len(expected)]
    text = oracle.events.query("interaction == 'text'")
    assert text["call_duration"].isna().all()


def test_lines_quotes_and_files(tmp_path: Path) -> None:
    good = ",".join(GOOD)
    quoted = good.replace("u2", '"u2, ""the other"""')
    raw = write_raw(tmp_path, [], CELLS)
    (tmp_path / "20181001.csv").write_bytes(f"{good}\r\n\r\n{quoted}\r\n".encode())
    (tmp_path / "20181002.csv").write_bytes(f"\n  \n{good}\n{good}".encode())  # no last newline
    (tmp_path / "20181003.csv").write_bytes(b"")
    (tmp_path / "20181004.csv.gz").write_bytes(gzip.compress(f"{good}\n".encode()))
    bad = ['1,"u1', quoted.replace('""', '"'), f"{good},", good[:-3], "x", f"\x01{good}"]
    lines = [line.encode() for line in (good, *bad, good)] + [b"\xff\xfe" + good.encode()]
    (tmp_path / "20181005.csv").write_bytes(b"\n".join(lines))
    counts = run(raw).file_counts.set_index("file")
    assert counts.T.to_dict("list") == {
        "20181001.csv": [2, 2, 0],
        "20181002.csv": [2, 2, 0],
        "20181003.csv": [0, 0, 0],
        "20181004.csv.gz": [1, 1, 0],
        "20181005.csv": [9, 2, 7],
    }
    assert 'u2, "the other"' in set(run(raw).events["correspondent_id"])


def test_several_timestamp_formats(tmp_path: Path) -> None:
    times = ["2018-10-03 20:00:00", "03 Oct 2018 20:00:00", "03/10/18 08:00 PM", "20181003T200000"]
    lines = [",".join(GOOD._replace(datetime=text)) for text in [*times, "03.10.2018 20:00"]]
    raw = write_raw(tmp_path, [], CELLS, {"20181003": lines})
    oracle = run(
        raw,
        timestamp_format=[
            "yyyy-MM-dd HH:mm:ss",
            "dd MMM yyyy HH:mm:ss",
            "dd/MM/yy hh:mm a",
            "yyyyMMdd'T'HHmmss",
        ],
    )
    assert oracle.events["event_time"].tolist() == [pd.Timestamp(NIGHT)] * 4
    assert oracle.reject_counts["bad_timestamp"] == 1


def test_timestamp_patterns_are_translated() -> None:
    assert to_strptime("yyyy-MM-dd'T'HH:mm:ss.SSS") == "%Y-%m-%dT%H:%M:%S.%g"
    with pytest.raises(ValueError, match="EEE"):
        to_strptime("EEE dd")


def test_one_connection_can_be_used_again(tmp_path: Path) -> None:
    first = of_rows(tmp_path / "1", [GOOD])
    raw = write_raw(tmp_path / "2", [GOOD, GOOD], CELLS, {"20181005": ["x"]})
    for _ in range(2):
        again = compute(raw.raw_glob, raw.locations, con=first.con)
        assert again.file_counts["raw_rows"].tolist() == [2, 1]


# --- random data sets ----------------------------------------------------------------------------


@pytest.fixture(scope="module", params=SEEDS)
def random_set(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RawData, Oracle]:
    raw = generate(tmp_path_factory.mktemp("random"), request.param, bad_rows=True)
    return raw, run(raw)


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in "ab":
        generate(tmp_path / name, 3, bad_rows=True)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_raw_is_accepted_and_rejected(random_set: tuple[RawData, Oracle]) -> None:
    raw, oracle = random_set
    lines = {p.name: p.read_text().count("\n") for p in raw.folder.glob("20*.csv")}
    counts = oracle.file_counts.set_index("file")
    assert counts["raw_rows"].to_dict() == lines
    assert sum(lines.values()) == raw.raw_rows
    assert (counts["raw_rows"] == counts["accepted_rows"] + counts["rejected_rows"]).all()
    assert counts["accepted_rows"].sum() == len(oracle.events)
    assert oracle.reject_counts == raw.rejects


def test_sums_are_kept_from_level_to_level(random_set: tuple[RawData, Oracle]) -> None:
    _, oracle = random_set
    measures = list(MEASURES)
    machines, homes = set(oracle.machines["user_id"]), set(oracle.user_home_antenna["user_id"])
    assert machines
    humans = oracle.events[~oracle.events["caller_id"].isin(machines)]
    metrics = oracle.user_metrics
    assert metrics[measures[:4]].sum().sum() == len(humans)
    assert metrics[measures[4:]].sum().sum() == humans["call_duration"].sum()
    residents = metrics[metrics["user_id"].isin(homes)][measures].sum()
    pd.testing.assert_series_equal(oracle.antenna_metrics_week[measures].sum(), residents)
    pd.testing.assert_series_equal(oracle.antenna_metrics_hourly[measures].sum(), residents)
    assert oracle.active_users_features["active_users"].sum() == len(homes)
    linked = humans[humans["caller_id"].isin(homes) & humans["correspondent_id"].isin(homes)]
    assert oracle.antenna_interactions[["sms_count", "call_count"]].sum().sum() == len(linked)
    assert oracle.antenna_interactions["vol_sum"].sum() == linked["call_duration"].sum()


def test_one_row_per_antenna_and_values_within_their_bounds(
    random_set: tuple[RawData, Oracle],
) -> None:
    _, oracle = random_set
    final = oracle.final_features
    assert final["antenna_id"].is_unique
    assert list(final["antenna_id"]) == list(oracle.antennas["antenna_id"])
    for name in FEATURES:
        values = final[name].dropna().astype(float)
        assert (values >= 0).all(), name
        if name.endswith(("week_ratio", "work_ratio", "isolation")) or name.startswith("scaled"):
            assert (values <= 1).all(), name
    entropy = oracle.interaction_features["calls_entropy"].sum()
    pairs = oracle.antenna_interactions["call_count"].notna().sum()
    assert 0 <= entropy <= math.log2(max(pairs, 1)) + 1e-9


def test_homes_by_plain_python(random_set: tuple[RawData, Oracle]) -> None:
    _, oracle = random_set
    begin, end = oracle.params.noct_begin, oracle.params.noct_end
    machines = set(oracle.machines["user_id"])
    nights: dict[str, Counter[str]] = defaultdict(Counter)
    for event in oracle.events.itertuples():
        hour = event.event_time.hour
        if event.caller_id not in machines and (hour >= begin or hour < end):
            nights[event.caller_id][event.antenna_id] += 1
    homes = {
        user: min((-visits, antenna) for antenna, visits in antennas.items())[1]
        for user, antennas in nights.items()
    }
    assert oracle.user_home_antenna.set_index("user_id")["antenna_id"].to_dict() == homes
    ties = [n for n in nights.values() if len(n) > 1 and len(set(n.most_common()[:2])) == 2]
    assert ties


def test_the_result_depends_neither_on_files_nor_on_order(
    random_set: tuple[RawData, Oracle], tmp_path: Path
) -> None:
    raw, oracle = random_set
    lines = [line for p in raw.folder.glob("20*.csv") for line in p.read_text().splitlines()]
    (tmp_path / "2018.csv").write_text("\n".join(sorted(lines)), encoding="utf-8")
    again = compute(str(tmp_path / "2018.csv"), raw.locations, oracle.params)
    pd.testing.assert_frame_equal(again.final_features, oracle.final_features, rtol=1e-12)


# --- privacy -------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[15, 4])
def attacked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[RawData, Oracle, int]:
    folder = tmp_path_factory.mktemp("attacks")
    raw = generate(folder, seed=1, attacks=True, privacy_k=request.param)
    return raw, run(raw), request.param


def test_planted_attacks_are_caught(attacked: tuple[RawData, Oracle, int]) -> None:
    raw, oracle, k = attacked
    verdict = decide(oracle, privacy_k=k)
    pairs = verdict.pairs.set_index(["antenna_id1", "antenna_id2", "feature"])["decision"]
    assert raw.expected
    for case in raw.expected:
        if case.antenna_id2 is None:
            found = verdict.decision(case.antenna_id, case.feature)
        else:
            found = pairs[(case.antenna_id, case.antenna_id2, case.feature)]
        assert found == case.decision, case
    released = verdict.final_features().set_index("antenna_id")
    assert tuple(released.columns[: len(FEATURES) + 2]) == FINAL_COLUMNS[1:]
    values = released[list(FINAL_COLUMNS[1:])]
    assert values.loc["attack-one"].notna().sum() == 3  # the place and dist2c
    assert values.loc["attack-k1"].notna().all()
    # The one partner that is withheld is what the others leave.
    assert "calls_isolation=rest" in released.loc["attack-link-a", "withheld_features"]


def test_without_a_threshold_everything_that_exists_is_released(
    attacked: tuple[RawData, Oracle, int],
) -> None:
    _, oracle, _ = attacked
    verdict = decide(oracle, privacy_k=0)
    assert set(verdict.features["decision"]) <= {RELEASED, "not_existing", "no_data"}
    assert set(verdict.pairs["decision"]) <= {RELEASED, "not_existing"}
    pd.testing.assert_frame_equal(
        verdict.final_features()[list(FINAL_COLUMNS)],
        oracle.final_features,
        check_dtype=False,
        check_names=False,
    )


def test_users_and_shares_by_plain_python(random_set: tuple[RawData, Oracle]) -> None:
    _, oracle = random_set
    verdict = decide(oracle, privacy_k=3, privacy_max_share=0.4)
    home = oracle.user_home_antenna.set_index("user_id")["antenna_id"].to_dict()
    machines = set(oracle.machines["user_id"])
    out: dict[str, Counter[str]] = defaultdict(Counter)
    into: dict[str, Counter[str]] = defaultdict(Counter)
    texts: dict[tuple[str, str], list[Counter[str]]] = defaultdict(lambda: [Counter(), Counter()])
    for event in oracle.events.itertuples():
        user, other = event.caller_id, event.correspondent_id
        if user in machines or user not in home:
            continue
        if event.interaction == "call":
            (out if event.direction == "out" else into)[home[user]][user] += 1
        elif other in home:
            for side, who in zip(texts[home[user], home[other]], (user, other), strict=True):
                side[who] += 1
    found = verdict.features.query("feature == 'calls_ratio'").set_index("antenna_id")
    decisions = set()
    for antenna in oracle.antennas["antenna_id"]:
        sides = (out[antenna], into[antenna])
        users = min(len(side) for side in sides)
        share = max((max(s.values()) / s.total() for s in sides if s), default=float("nan"))
        row = found.loc[antenna]
        assert row["users"] == users
        assert row["max_share"] == pytest.approx(share, nan_ok=True)
        residents = sum(a == antenna for a in home.values())
        if residents == 0:
            decision = "no_data"
        elif residents <= 3:
            decision = "withheld_k"
        elif not users:
            decision = "not_existing"
        elif users <= 3:
            decision = "withheld_k"
        else:
            decision = "withheld_dominance" if share > 0.4 else "released"
        assert row["decision"] == decision
        decisions.add(decision)
    assert len(decisions) > 1
    pairs = verdict.pairs.query("feature == 'sms_count'").dropna(subset="value")
    assert len(pairs) == len(texts)
    for row in pairs.itertuples():
        both = texts[row.antenna_id1, row.antenna_id2]
        assert row.value == both[0].total() == both[1].total()
        assert row.users == min(len(side) for side in both)
        assert row.max_share == pytest.approx(max(max(s.values()) / s.total() for s in both))


def test_weakest_week_and_side_by_plain_python(random_set: tuple[RawData, Oracle]) -> None:
    _, oracle = random_set
    verdict = decide(oracle).features.set_index(["antenna_id", "feature"])
    home = oracle.user_home_antenna.set_index("user_id")["antenna_id"].to_dict()
    machines = set(oracle.machines["user_id"])
    first_day = oracle.params.week_starts_on
    weeks: dict[tuple[str, date], dict[str, Counter[str]]] = defaultdict(
        lambda: {"out": Counter(), "in": Counter()}
    )
    ends: dict[str, tuple[Counter[str], Counter[str]]] = defaultdict(lambda: (Counter(), Counter()))
    for event in oracle.events.query("interaction == 'call'").itertuples():
        user, other = event.caller_id, event.correspondent_id
        if user in machines or user not in home:
            continue
        day = event.event_time.date()
        week = date.fromordinal(day.toordinal() - (day.isoweekday() - first_day) % 7)
        weeks[home[user], week][event.direction][user] += 1
        if other in home:
            for side, who in zip(ends[home[user]], (user, other), strict=True):
                side[who] += 1
    both = {key: list(w.values()) for key, w in weeks.items() if all(w.values())}
    for antenna in oracle.antennas["antenna_id"]:
        weekly = [side for (where, _), w in both.items() if where == antenna for side in w]
        row = verdict.loc[(antenna, "calls_ratio_var")]
        assert row["users"] == min(map(len, weekly), default=0)
        if weekly:
            share = max(max(side.values()) / side.total() for side in weekly)
            assert row["max_share"] == pytest.approx(share)
        for feature in ("calls_dist_mean", "calls_isolation", "calls_entropy"):
            row = verdict.loc[(antenna, feature)]
            assert row["users"] == min(map(len, ends[antenna]))
            if row["users"]:
                share = max(max(side.values()) / side.total() for side in ends[antenna])
                assert row["max_share"] == pytest.approx(share)


def test_who_adds_nothing_is_no_contributor(tmp_path: Path) -> None:
    rows = []
    for user in ("u1", "u2", "u3"):
        duration = "7" if user == "u3" else "0"
        rows += [
            record(user, NIGHT, cell_id="c1", duration="0"),
            record(user, NIGHT, cell_id="c1", direction=IN, duration=duration),
        ]
    verdict = decide(of_rows(tmp_path, rows), privacy_k=1, privacy_max_share=1)
    row = verdict.features.query("antenna_id == 'a1' and feature == 'vol_ratio'").iloc[0]
    assert (row["value"], row["users"], row["max_share"]) == (0, 0, 1)
    assert row["decision"] == "withheld_k"
    assert verdict.decision("a1", "calls_ratio") == RELEASED
    # nobody is up early; with more people than the threshold this may be told
    assert verdict.decision("a1", "og_vol_peak_ratio") == "not_existing"
    assert verdict.decision("a3", "og_vol_peak_ratio") == "no_data"
    assert verdict.decision("a3", "dist2c") == RELEASED


@pytest.mark.parametrize(
    ("value", "digits", "decimals", "found"),
    [
        (0.0, 3, None, 0.0),
        (0.125, 2, None, 0.13),
        (0.375, 2, None, 0.38),
        (-0.125, 2, None, -0.13),
        (1.005, 3, None, 1.01),  # the double is a little less than what one sees
        (2.675, 3, None, 2.68),
        (1234.5, 3, None, 1230),
        (1235, 3, None, 1240),
        (99950, 3, None, 100000),
        (0.00012345, 3, None, 0.000123),
        (5e-324, 3, None, 5e-324),
        (1e300, 1, None, 1e300),
        (1 / 3, 17, None, 1 / 3),
        (3.14159, 3, 1, 3.1),
        (3.15, 3, 1, 3.2),
        (0.04, 3, 1, 0.0),
        (0.05, 3, 1, 0.1),
        (0.5, 3, 0, 1),
        (1234.56, 3, 1, 1230),
    ],
)
def test_values_are_rounded_as_they_are_seen(
    value: float, digits: int, decimals: int | None, found: float
) -> None:
    assert rounded(value, digits, decimals) == found


@pytest.mark.parametrize(
    ("k", "feature", "digits", "found"),
    [
        (15, "calls_ratio", 3, 1.23),
        (15, "calls_entropy", 3, 1.2),
        (15, "calls_dist_mean", 1, 1),
        (15, "active_users", 1, 1.2345),
        (15, "dist2c", 1, 1.2345),
        (15, "active_days__allweek__allday__callandtext", 3, 1.2),
        (8, "reporting__number_of_records", 3, 1),
        (9, "reporting__number_of_records", 3, 1.2),
        (100, "number_of_contacts__allweek__day__call", 5, 1.23),
        (100, "interactions_per_contact__allweek__day__call__mean", 4, 1.235),
        (0, "calls_ratio", 3, 1.2345),
    ],
)
def test_some_features_are_told_more_coarsely(
    k: int, feature: str, digits: int, found: float
) -> None:
    assert Rounding(k, digits)(feature, 1.2345) == found


def test_whole_indicators_are_whole(tmp_path: Path) -> None:
    """For each person whole or halfway between two numbers; and no other indicator is."""
    values = People(run(generate_edges(tmp_path, 3)), bandicoot=True).indicators
    assert values is not None
    halves = (values * 2 % 1 == 0) | values.isna()
    for indicator in INDICATORS:
        if is_whole(indicator):
            assert halves[indicator].all(), indicator
    # Of some indicators a column may happen to be whole, but not all columns.
    others = [indicator for indicator in INDICATORS if not is_whole(indicator)]
    columns = halves[others].all().groupby(lambda name: (name.split("__")[0], name.split("__")[-1]))
    assert not columns.all().any()


# --- profiles by hand ---

Contributions: TypeAlias = Sequence[float]


def withheld(
    values: list[Contributions], blocks: list[list[int]], k: int = 2, max_share: float = 0.5
) -> dict[int, str]:
    """What a profile withholds, by hour and rule; `values` has an hour's contributions each."""
    hours = [[*hour, *[math.nan] * (6 - len(hour))] for hour in values]
    times = pd.DataFrame(dict(enumerate(hours)))
    judged = AntennaGate.__new__(AntennaGate)
    judged.gate, judged.residents = Gate(k, max_share), 6
    decisions = judged.profile(times, blocks, hours_apart)["decision"]
    return {
        hour: decision.removeprefix("withheld_")
        for hour, decision in decisions.items()
        if decision.startswith("withheld")
    }


MANY: Contributions = [5, 5, 5]
FEW: Contributions = [5, 5]
NONE: Contributions = []


def test_the_nearest_hour_goes_with_a_withheld_one() -> None:
    day = [MANY] * 24
    whole = [list(range(24))]
    assert withheld(day, whole) == {}
    assert withheld([*day[:9], FEW, *day[10:]], whole) == {9: "k", 8: "rest"}
    # over midnight, and of two as near the earlier one
    assert withheld([FEW, *day[1:]], whole) == {0: "k", 1: "rest"}
    assert withheld([FEW, NONE, NONE, *day[3:]], whole) == {0: "k", 23: "rest"}
    # the nearest to any of them
    assert withheld([FEW, NONE, NONE, *day[3:9], FEW, *day[10:]], whole)[8] == "rest"
    # nobody at all is no secret
    assert withheld([*day[:9], NONE, *day[10:]], whole) == {}


def test_a_companion_is_large_enough() -> None:
    day = [MANY] * 24
    whole = [list(range(24))]
    # one person has half of hour 9, and too much of it and hour 8 together
    lone: Contributions = [20, 1, 1, 1]
    assert withheld([*day[:9], lone, *day[10:]], whole, k=2) == {
        **dict.fromkeys(range(24), "rest"),
        9: "dominance",
    }
    large: Contributions = [20, 20, 20]
    assert withheld([*day[:8], large, lone, *day[10:]], whole) == {8: "rest", 9: "dominance"}
    # not a larger one in place of the nearest: that would tell how small the nearest is beside it
    assert withheld([large, *day[1:9], lone, *day[10:]], whole, k=2) == {
        **dict.fromkeys(range(24), "rest"),
        9: "dominance",
    }
    # three people with one event each, and one withheld: 4 < 2 + 2 + 1, while 5 is enough
    ones: list[Contributions] = [[1, 1, 1]] * 24
    assert withheld([[1], *ones[1:]], whole)[12] == "rest"
    assert withheld([[1, 1], *ones[1:]], whole) == {0: "k", 1: "rest"}


def test_blocks_have_companions_of_their_own() -> None:
    day = [MANY] * 24
    morning, rest = list(range(12)), list(range(12, 24))
    values = [*day[:11], FEW, FEW, *day[13:]]
    assert withheld(values, [morning, rest]) == {11: "k", 10: "rest", 12: "k", 13: "rest"}
    values = [FEW, *[NONE] * 11, *day[12:]]
    assert withheld(values, [morning, rest]) == {0: "k"}


# --- where gnuper is wrong -----------------------------------------------------------------------


@pytest.mark.parametrize("case", GNUPER_CASES, ids=lambda case: case.__name__)
def test_gnupers_faults_are_not_repeated(
    case: Callable[[Path], GnuperCase], tmp_path: Path
) -> None:
    planted = case(tmp_path)
    found = planted.value_in(getattr(run(planted.raw), planted.table))
    assert found == pytest.approx(planted.new_value)
    assert planted.new_value != pytest.approx(planted.gnuper_value or -1)
