"""bandicoot's individual indicators as compiled functions on arrays.

Each function is one definition. They are compiled by Numba, called per part of the week and day,
and get the events of that part only: that is bandicoot's rule, filters come before any window.

Definitions are those of bandicoot 0.6.0 as published on PyPI, peculiarities included. Where it
departs from its own documentation or from what one would expect, its behaviour is kept, because
results must be comparable with published ones:

- percent_pareto_interactions and percent_pareto_durations divide a number of contacts by the
  number of interactions, so that they fall with activity. (Its later sources divide by contacts.)
- balance_of_contacts divides by all interactions, not by those with the contact.
- percent_initiated_conversations leaves out calls, though documented as counting them.
- response delays of 0 seconds do not count, though the text is a response for response_rate_text.
- A text within an hour of a call belongs to no earlier conversation but begins one.
- Both ends of a night that passes midnight belong to the night; of one that does not, neither.
- percent_* are shares from 0 to 1.
- An unknown antenna counts as one antenna, and can be the home.
- churn_rate compares successive weeks with events, be they neighbours or months apart.
- A week's part `weekend` knows no holidays.

Sums run from left to right over sorted values, as bandicoot's do: whether values that are equal
but for rounding have a variance of 0 depends on that order.

The file is self-contained: it is compiled from a copy, see `bandicoot_compiled`.
"""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
from numba import njit

# Indicators in the order of their columns.
(
    ACTIVE_DAYS,
    NUMBER_OF_CONTACTS,
    CALL_DURATION,
    PERCENT_NOCTURNAL,
    PERCENT_INITIATED_CONVERSATIONS,
    PERCENT_INITIATED_INTERACTIONS,
    RESPONSE_DELAY_TEXT,
    RESPONSE_RATE_TEXT,
    ENTROPY_OF_CONTACTS,
    BALANCE_OF_CONTACTS,
    INTERACTIONS_PER_CONTACT,
    INTEREVENT_TIME,
    PERCENT_PARETO_INTERACTIONS,
    PERCENT_PARETO_DURATIONS,
    NUMBER_OF_INTERACTIONS,
    NUMBER_OF_INTERACTION_IN,
    NUMBER_OF_INTERACTION_OUT,
    NUMBER_OF_ANTENNAS,
    ENTROPY_OF_ANTENNAS,
    PERCENT_AT_HOME,
    RADIUS_OF_GYRATION,
    FREQUENT_ANTENNAS,
    CHURN_RATE,
) = range(23)

CALL, TEXT = 0, 1
STATISTICS = 7

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
POSITION_BIN = 30 * MINUTE
PARETO = 0.8
EARTH_RADIUS = 6371.0

Events = namedtuple("Events", "second day is_night is_call is_out contact duration antenna")
"""Events in order of time, one array per column.

second, day: local time since 1970-01-01, in seconds and in days.
is_night, is_call, is_out: flags.
contact, antenna: numbers from 0, in order of first appearance in the user's events.
duration: seconds; 0 for texts.
"""

User = namedtuple("User", "events is_weekend contacts antennas latitude longitude place home")
"""One user.

events, is_weekend: all events, and whether each is at the weekend.
contacts, antennas: how many there are.
latitude, longitude: of each antenna, NaN when unknown.
place: per antenna the number of one with the same coordinates, the same for all that share them.
home: number of the home antenna, -1 when there is none.
"""

Conversations = namedtuple("Conversations", "begun_out begun_in answered delays")
"""What is counted about conversations, see `conversations`.

begun_out, begun_in: conversations whose first text is outgoing or incoming.
answered: of begun_in, those with an outgoing text.
delays: seconds from incoming texts to the outgoing ones right after them.
"""


# --- All users ------------------------------------------------------------------------------------


