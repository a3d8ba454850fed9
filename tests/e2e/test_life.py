"""A client's life with Rapport from outside: match, pairing, five falling ratings, an alternative.

Once by content alone and once with a trained model; the requests are those of the synthetic
clinic's unseen clients.
"""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

import httpx
import pytest

from seed.clinic import ClinicSpec
from tests.factories.lives import made_clinic
from tests.factories.servers import Server, serving

# Who may be ranked, so that a list of three can become another list of three.
ENOUGH = 20
SEVERAL = 10
SPEC = ClinicSpec(
    therapists=120, past_clients=400, unseen_clients=150, today=datetime.now(UTC).date()
)
DIRECTIVENESS = "therapist_directiveness"
WISH = f"preferences.communication_style.{DIRECTIVENESS}"
# As answers of a client for whom it goes wrong look like.
FALLING = [9, 8, 6.5, 5, 3.5]


class Life:
    """Calls as the clinic's own software makes them."""

    def __init__(self, server: Server, key: str) -> None:
        self._http = httpx.Client(
            base_url=server.address, headers={"Authorization": f"Bearer {key}"}, timeout=60
        )

    def ask(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self._http.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, body: Any = None, status: int = 201) -> Any:
        return self.ask("POST", path, body, status)

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, status=status)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def directiveness(self, match: dict[str, Any], *but: str) -> float:
        """How much the candidates say they lead, on average."""
        shown = [one["therapist"]["id"] for one in match["candidates"]]
        styles = [self.get(f"/v1/therapists/{id_}")["style"] for id_ in shown if id_ not in but]
        return fmean(style[DIRECTIVENESS] for style in styles if style[DIRECTIVENESS] is not None)

    def train(self) -> None:
        model_id = self.post("/v1/models", status=202)["id"]
        deadline = time.monotonic() + 300
        while self.get(f"/v1/models/{model_id}")["status"] in {"queued", "training"}:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert self.get(f"/v1/models/{model_id}")["serving"]


