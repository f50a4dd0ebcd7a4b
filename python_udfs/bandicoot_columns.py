"""The 722 indicator columns: their names in bandicoot's order and the documentation of each.

Everything is derived from one table, `INDICATORS`. A name consists of

    indicator__part of the week__part of the day[__interaction][__statistic]

and the columns come in the order of the table, then part of the week, part of the day,
interaction, statistic. churn_rate has neither parts nor interactions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

PAPER = (
    "de Montjoye, Rocher, Pentland (2016): bandicoot: a Python Toolbox for Mobile Phone Metadata, "
    "Journal of Machine Learning Research 17(175), 1-5"
)

PARTS_OF_WEEK = {
    "allweek": "on all days",
    "weekday": "on days that are not in weekend_days",
    "weekend": "on the days in weekend_days",
}
PARTS_OF_DAY = {
    "allday": "at any time",
    "day": "in the daytime (after var noct_end and before var noct_begin)",
    "night": "at night (from var noct_begin to var noct_end, both instants included)",
}
INTERACTIONS = {
    "call": "calls",
    "text": "texts",
    "callandtext": "calls and texts",
}

# name: (what is done with the values, unit or None for the indicator's own, range or None)
STATISTICS = {
    "mean": ("arithmetic mean", None, None),
    "std": ("standard deviation of the population", None, "0 or more"),
    "median": ("median (mean of the middle two)", None, None),
    "skewness": (
        "skewness m3 / m2^1.5 (0 when all values are equal)",
        "no unit",
        "any number",
    ),
    "kurtosis": (
        "kurtosis m4 / m2^2, not excess (0 when all values are equal)",
        "no unit",
        "1 or more, or 0 when all values are equal",
    ),
    "min": ("minimum", None, None),
    "max": ("maximum", None, None),
}
ALL_STATISTICS = tuple(STATISTICS)
MEAN_AND_STD = ("mean", "std")


@dataclass(frozen=True)
class Indicator:
    """One of bandicoot's individual indicators, the row of the table.

    definition: what is measured, of the events of one part.
    unit: of the value, or of the values that are summarised.
    range: of the value, or of the values that are summarised.
    null_meaning: when the column is NULL.
    module: bandicoot's module whose reference page describes it.
    interactions: the kinds of event it is computed for; empty for positions.
    statistics: how a list of values is summarised; empty for a single value.
    in_parts: whether it is computed for the nine parts of week and day.
    needs: the columns without which it does not exist, of those that data may lack.
    is_whole: whether the value, or each value that is summarised, is a whole number.
    """

    name: str
    definition: str
    unit: str
    range: str
    null_meaning: str
    module: str
    interactions: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    in_parts: bool = True
    page: str | None = None
    needs: frozenset[str] = frozenset()
    is_whole: bool = False

    @property
    def source(self) -> str:
        """The page of bandicoot's reference, and the paper."""
        return (
            f"bandicoot reference, page bandicoot.{self.module}.{self.page or self.name}; {PAPER}"
        )


_CALL_AND_TEXT = ("call", "text")
_CONTACTS = frozenset({"correspondent_id"})
_DURATIONS = frozenset({"call_duration"})
_CONVERSATION = (
    "A conversation is a run of texts with one contact, each less than an hour after the previous "
    "event with that contact; a call ends it."
)
_BINS = (
    "A position is that of 30 minutes with events: the most frequent antenna, the first one on "
    "ties; an unknown antenna counts as one of its own."
)
_NO_EVENT = "the user has no such event in this part"
_SHARE = "share, not per cent"

