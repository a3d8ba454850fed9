"""What became of matches: choices from the list, and fits of clients who agreed to learning."""

from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

import api.store.outcomes
from api.auth.roles import Role
from api.db.tables import Match
from api.db.tables.base import table_of
from api.store.learning_consent import agree_to_learning
from api.store.outcomes import Outcome, outcomes, who_rated
from matching.session_fit import USUAL
from tests.api.clients.life import erase
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import (
    Json,
    choose,
    chosen,
    database_of,
    in_scope,
    match_of,
    moved,
    offer,
    roster,
    waiting,
)
from tests.factories.session_ratings import core, rated

AGREES: Json = {"consent": {"learning": True}}
GROWTH = USUAL.growth.points


def found(clinic: ClinicApi, *matches: Json) -> dict[str, Outcome]:
    """What became of these, by match id."""
    with in_scope(clinic) as scope:
        read = outcomes(scope, [UUID(match["id"]) for match in matches])
    return {str(match_id): outcome for match_id, outcome in read.items()}


def fit_of(clinic: ClinicApi, match: Json) -> float | None:
    return found(clinic, match)[match["id"]].fit


def candidate(match: Json, rank: int) -> str:
    therapist_id: str = match["candidates"][rank - 1]["therapist"]["id"]
    return therapist_id


def begun(clinic: ClinicApi, reference: str = "c-1", **body: Any) -> tuple[Json, Json]:
    """A match, and the pairing with its second candidate."""
    match = match_of(clinic, reference, **body)
    return match, moved(clinic, chosen(clinic, match, candidate(match, 2)), "accept")


def test_a_choice_is_told_with_its_place_and_how_the_two_got_on(clinic: ClinicApi) -> None:
    roster(clinic, 3, caseload_limit=9)
    match, pairing = begun(clinic, **AGREES)
    unchosen = match_of(clinic, "c-2")
    assert list(found(clinic, match, unchosen)) == [match["id"]]
    assert fit_of(clinic, match) is None
    for session, value in enumerate((4, 8, 8), 1):
        rated(clinic, pairing, session, **core(value))
    outcome = found(clinic, unchosen, match)[match["id"]]
    assert outcome.client_id == UUID(pairing["client"]["id"])
    assert outcome.therapist_id == UUID(candidate(match, 2))
    assert (outcome.rank, outcome.shown) == (2, 3)
    # As by the session that fits are told for; a first session says less than the others.
    assert outcome.fit is not None
    assert (4 + 8 + 8) / 3 + 0.1 * GROWTH < outcome.fit < 8


def test_each_pairing_has_its_own_fit(clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.store.outcomes, "_AT_ONCE", 1)
    roster(clinic, 3, caseload_limit=9)
    low, high = (begun(clinic, name, **AGREES) for name in ("c-1", "c-2"))
    rated(clinic, low[1], 1, **core(3))
    rated(clinic, high[1], 1, **core(9))
    fits = {key: one.fit for key, one in found(clinic, low[0], high[0]).items()}
    assert fits[high[0]["id"]] - fits[low[0]["id"]] == pytest.approx(6)  # type: ignore[operator]


def test_respect_counts_more_where_culture_was_asked_for(clinic: ClinicApi) -> None:
    roster(clinic, 2, caseload_limit=9)
    wish: Json = {"preferences": {"culture": {"any_of": ["latine"], "importance": "some"}}}
    asked, unasked = begun(clinic, "c-1", **wish, **AGREES), begun(clinic, "c-2", **AGREES)
    for _, pairing in (asked, unasked):
        rated(clinic, pairing, 1, **core(9), cultural_respect=2)
    fits = [fit_of(clinic, match) for match, _ in (asked, unasked)]
    assert fits[0] < fits[1]  # type: ignore[operator]


def test_what_is_no_fit_counts_for_none(clinic: ClinicApi) -> None:
    roster(clinic, 2)
    match, pairing = begun(clinic, **AGREES)
    rated(clinic, pairing, 1, privacy=4)
    assert fit_of(clinic, match) is None
    rated(clinic, pairing, 2, **core(7))
    fit = fit_of(clinic, match)
    assert fit is not None
    assert 7 < fit < 7 + GROWTH