@njit(cache=True)
def indicators_of_users(
    starts,
    second,
    is_call,
    is_out,
    contact,
    duration,
    antenna,
    latitude,
    longitude,
    contact_codes,
    antenna_codes,
    is_weekend_day,
    night_begin,
    night_end,
    layout,
    out,
):
    """Fills a row of `out` per user; it comes filled with NaN, which stands for NULL.

    starts: first event of each user, and the number of events.
    second .. longitude: columns of all users' events; contacts and antennas are codes
        below contact_codes and antenna_codes.
    is_weekend_day: flag per day of the week, Monday first.
    night_begin, night_end: seconds of the day.
    layout: per indicator its first column and its number of columns per part.
    """
    contact_numbers = np.full(contact_codes, -1, np.int64)
    antenna_numbers = np.full(antenna_codes, -1, np.int64)
    for user in range(len(starts) - 1):
        if starts[user] == starts[user + 1]:
            continue
        rows = slice(starts[user], starts[user + 1])
        contacts, contact_of = number(contact[rows], contact_numbers)
        antennas, antenna_of = number(antenna[rows], antenna_numbers)
        day = second[rows] // DAY
        events = Events(
            second[rows],
            day,
            is_night(second[rows], night_begin, night_end),
            is_call[rows],
            is_out[rows],
            contact_of,
            duration[rows],
            antenna_of,
        )
        lat, lon = coordinates(antenna_of, latitude[rows], longitude[rows], antennas)
        indicators_of_user(
            User(
                events,
                is_weekend_day[(day + 3) % 7],  # 1970-01-01 was a Thursday
                contacts,
                antennas,
                lat,
                lon,
                places(lat, lon),
                home(events, antennas),
            ),
            layout,
            out[user],
        )


@njit
def number(codes, numbers):
    """How many distinct codes there are, and the codes renumbered by first appearance.

    numbers: scratch space, -1 for every possible code, and left so.
    """
    renumbered = np.empty(len(codes), np.int64)
    distinct = 0
    for i, code in enumerate(codes):
        if numbers[code] < 0:
            numbers[code] = distinct
            distinct += 1
        renumbered[i] = numbers[code]
    for code in codes:
        numbers[code] = -1
    return distinct, renumbered


@njit
def is_night(second, night_begin, night_end):
    """Whether each time is at night. Source: bandicoot.helper.group.filter_user."""
    time = second % DAY
    if night_begin < night_end:
        return (night_begin < time) & (time < night_end)
    return (time <= night_end) | (night_begin <= time)


@njit
def coordinates(antenna, latitude, longitude, antennas):
    """Latitude and longitude of each antenna, the first known ones; NaN when never known."""
    lat, lon = np.full(antennas, np.nan), np.full(antennas, np.nan)
    for i, a in enumerate(antenna):
        if math.isnan(lat[a]) and not math.isnan(latitude[i] + longitude[i]):
            lat[a], lon[a] = latitude[i], longitude[i]
    return lat, lon


@njit
def places(latitude, longitude):
    """Per antenna the number of an antenna that stands for all with the same coordinates."""
    place = np.arange(len(latitude))
    by_latitude = np.argsort(latitude)
    for i, a in enumerate(by_latitude):
        j = i - 1
        while j >= 0 and latitude[by_latitude[j]] == latitude[a]:
            if longitude[by_latitude[j]] == longitude[a]:
                place[a] = place[by_latitude[j]]
                break
            j -= 1
    return place


# --- One user -------------------------------------------------------------------------------------


@njit
def indicators_of_user(user, layout, row):
    """All indicators of one user: those of the nine parts, and churn_rate."""
    events = user.events
    always = np.ones(len(events.second), np.bool_)
    parts_of_week = (always, ~user.is_weekend, user.is_weekend)
    parts_of_day = (always, ~events.is_night, events.is_night)
    part = 0
    for in_week in parts_of_week:
        for in_day in parts_of_day:
            chosen = select(events, in_week & in_day)
            if len(chosen.second) > 0:
                at = layout[:, 0] + part * layout[:, 1]
                calls_and_texts(chosen, user, at, row)
                interactions(select(chosen, chosen.is_call), CALL, user, at, row)
                interactions(select(chosen, ~chosen.is_call), TEXT, user, at, row)
                movement(positions(chosen.second, chosen.antenna, user.antennas), user, at, row)
            part += 1
    churn_rate(events, user.antennas, row[layout[CHURN_RATE, 0] :])


@njit
def select(events, keep):
    """The events for which the flag is set."""
    return Events(
        events.second[keep],
        events.day[keep],
        events.is_night[keep],
        events.is_call[keep],
        events.is_out[keep],
        events.contact[keep],
        events.duration[keep],
        events.antenna[keep],
    )


