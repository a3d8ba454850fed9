"""Availability that can be believed: it ages, the clinic sees whose, and one call confirms it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from api.auth.roles import Role
from api.clock import utc_now
from api.db.tables import StaffTask, TherapistAvailability
from api.db.tables.base import table_of
from api.roster.availability.duty import ConfirmationDuty, ask_to_confirm
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.clock import moved_clock
from tests.factories.pairings import active, as_own, database_of, match_of, put_on_hold, rows_of

Json = dict[str, Any]

CAVEAT, STALE = timedelta(days=30), timedelta(days=90)
SECOND = timedelta(seconds=1)


def therapist(clinic: ClinicApi, reference: str, age: timedelta | None, **row: Any) -> str:
    """A therapist's id whose availability was confirmed so long ago, None for never."""
    confirmed = {} if age is None else {"availability_confirmed_at": (utc_now() - age).isoformat()}
    id_: str = clinic.add(reference=reference, **confirmed, **row)["id"]
    return id_


def to_confirm(clinic: ClinicApi, **params: Any) -> Json:
    response = clinic.get("/v1/availability/to-confirm", Role.STAFF, params=params)
    assert response.status_code == 200, response.text
    answer: Json = response.json()
    return answer


def states(clinic: ClinicApi) -> list[tuple[str, str]]:
    items = to_confirm(clinic)["items"]
    return [(one["therapist"]["reference"], one["state"]) for one in items]


def ranked(clinic: ClinicApi) -> dict[str, list[str]]:
    """Who is ranked, each with the caveats about their availability."""
    return {
        one["therapist"]["reference"]: [text for text in one["caveats"] if "free place" in text]
        for one in match_of(clinic, None)["candidates"]
    }


