"""Values as the gate rounds them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.privacy_audit.disclosure.rounding import PAIR_FEATURES, is_whole
from scripts.privacy_audit.gate.measures import DIGITS, INDICATORS, K


def rounded(values: pd.Series) -> pd.Series:
    """Values of FEATURES as the gate rounds them."""
    is_about_pairs = values.index.str.endswith(PAIR_FEATURES) & ~values.index.isin(INDICATORS)
    digits = np.where(is_about_pairs, DIGITS - 1, DIGITS)
    decimals = digits - 1 - np.floor(np.log10(values.abs().where(values != 0)))
    is_whole_mean = values.index.isin([name for name in INDICATORS if is_whole(name)])
    decimals = decimals.where(~is_whole_mean, decimals.clip(upper=np.floor(np.log10(K + 1))))
    factors = 10.0 ** decimals.fillna(0)
    found = (values * factors).round() / factors
    return found.where(values.index != "active_users", values)
