"""Past ratings are rows of the contract, answered in part, and follow fit."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from matching.vocabulary import STYLE_AXES
from matching.weighting import DEFAULT_FIT_WEIGHTS
from seed.clients import LEARNING
from seed.clinic import DEFAULT_TODAY, Clinic, ClinicSpec, generate
from seed.ratings import CORE, FULL_SESSIONS, ITEMS, REMOTE_ONLY
from seed.therapists import Row

COLUMNS = {
    "client_reference", "therapist_reference", "session_number", "rated_at", "preferences",
    "needs", "learning", "style_seen", *ITEMS,
}  # fmt: skip
SINCE = {"progress": 3, "carry_over": 6}


def items(one: Row) -> dict[str, int]:
    answered = {name: one[name] for name in ITEMS if name in one}
    return {name: value for name, value in answered.items() if isinstance(value, int)}


def session(one: Row) -> int:
    number = one["session_number"]
    assert isinstance(number, int)
    return number


def scores(clinic: Clinic, name: str) -> tuple[list[int], list[int]]:
    """Positions of the rows that answer an item, and the answers."""
    rows = [(index, items(one)) for index, one in enumerate(clinic.ratings)]
    answered = [(index, one[name]) for index, one in rows if name in one]
    return [index for index, _ in answered], [value for _, value in answered]


def test_every_row_keeps_to_the_contract(clinic: Clinic) -> None:
    therapists = {one["reference"] for one in clinic.therapists}
    for one in clinic.ratings:
        assert set(one) <= COLUMNS
        assert one["therapist_reference"] in therapists
        assert session(one) >= 1
        assert items(one)
        assert all(0 <= value <= 10 for value in items(one).values())
        assert isinstance(one["learning"], bool)


def test_style_is_told_of_axes_wished_for_and_follows_the_style_met(clinic: Clinic) -> None:
    met = {one.profile.reference: one.style_met for one in clinic.truth.therapists}
    gaps: dict[int, list[float]] = {-1: [], 0: [], 1: []}
    for one in clinic.ratings:
        told = one.get("style_seen", {})
        assert isinstance(told, dict)
        assert not told or session(one) in FULL_SESSIONS
        wishes = one["preferences"]
        assert isinstance(wishes, dict)
        for axis, seen in told.items():
            wish = wishes["communication_style"][axis]
            style = met[str(one["therapist_reference"])][STYLE_AXES.index(axis)]
            gaps[seen].append(wish - style)
    assert min(len(said) for said in gaps.values()) > 50
    assert np.mean(gaps[-1]) < -0.35 < np.mean(gaps[0]) < 0.35 < np.mean(gaps[1])


def test_rows_name_nobody(clinic: Clinic) -> None:
    for one in clinic.ratings:
        assert re.fullmatch(r"c-\d+", str(one["client_reference"]))
        assert not {"name", "birth", "email", "phone", "comment"} & set(one)
    for unseen in clinic.unseen:
        assert re.fullmatch(r"\{'reference': 'u-\d+'\}", str(unseen.body["client"]))


def test_a_client_therapist_and_session_come_once(clinic: Clinic) -> None:
    keys = {
        (one["client_reference"], one["therapist_reference"], one["session_number"])
        for one in clinic.ratings
    }
    assert len(keys) == len(clinic.ratings)


def test_there_are_ratings_of_every_past_client_over_two_years(clinic: Clinic) -> None:
    assert len({one["client_reference"] for one in clinic.ratings}) == 1500
    assert 6500 <= len(clinic.ratings) <= 10_500
    days = sorted(str(one["rated_at"]) for one in clinic.ratings)
    first, last = datetime.fromisoformat(days[0]), datetime.fromisoformat(days[-1])
    today = datetime(DEFAULT_TODAY.year, DEFAULT_TODAY.month, DEFAULT_TODAY.day, tzinfo=UTC)
    assert timedelta(600) < last - first <= timedelta(730)
    assert today - timedelta(30) < last < today


def test_a_series_goes_on_week_by_week(clinic: Clinic) -> None:
    first: dict[tuple[object, object], tuple[int, datetime]] = {}
    for one in clinic.ratings:
        at = datetime.fromisoformat(str(one["rated_at"]))
        pair = (one["client_reference"], one["therapist_reference"])
        number, since = first.setdefault(pair, (session(one), at))
        weeks = session(one) - number
        assert abs((at - since) - timedelta(weeks=weeks)) < timedelta(days=1)


def test_the_core_is_asked_always_and_the_rest_now_and_then(clinic: Clinic) -> None:
    for one in clinic.ratings:
        answered = set(items(one))
        if session(one) not in FULL_SESSIONS:
            assert answered <= {*CORE, "overall"}
        assert all(session(one) >= SINCE.get(name, 1) for name in answered)
    core = [len(set(CORE) & set(items(one))) for one in clinic.ratings]
    assert 0.8 <= np.mean([number == 4 for number in core]) <= 0.95
    overall = [set(items(one)) == {"overall"} for one in clinic.ratings]
    assert 0.02 <= np.mean(overall) <= 0.06


def test_the_line_is_rated_only_by_those_who_met_from_afar(clinic: Clinic) -> None:
    full = [one for one in clinic.ratings if session(one) in FULL_SESSIONS]
    pairs: dict[tuple[object, object], set[bool]] = {}
    for one in full:
        pair = (one["client_reference"], one["therapist_reference"])
        if len(items(one)) >= 10:
            remote = any(name in one for name in REMOTE_ONLY)
            pairs.setdefault(pair, set()).add(remote)
    answers = [one for one in full if any(name in one for name in REMOTE_ONLY)]
    assert 0.3 <= len(answers) / len(full) <= 0.8
    switching = np.mean([len(seen) == 2 for seen in pairs.values()])
    assert switching < 0.03, "a skipped answer now and then, no change of format"


def test_items_follow_the_fit_of_the_session(clinic: Clinic) -> None:
    fit = clinic.truth.sessions.fit
    for name, item in ITEMS.items():
        index, answers = scores(clinic, name)
        slope = np.polyfit(np.clip(fit[index], 3, 9), answers, 1)[0]
        if name in REMOTE_ONLY:
            assert abs(slope) < 0.35, name
        else:
            assert slope == pytest.approx(item.loading, abs=0.25), name


def test_a_fit_index_of_all_items_is_on_the_scale_of_fit(clinic: Clinic) -> None:
    index, values = [], []
    for position, one in enumerate(clinic.ratings):
        answered = {name: one for name, one in items(one).items() if name in DEFAULT_FIT_WEIGHTS}
        if len(answered) >= 9:
            weight = sum(DEFAULT_FIT_WEIGHTS[name] for name in answered)
            total = sum(DEFAULT_FIT_WEIGHTS[name] * value for name, value in answered.items())
            index.append(position)
            values.append(total / weight)
    fit = clinic.truth.sessions.fit[index]
    assert np.corrcoef(fit, values)[0, 1] > 0.93
    slope = np.polyfit(fit, values, 1)[0]
    assert 0.75 <= slope <= 1.05


def test_respect_and_reliability_show_in_their_items(clinic: Clinic) -> None:
    truth = clinic.truth
    met = np.array([one.therapist for one in truth.pairings])[truth.sessions.pairing]
    for name, trait in (
        ("cultural_respect", truth.effects.respect), ("consistency", truth.effects.reliability),
    ):  # fmt: skip
        index, answers = scores(clinic, name)
        beyond_fit = np.array(answers) - ITEMS[name].loading * truth.sessions.fit[index]
        assert np.corrcoef(trait[met[index]], beyond_fit)[0, 1] > 0.3, name


def test_trust_grows_with_the_sessions(clinic: Clinic) -> None:
    """Within those who stayed, so that who leaves makes no trend."""
    stayed = [position for position, one in enumerate(clinic.truth.pairings) if one.sessions >= 12]
    keep = np.isin(clinic.truth.sessions.pairing, stayed)
    rows = [one for one, kept in zip(clinic.ratings, keep, strict=True) if kept]
    early = [one["trust"] for one in rows if session(one) == 1 and "trust" in one]
    late = [one["trust"] for one in rows if session(one) >= 8 and "trust" in one]
    assert np.mean(late) > np.mean(early) + 0.4  # type: ignore[arg-type]


def test_what_a_client_said_is_the_same_in_all_their_rows(clinic: Clinic) -> None:
    said: dict[object, tuple[object, ...]] = {}
    for one in clinic.ratings:
        words = (one["preferences"], one["needs"], one["learning"])
        assert said.setdefault(one["client_reference"], words) == words
    refused = np.mean([not learning for _, _, learning in said.values()])
    assert refused == pytest.approx(1 - LEARNING, abs=0.03)


def test_a_clinic_without_past_clients_has_no_ratings() -> None:
    assert generate(ClinicSpec(past_clients=0, unseen_clients=1)).ratings == []
