"""A client's whole life over HTTP, with a word of its own in every field that they can fill."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from httpx2 import Response
from sqlalchemy import insert, update

from api.auth.roles import Role
from api.auth.system import clinic_scope
from api.clock import utc_now
from api.db.database import Database
from api.db.tables import Clinic, Webhook
from api.db.tables.base import table_of
from api.models import jobs
from api.models.worker import Train, work
from api.web.intake.again import begin_again
from matching.learning.train import train
from tests.factories.clinics import ClinicApi
from tests.factories.ratings import rating_row, send

WORD = "zqlifeword"
TAG = "x-zqtag"
CODE = "zqlifecode"
"""Three words: of text, of a language tag, and of a code that the clinic's vocabulary holds."""


@dataclass
class Life:
    """What was made on the way, by the names of the routes' ids."""

    clinic: ClinicApi
    client_id: str
    match_id: str
    alternative_id: str
    pairing_id: str
    next_pairing_id: str
    waited_match_id: str
    wait_id: str
    key: str
    others: list[str] = field(default_factory=list)

    def ids(self) -> list[str]:
        """All of them."""
        return [
            self.client_id,
            self.match_id,
            self.alternative_id,
            self.pairing_id,
            self.next_pairing_id,
            self.waited_match_id,
            self.wait_id,
            *self.others,
        ]


def once() -> dict[str, str]:
    """A call that is sent once; its reply is kept."""
    return {"Idempotency-Key": f"{WORD}-{uuid4()}"}


def created(answer: Response) -> dict[str, Any]:
    """What a call made."""
    assert answer.status_code in {200, 201}, answer.text
    made: dict[str, Any] = answer.json()
    return made


def database_of(clinic: ClinicApi) -> Database:
    """The service's database."""
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    return database


def held(clinic: ClinicApi) -> int:
    """The places that are held in all."""
    with database_of(clinic).reading() as connection:
        query = "SELECT coalesce(sum(held), 0) FROM therapist_availability WHERE valid_to IS NULL"
        return int(connection.exec_driver_sql(query).scalar_one())


def id_of(clinic: ClinicApi, reference: str) -> str:
    """The id of the therapist of that reference."""
    items = clinic.get("/v1/therapists").json()["items"]
    return next(str(item["id"]) for item in items if item["reference"] == reference)


def client_id_of(clinic: ClinicApi, reference: str) -> str:
    """The client's id, as staff find it."""
    (item,) = clinic.get("/v1/clients", params={"reference": reference}).json()["items"]
    return str(item["id"])


def intake(reference: str, **changes: Any) -> dict[str, Any]:
    """An intake with a word in every field that takes one."""
    asked: dict[str, Any] = {
        "client": {"reference": reference},
        "preferences": {
            "communication_style": {"warm_support": 0.4, "therapist_directiveness": 0.4},
            "gender": {"any_of": [CODE]},
            "culture": {"any_of": [CODE]},
            "language": {"any_of": ["en", TAG]},
            "modality": {"any_of": [CODE]},
            "format": {"any_of": ["video"]},
            "schedule": {"any_of": [CODE]},
        },
        "needs": ["anxiety", CODE],
        "payer": f"{WORD} payer",
        "referred_to": [f"{WORD}-trusted"],
        "exclude_therapists": [f"{WORD}-away", "t-out"],
        "consent": {"learning": True},
        "limit": 5,
    }
    return asked | changes


def furnish(clinic: ClinicApi) -> None:
    """Therapists, codes, and a webhook that is told of everything, before anybody asks."""
    add_webhook(clinic)
    for facet in ("genders", "cultures", "modalities", "schedule", "needs"):
        created(clinic.post("/v1/vocabulary", {"facet": facet, "code": CODE, "label": "Own"}))
    for name in ("t-1", "t-2", "t-3", "t-out"):
        clinic.add(reference=name, caseload_limit=3, languages=["en"], formats=["video"])
    # No candidate, so that choosing them needs a reason.
    clinic.add(reference="t-away", caseload_limit=3, accepting=False)


def add_webhook(clinic: ClinicApi) -> None:
    """One that is paused: its events are kept, and not sent."""
    row = {
        "clinic_id": clinic.clinic_id,
        "id": uuid4(),
        "url": "https://hooks.example.org/",
        "secret": b"secret",
        "status": "paused",
        "created_at": utc_now(),
    }
    clinics = table_of(Clinic)
    with database_of(clinic).writing() as connection:
        connection.execute(insert(table_of(Webhook)), row)
        told = update(clinics).where(clinics.c.id == clinic.clinic_id).values(webhooks_version=1)
        connection.execute(told)


