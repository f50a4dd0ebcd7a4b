"""What is measured: the gate's default limits, the columns, and the features with their parts."""

from __future__ import annotations

from python_udfs.bandicoot_columns import INDICATOR_NAMES

K, MAX_SHARE, DIGITS = 15, 0.5, 3
KINDS = ("calls", "sms", "vol")
MEASURES = [f"{direction}_{kind}" for direction in ("og", "ic") for kind in KINDS]
COUNTS = ["call_count", "sms_count", "vol_sum"]
PAIR = ["antenna_id1", "antenna_id2"]
INDICATORS = ["reporting__number_of_records", *INDICATOR_NAMES]

# Value = sum of the first parts / sum of the second; a part is a window and a measure.
RATIOS = {
    **{
        f"{kind}_ratio": ([("alltime", f"og_{kind}")], [("alltime", f"ic_{kind}")])
        for kind in KINDS
    },
    "sms2calls_ratio": (
        [("alltime", "og_sms"), ("alltime", "ic_sms")],
        [("alltime", "og_calls"), ("alltime", "ic_calls")],
    ),
    **{f"{m}_week_ratio": ([("nonworkday", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_work_ratio": ([("work", m)], [("alltime", m)]) for m in MEASURES},
    **{f"{m}_peak_ratio": ([("early_peak", m)], [("late_peak", m)]) for m in MEASURES},
}
FEATURES = [*RATIOS, *(f"{kind}_ratio_var" for kind in KINDS), "active_users", *INDICATORS]
