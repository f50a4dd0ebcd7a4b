"""The release of one antenna, computed here anew from its residents alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.privacy_audit.gate.measures import INDICATORS, KINDS, MAX_SHARE, RATIOS, K
from scripts.privacy_audit.gate.rounding import rounded
from scripts.privacy_audit.gate.tables import Tables

SAME = 1e-9  # relative; the files have all digits of a double


def release(tables: Tables, residents: pd.Index) -> tuple[pd.Series, pd.Series]:
    """FEATURES of an antenna with these residents, and the gate's decisions, without the rule."""
    parts, indicators = tables.parts.loc[residents], tables.indicators.loc[residents]
    total = parts.sum(min_count=1)
    found = {
        name: (sum(total[part] for part in over) / sum(total[part] for part in under), over + under)
        for name, (over, under) in RATIOS.items()
    }
    rests_on_either = [("alltime", "sms"), ("alltime", "calls")]
    found["sms2calls_ratio"] = (found["sms2calls_ratio"][0], rests_on_either)
    by_week = total[total.index.get_level_values(0).str.startswith("2")].unstack()
    for kind in KINDS:
        weekly = by_week[f"og_{kind}"] / by_week[f"ic_{kind}"]
        weekly = weekly[np.isfinite(weekly)]
        rests_on = [(week, f"{way}_{kind}") for week in weekly.index for way in ("og", "ic")]
        found[f"{kind}_ratio_var"] = (weekly.var(), rests_on)
    users, share = contributors(parts), parts.max() / total
    support = {name: (users[part].min(), share[part].max()) for name, (_, part) in found.items()}
    support["active_users"] = (len(parts), 1 / len(parts) if len(parts) else np.nan)
    size = indicators.abs()
    support |= zip(INDICATORS, zip(contributors(indicators), size.max() / size.sum()))  # noqa: B905
    values = pd.Series({name: value for name, (value, _) in found.items()})
    values = pd.concat([values, pd.Series({"active_users": len(parts)}), indicators.mean()])
    values = values.astype(float).replace([np.inf, -np.inf], np.nan)
    users, share = pd.DataFrame(support).T.reindex(values.index).to_numpy().T
    decisions = np.where((users > K) & ~(share > MAX_SHARE), "released", "withheld")
    decisions = pd.Series(np.where(values.notna(), decisions, "not_existing"), values.index)
    if len(parts) <= K:
        decisions[:] = "withheld" if len(parts) else "no_data"
    return values, decisions


def contributors(values: pd.DataFrame) -> pd.Series:
    """How many people have anything else than 0, per column."""
    return (values.fillna(0) != 0).sum()


def shown(
    tables: Tables, antenna: str, values: pd.Series, decisions: pd.Series
) -> tuple[pd.Series, pd.Series]:
    """What is released of FEATURES, rounded, and the decisions.

    What the pipeline withholds because of what subtraction leaves is withheld here too.
    """
    rests = tables.rests.get(antenna, [])
    decisions = decisions.mask(decisions.index.isin(rests) & (decisions == "released"), "withheld")
    return rounded(values).where(decisions == "released"), decisions


def check(tables: Tables) -> None:
    """The computation above gives what the pipeline gives, or there is nothing to audit."""
    pipeline = tables.decisions.set_index(["antenna_id", "feature"])
    for antenna, residents in tables.homes.groupby(tables.homes).groups.items():
        values, decisions = release(tables, residents)
        its = pipeline.loc[antenna].reindex(values.index)
        np.testing.assert_allclose(values, its["value"].astype(float), rtol=SAME, atol=SAME)
        expected = its["decision"].replace("withheld_.*", "withheld", regex=True)
        np.testing.assert_array_equal(decisions, expected)
