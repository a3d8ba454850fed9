"""Sends hostile requests and judges each answer; afterwards the clinic must be as it was."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from httpx2 import Response
from sqlalchemy import select

from api.auth.roles import ROLE_TABLE, Role
from api.db.database import Database
from api.db.tables import AccessKey
from api.db.tables.base import table_of
from api.http.middleware import SAFE_HEADERS
from api.problems import MEDIA_TYPE, TYPE_PREFIX
from tests.factories.cases import PARTNER, case_of, undone
from tests.factories.clinics import ClinicApi, task_of
from tests.factories.hostile import CANARY, NUMBER
from tests.factories.models import refused, trained
from tests.factories.samples import body_sample

Headers = Iterable[tuple[str, str | bytes]]
JSON_HEADERS: Headers = (("Content-Type", "application/json"), ("If-Match", "*"))
# What stands in the braces of the routes' paths.
ID_NAMES = (
    "match_id",
    "therapist_id",
    "weighting_id",
    "preview_id",
    "model_id",
    "webhook_id",
    "event_id",
    "task_id",
    "pairing_id",
    "rating_id",
    "session_number",
    "wait_id",
    "client_id",
)
# What takes a record away comes after whatever needs it.
ROUTES = sorted(ROLE_TABLE, key=lambda route: (route[0] == "DELETE", -route[1].count("/")))
_PROBLEM_MEMBERS = {"type", "title", "status", "detail"}


def echoed(text: str) -> bool:
    """Whether anything that was sent stands in `text`."""
    return CANARY in text.lower() or NUMBER in text


def faults(response: Response) -> list[str]:
    """What is wrong with an answer, whatever it was asked."""
    found = [name for name in SAFE_HEADERS if name not in response.headers]
    if response.status_code >= 500:
        found.append("a failure of the service")
    if not _is_own_id(response.headers.get("X-Request-Id", "")):
        found.append("no request id of ours")
    if 300 <= response.status_code < 400:
        found.append("a redirect")
    if response.status_code >= 400:
        found += _problem_faults(response)
    if response.status_code == 401 and response.headers.get("WWW-Authenticate") != "Bearer":
        found.append("no WWW-Authenticate")
    return found


def _problem_faults(response: Response) -> list[str]:
    found = []
    if echoed(response.text) or echoed(str(response.headers.multi_items())):
        found.append("repeats what was sent")
    if response.headers.get("content-type") != MEDIA_TYPE:
        return [*found, "not a problem"]
    if response.request.method == "HEAD":
        return found
    document = response.json()
    if not document.keys() >= _PROBLEM_MEMBERS or document["status"] != response.status_code:
        found.append("a problem without its members")
    if not re.fullmatch(TYPE_PREFIX + "[a-z-]+", document["type"]):
        found.append("a problem of an unknown type")
    return found


def _is_own_id(text: str) -> bool:
    try:
        return UUID(text).version == 7
    except ValueError:
        return False


class Barrage:
    """Requests of one clinic's administrator; `found` names each answer that is not as it must."""

    def __init__(self, clinic: ClinicApi) -> None:
        self.clinic = clinic
        self.found: list[str] = []
        self.taken = 0
        self.refused = 0
        clinic.add(reference="t-17")
        clinic.add(reference="t-4")
        self.target = clinic.add(reference="t-target")
        self.partner = clinic.add(reference="t-partner", **PARTNER)
        self.match = clinic.match(client={"reference": "c-1"}, needs=["anxiety"])
        self.preview_id = _queued_preview(clinic, self.match["weighting"]["id"])
        self.model = trained(clinic, refused("t-17"))
        self.webhook = clinic.post("/v1/webhooks", {"url": "https://hooks.example.org/"}).json()
        self.ping = clinic.post(f"/v1/webhooks/{self.webhook['id']}/test").json()
        self.task_id = task_of(clinic)
        self.reader_key = _named_reader(clinic)
        self.case = case_of(clinic, self.partner["id"])
        self._before = self._roster()

    def body(self, method: str, path: str) -> Any:
        """A body with every field, as the route takes it here; None where it takes none."""
        document = self.clinic.client.app.openapi()  # type: ignore[attr-defined]
        call = document["paths"][path][method.lower()]
        if "application/json" not in call.get("requestBody", {}).get("content", {}):
            return None
        own = {
            "reference": f"t-{uuid4().hex}",
            "therapist_id": self.partner["id"],
            "named_reader_key": self.reader_key,
            "session_number": self.case.rating["session_number"] + 1,
        }
        sample = body_sample(document, method, path)
        return sample | {name: own[name] for name in own.keys() & sample.keys()}

    def anew(self, template: str) -> str:
        """A route's path with a record to which it was not done yet."""
        return self.path(template, **undone(self.clinic, self.partner["id"], template))

    def path(self, template: str, **others: str) -> str:
        """A route's path with the ids of records that the clinic has, or with `others`."""
        ids = {
            **self.case.ids(),
            "therapist_id": self.target["id"],
            "weighting_id": self.match["weighting"]["id"],
            "preview_id": self.preview_id,
            "model_id": self.model["id"],
            "webhook_id": self.webhook["id"],
            "event_id": self.ping["event_id"],
            "task_id": self.task_id,
        }
        for name, value in (ids | others).items():
            template = template.replace(f"{{{name}}}", value)
        return template

    def send(
        self,
        label: object,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Headers = JSON_HEADERS,
    ) -> Response:
        """One request, judged."""
        sent = [(name.encode(), _bytes(value)) for name, value in headers]
        if not any(name.lower() == b"authorization" for name, _ in sent):
            key = self.clinic.keys[Role.ADMIN]
            sent.append((b"authorization", f"Bearer {key}".encode()))
        response: Response = self.clinic.client.request(
            method, path, content=content, headers=sent, follow_redirects=False
        )
        if response.status_code < 400:
            self.taken += 1
        else:
            self.refused += 1
        wrong = faults(response)
        if wrong:
            self.found.append(f"{method} {label!r:.200}: {response.status_code} {wrong}")
        return response

    def check(self) -> None:
        """Nothing was found, the roster stands as it was, and the clinic does its work."""
        assert self.found == [], f"{len(self.found)} in all: {self.found[:20]}"
        roster = self._roster()
        assert {key: roster.get(key) for key in self._before} == self._before
        again = self.clinic.match(client={"reference": "c-1"}, needs=["anxiety"])
        assert again["considered"] == len(roster) + 2
        replayed = self.clinic.post(f"/v1/matches/{self.match['id']}/replay")
        assert replayed.json() == {"identical": True}

    def _roster(self) -> Mapping[str, Any]:
        """Every therapist by id, but for those whom changes are aimed at."""
        found: dict[str, Any] = {}
        more: dict[str, str] = {}
        while True:
            page = self.clinic.get("/v1/therapists", params={"limit": "200", **more}).json()
            found |= {item["id"]: item for item in page["items"]}
            if page["next_cursor"] is None:
                return {
                    id_: item
                    for id_, item in found.items()
                    if id_ not in {self.target["id"], self.partner["id"]}
                }
            more = {"cursor": page["next_cursor"]}


def _queued_preview(clinic: ClinicApi, weighting_id: str) -> str:
    asked = clinic.post(f"/v1/weightings/{weighting_id}/preview", {"background": True})
    assert asked.status_code == 202, asked.text
    preview_id: str = asked.json()["id"]
    return preview_id


def _named_reader(clinic: ClinicApi) -> str:
    """The id of the administrator's key, which from now on reads comments."""
    database: Database = clinic.client.app.state.database  # type: ignore[attr-defined]
    keys = table_of(AccessKey)
    own = keys.c.clinic_id == clinic.clinic_id, keys.c.role == Role.ADMIN
    with database.reading() as connection:
        key_id = str(connection.execute(select(keys.c.id).where(*own)).scalar_one())
    named = clinic.patch("/v1/settings", {"named_reader_key": key_id})
    assert named.status_code == 200, named.text
    return key_id


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
