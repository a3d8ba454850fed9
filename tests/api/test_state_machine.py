"""Whatever order people do things in: no place is lost or given twice, nobody shown wrongly."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from api.auth.roles import Role
from api.db.database import Database
from api.db.tables import Match, Pairing, Therapist, TherapistAvailability, Wait
from api.db.tables.base import table_of
from api.db.tables.pairings import LIVE
from tests.factories.backends import POSTGRESQL_WITH_THE_SLOW
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.clock import Clock, moved_clock
from tests.factories.duties import do_duties

# Whither a pairing may go from each status, in one step of somebody's.
EDGES: dict[str | None, set[str]] = {
    None: {"offered", "awaiting_staff", "requested"},
    "offered": {"requested", "awaiting_staff", "expired", "withdrawn"},
    "awaiting_staff": {"requested", "expired", "withdrawn"},
    "requested": {"active", "declined", "expired", "withdrawn"},
    "active": {"ended"},
    "declined": set(),
    "expired": set(),
    "withdrawn": set(),
    "ended": set(),
}
CLIENTS = [None, "c-1", "c-2", "c-3", "c-4"]
DECLINES = ["full", "scope", "conflict", "schedule", "payer", "other"]
ENDS = ["goals_met", "moved", "cost", "trust", "no_click", "leads_too_much", "unsafe", "schedule"]
REASONS = ["trust", "cost", "leads_too_much"]
FIT_OR_SAFETY = {"trust", "no_click", "leads_too_much", "unsafe"}

_picks = st.integers(0, 10**6)


class Life(RuleBasedStateMachine):
    """One clinic, a few therapists with few places, a few clients, and time that passes."""

    clinic: ClinicApi
    clock: Clock

    @initialize()
    def open_clinic(self) -> None:
        self.api = make_clinic(self.clinic.client)
        self.database: Database = self.clinic.client.app.state.database  # type: ignore[attr-defined]
        self.references: list[str] = []
        self.stated: dict[str, dict[str, Any]] = {}
        self.matches: list[dict[str, Any]] = []
        self.seen: dict[UUID, str] = {}
        self.gone: set[str] = set()
        # Therapists whom a client left for good, and clients of matches that named one.
        self.left: dict[UUID, set[UUID]] = {}
        for limit in (1, 2):
            self.add_therapist(limit, 0)
        for client in CLIENTS[:3]:
            self.ask(client, staff=False)

    # --- the clinic

    @rule(limit=st.integers(1, 2), caseload=st.integers(0, 1))
    @precondition(lambda self: len(self.references) < 5)
    def add_therapist(self, limit: int, caseload: int) -> None:
        reference = f"t-{len(self.references)}"
        row: dict[str, Any] = {"reference": reference, "name": "Somebody"}
        row |= {"caseload_limit": limit, "caseload": caseload}
        self.ok(self.api.post("/v1/therapists", row), 201)
        self.references.append(reference)
        self.stated[reference] = row

    @rule(pick=_picks, limit=st.integers(0, 3), accepting=st.booleans())
    def import_roster(self, pick: int, limit: int, accepting: bool) -> None:
        reference = self.references[pick % len(self.references)]
        self.stated[reference] |= {"caseload_limit": limit, "accepting": accepting}
        for first in (True, False):
            report = self.import_rows(list(self.stated.values()))
            assert report["rejected_count"] == report["created"] == 0
            assert first or report["updated"] == 0

    @rule(pick=_picks)
    def confirm(self, pick: int) -> None:
        therapist_id = self.therapist_ids()[self.references[pick % len(self.references)]]
        self.ok(self.api.post(f"/v1/therapists/{therapist_id}/confirm-availability"), 200)

    @rule(hours=st.sampled_from([1, 20, 100]))
    def time_passes(self, hours: int) -> None:
        self.clock.pass_time(hours=hours)
        do_duties(self.database)

    @rule()
    def duties_are_done(self) -> None:
        do_duties(self.database)

    # --- clients

    @rule(client=st.sampled_from(CLIENTS), staff=st.booleans())
    def ask(self, client: str | None, staff: bool) -> None:
        body: dict[str, Any] = {"preferences": {}, "limit": 5, "staff_review": staff}
        if client:
            body["client"] = {"reference": client}
        answer = self.ok(self.api.post("/v1/matches", body), 201)
        self.check_candidates(answer)
        self.matches.append(answer)

    @rule(pick=_picks, which=_picks)
    def choose(self, pick: int, which: int) -> None:
        match = self.matches[pick % len(self.matches)]
        # By reference: which of equals comes first differs from clinic to clinic.
        candidates = sorted(one["therapist"]["reference"] for one in match["candidates"])
        if not candidates:
            return
        therapist_id = str(self.therapist_ids()[candidates[which % len(candidates)]])
        full, held_for_them = self.full_therapists(), self.offered_in(match["id"])
        # What lapsed holds no place, though no duty has tidied it up yet.
        now = self.clock.now(UTC)
        overdue = {
            row.therapist_id
            for row in self.pairings().values()
            if row.respond_by is not None and row.respond_by <= now
        }
        path = f"/v1/matches/{match['id']}/selection"
        answer = self.answered(match["id"], self.api.post(path, {"therapist_id": therapist_id}))
        if answer is None:
            return
        assert answer.status_code in {201, 409}
        if answer.status_code == 201:
            assert UUID(therapist_id) not in full - held_for_them - overdue
        elif (other := answer.json().get("next_candidate")) is not None:
            assert UUID(other["therapist"]["id"]) not in full
            assert other["therapist"]["id"] != therapist_id

    @rule(pick=_picks, verb=st.sampled_from(["accept", "accept", "approve", "withdraw"]))
    def move(self, pick: int, verb: str) -> None:
        self.act(pick, verb, None)

    @rule(pick=_picks, reason=st.sampled_from(DECLINES))
    def decline(self, pick: int, reason: str) -> None:
        self.act(pick, "decline", {"reason": reason})

    @rule(pick=_picks, reason=st.sampled_from(ENDS))
    def end(self, pick: int, reason: str) -> None:
        pairing_id = self.act(pick, "end", {"reason": reason})
        if pairing_id is not None and reason in FIT_OR_SAFETY:
            row = self.pairings()[pairing_id]
            self.left.setdefault(row.client_id, set()).add(row.therapist_id)

    @rule(pick=_picks, reasons=st.lists(st.sampled_from(REASONS), unique=True))
    def ask_for_others(self, pick: int, reasons: list[str]) -> None:
        pairing_id = self.some_pairing(pick)
        if pairing_id is None:
            return
        body = {"reasons": reasons, "limit": 5}
        path = f"/v1/pairings/{pairing_id}/alternatives"
        answer = self.answered(str(pairing_id), self.api.post(path, body))
        if answer is None:
            return
        match = self.ok(answer, 201)
        leaving = str(self.pairings()[pairing_id].therapist_id)
        assert leaving not in {one["therapist"]["id"] for one in match["candidates"]}
        self.check_candidates(match)
        self.matches.append(match)

    @rule(pick=_picks, session=st.integers(1, 4))
    def rate(self, pick: int, session: int) -> None:
        pairing_id = self.some_pairing(pick)
        if pairing_id is None:
            return
        body = {"session_number": session, "trust": 7, "heard": 6}
        path = f"/v1/pairings/{pairing_id}/ratings"
        answer = self.answered(str(pairing_id), self.api.post(path, body))
        assert answer is None or answer.status_code in {201, 409}

    @rule(pick=_picks, urgency=st.sampled_from(["routine", "soon", "urgent"]))
    def wait(self, pick: int, urgency: str) -> None:
        match = self.matches[pick % len(self.matches)]
        path = f"/v1/matches/{match['id']}/wait"
        answer = self.answered(match["id"], self.api.post(path, {"urgency": urgency}))
        assert answer is None or answer.status_code in {200, 201, 409}

    @rule(client=st.sampled_from(CLIENTS[1:]))
    def erase(self, client: str) -> None:
        found = self.api.get(f"/v1/clients?reference={client}").json()["items"]
        if not found:
            return
        client_id = UUID(found[0]["id"])
        own = [row for row in self.pairings().values() if row.client_id == client_id]
        self.gone |= {str(client_id), *(str(row.id) for row in own)}
        self.gone |= {str(one) for one in self.matches_of(client_id)}
        answer = self.api.call(Role.ADMIN, "DELETE", f"/v1/clients/{client_id}")
        assert answer.status_code in {200, 204}, answer.text
        for row in own:
            self.seen.pop(row.id, None)
        for match in self.matches:
            if match["id"] in self.gone:
                assert self.api.get(f"/v1/matches/{match['id']}").status_code == 410

    # --- what always holds

    @invariant()
    def places_are_those_of_live_pairings(self) -> None:
        live = Counter(row.therapist_id for row in self.pairings().values() if row.status in LIVE)
        rows = self.availability()
        assert {row.therapist_id: row.held for row in rows} == {
            row.therapist_id: live.get(row.therapist_id, 0) for row in rows
        }

    @invariant()
    def nothing_is_done_twice(self) -> None:
        live = [row for row in self.pairings().values() if row.status in LIVE]
        assert len({row.match_id for row in live}) == len(live)
        assert len({(row.client_id, row.therapist_id) for row in live}) == len(live)

    @invariant()
    def every_status_was_reached_by_its_edge(self) -> None:
        now = {id_: row.status for id_, row in self.pairings().items()}
        for id_, status in now.items():
            before = self.seen.get(id_)
            assert status == before or status in reachable(before), (before, status)
        assert self.seen.keys() <= now.keys()
        self.seen = now

    # --- helpers

    def act(self, pick: int, verb: str, body: Any) -> UUID | None:
        """Do it to some pairing; its id where it was done."""
        pairing_id = self.some_pairing(pick)
        if pairing_id is None:
            return None
        path = f"/v1/pairings/{pairing_id}/{verb}"
        answer = self.answered(str(pairing_id), self.api.post(path, body))
        if answer is None:
            return None
        assert answer.status_code in {200, 409}, answer.text
        return pairing_id if answer.status_code == 200 else None

    def some_pairing(self, pick: int) -> UUID | None:
        """Mostly one that is not over: what is over can only be refused."""
        live = sorted(id_ for id_, status in self.seen.items() if status in LIVE)
        among = live if live and pick % 5 else sorted(self.seen)
        return among[pick % len(among)] if among else None

    def answered(self, id_: str, answer: Response) -> Response | None:
        """The answer; of what was erased only that it is gone."""
        assert answer.status_code < 500, answer.text
        if id_ in self.gone:
            assert answer.status_code == 410, answer.text
            return None
        assert answer.status_code not in {404, 410, 422}, answer.text
        return answer

    def ok(self, answer: Response, status: int) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json()

    def check_candidates(self, match: dict[str, Any]) -> None:
        shown = {UUID(one["therapist"]["id"]) for one in match["candidates"]}
        assert not shown & self.full_therapists()
        row = self.match_row(match["id"])
        if row.client_id is not None:
            assert not shown & self.left.get(row.client_id, set())
            live = (one for one in self.pairings().values() if one.status in LIVE)
            assert not shown & {one.therapist_id for one in live if one.client_id == row.client_id}
        again = self.ok(self.api.post(f"/v1/matches/{match['id']}/replay"), 200)
        assert again == {"identical": True}

    def full_therapists(self) -> set[UUID]:
        """Those with no place left, by what is stated and what is held, or who take nobody."""
        return {
            row.therapist_id
            for row in self.availability()
            if row.caseload + row.held >= row.caseload_limit or not row.accepting or row.on_hold
        }

    def import_rows(self, rows: list[dict[str, Any]]) -> Any:
        body = "\n".join(map(json.dumps, rows))
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self.api.call(
            Role.ADMIN,
            "POST",
            "/v1/imports/therapists",
            content=body,
            headers=headers,
        )
        return self.ok(answer, 200)

    def offered_in(self, match_id: str) -> set[UUID]:
        """Therapists of whom a place is held for the match's client; none of an erased match."""
        found = self.read(Match, lambda table: table.c.id == UUID(match_id))
        client_ids = {row.client_id for row in found}
        return {
            row.therapist_id
            for row in self.pairings().values()
            if row.status == "offered" and row.client_id in client_ids
        }

    def match_row(self, match_id: str) -> Any:
        return self.read(Match, lambda table: table.c.id == UUID(match_id))[0]

    def matches_of(self, client_id: UUID) -> list[UUID]:
        return [row.id for row in self.read(Match, lambda table: table.c.client_id == client_id)]

    def therapist_ids(self) -> dict[str, UUID]:
        return {row.reference: row.id for row in self.read(Therapist)}

    def availability(self) -> list[Any]:
        return self.read(TherapistAvailability, lambda table: table.c.valid_to.is_(None))

    def pairings(self) -> dict[UUID, Any]:
        return {row.id: row for row in self.read(Pairing)}

    def waits(self) -> list[Any]:
        return self.read(Wait)

    def read(self, model: Any, also: Callable[[Any], Any] | None = None) -> list[Any]:
        table = table_of(model)
        query = select(table).where(table.c.clinic_id == self.api.clinic_id)
        if also is not None:
            query = query.where(also(table))
        with self.database.reading() as connection:
            return list(connection.execute(query).all())


def reachable(status: str | None) -> set[str]:
    """Every status that a pairing may have come to meanwhile."""
    found: set[str] = set()
    front = EDGES[status]
    while front - found:
        found |= front
        front = set().union(*(EDGES[one] for one in front))
    return found


def run(client: TestClient, examples: int, steps: int) -> None:
    with moved_clock() as clock:
        machine = type("LifeHere", (Life,), {"clinic": make_clinic(client), "clock": clock})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            ),
        )


@POSTGRESQL_WITH_THE_SLOW
def test_no_order_of_things_breaks_an_invariant(client: TestClient) -> None:
    run(client, examples=20, steps=40)


@pytest.mark.slow
def test_no_longer_order_of_things_breaks_an_invariant(client: TestClient) -> None:
    run(client, examples=60, steps=60)


def test_an_id_that_nobody_has_is_not_found(client: TestClient) -> None:
    api = make_clinic(client)
    assert api.post(f"/v1/pairings/{uuid4()}/accept").status_code == 404