INDICATORS = (
    Indicator(
        "active_days",
        "Number of days with at least one event.",
        "days",
        "1 or more",
        _NO_EVENT,
        "individual",
        ("callandtext",),
        is_whole=True,
    ),
    Indicator(
        "number_of_contacts",
        "Number of distinct contacts.",
        "contacts",
        "1 or more",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        needs=_CONTACTS,
        is_whole=True,
    ),
    Indicator(
        "call_duration",
        "Durations of the calls.",
        "seconds",
        "0 or more",
        _NO_EVENT,
        "individual",
        ("call",),
        ALL_STATISTICS,
        needs=_DURATIONS,
        is_whole=True,
    ),
    Indicator(
        "percent_nocturnal",
        "Share of the interactions that are at night; so it is 0 in the part day, 1 in night.",
        _SHARE,
        "0 to 1",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
    ),
    Indicator(
        "percent_initiated_conversations",
        f"Share of the text conversations whose first text is outgoing. {_CONVERSATION} "
        "0 when there is no conversation.",
        _SHARE,
        "0 to 1",
        _NO_EVENT,
        "individual",
        ("callandtext",),
        needs=_CONTACTS,
    ),
    Indicator(
        "percent_initiated_interactions",
        "Share of the calls that are outgoing.",
        _SHARE,
        "0 to 1",
        _NO_EVENT,
        "individual",
        ("call",),
    ),
    Indicator(
        "response_delay_text",
        "Times between an incoming text and the outgoing text that is the next one in the same "
        f"conversation; delays of 0 do not count. {_CONVERSATION}",
        "seconds",
        "1 to 3599",
        "no incoming text is answered in this part",
        "individual",
        ("callandtext",),
        ALL_STATISTICS,
        needs=_CONTACTS,
        is_whole=True,
    ),
    Indicator(
        "response_rate_text",
        "Share of the conversations begun by an incoming text that have an outgoing text. "
        + _CONVERSATION,
        _SHARE,
        "0 to 1",
        "no conversation of this part begins with an incoming text",
        "individual",
        ("callandtext",),
        needs=_CONTACTS,
    ),
    Indicator(
        "entropy_of_contacts",
        "Shannon entropy of the contacts, - sum p ln p, p a contact's share of the interactions.",
        "nats",
        "0 to the logarithm of the number of contacts",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        needs=_CONTACTS,
    ),
    Indicator(
        "balance_of_contacts",
        "Per contact the number of outgoing interactions, divided by the number of all "
        "interactions of the part, those with other contacts included.",
        _SHARE,
        "0 to 1",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        ALL_STATISTICS,
        needs=_CONTACTS,
    ),
    Indicator(
        "interactions_per_contact",
        "Per contact the number of interactions.",
        "interactions",
        "1 or more",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        ALL_STATISTICS,
        needs=_CONTACTS,
        is_whole=True,
    ),
    Indicator(
        "interevent_time",
        "Times between an interaction and the next one of the same kind in this part.",
        "seconds",
        "0 or more",
        "the user has fewer than two such events in this part",
        "individual",
        _CALL_AND_TEXT,
        ALL_STATISTICS,
        is_whole=True,
    ),
    Indicator(
        "percent_pareto_interactions",
        "Smallest number of contacts that make up 80 % of the interactions, divided by the number "
        "of interactions (not of contacts).",
        _SHARE,
        "above 0, to 1",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        needs=_CONTACTS,
    ),
    Indicator(
        "percent_pareto_durations",
        "Smallest number of contacts that make up 80 % of the time on the phone, divided by the "
        "number of calls (not of contacts); 0 when all calls last 0 seconds.",
        _SHARE,
        "0 to 1",
        _NO_EVENT,
        "individual",
        ("call",),
        needs=_CONTACTS | _DURATIONS,
    ),
    Indicator(
        "number_of_interactions",
        "Number of interactions.",
        "interactions",
        "1 or more",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        is_whole=True,
    ),
    Indicator(
        "number_of_interaction_in",
        "Number of incoming interactions; 0 when all are outgoing.",
        "interactions",
        "0 or more",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        page="number_of_interactions",
        is_whole=True,
    ),
    Indicator(
        "number_of_interaction_out",
        "Number of outgoing interactions; 0 when all are incoming.",
        "interactions",
        "0 or more",
        _NO_EVENT,
        "individual",
        _CALL_AND_TEXT,
        page="number_of_interactions",
        is_whole=True,
    ),
    Indicator(
        "number_of_antennas",
        f"Number of distinct positions. {_BINS}",
        "antennas",
        "1 or more",
        _NO_EVENT,
        "spatial",
        is_whole=True,
    ),
    Indicator(
        "entropy_of_antennas",
        "Shannon entropy of the positions, - sum p ln p, p an antenna's share of the positions. "
        + _BINS,
        "nats",
        "0 to the logarithm of the number of antennas",
        _NO_EVENT,
        "spatial",
    ),
    Indicator(
        "percent_at_home",
        "Share of the positions that are the user's home, the most frequent position of all "
        f"nights, the first one on ties. {_BINS}",
        _SHARE,
        "0 to 1",
        "the user has no event in this part, or no event in any night and so no home",
        "spatial",
    ),
    Indicator(
        "radius_of_gyration",
        "Square root of the mean squared great-circle distance (radius of the Earth 6371 km) of "
        f"the positions from their mean latitude and longitude. {_BINS} "
        "González, Hidalgo, Barabási (2008), Nature 453, 779-782.",
        "km",
        "0 or more",
        "no position of this part has known coordinates",
        "spatial",
    ),
    Indicator(
        "frequent_antennas",
        f"Smallest number of antennas that make up 80 % of the positions. {_BINS}",
        "antennas",
        "1 or more",
        _NO_EVENT,
        "spatial",
        is_whole=True,
    ),
    Indicator(
        "churn_rate",
        "Per pair of successive ISO weeks with events: 1 - the cosine between the two weeks' "
        f"relative frequencies of the antennas, over all events. {_BINS}",
        "1 - cosine, no unit",
        "0 to 1",
        "the user has events in fewer than two ISO weeks",
        "spatial",
        statistics=MEAN_AND_STD,
        in_parts=False,
    ),
)


