"""What may be learned from follows what the client says, and arrives anew where that changes."""

from uuid import UUID

import numpy as np
import pytest

from api.db.tables import Departure
from api.store.learning_consent import agree_to_learning, follow_consent
from api.store.ratings import learnable_ratings
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import Json, in_scope, moved
from tests.factories.ratings import send, short_row
from tests.factories.session_ratings import rated, stored, together

LEFT = "left"


def learned(clinic: ClinicApi) -> list[tuple[str, int | str]]:
    """What may be learned from as it arrived: clients and their sessions, or that they left."""
    with in_scope(clinic) as scope:
        ratings = learnable_ratings(scope)
    assert np.isnan(ratings.items[ratings.left]).all()
    columns = (ratings.client.tolist(), ratings.session.tolist(), ratings.left.tolist())
    return [
        (ratings.client_keys[client], LEFT if left else session)
        for client, session, left in zip(*columns, strict=True)
    ]


def says(clinic: ClinicApi, pairing: Json, *, learning: bool) -> None:
    with in_scope(clinic) as scope:
        agree_to_learning(scope, UUID(pairing["client"]["id"]), learning=learning)


def test_who_left_for_the_fit_comes_in_the_order_of_arrival(clinic: ClinicApi) -> None:
    mine = together(clinic, "c-1", consent={"learning": True}, needs=["grief"])
    other = together(clinic, "c-2", consent={"learning": True})
    silent = together(clinic, "c-3")
    rated(clinic, mine, 1)
    moved(clinic, mine, "end", {"reasons": ["trust", "cost"]})
    rated(clinic, other, 1)
    moved(clinic, other, "end", {"reason": "cost"})
    moved(clinic, silent, "end", {"reason": "trust"})
    own, others = mine["client"]["id"], other["client"]["id"]
    assert learned(clinic) == [(own, 1), (own, LEFT), (others, 1)]
    with in_scope(clinic) as scope:
        ratings = learnable_ratings(scope)
    assert ratings.case.tolist() == [0, 0, 1]
    assert ratings.intakes[0].needs == ("grief",)
    assert ratings.therapist_ids[ratings.therapist[1]] == mine["therapist"]["id"]
    assert ratings.at[1] > ratings.at[0]


def test_taken_back_nothing_of_the_client_is_learned_from(clinic: ClinicApi) -> None:
    mine = together(clinic, "c-1", consent={"learning": True})
    other = together(clinic, "c-2", consent={"learning": True})
    for session in (1, 2):
        rated(clinic, mine, session)
        rated(clinic, other, session)
    moved(clinic, mine, "end", {"reason": "trust"})
    before = learned(clinic)
    says(clinic, mine, learning=False)
    assert learned(clinic) == [one for one in before if one[0] == other["client"]["id"]]
    (departure,) = stored(clinic, Departure)
    assert not departure["learning"]


def test_given_again_it_arrives_anew_in_its_order(clinic: ClinicApi) -> None:
    mine = together(clinic, "c-1", consent={"learning": True})
    other = together(clinic, "c-2", consent={"learning": True})
    rated(clinic, mine, 2)
    rated(clinic, mine, 1)
    rated(clinic, other, 1)
    moved(clinic, mine, "end", {"reason": "trust"})
    says(clinic, mine, learning=False)
    says(clinic, mine, learning=True)
    own, others = mine["client"]["id"], other["client"]["id"]
    assert learned(clinic) == [(others, 1), (own, 2), (own, 1), (own, LEFT)]


def test_a_match_that_says_otherwise_is_followed(clinic: ClinicApi) -> None:
    pairing = together(clinic, consent={"learning": True})
    rated(clinic, pairing, 1)
    reference = {"reference": "c-1"}
    clinic.match(client=reference)
    assert len(learned(clinic)) == 1
    clinic.match(client=reference, consent={"learning": False})
    assert learned(clinic) == []
    rated(clinic, pairing, 2)
    assert learned(clinic) == []
    clinic.match(client=reference, consent={"learning": True})
    assert [session for _, session in learned(clinic)] == [1, 2]


def test_of_who_was_never_asked_all_stays_as_imported(clinic: ClinicApi) -> None:
    pairing = together(clinic)
    reference = pairing["therapist"]["reference"]
    row = short_row(therapist_reference=reference)
    send(clinic, row | {"session_number": 8}, row | {"session_number": 9, "learning": False})
    with in_scope(clinic) as scope:
        assert follow_consent(scope, UUID(pairing["client"]["id"])) == 0
    assert [session for _, session in learned(clinic)] == [8]


def test_an_import_does_not_override_a_consent_taken_back(clinic: ClinicApi) -> None:
    pairing = together(clinic)
    reference = pairing["therapist"]["reference"]
    row = short_row(therapist_reference=reference)
    send(clinic, row)
    assert len(learned(clinic)) == 1
    says(clinic, pairing, learning=False)
    report = send(clinic, row, row | {"session_number": 2})
    assert (report["created"], report["updated"], report["unchanged"]) == (1, 0, 1)
    assert learned(clinic) == []


def test_what_follows_already_does_not_move(clinic: ClinicApi) -> None:
    pairing = together(clinic, consent={"learning": True})
    rated(clinic, pairing, 1)
    before = stored(clinic)
    with in_scope(clinic) as scope:
        assert follow_consent(scope, UUID(pairing["client"]["id"])) == 0
    says(clinic, pairing, learning=True)
    assert stored(clinic) == before


def test_a_client_who_is_not_there(clinic: ClinicApi, pairing: Json) -> None:
    other = make_clinic(clinic.client, "Other")
    client_id = UUID(pairing["client"]["id"])
    with in_scope(other) as scope, pytest.raises(LookupError):
        follow_consent(scope, client_id)
    with in_scope(other) as scope, pytest.raises(LookupError):
        agree_to_learning(scope, client_id, learning=False)
