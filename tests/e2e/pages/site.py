"""A clinic behind `rapport serve`, with therapists from the synthetic one."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from seed.clinic import ClinicSpec, generate
from tests.factories.servers import Server, last_json, rapport, serving

THERAPISTS = 12
# What a client asks for whose list everybody is on.
REQUEST = {
    "preferences": {"communication_style": {"therapist_directiveness": 0.4}},
    "needs": ["anxiety"],
    "limit": 6,
}


@dataclass(frozen=True)
class Site:
    """Where the pages are, and keys of the clinic's administrator."""

    server: Server
    clinic_id: str
    admin: str

    @property
    def intake(self) -> str:
        return f"{self.server.address}/intake/{self.clinic_id}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the administrator, which must be answered."""
        answer = httpx.request(
            method,
            f"{self.server.address}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.admin}"},
            timeout=60,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def asked(self, reference: str) -> Any:
        """A request that waits for its therapist's answer."""
        match = self.call("POST", "/v1/matches", {**REQUEST, "client": {"reference": reference}})
        first = match["candidates"][0]["therapist"]["id"]
        return self.call("POST", f"/v1/matches/{match['id']}/selection", {"therapist_id": first})

    def together(self, reference: str) -> Any:
        """A client who works with somebody."""
        pairing = self.asked(reference)
        return self.call("POST", f"/v1/pairings/{pairing['id']}/accept")

    def link(self, kind: str, subject: Any) -> str:
        """The private link of a client or a therapist."""
        key = self.call("POST", f"/v1/{kind}/{subject['id']}/keys", {"days": 7})["key"]
        area = {"clients": "my", "therapists": "practice"}[kind]
        return f"{self.server.address}/{area}/link/{key}"


def roster() -> list[dict[str, Any]]:
    """Therapists who all have room and see everybody who comes alone."""
    room = {"accepting": True, "active": True, "caseload": 0, "caseload_limit": 50}
    spec = ClinicSpec(therapists=THERAPISTS, past_clients=0, unseen_clients=0)
    return [
        {**row, **room, "out_of_scope": [], "leaving_on": None, "availability_confirmed_at": None}
        for row in generate(spec).therapists
    ]


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A clinic with an intake page, served until the end of the block."""
    url = f"sqlite:///{folder / 'pages.db'}"
    rapport(url, "migrate")
    clinic_id = last_json(rapport(url, "clinics", "create", "Harbour Street"))["id"]
    admin = last_json(rapport(url, "keys", "create", "--clinic", clinic_id, "--role", "admin"))
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson", dir=folder, delete=False) as file:
        file.writelines(json.dumps(row) + "\n" for row in roster())
    rapport(url, "import", "therapists", "--clinic", clinic_id, file.name)
    with serving(url, folder / "pages.log") as server:
        made = Site(server, clinic_id, admin["key"])
        reader = {"named_reader": "Ana", "named_reader_key": admin["id"]}
        made.call("PATCH", "/v1/settings", {"intake_page": True, "contact": "555 0142", **reader})
        yield made