@njit
def calls_and_texts(events, user, at, row):
    """Indicators over calls and texts together, of a part with events."""
    row[at[ACTIVE_DAYS]] = active_days(events)
    found = conversations(events, user.contacts)
    row[at[PERCENT_INITIATED_CONVERSATIONS]] = percent_initiated_conversations(found)
    row[at[RESPONSE_RATE_TEXT]] = response_rate_text(found)
    summarise(response_delay_text(found), row[at[RESPONSE_DELAY_TEXT] :])


@njit
def interactions(events, kind, user, at, row):
    """Indicators over the calls or the texts of a part; none when it has none."""
    if len(events.second) == 0:
        return
    outgoing, total = interactions_by_contact(events, user.contacts)
    row[at[NUMBER_OF_CONTACTS] + kind] = number_of_contacts(total)
    row[at[PERCENT_NOCTURNAL] + kind] = percent_nocturnal(events)
    row[at[ENTROPY_OF_CONTACTS] + kind] = entropy_of_contacts(total)
    row[at[PERCENT_PARETO_INTERACTIONS] + kind] = percent_pareto_interactions(total)
    row[at[NUMBER_OF_INTERACTIONS] + kind] = number_of_interactions(events)
    row[at[NUMBER_OF_INTERACTION_IN] + kind] = number_of_interaction_in(events)
    row[at[NUMBER_OF_INTERACTION_OUT] + kind] = number_of_interaction_out(events)
    summary = kind * STATISTICS
    summarise(balance_of_contacts(outgoing, total), row[at[BALANCE_OF_CONTACTS] + summary :])
    summarise(interactions_per_contact(total), row[at[INTERACTIONS_PER_CONTACT] + summary :])
    summarise(interevent_time(events), row[at[INTEREVENT_TIME] + summary :])
    if kind == CALL:
        row[at[PERCENT_INITIATED_INTERACTIONS]] = percent_initiated_interactions(events)
        row[at[PERCENT_PARETO_DURATIONS]] = percent_pareto_durations(events, user.contacts)
        summarise(call_duration(events), row[at[CALL_DURATION] :])


@njit
def movement(visited, user, at, row):
    """Indicators over the positions of a part with events."""
    visits = np.bincount(visited, minlength=user.antennas)
    row[at[NUMBER_OF_ANTENNAS]] = number_of_antennas(visits)
    row[at[ENTROPY_OF_ANTENNAS]] = entropy_of_antennas(visits)
    row[at[PERCENT_AT_HOME]] = percent_at_home(visits, user.home)
    row[at[RADIUS_OF_GYRATION]] = radius_of_gyration(visits, user)
    row[at[FREQUENT_ANTENNAS]] = frequent_antennas(visits)


# --- Calls and texts ------------------------------------------------------------------------------


@njit
def active_days(events):
    """Number of days with events.

    Unit: days. Range: 1 or more. NULL: no event. Source: bandicoot.individual.active_days.
    """
    return 1 + np.count_nonzero(np.diff(events.day))


@njit
def conversations(events, contacts):
    """What is counted about conversations.

    A conversation is a run of texts with one contact, each less than an hour after the previous
    event with that contact, call or text; a call ends it. So while one is under way, the previous
    event is a text. Source: bandicoot.individual._conversations.
    """
    last_text = np.zeros(contacts, np.int64)
    last_text_out = np.empty(contacts, np.bool_)
    under_way = np.zeros(contacts, np.bool_)
    unanswered = np.zeros(contacts, np.bool_)
    delays = np.empty(len(events.second), np.int64)
    begun_out = begun_in = answered = number_of_delays = 0
    for i, c in enumerate(events.contact):
        now, is_out = events.second[i], events.is_out[i]
        goes_on = under_way[c] and now - last_text[c] < HOUR
        under_way[c] = not events.is_call[i]
        if events.is_call[i]:
            continue
        if not goes_on:
            begun_out += is_out
            begun_in += not is_out
            unanswered[c] = not is_out
        elif is_out:
            answered += unanswered[c]
            unanswered[c] = False
            if not last_text_out[c] and now > last_text[c]:
                delays[number_of_delays] = now - last_text[c]
                number_of_delays += 1
        last_text[c], last_text_out[c] = now, is_out
    return Conversations(begun_out, begun_in, answered, delays[:number_of_delays])


