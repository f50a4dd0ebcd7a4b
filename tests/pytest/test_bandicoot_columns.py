"""Names and documentation of the indicator columns."""

from __future__ import annotations

import pytest

from python_udfs.bandicoot_columns import INDICATOR_NAMES, INDICATORS, Indicator, describe
from python_udfs.bandicoot_compat import import_bandicoot


def test_names_are_those_of_the_package_in_its_order() -> None:
    """The package's names, from a user without events."""
    bandicoot = import_bandicoot()
    values = bandicoot.utils.all(
        bandicoot.User(),
        groupby=None,
        split_week=True,
        split_day=True,
        summary="extended",
        flatten=True,
    )
    names = [n for n in values if n != "name" and not n.startswith("reporting__")]
    assert list(INDICATOR_NAMES) == names
    assert len(names) == 722


def test_every_column_is_documented() -> None:
    texts = set()
    for name in INDICATOR_NAMES:
        doc = describe(name)
        assert doc.name == name
        assert all((doc.definition, doc.unit, doc.range, doc.null_meaning, doc.source))
        for part in (doc.definition, doc.unit, doc.range, doc.null_meaning, doc.source):
            assert part in doc.text()
        texts.add(doc.text())
    assert len(texts) == 722, "two columns have the same description"


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.name)
def test_the_source_exists_in_the_package(indicator: Indicator) -> None:
    module = getattr(import_bandicoot(), indicator.module)
    assert hasattr(module, indicator.page or indicator.name)


def test_a_description() -> None:
    doc = describe("interevent_time__weekend__night__text__std")
    assert doc.definition == (
        "Standard deviation of the population of the following values. Times between an "
        "interaction and the next one of the same kind in this part. Computed from the user's "
        "texts on the days in weekend_days, at night (from var noct_begin to var noct_end, both "
        "instants included)."
    )
    assert (doc.unit, doc.range) == ("seconds", "0 or more")
    assert doc.null_meaning == "the user has fewer than two such events in this part"


def test_other_names_are_refused() -> None:
    with pytest.raises(KeyError):
        describe("active_days")