def test_an_availability_ages_to_a_caveat_and_then_out_of_the_ranking(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        therapist(clinic, "t-1", timedelta())
        assert ranked(clinic) == {"t-1": []}
        assert states(clinic) == []
        clock.pass_time(seconds=(CAVEAT - 60 * SECOND).total_seconds())
        assert ranked(clinic) == {"t-1": []}
        assert states(clinic) == []
        clock.pass_time(seconds=120)
        assert len(ranked(clinic)["t-1"]) == 1
        assert states(clinic) == [("t-1", "caveat")]
        clock.pass_time(seconds=(STALE - CAVEAT - 120 * SECOND).total_seconds())
        assert len(ranked(clinic)["t-1"]) == 1
        assert states(clinic) == [("t-1", "caveat")]
        clock.pass_time(seconds=120)
        assert ranked(clinic) == {}
        assert match_of(clinic, None)["excluded"] == {"availability_stale": 1}
        assert states(clinic) == [("t-1", "stale")]


def test_the_ages_are_the_clinics(clinic: ClinicApi) -> None:
    therapist(clinic, "t-1", timedelta(days=8))
    assert states(clinic) == []
    clinic.patch("/v1/settings", {"availability_caveat_after_days": 7})
    assert states(clinic) == [("t-1", "caveat")]
    ages = {"availability_caveat_after_days": 5, "availability_stale_after_days": 7}
    clinic.patch("/v1/settings", ages)
    assert states(clinic) == [("t-1", "stale")]
    assert ranked(clinic) == {}


def test_one_call_confirms(clinic: ClinicApi) -> None:
    id_ = therapist(clinic, "t-1", STALE + SECOND)
    assert ranked(clinic) == {}
    assert clinic.post(f"/v1/therapists/{id_}/confirm-availability").status_code == 200
    assert ranked(clinic) == {"t-1": []}
    assert states(clinic) == []


def test_the_clinic_sees_who_has_to_confirm_oldest_first(clinic: ClinicApi) -> None:
    therapist(clinic, "never-1", None)
    therapist(clinic, "doubted", timedelta(days=40, hours=5))
    therapist(clinic, "fresh", timedelta(days=2))
    therapist(clinic, "stale", timedelta(days=100))
    therapist(clinic, "never-2", None)
    therapist(clinic, "away", timedelta(days=100), accepting=False)
    therapist(clinic, "gone", timedelta(days=100), active=False)
    leaving = (utc_now().date() + timedelta(days=20)).isoformat()
    therapist(clinic, "leaving", timedelta(days=100), leaving_on=leaving)
    assert states(clinic) == [
        ("stale", "stale"),
        ("doubted", "caveat"),
        ("never-1", "never"),
        ("never-2", "never"),
    ]
    stale, doubted, never, _ = to_confirm(clinic)["items"]
    assert (stale["age_days"], doubted["age_days"], never["age_days"]) == (100, 40, None)
    since = datetime.fromisoformat(stale["out_since"])
    assert since == datetime.fromisoformat(stale["confirmed_at"]) + STALE
    assert doubted["out_since"] is never["out_since"] is never["confirmed_at"] is None


def test_pages_hold_everybody_once(clinic: ClinicApi) -> None:
    for number in range(3):
        therapist(clinic, f"old-{number}", timedelta(days=50 - number))
        therapist(clinic, f"never-{number}", None)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = to_confirm(clinic, limit=2, **cursor)
        seen += [one["therapist"]["reference"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["old-0", "old-1", "old-2", "never-0", "never-1", "never-2"]


def test_another_clinics_therapists_are_not_seen(clinic: ClinicApi) -> None:
    therapist(make_clinic(clinic.client, "Other"), "t-1", None)
    assert to_confirm(clinic) == {"items": [], "next_cursor": None, "leaving": []}


@pytest.mark.parametrize(("days", "taken"), [(60, False), (61, True)])
def test_nobody_new_starts_in_the_last_days_before_a_therapist_leaves(
    clinic: ClinicApi, days: int, taken: bool
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=days)
    therapist(clinic, "t-1", timedelta(), leaving_on=day.isoformat())
    match = match_of(clinic, None)
    assert (match["eligible"] == 1) is taken
    assert match["excluded"] == ({} if taken else {"leaving": 1})


def test_who_leaves_with_clients_is_named_with_how_many_to_hand_over(clinic: ClinicApi) -> None:
    ids = [therapist(clinic, f"t-{number}", timedelta()) for number in range(3)]
    for client, id_ in (("c-1", ids[0]), ("c-2", ids[0]), ("c-3", ids[1])):
        active(clinic, match_of(clinic, client), id_)
    today = utc_now().date()
    for id_, days in zip(ids, (70, 10, 5), strict=True):
        body = {"leaving_on": (today + timedelta(days=days)).isoformat()}
        clinic.patch(f"/v1/therapists/{id_}", body, headers={"If-Match": "*"})
    shown = [
        (one["therapist"]["id"], one["leaving_on"], one["clients"], one["takes_new"])
        for one in to_confirm(clinic)["leaving"]
    ]
    assert shown == [
        (ids[1], (today + timedelta(days=10)).isoformat(), 1, False),
        (ids[0], (today + timedelta(days=70)).isoformat(), 2, True),
    ]


def confirm_tasks(clinic: ClinicApi) -> list[tuple[UUID | None, str]]:
    rows = rows_of(clinic, StaffTask)
    return [
        (row["therapist_id"], row["status"])
        for row in rows
        if row["kind"] == "confirm_availability"
    ]


def test_staff_are_asked_once_each_time_an_availability_goes_stale(clinic: ClinicApi) -> None:
    stale = UUID(therapist(clinic, "stale", STALE + SECOND))
    therapist(clinic, "doubted", STALE - SECOND * 600)
    therapist(clinic, "never", None)
    therapist(clinic, "away", STALE + SECOND, accepting=False)
    database = database_of(clinic)
    for _ in range(2):
        ask_to_confirm(database, utc_now())
        assert confirm_tasks(clinic) == [(stale, "open")]
    (task,) = rows_of(clinic, StaffTask)
    resolved = clinic.post(f"/v1/tasks/{task['id']}/resolve", {"resolution": "done"})
    assert resolved.status_code == 200, resolved.text
    ask_to_confirm(database, utc_now())
    assert confirm_tasks(clinic) == [(stale, "done")]
    clinic.post(f"/v1/therapists/{stale}/confirm-availability")
    ask_to_confirm(database, utc_now() + STALE - SECOND * 60)
    assert (stale, "open") not in confirm_tasks(clinic)
    ask_to_confirm(database, utc_now() + STALE + SECOND)
    assert (stale, "open") in confirm_tasks(clinic)


def test_a_confirmation_settles_what_staff_were_asked(clinic: ClinicApi) -> None:
    id_ = therapist(clinic, "stale", STALE + SECOND)
    other = therapist(clinic, "other", STALE + SECOND)
    ask_to_confirm(database_of(clinic), utc_now())
    clinic.post(f"/v1/therapists/{id_}/confirm-availability")
    assert sorted(confirm_tasks(clinic)) == sorted([(UUID(id_), "done"), (UUID(other), "open")])


def test_the_duty_looks_at_once_and_then_once_a_minute(clinic: ClinicApi) -> None:
    duty = ConfirmationDuty()
    first = UUID(therapist(clinic, "first", STALE + SECOND))
    duty(database_of(clinic))
    assert confirm_tasks(clinic) == [(first, "open")]
    therapist(clinic, "second", STALE + SECOND)
    duty(database_of(clinic))
    assert confirm_tasks(clinic) == [(first, "open")]


def test_a_therapist_reads_and_confirms_their_own_and_nobody_elses(clinic: ClinicApi) -> None:
    own, other = (therapist(clinic, name, STALE + SECOND) for name in ("own", "other"))
    role = as_own(clinic, Role.THERAPIST, own)
    assert clinic.get(f"/v1/therapists/{own}", role).json()["reference"] == "own"
    assert clinic.post(f"/v1/therapists/{own}/confirm-availability", role=role).status_code == 200
    assert clinic.get(f"/v1/therapists/{other}", role).status_code == 404
    assert clinic.post(f"/v1/therapists/{other}/confirm-availability", role=role).status_code == 404
    assert list(ranked(clinic)) == ["own"]


def test_a_therapist_is_not_told_that_something_was_reported(clinic: ClinicApi) -> None:
    own = therapist(clinic, "own", timedelta())
    put_on_hold(clinic, own)
    role = as_own(clinic, Role.THERAPIST, own)
    path = f"/v1/therapists/{own}"
    assert clinic.get(path).json()["on_hold"] is True
    assert clinic.get(path, role).json()["on_hold"] is None
    assert clinic.post(f"{path}/confirm-availability", role=role).json()["on_hold"] is None


def test_confirming_gives_no_place_away_and_ends_no_hold(clinic: ClinicApi) -> None:
    id_ = therapist(clinic, "t-1", timedelta(days=1), caseload_limit=1)
    active(clinic, match_of(clinic, "c-1"), id_)
    put_on_hold(clinic, id_)
    clinic.post(f"/v1/therapists/{id_}/confirm-availability")
    free = table_of(TherapistAvailability)
    (row,) = (row for row in rows_of(clinic, TherapistAvailability) if row["valid_to"] is None)
    assert (row["held"], row["on_hold"]) == (1, True)
    with database_of(clinic).writing() as connection:
        connection.execute(update(free).where(free.c.valid_to.is_(None)).values(on_hold=False))
    assert ranked(clinic) == {}
