"""Made-up users for tests and benchmarks of the engines."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa

from python_udfs.bandicoot_events import TOTAL_ORDER

EVENT_SCHEMA = pa.schema(
    {
        "event_at": pa.timestamp("us"),
        "direction": pa.string(),
        "interaction": pa.string(),
        "correspondent_id": pa.string(),
        "call_duration": pa.int64(),
        "antenna_id": pa.string(),
        "latitude": pa.float64(),
        "longitude": pa.float64(),
    }
)

_HOUR = 3600
_DAY = 24 * _HOUR
_MONDAY = datetime.datetime(2018, 10, 1)


def in_total_order(events: pa.Table) -> pa.Table:
    """The events in TOTAL_ORDER, NULL first."""
    keys = events.select(TOTAL_ORDER).to_pandas()
    return events.take(keys.sort_values(list(TOTAL_ORDER), na_position="first").index.to_numpy())


def random_user(
    rng: np.random.Generator,
    number_of_events: int,
    mean_gap: float = 4 * _HOUR,
    contacts: int = 12,
    antennas: int = 8,
    start: datetime.datetime = _MONDAY,
) -> pa.Table:
    """A user's events in TOTAL_ORDER, with conversations, ties, and instants at the edges of the
    night. Of the antennas, the last has no coordinates and two share theirs; some are unknown, and
    so are the durations of some calls.

    mean_gap: seconds between events, on average (about).
    contacts, antennas: upper limits of the numbers of distinct ones.
    """
    kinds = rng.choice(4, number_of_events, p=[0.1, 0.45, 0.05, 0.4])
    gaps = np.select(
        [kinds == 0, kinds == 1, kinds == 2],
        [0, rng.integers(1, 900, number_of_events), _HOUR],
        rng.exponential(mean_gap * 2.5, number_of_events).astype(np.int64),
    )
    at_edge = rng.random(number_of_events) < 0.05
    times = np.cumsum(gaps)
    edges = times // _DAY * _DAY + rng.choice([7, 19], number_of_events) * _HOUR
    times = np.where(at_edge, edges, times)
    # The same contact a few times in a row makes conversations.
    contact = rng.integers(0, contacts, number_of_events) // rng.integers(1, 4, number_of_events)
    stays = rng.random(number_of_events) < 0.5
    last_change = np.maximum.accumulate(np.where(stays, 0, np.arange(number_of_events)))
    contact = contact[last_change]
    antenna = np.minimum(rng.geometric(0.35, number_of_events) - 1, antennas - 1)
    places = rng.uniform([-30, -180], [30, 180], (antennas, 2)).round(6)
    places[antennas // 2] = places[0]
    places[-1] = np.nan
    is_text = rng.random(number_of_events) < rng.choice([0.1, 0.5, 0.9])
    return in_total_order(
        pa.table(
            {
                "event_at": np.datetime64(start, "us") + times * np.timedelta64(1_000_000, "us"),
                "direction": rng.choice(["in", "out"], number_of_events),
                "interaction": np.where(is_text, "text", "call"),
                "correspondent_id": [f"contact {c}" for c in contact],
                "call_duration": pa.array(
                    rng.poisson(rng.choice([2, 90]), number_of_events),
                    mask=is_text | (rng.random(number_of_events) < 0.1),
                ),
                "antenna_id": pa.array(
                    [f"antenna {a}" for a in antenna], mask=rng.random(number_of_events) < 0.05
                ),
                "latitude": pa.array(places[antenna, 0], from_pandas=True),
                "longitude": pa.array(places[antenna, 1], from_pandas=True),
            },
            schema=EVENT_SCHEMA,
        )
    )


def edge_users() -> dict[str, pa.Table]:
    """Users at the limits of the definitions; the key says what is special about them."""
    call = ("out", "call", "b", 60, "x")
    text_in, text_out = ("in", "text", "b", None, "x"), ("out", "text", "b", None, "x")
    noon = datetime.datetime(2018, 10, 3, 12)
    minute, hour, day = (datetime.timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))
    return {
        "no event": _user(),
        "one call": _user((noon, *call)),
        "one text": _user((noon, *text_in)),
        "only texts": _user(*((noon + i * minute, *text_in) for i in range(5))),
        "only calls": _user(*((noon + i * hour, *call) for i in range(5))),
        "calls of unknown length": _user(
            *((noon + i * hour, *call[:3], None, "x") for i in range(3))
        ),
        "a text among calls of unknown length": _user(
            (noon, *text_in), (noon + minute, *call[:3], None, "y"), (noon + 2 * minute, *text_out)
        ),
        "calls of no length": _user(*((noon + i * hour, *call[:3], 0, "x") for i in range(3))),
        "only outgoing": _user(*((noon + i * day, *text_out) for i in range(8))),
        "everything at once": _user(*((noon, *event) for event in (call, text_in, text_out))),
        "answer in the same second": _user((noon, *text_in), (noon, *text_out)),
        "answer after a second": _user((noon, *text_in), (noon + 59 * minute, *text_out)),
        "answer after exactly an hour": _user((noon, *text_in), (noon + hour, *text_out)),
        "call between texts": _user(
            (noon, *text_in), (noon + minute, *call), (noon + 2 * minute, *text_out)
        ),
        "edges of the night": _user(
            *(
                (datetime.datetime(2018, 10, 3, *time), *call)
                for time in (
                    (6, 59, 59),
                    (7, 0, 0),
                    (7, 0, 1),
                    (18, 59, 59),
                    (19, 0, 0),
                    (19, 0, 1),
                )
            )
        ),
        "no night": _user(*((noon + i * day, *call) for i in range(10))),
        "only nights": _user(*((noon + i * day + 11 * hour, *call) for i in range(10))),
        "year boundary": _user(
            *((datetime.datetime(2018, 12, 27) + i * 7 * hour, *call) for i in range(30))
        ),
        "year of 53 weeks": _user(
            *((datetime.datetime(2020, 12, 24) + i * 9 * hour, *text_in) for i in range(40))
        ),
        "weeks apart": _user(*((noon + i * 30 * day, *call) for i in range(4))),
        "unknown location": _user(
            *(
                (noon + i * hour, *call[:4], antenna)
                for i, antenna in enumerate([None, "", "n", "x"])
            )
        ),
        "never a known location": _user(
            *((noon + i * 5 * hour, *call[:4], None) for i in range(9))
        ),
        "tie of antennas": _user(
            *((noon + i * minute, *call[:4], antenna) for i, antenna in enumerate("yxxyzzx"))
        ),
        "tie of homes": _user(
            *((noon + 11 * hour + i * day, *call[:4], antenna) for i, antenna in enumerate("yxxy"))
        ),
        "equal balances": _user(
            *((noon + i * hour, "out", "call", f"b{i}", 7, "x") for i in range(7))
        ),
        "equal places": _user(
            *((noon + i * hour, *call[:4], antenna) for i, antenna in enumerate(["x", "x2", "x"]))
        ),
    }


_PLACES = {"x": (15.3, 32.1), "x2": (15.3, 32.1), "y": (15.4, 32.7), "z": (-0.0, 0.0)}


def _user(*events: tuple) -> pa.Table:
    """A table of (time, direction, interaction, correspondent, duration, antenna)."""
    rows = [
        dict(zip(EVENT_SCHEMA.names, (*e, *_PLACES.get(e[5], (None, None))), strict=True))
        for e in events
    ]
    return in_total_order(pa.Table.from_pylist(rows, EVENT_SCHEMA))
