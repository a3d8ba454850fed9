"""Somebody's whole way through a clinic: records for tests that go through every route."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.factories.clinics import ClinicApi, task_of
from tests.factories.pairings import Json, active, chosen
from tests.factories.session_ratings import rated
from tests.factories.waits import waits_for

# What one who waits could do without, so that there is something to accept instead.
MUSTS: dict[str, Any] = {
    "language": {"any_of": ["es"], "importance": "must"},
    "schedule": {"any_of": ["wed_morning"], "importance": "must"},
}
# Whom such a client may choose, as often as it takes.
PARTNER: dict[str, Any] = {"languages": ["es"], "schedule": ["wed_morning"]}


@dataclass(frozen=True)
class Case:
    """Records of one clinic, each as far along as the routes need it.

    `match` led to nothing yet and names no client. `pairing` is active, with one `rating` that has
    a comment. `wait` is of a client of its own.
    """

    match: Json
    pairing: Json
    rating: Json
    wait: Json

    def ids(self) -> dict[str, str]:
        """The records by what stands in the braces of the routes' paths."""
        return {
            "match_id": self.match["id"],
            "pairing_id": self.pairing["id"],
            "rating_id": self.rating["id"],
            "session_number": str(self.rating["session_number"]),
            "wait_id": self.wait["id"],
            "client_id": self.pairing["client"]["id"],
        }


def open_match(clinic: ClinicApi, **body: Any) -> Json:
    """A match of nobody known, from which nobody was chosen."""
    return clinic.match(preferences=MUSTS, **body)


def case_of(clinic: ClinicApi, partner_id: str, reference: str = "c-case") -> Case:
    """A client with `partner_id`, and what else there is."""
    pairing = active(clinic, open_match(clinic, client={"reference": reference}), partner_id)
    rating = rated(clinic, pairing, 1, comment="A word to the reader.")
    waiting = open_match(clinic, client={"reference": f"{reference}-waiting"})
    return Case(open_match(clinic), pairing, rating, waits_for(clinic, waiting))


def undone(clinic: ClinicApi, partner_id: str, path: str) -> dict[str, str]:
    """The ids of a new record to which the route of `path` was not done yet.

    None where the route can be called again and again with the records that there are.
    """
    step = path.rpartition("/")[2]
    return _UNDONE[step](clinic, partner_id) if step in _UNDONE else {}


def _chosen(clinic: ClinicApi, partner_id: str, **body: Any) -> dict[str, str]:
    return {"pairing_id": chosen(clinic, open_match(clinic, **body), partner_id)["id"]}


def _active(clinic: ClinicApi, partner_id: str) -> dict[str, str]:
    return {"pairing_id": active(clinic, open_match(clinic), partner_id)["id"]}


def _unread(clinic: ClinicApi, partner_id: str) -> dict[str, str]:
    pairing = active(clinic, open_match(clinic), partner_id)
    return {"rating_id": rated(clinic, pairing, 1, comment="Unread.")["id"]}


def _drafted(clinic: ClinicApi, _partner_id: str) -> dict[str, str]:
    return {"weighting_id": clinic.post("/v1/weightings", {"near_tie": 0.01}).json()["id"]}


def _under_way(clinic: ClinicApi, _partner_id: str) -> dict[str, str]:
    weighting_id = _drafted(clinic, "")["weighting_id"]
    url = f"/v1/weightings/{weighting_id}/preview"
    asked = clinic.post(url, {"background": True})
    if asked.status_code == 409:
        under_way = asked.json()
        return {name: under_way[name] for name in ("weighting_id", "preview_id")}
    return {"weighting_id": weighting_id, "preview_id": asked.json()["id"]}


# By the last word of the path: what it needs, and can be done to it once.
_UNDONE: Mapping[str, Callable[[ClinicApi, str], dict[str, str]]] = {
    "selection": lambda clinic, _: {"match_id": open_match(clinic)["id"]},
    "wait": lambda clinic, _: {"match_id": open_match(clinic)["id"]},
    "approve": lambda clinic, partner_id: _chosen(clinic, partner_id, staff_review=True),
    "accept": _chosen,
    "decline": _chosen,
    "withdraw": _chosen,
    "end": _active,
    "read": _unread,
    "leave": lambda clinic, _: {"wait_id": waits_for(clinic, open_match(clinic))["id"]},
    "activate": _drafted,
    "cancel": _under_way,
    "resolve": lambda clinic, _: {"task_id": task_of(clinic)},
}