def live(clinic: ClinicApi, reference: str = f"c-{WORD}") -> Life:
    """Intake, selection, ratings, an alternative for reasons of safety, an end, a wait, a key.

    And answers that they began to change.
    """
    matched = created(clinic.post("/v1/matches", intake(reference), headers=once()))
    pairing = created(
        clinic.post(
            f"/v1/matches/{matched['id']}/selection",
            {"therapist_id": id_of(clinic, "t-away"), "override_reason": f"{WORD} reason"},
            headers=once(),
        )
    )
    created(clinic.post(f"/v1/pairings/{pairing['id']}/accept"))
    others = rate(clinic, pairing["id"])
    send(clinic, rating_row(client_reference=reference, therapist_reference="t-3"))
    alternative = created(
        clinic.post(
            f"/v1/pairings/{pairing['id']}/alternatives",
            {
                "reasons": ["leads_too_much", "trust", "unsafe"],
                "preferences": {"language": {"any_of": ["en", f"{TAG}-again"]}},
                "initiated_by": "client",
            },
            headers=once(),
        )
    )
    then = created(
        clinic.post(
            f"/v1/matches/{alternative['id']}/selection",
            {"therapist_id": alternative["candidates"][0]["therapist"]["id"]},
            headers=once(),
        )
    )
    created(clinic.post(f"/v1/pairings/{then['id']}/accept"))
    created(clinic.post(f"/v1/pairings/{then['id']}/end", {"reasons": ["trust", "cost"]}))
    resolve_tasks(clinic)
    waited, wait = wait_for_somebody(clinic, reference)
    client_id = client_id_of(clinic, reference)
    with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
        begin_again(scope, UUID(waited), b"a session")
    key = created(clinic.post(f"/v1/clients/{client_id}/keys", {"days": 2}, headers=once()))
    return Life(
        clinic=clinic,
        client_id=client_id,
        match_id=matched["id"],
        alternative_id=alternative["id"],
        pairing_id=pairing["id"],
        next_pairing_id=then["id"],
        waited_match_id=waited,
        wait_id=wait,
        key=key["key"],
        others=others,
    )


def rate(clinic: ClinicApi, pairing_id: str) -> list[str]:
    """Five ratings that fall, each with words; the ids of them."""
    made = []
    for session, value in enumerate((9, 8, 6.5, 5, 3.5), start=1):
        body = {
            "session_number": session,
            "format": "video",
            "trust": value,
            "heard": value,
            "safe": value,
            "goals": value,
            "style_seen": {"therapist_directiveness": -1},
            "share_with_therapist": "this_rating",
            "comment": f"{WORD} comment {session}",
        }
        answer = clinic.post(f"/v1/pairings/{pairing_id}/ratings", body, headers=once())
        made.append(created(answer)["id"])
    return made


def resolve_tasks(clinic: ClinicApi) -> None:
    """Staff write down what they found, in the client's words."""
    found = clinic.get("/v1/tasks", params={"status": "open"}).json()["items"]
    for task in (one for one in found if one["client_id"] or one["pairing_id"]):
        body = {"resolution": "done", "note": f"{WORD} note"}
        if task["kind"] == "safety":
            body["resolution"] = "cleared"
        created(clinic.post(f"/v1/tasks/{task['id']}/resolve", body, headers=once()))


def wait_for_somebody(clinic: ClinicApi, reference: str) -> tuple[str, str]:
    """A match that finds nobody, and the client on the waiting list."""
    asked = intake(reference)
    asked["preferences"]["language"] = {"any_of": [f"{TAG}-never"], "importance": "must"}
    matched = created(clinic.post("/v1/matches", asked, headers=once()))
    assert matched["candidates"] == []
    path = f"/v1/matches/{matched['id']}/wait"
    wait = created(clinic.post(path, {"urgency": "soon"}, headers=once()))
    return matched["id"], wait["id"]


def erase(clinic: ClinicApi, client_id: str, role: Role = Role.STAFF) -> dict[str, Any]:
    """Erase a client; how much there was."""
    answer = clinic.call(role, "DELETE", f"/v1/clients/{client_id}")
    assert answer.status_code == 200, answer.text
    counts: dict[str, Any] = answer.json()
    return counts


def as_client(clinic: ClinicApi, key: str) -> ClinicApi:
    """The clinic as one of its clients calls it."""
    return ClinicApi(clinic.client, clinic.clinic_id, clinic.keys | {Role.CLIENT: key})


def uuids(ids: list[str]) -> list[UUID]:
    """The ids as they are stored."""
    return [UUID(id_) for id_ in ids]


def trained_model(clinic: ClinicApi, training: Train = train) -> str:
    """The digest of what is learned from the clinic's ratings as they are now."""
    asked = clinic.post("/v1/models", {})
    assert asked.status_code == 202, asked.text
    database, lease = database_of(clinic), timedelta(seconds=60)
    held = jobs.TRAININGS.claim(database, clinic.clinic_id, lease)
    assert held is not None
    work(database, held, lease, training)
    model = clinic.get(f"/v1/models/{asked.json()['id']}").json()
    assert model["status"] == "ready"
    return str(model["sha256"])
