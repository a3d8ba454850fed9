"""Which ratings are due: so long after the last one, or after the start."""

from api.auth.roles import Role
from matching.due import CORE, due_items
from tests.factories.clinics import ClinicApi
from tests.factories.clock import moved_clock
from tests.factories.pairings import Json, chosen, match_of, moved, roster
from tests.factories.ratings import send, short_row
from tests.factories.session_ratings import course, rated, together


def due(clinic: ClinicApi, query: str = "") -> list[Json]:
    found: list[Json] = clinic.get(f"/v1/ratings/due{query}", Role.STAFF).json()["items"]
    return found


def test_the_first_is_due_a_session_after_the_start(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        pairing = together(clinic)
        clock.pass_time(days=6, hours=23)
        assert due(clinic) == []
        clock.pass_time(hours=1)
        (one,) = due(clinic)
        assert (one["pairing_id"], one["session_number"]) == (pairing["id"], 1)
        assert one["items"] == list(CORE)
        assert one["client"] == pairing["client"]
        assert one["therapist"]["reference"] == pairing["therapist"]["reference"]
        asked = {name: one[name] for name in ("session_number", "items", "due_at")}
        assert course(clinic, pairing)["next"] == asked


def test_the_next_is_due_a_session_after_the_last(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        pairing = together(clinic)
        clock.pass_time(days=7)
        rated(clinic, pairing, 2, format="in_person")
        assert due(clinic) == []
        clock.pass_time(days=7)
        (one,) = due(clinic)
        assert (one["session_number"], one["items"]) == (3, list(due_items(3, remote=False)))


def test_the_clinic_says_how_far_apart_sessions_are(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        together(clinic)
        clock.pass_time(days=7)
        assert clinic.patch("/v1/settings", {"session_every_days": 14}).status_code == 200
        assert due(clinic) == []
        clock.pass_time(days=7)
        assert len(due(clinic)) == 1


def test_only_who_works_together_is_asked(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        (therapist_id,) = roster(clinic, 1)
        chosen(clinic, match_of(clinic, "c-9"), therapist_id)
        ended = together(clinic)
        moved(clinic, ended, "end", {"reason": "moved"})
        clock.pass_time(hours=30)
        clinic.patch("/v1/settings", {"session_every_days": 1})
        assert due(clinic) == []


def test_sessions_before_this_service_count(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        pairing = together(clinic)
        reference = pairing["therapist"]["reference"]
        send(clinic, short_row(therapist_reference=reference, session_number=7))
        clock.pass_time(days=7)
        (one,) = due(clinic)
        assert (one["session_number"], one["items"]) == (8, list(due_items(8, remote=True)))


def test_what_is_due_comes_in_pages(clinic: ClinicApi) -> None:
    with moved_clock() as clock:
        ids = [together(clinic, f"c-{number}")["id"] for number in range(3)]
        clock.pass_time(days=7)
        page = clinic.get("/v1/ratings/due?limit=2").json()
        assert [one["pairing_id"] for one in page["items"]] == ids[:2]
        rest = due(clinic, f"?cursor={page['next_cursor']}")
        assert [one["pairing_id"] for one in rest] == ids[2:]