@njit
def percent_initiated_conversations(found):
    """Share of the conversations whose first text is outgoing; 0 when there is none.

    Unit: share. Range: 0 to 1. NULL: no event.
    Source: bandicoot.individual.percent_initiated_conversations.
    """
    begun = found.begun_out + found.begun_in
    return found.begun_out / begun if begun > 0 else 0.0


@njit
def response_rate_text(found):
    """Share of the conversations begun by an incoming text that have an outgoing one.

    Unit: share. Range: 0 to 1. NULL: no conversation was begun by an incoming text.
    Source: bandicoot.individual.response_rate_text.
    """
    return found.answered / found.begun_in if found.begun_in > 0 else np.nan


@njit
def response_delay_text(found):
    """Times from incoming texts to the outgoing ones right after them, sorted; 0 does not count.

    Unit: seconds. Range: 1 to 3599. NULL: no delay.
    Source: bandicoot.individual.response_delay_text.
    """
    return np.sort(found.delays)


# --- Calls or texts -------------------------------------------------------------------------------


@njit
def interactions_by_contact(events, contacts):
    """Outgoing and all interactions with each contact; only contacts that have any."""
    outgoing, total = np.zeros(contacts, np.int64), np.zeros(contacts, np.int64)
    for i, c in enumerate(events.contact):
        outgoing[c] += events.is_out[i]
        total[c] += 1
    return outgoing[total > 0], total[total > 0]


@njit
def number_of_contacts(total):
    """Number of contacts.

    Unit: contacts. Range: 1 or more. NULL: no event.
    Source: bandicoot.individual.number_of_contacts.
    """
    return len(total)


@njit
def percent_nocturnal(events):
    """Share of the interactions at night.

    Unit: share. Range: 0 to 1. NULL: no event. Source: bandicoot.individual.percent_nocturnal.
    """
    return np.count_nonzero(events.is_night) / len(events.is_night)


@njit
def entropy_of_contacts(total):
    """Entropy of the contacts' shares of the interactions.

    Unit: nats. Range: 0 to ln(contacts). NULL: no event.
    Source: bandicoot.individual.entropy_of_contacts.
    """
    return entropy(total)


@njit
def balance_of_contacts(outgoing, total):
    """Per contact its outgoing interactions / all interactions of the part, sorted.

    Unit: share. Range: 0 to 1. NULL: no event. Source: bandicoot.individual.balance_of_contacts.
    """
    return np.sort(outgoing) / np.sum(total)


@njit
def interactions_per_contact(total):
    """Interactions with each contact, sorted.

    Unit: interactions. Range: 1 or more. NULL: no event.
    Source: bandicoot.individual.interactions_per_contact.
    """
    return np.sort(total)


@njit
def interevent_time(events):
    """Times from each interaction to the next, sorted.

    Unit: seconds. Range: 0 or more. NULL: fewer than two events.
    Source: bandicoot.individual.interevent_time.
    """
    return np.sort(np.diff(events.second))


@njit
def percent_pareto_interactions(total):
    """Fewest contacts with 80 % of the interactions / number of interactions.

    Unit: share. Range: above 0, to 1. NULL: no event.
    Source: bandicoot.individual.percent_pareto_interactions.
    """
    return fewest_with_most(total) / np.sum(total)


@njit
def number_of_interactions(events):
    """Number of interactions.

    Unit: interactions. Range: 1 or more. NULL: no event.
    Source: bandicoot.individual.number_of_interactions.
    """
    return len(events.is_out)


@njit
def number_of_interaction_in(events):
    """Number of incoming interactions.

    Unit: interactions. Range: 0 or more. NULL: no event in either direction.
    Source: bandicoot.individual.number_of_interactions.
    """
    return np.count_nonzero(~events.is_out)


@njit
def number_of_interaction_out(events):
    """Number of outgoing interactions.

    Unit: interactions. Range: 0 or more. NULL: no event in either direction.
    Source: bandicoot.individual.number_of_interactions.
    """
    return np.count_nonzero(events.is_out)