@dataclass(frozen=True)
class ColumnDoc:
    """The documentation of one column. Parts, interaction and statistic are None where the
    column's name has none."""

    name: str
    indicator: str
    part_of_week: str | None
    part_of_day: str | None
    interaction: str | None
    statistic: str | None
    definition: str
    unit: str
    range: str
    null_meaning: str
    source: str
    is_whole: bool
    """Whether a person's value is a whole number, or halfway between two (a median)."""

    def text(self) -> str:
        """One paragraph with everything, for the docs site."""
        return (
            f"{self.definition} Unit: {self.unit}. Range: {self.range}. "
            f"NULL: {self.null_meaning}. Source: {self.source}."
        )


def _columns_of(indicator: Indicator) -> list[ColumnDoc]:
    """The columns of one indicator, in bandicoot's order."""
    return [
        _document(indicator, *combination)
        for combination in product(
            PARTS_OF_WEEK if indicator.in_parts else (None,),
            PARTS_OF_DAY if indicator.in_parts else (None,),
            indicator.interactions or (None,),
            indicator.statistics or (None,),
        )
    ]


def _document(
    indicator: Indicator,
    part_of_week: str | None,
    part_of_day: str | None,
    interaction: str | None,
    statistic: str | None,
) -> ColumnDoc:
    """The documentation of one combination."""
    words = (indicator.name, part_of_week, part_of_day, interaction, statistic)
    how, unit, values = STATISTICS[statistic] if statistic else (None, None, None)
    definition = indicator.definition
    if how:
        definition = f"{how[0].upper()}{how[1:]} of the following values. {definition}"
    if part_of_week and part_of_day:
        definition += (
            f" Computed from the user's {INTERACTIONS[interaction or 'callandtext']} "
            f"{PARTS_OF_WEEK[part_of_week]}, {PARTS_OF_DAY[part_of_day]}."
        )
    return ColumnDoc(
        name="__".join(word for word in words if word),
        indicator=indicator.name,
        part_of_week=part_of_week,
        part_of_day=part_of_day,
        interaction=interaction,
        statistic=statistic,
        definition=definition,
        unit=unit or indicator.unit,
        range=values or indicator.range,
        null_meaning=indicator.null_meaning,
        source=indicator.source,
        is_whole=indicator.is_whole and statistic in (None, "min", "max", "median"),
    )


_DOCS = {doc.name: doc for indicator in INDICATORS for doc in _columns_of(indicator)}

RECORDS = "reporting__number_of_records"
"""The column with the number of events that the indicators are made of."""

INDICATOR_NAMES: tuple[str, ...] = tuple(_DOCS)

NEEDED_COLUMNS: tuple[frozenset[str], ...] = tuple(
    indicator.needs for indicator in INDICATORS for _ in _columns_of(indicator)
)
"""What each indicator needs, in the order of INDICATOR_NAMES."""


def describe(column: str) -> ColumnDoc:
    """The documentation of a column. Raises KeyError for a name that is no indicator column."""
    return _DOCS[column]