def directive_requests(bodies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What those wish for and need who would be led a little; nothing is a requirement."""
    for body in bodies:
        wishes = json.loads(json.dumps(body["preferences"]).replace('"must"', '"strong"'))
        if (wishes.get("communication_style", {}).get(DIRECTIVENESS) or 0) > 0.1:
            yield {**{name: body[name] for name in ("client", "needs")}, "preferences": wishes}


def changes_of(match: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {one["what"]: (one["from"], one["to"]) for one in match["changed"]}


def stored_request(life: Life, client_id: str, match_id: str) -> dict[str, Any]:
    matches = life.get(f"/v1/clients/{client_id}/export")["matches"]
    (request,) = [one["request"] for one in matches if one["id"] == match_id]
    found: dict[str, Any] = request
    return found


@pytest.mark.parametrize("trained", [False, True], ids=["content", "trained"])
def test_a_life_with_rapport(database_url: str, tmp_path: Path, *, trained: bool) -> None:
    _, key, clinic = made_clinic(database_url, tmp_path, SPEC)
    requests = directive_requests([one.body for one in clinic.unseen])
    log = tmp_path / "log"
    with serving(database_url, log, "--workers", "2") as server, closing(Life(server, key)) as life:
        if trained:
            life.train()
        request, match = next(
            (request, match)
            for request in requests
            if (match := life.post("/v1/matches", request))["eligible"] >= ENOUGH
        )
        pairing = begun(life, match)
        falls(life, pairing["id"])
        client_id = pairing["client"]["id"]
        other = alternative(life, match, pairing, client_id)
        new = moved_on(life, pairing, other)
        gone(life, client_id, [match["id"], other["id"]], [pairing["id"], new["id"]])
        leads_less(life, requests)
    assert request["client"]["reference"] not in log.read_text()


def begun(life: Life, match: dict[str, Any]) -> dict[str, Any]:
    """Chosen and accepted."""
    assert (match["model"] is None) == (match["candidates"][0]["expected_fit"] is None)
    chosen = match["candidates"][0]["therapist"]["id"]
    pairing = life.post(f"/v1/matches/{match['id']}/selection", {"therapist_id": chosen})
    assert pairing["status"] == "requested"
    accepted: dict[str, Any] = life.post(f"/v1/pairings/{pairing['id']}/accept", status=200)
    assert accepted["status"] == "active"
    return accepted


def falls(life: Life, pairing_id: str) -> None:
    """Five ratings that fall are noticed, and said in words."""
    for session, trust in enumerate(FALLING, 1):
        rating: dict[str, Any] = {
            "session_number": session,
            "trust": trust,
            "safe": trust,
            "heard": trust,
        }
        rating |= {"goals": trust, "style_seen": {DIRECTIVENESS: -1}}
        life.post(f"/v1/pairings/{pairing_id}/ratings", rating)
    course = life.get(f"/v1/pairings/{pairing_id}")
    assert [one["session_number"] for one in course["ratings"]] == [1, 2, 3, 4, 5]
    assert course["rupture"]["suspected"]
    assert 2 <= course["rupture"]["since_session"] <= 5
    assert course["trend"]["direction"] == "falling"


def alternative(
    life: Life, match: dict[str, Any], pairing: dict[str, Any], client_id: str
) -> dict[str, Any]:
    """Less directive by what `changed` states, without whom is left, and nothing asked again."""
    body = {"reasons": ["leads_too_much", "trust"], "initiated_by": "client"}
    other: dict[str, Any] = life.post(f"/v1/pairings/{pairing['id']}/alternatives", body)
    before = stored_request(life, client_id, match["id"])
    after = stored_request(life, client_id, other["id"])
    was, now = changes_of(other)[WISH]
    wished = [one["preferences"]["communication_style"][DIRECTIVENESS] for one in (before, after)]
    assert (was, now) == tuple(wished)
    assert now < was
    assert other["repair"]
    for one in (before, after):
        one.pop("limit", None)
        one["preferences"].pop("communication_style")
    assert before == after
    shown = {one["therapist"]["id"] for one in other["candidates"]}
    leaving = pairing["therapist"]["id"]
    assert leaving not in shown
    replayed = life.post(f"/v1/matches/{other['id']}/replay", status=200)
    assert replayed == {"identical": True}
    return other


def moved_on(life: Life, pairing: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The first of the new list takes the client on; until then the client is not left alone."""
    chosen = other["candidates"][0]["therapist"]["id"]
    held = life.get(f"/v1/therapists/{pairing['therapist']['id']}")["places_held"]
    new: dict[str, Any] = life.post(
        f"/v1/matches/{other['id']}/selection", {"therapist_id": chosen}
    )
    assert life.get(f"/v1/pairings/{pairing['id']}")["status"] == "active"
    life.post(f"/v1/pairings/{new['id']}/accept", status=200)
    left = life.get(f"/v1/pairings/{pairing['id']}")
    assert (left["status"], sorted(left["reasons"])) == ("ended", ["leads_too_much", "trust"])
    freed = life.get(f"/v1/therapists/{pairing['therapist']['id']}")["places_held"]
    assert freed == held - 1
    return new


def leads_less(life: Life, requests: Iterator[dict[str, Any]]) -> None:
    """New lists lead less than the old ones without whom is left.

    Over several clients: a single list may, by the chance of its near ties, lead no less.
    """
    falls_by: list[float] = []
    while len(falls_by) < SEVERAL:
        match = life.post("/v1/matches", next(requests))
        if match["eligible"] < ENOUGH:
            continue
        pairing = begun(life, match)
        body = {"reasons": ["leads_too_much", "trust"]}
        other = life.post(f"/v1/pairings/{pairing['id']}/alternatives", body)
        before = life.directiveness(match, pairing["therapist"]["id"])
        falls_by.append(before - life.directiveness(other))
    assert fmean(falls_by) > 0


def gone(life: Life, client_id: str, matches: list[str], pairings: list[str]) -> None:
    """Consent taken back, everything handed over, everything erased."""
    life.ask("PUT", f"/v1/clients/{client_id}/consents", {"learning": False, "matching": False})
    exported = json.dumps(life.get(f"/v1/clients/{client_id}/export"))
    assert all(id_ in exported for id_ in [*matches, *pairings])
    life._http.delete(f"/v1/clients/{client_id}").raise_for_status()
    for path in [f"/v1/clients/{client_id}", *(f"/v1/matches/{one}" for one in matches)]:
        life.get(path, status=410)
    for one in pairings:
        life.get(f"/v1/pairings/{one}", status=410)