# --- Calls ----------------------------------------------------------------------------------------


@njit
def percent_initiated_interactions(calls):
    """Share of the calls that are outgoing.

    Unit: share. Range: 0 to 1. NULL: no call.
    Source: bandicoot.individual.percent_initiated_interactions.
    """
    return np.count_nonzero(calls.is_out) / len(calls.is_out)


@njit
def call_duration(calls):
    """Durations of the calls, sorted.

    Unit: seconds. Range: 0 or more. NULL: no call. Source: bandicoot.individual.call_duration.
    """
    return np.sort(calls.duration)


@njit
def percent_pareto_durations(calls, contacts):
    """Fewest contacts with 80 % of the time on the phone / number of calls.

    Unit: share. Range: 0 (when all calls last 0 seconds) to 1. NULL: no call.
    Source: bandicoot.individual.percent_pareto_durations.
    """
    on_the_phone = np.zeros(contacts, np.int64)
    for i, c in enumerate(calls.contact):
        on_the_phone[c] += calls.duration[i]
    return fewest_with_most(on_the_phone) / len(calls.contact)


# --- Positions ------------------------------------------------------------------------------------


@njit
def positions(second, antenna, antennas):
    """The antenna of each half hour with events: the most frequent, the first one on ties.

    Source: bandicoot.helper.group.positions_binning.
    """
    half_hour = second // POSITION_BIN
    visited = np.empty(len(half_hour), np.int64)
    counts = np.zeros(antennas, np.int64)
    bins = first = 0
    for end in range(1, len(half_hour) + 1):
        if end < len(half_hour) and half_hour[end] == half_hour[first]:
            continue
        visited[bins] = first_most_frequent(antenna[first:end], counts)
        bins += 1
        first = end
    return visited[:bins]


@njit
def first_most_frequent(numbers, counts):
    """The most frequent of the numbers, the first one on ties.

    counts: scratch space, 0 for every possible number, and left so.
    """
    for n in numbers:
        counts[n] += 1
    best = numbers[0]
    for n in numbers:
        if counts[n] > counts[best]:
            best = n
    for n in numbers:
        counts[n] = 0
    return best


@njit
def home(events, antennas):
    """The most frequent position of all nights, the first one on ties; -1 without a night.

    Source: bandicoot.core.User.recompute_home.
    """
    visited = positions(events.second[events.is_night], events.antenna[events.is_night], antennas)
    if len(visited) == 0:
        return -1
    return first_most_frequent(visited, np.zeros(antennas, np.int64))


@njit
def number_of_antennas(visits):
    """Number of antennas among the positions.

    Unit: antennas. Range: 1 or more. NULL: no event. Source: bandicoot.spatial.number_of_antennas.
    """
    return np.count_nonzero(visits)


@njit
def entropy_of_antennas(visits):
    """Entropy of the antennas' shares of the positions.

    Unit: nats. Range: 0 to ln(antennas). NULL: no event.
    Source: bandicoot.spatial.entropy_of_antennas.
    """
    return entropy(visits)


@njit
def percent_at_home(visits, home):
    """Share of the positions that are the home.

    Unit: share. Range: 0 to 1. NULL: no event, or no home.
    Source: bandicoot.spatial.percent_at_home.
    """
    return visits[home] / np.sum(visits) if home >= 0 else np.nan


@njit
def radius_of_gyration(visits, user):
    """Root of the mean squared distance of the positions from their mean coordinates.

    Positions are taken together by coordinates, as in bandicoot, where a user who never moves then
    has exactly the same remainder of rounding.
    Unit: km. Range: 0 or more. NULL: no position with known coordinates.
    Source: bandicoot.spatial.radius_of_gyration.
    """
    weights = np.zeros(len(visits), np.int64)
    for antenna, times in enumerate(visits):
        if not math.isnan(user.latitude[antenna]):
            weights[user.place[antenna]] += times
    total = np.sum(weights)
    if total == 0:
        return np.nan
    visited = np.flatnonzero(weights)
    latitude = longitude = 0.0
    for place in visited:
        latitude += user.latitude[place] * weights[place]
        longitude += user.longitude[place] * weights[place]
    latitude /= total
    longitude /= total
    mean_square = 0.0
    for place in visited:
        away = kilometres(latitude, longitude, user.latitude[place], user.longitude[place])
        mean_square += weights[place] / total * away**2
    return math.sqrt(mean_square)


