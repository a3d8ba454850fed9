"""What the clinic's systems are told of a pairing, in ids."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from api.auth.scope import ClinicScope
from api.pairings import asking
from api.pairings.deadlines import expire_passed
from api.store import pairing_moves
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import (
    active,
    at,
    chosen,
    database_of,
    match_of,
    moved,
    roster,
)

Told = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Every event of a pairing, as it is given to the outbox."""
    events: Told = []

    def emit(scope: ClinicScope, type_: str, subject_id: UUID, **ids: UUID) -> None:
        assert scope.unit.writing
        events.append((type_, str(subject_id), {name: str(id_) for name, id_ in ids.items()}))

    for module in (asking, pairing_moves):
        monkeypatch.setattr(module, "emit", emit)
    return events


def test_each_step_is_told_once(clinic: ClinicApi, told: Told) -> None:
    (therapist,) = roster(clinic, 1)
    match = match_of(clinic)
    pairing = active(clinic, match, therapist)
    moved(clinic, pairing, "accept")
    moved(clinic, pairing, "end", {"reason": "judged"})
    moved(clinic, pairing, "end", {"reason": "judged"})
    ids = {
        "pairing_id": pairing["id"],
        "match_id": match["id"],
        "client_id": pairing["client"]["id"],
        "therapist_id": therapist,
    }
    assert told == [
        ("pairing.requested", pairing["id"], ids),
        ("pairing.accepted", pairing["id"], ids),
        ("pairing.ended", pairing["id"], ids),
    ]


def test_a_choice_before_staff_is_told_when_the_therapist_is_asked(
    clinic: ClinicApi, told: Told
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic, staff_review=True), therapist)
    assert told == []
    moved(clinic, pairing, "approve")
    moved(clinic, pairing, "decline", {"reason": "full"})
    assert [type_ for type_, *_ in told] == ["pairing.requested", "pairing.declined"]


def test_a_deadline_that_passed_is_told(
    clinic: ClinicApi, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    (therapist,) = roster(clinic, 1)
    pairing = chosen(clinic, match_of(clinic), therapist)
    at(monkeypatch, datetime.fromisoformat(pairing["respond_by"]))
    expire_passed(database_of(clinic))
    assert [type_ for type_, *_ in told] == ["pairing.requested", "pairing.expired"]