def test_only_who_agreed_to_learning_counts_and_only_as_long(clinic: ClinicApi) -> None:
    roster(clinic, 3, caseload_limit=9)
    silent, agreed = begun(clinic, "c-1"), begun(clinic, "c-2", **AGREES)
    for _, pairing in (silent, agreed):
        rated(clinic, pairing, 1, **core(7))
    assert fit_of(clinic, silent[0]) is None
    assert fit_of(clinic, agreed[0]) is not None
    with in_scope(clinic) as scope:
        agree_to_learning(scope, UUID(agreed[1]["client"]["id"]), learning=False)
    assert fit_of(clinic, agreed[0]) is None
    # Choosing is no rating: how clients choose is told by all of them.
    assert len(found(clinic, silent[0], agreed[0])) == 2


def test_who_was_erased_and_other_clinics_have_no_outcome(
    clinic: ClinicApi, client: TestClient
) -> None:
    roster(clinic, 2)
    match, pairing = begun(clinic, **AGREES)
    assert found(make_clinic(client, "Other"), match) == {}
    erase(clinic, pairing["client"]["id"])
    assert found(clinic, match) == {}


def test_the_first_choice_counts(clinic: ClinicApi) -> None:
    roster(clinic, 3)
    match = match_of(clinic, **AGREES)
    first = chosen(clinic, match, candidate(match, 3))
    moved(clinic, first, "decline", {"reason": "full"})
    second = moved(clinic, chosen(clinic, match, candidate(match, 1)), "accept")
    rated(clinic, second, 1, **core(9))
    outcome = found(clinic, match)[match["id"]]
    assert (outcome.rank, outcome.fit) == (3, None)


def test_what_was_not_chosen_from_the_list_is_left_out(clinic: ClinicApi) -> None:
    roster(clinic, 3, caseload_limit=9)
    overridden = match_of(clinic, "c-1")
    chosen(clinic, overridden, candidate(overridden, 1), Role.STAFF, override_reason="they asked")
    reviewed = match_of(clinic, "c-2", staff_review=True)
    chosen(clinic, reviewed, candidate(reviewed, 1), Role.STAFF)
    past = clinic.match(client={"reference": "c-3"}, limit=1)
    elsewhere = match_of(clinic, "c-3")
    other = next(
        one["therapist"]["id"]
        for one in elsewhere["candidates"]
        if one["therapist"]["id"] != candidate(past, 1)
    )
    chosen(clinic, past, other, Role.STAFF, override_reason="they asked")
    offered = match_of(clinic, "c-4")
    offer(clinic, waiting(clinic, offered), offered, candidate(offered, 1))
    assert found(clinic, overridden, reviewed, past, offered) == {}
    assert choose(clinic, offered, candidate(offered, 1)).status_code == 201
    assert found(clinic, offered) == {}


def test_who_rated_is_told_without_reading_an_answer(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.store.outcomes, "_AT_ONCE", 2)
    roster(clinic, 3, caseload_limit=9)
    rates: list[tuple[Json, Json]] = [
        (AGREES, core(7)),
        ({}, core(7)),
        (AGREES, {"privacy": 4}),
        (AGREES, {"cultural_respect": 6}),
        (AGREES, {}),
    ]
    matches = []
    for number, (agrees, items) in enumerate(rates):
        match, pairing = begun(clinic, f"c-{number}", **agrees)
        matches.append(match)
        if items:
            rated(clinic, pairing, 1, **items)
    fits = {UUID(id_): one for id_, one in found(clinic, *matches).items() if one.fit is not None}
    with database_of(clinic).writing() as connection:
        connection.execute(update(table_of(Match)).values(answer=b"unreadable"))
    with in_scope(clinic) as scope:
        told = who_rated(scope, [UUID(match["id"]) for match in matches])
    assert told == {id_: one.client_id for id_, one in fits.items()}
    assert set(told) == {UUID(matches[0]["id"]), UUID(matches[3]["id"])}


def test_nothing_is_asked_of_nothing(clinic: ClinicApi) -> None:
    assert found(clinic) == {}