@njit
def frequent_antennas(visits):
    """Fewest antennas with 80 % of the positions.

    Unit: antennas. Range: 1 or more. NULL: no event. Source: bandicoot.spatial.frequent_antennas.
    """
    return fewest_with_most(visits)


@njit
def churn_rate(events, antennas, row):
    """Mean and std of 1 - cosine between the antennas' frequencies of successive ISO weeks.

    Unit: 1 - cosine. Range: 0 to 1. NULL: events in fewer than two weeks.
    Source: bandicoot.spatial.churn_rate.
    """
    week = (events.day + 3) // 7  # weeks begin on Mondays; 1970-01-01 was a Thursday
    begins = np.append(0, np.flatnonzero(np.diff(week)) + 1)
    ends = np.append(begins[1:], len(week))
    churn = np.empty(len(begins) - 1)
    before = np.zeros(antennas)
    for i, (begin, end) in enumerate(zip(begins, ends)):  # noqa: B905, unknown to Numba
        visited = positions(events.second[begin:end], events.antenna[begin:end], antennas)
        now = np.bincount(visited, minlength=antennas) / len(visited)
        if i > 0:
            norms = math.sqrt(np.sum(before**2)) * math.sqrt(np.sum(now**2))
            churn[i - 1] = 1 - np.sum(before * now) / norms
        before = now
    if len(churn) > 0:
        mean, variance, _, _ = moments(churn)
        row[0], row[1] = mean, math.sqrt(variance)


# --- Formulas -------------------------------------------------------------------------------------


@njit
def summarise(values, row):
    """Mean, std, median, skewness, kurtosis, minimum and maximum of sorted values.

    Unit: that of the values; none for skewness and kurtosis. NULL: no value.
    Skewness is m3 / m2^1.5, kurtosis m4 / m2^2; both 0 when m2 is.
    Source: bandicoot.helper.maths.summary_stats.
    """
    n = len(values)
    if n == 0:
        return
    mean, m2, m3, m4 = moments(values)
    row[0] = mean
    row[1] = math.sqrt(m2)
    row[2] = (values[n // 2] + values[(n - 1) // 2]) / 2
    row[3] = m3 / (m2 * math.sqrt(m2)) if m2 > 0 else 0.0
    row[4] = m4 / (m2 * m2) if m2 > 0 else 0.0
    row[5] = values[0]
    row[6] = values[-1]


@njit
def moments(values):
    """Mean and central moments m2, m3, m4. Those of a single value are 0."""
    n = len(values)
    total = 0 * values[0]
    for value in values:
        total += value
    mean = total / n
    m2 = m3 = m4 = 0.0
    for value in values:
        deviation = value - mean
        square = deviation * deviation
        m2 += square
        m3 += square * deviation
        m4 += square * square
    return mean, m2 / n, m3 / n, m4 / n


@njit
def entropy(counts):
    """Shannon entropy - sum p ln p in nats. Source: bandicoot.helper.maths.entropy."""
    total = np.sum(counts)
    result = 0.0
    for count in counts:
        if count > 0:
            share = count / total
            result -= share * math.log(share)
    return result


@njit
def fewest_with_most(amounts):
    """How many of the largest amounts reach ceil(80 % of the sum)."""
    missing = math.ceil(np.sum(amounts) * PARETO)
    largest_first = np.sort(amounts)[::-1]
    taken = 0
    while missing > 0 and taken < len(amounts):
        missing -= largest_first[taken]
        taken += 1
    return taken


@njit
def kilometres(latitude1, longitude1, latitude2, longitude2):
    """Great-circle distance. Source: bandicoot.helper.maths.great_circle_distance."""
    half_height = math.sin(math.radians(latitude1 - latitude2) / 2)
    half_width = math.sin(math.radians(longitude1 - longitude2) / 2)
    cosines = math.cos(math.radians(latitude1)) * math.cos(math.radians(latitude2))
    a = half_height**2 + cosines * half_width**2
    return EARTH_RADIUS * 2 * math.asin(math.sqrt(a))
