"""Callers under fire: each does things to pairings of its own and keeps what was acknowledged."""

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

# From which status which call leads where.
MOVES: dict[str | None, list[tuple[str, Any, str]]] = {
    "requested": [("accept", None, "active"), ("decline", {"reason": "other"}, "declined")],
    "active": [("end", {"reason": "goals_met"}, "ended")],
}


@dataclass
class Case:
    """One match and what came of it, as far as its caller can know.

    `possible` holds the statuses that its pairing may have, None for no pairing at all; `frozen`
    once an answer was lost, so that nothing is done on top of what is not known.
    """

    match_id: str
    pairing_id: str | None = None
    possible: set[str | None] = field(default_factory=lambda: {None})
    rated: set[int] = field(default_factory=set)
    maybe_rated: set[int] = field(default_factory=set)
    wait_id: str | None = None
    frozen: bool = False


class LostAnswerError(Exception):
    """The server went away before it answered: done or not, nobody knows."""


class Caller:
    """One thread's worth of calls, repeatable from its seed but for the answers."""

    def __init__(self, address: str, key: str, seed: int) -> None:
        self.address, self.key = address, key
        self.random = random.Random(seed)  # noqa: S311 - what to do next, repeatable
        self.cases: list[Case] = []
        self.acknowledged = 0
        self.lost = 0
        self.faults: list[str] = []
        self._http = httpx.Client(timeout=30)

    def run(self, stop: threading.Event) -> None:
        """Act until told to stop; what went wrong beyond lost answers stands in `faults`."""
        while not stop.is_set():
            try:
                self._act()
            except LostAnswerError:
                time.sleep(0.05)
            except Exception as error:
                self.faults.append(repr(error))
                return

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _act(self) -> None:
        live = [case for case in self.cases if not case.frozen and self._status(case) in MOVES]
        if not live or self.random.random() < 0.35:
            self._begin()
            return
        case = self.random.choice(live)
        if self._status(case) == "active" and self.random.random() < 0.6:
            self._rate(case)
        else:
            self._move(case)

    def _begin(self) -> None:
        """A new client is matched and asks for the first on the list, or waits."""
        body = {"client": {"reference": f"c-{uuid.UUID(int=self.random.getrandbits(128))}"}}
        answer = self._call("/v1/matches", {**body, "preferences": {}}, retry=True)
        match = answer.json()
        case = Case(match["id"])
        self.cases.append(case)
        if not match["candidates"]:
            self._wait(case)
            return
        chosen = match["candidates"][0]["therapist"]["id"]
        path = f"/v1/matches/{case.match_id}/selection"
        answer = self._uncertain(case, "requested", path, {"therapist_id": chosen})
        if answer.status_code == 201:
            case.pairing_id = answer.json()["id"]
            case.possible = {"requested"}
        elif answer.status_code == 409:
            self._wait(case)
        else:
            self.faults.append(f"selection answered {answer.status_code}")

    def _wait(self, case: Case) -> None:
        answer = self._call(f"/v1/matches/{case.match_id}/wait", {}, retry=True)
        if answer.status_code != 201:
            self.faults.append(f"wait answered {answer.status_code}")
            return
        case.wait_id = answer.json()["id"]
        case.frozen = True

    def _move(self, case: Case) -> None:
        verb, body, then = self.random.choice(MOVES[self._status(case)])
        answer = self._uncertain(case, then, f"/v1/pairings/{case.pairing_id}/{verb}", body)
        if answer.status_code == 200:
            case.possible = {then}
        else:
            self.faults.append(f"{verb} answered {answer.status_code}")

    def _rate(self, case: Case) -> None:
        session = len(case.rated | case.maybe_rated) + 1
        body = {"session_number": session, "trust": self.random.randint(0, 10), "heard": 7}
        case.maybe_rated.add(session)
        answer = self._call(
            f"/v1/pairings/{case.pairing_id}/ratings", body, retry=self.random.random() < 0.5
        )
        if answer.status_code == 201:
            case.rated.add(session)
        else:
            self.faults.append(f"rating answered {answer.status_code}")

    def _uncertain(self, case: Case, then: str, path: str, body: Any) -> httpx.Response:
        """A call that changes a case's status; with its answer lost, either may be so."""
        before = set(case.possible)
        case.possible, case.frozen = before | {then}, True
        answer = self._call(path, body, retry=self.random.random() < 0.5)
        case.possible, case.frozen = before, False
        return answer

    def _call(self, path: str, body: Any, *, retry: bool) -> httpx.Response:
        """One call under one Idempotency-Key; where asked, again until there is an answer."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": str(uuid.UUID(int=self.random.getrandbits(128))),
        }
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = self._http.post(f"{self.address}{path}", json=body, headers=headers)
            except httpx.TransportError:
                self.lost += 1
                if not retry or time.monotonic() > deadline:
                    raise LostAnswerError from None
                time.sleep(0.05)
                continue
            if answer.status_code == 503 and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            self.acknowledged += answer.status_code < 300
            return answer

    @staticmethod
    def _status(case: Case) -> str | None:
        return next(iter(case.possible)) if len(case.possible) == 1 else None
