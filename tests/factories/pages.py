"""Visitors of each area of the pages, and a clinic with something on every page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi.routing import APIRoute

from api.app import PAGES
from api.auth.keys import KEYS
from api.auth.roles import Role
from api.web.areas import AREAS, CONSOLE, INTAKE, MY, PRACTICE, Area
from api.web.forms import form_token
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi, key_of, task_of
from tests.factories.models import refused, trained
from tests.factories.pairings import Json, active, chosen, database_of, match_of
from tests.factories.session_ratings import rated
from tests.factories.waits import waits_for

# What stands in the paths of pages that belong to no area, or may be seen by anybody.
ENTRANCES = frozenset(
    {
        "/",
        "/console/sign-in",
        "/my/link",
        "/my/link/{key}",
        "/my/signed-out",
        "/practice/link",
        "/practice/link/{key}",
        "/practice/signed-out",
        "/console/sign-out",
        "/my/sign-out",
        "/practice/sign-out",
    }
)

# The front door is of no area, and needs no session.
FRONT = Area("/", "", frozenset(), timedelta(0), None)

# What a browser keeps as a file.
DOWNLOADS = frozenset(
    {
        "/my/data/export",
        "/console/clients/{client_id}/export",
        "/console/insights/{name}/csv",
        "/console/audit/export",
    }
)


def page_routes(method: str) -> list[str]:
    """The path of every page, or of every form."""
    return [
        route.path
        for module in PAGES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        and method in (route.methods or ())
        and not route.path.startswith(("/static", "/leave"))
    ]


def area_of(path: str) -> Area:
    if path == FRONT.path:
        return FRONT
    (found,) = [one for one in AREAS if path == one.path or path.startswith(f"{one.path}/")]
    return found


def token_of(browser: Browser, area: Area) -> str:
    """What a form of this browser has to send along."""
    return form_token(browser.cookies[area.cookie][0])


def console(clinic: ClinicApi, role: Role = Role.ADMIN) -> Browser:
    """Somebody of the clinic, signed in."""
    browser = Browser(clinic.client)
    view = browser.press(browser.open("/console/sign-in"), "Sign in", key=clinic.keys[role])
    assert view.code == 200, view.text
    assert CONSOLE.cookie in browser.cookies
    return browser


def client_of(clinic: ClinicApi, client_id: str) -> Browser:
    """A client who opened their private link."""
    return _by_link(clinic, MY, key_of(clinic, Role.CLIENT, client_id))


def therapist_of(clinic: ClinicApi, therapist_id: str) -> Browser:
    """A therapist who opened their private link."""
    return _by_link(clinic, PRACTICE, key_of(clinic, Role.THERAPIST, therapist_id))


def _by_link(clinic: ClinicApi, area: Area, key: str) -> Browser:
    browser = Browser(clinic.client)
    view = browser.press(browser.open(f"{area.path}/link/{key}"), "Open my page")
    assert view.code == 200, view.text
    assert area.cookie in browser.cookies
    return browser


def set_up(clinic: ClinicApi, **settings: Any) -> None:
    """Set what the clinic sets, which must be taken."""
    changed = clinic.patch("/v1/settings", settings)
    assert changed.status_code == 200, changed.text


def reads_comments(clinic: ClinicApi, **settings: Any) -> None:
    """Name a key whose holder reads comments."""
    with database_of(clinic).reading() as connection:
        keys = connection.execute(KEYS, {"clinic_id": clinic.clinic_id}).all()
    (key_id,) = [str(key.id) for key in keys if key.role == Role.ADMIN]
    set_up(clinic, named_reader_key=key_id, **settings)


def intake(clinic: ClinicApi) -> str:
    """The address of the clinic's intake, which is switched on."""
    set_up(clinic, intake_page=True)
    return f"/intake/{clinic.clinic_id}"


def in_two_states(clinic: ClinicApi) -> None:
    """A clinic that has to ask where somebody is, and how they pay."""
    clinic.add(reference="t-ca", licences=["US-CA"], payers=["aetna", "self_pay"])
    clinic.add(reference="t-ny", licences=["US-NY"], payers=["Cigna"])


def begun(clinic: ClinicApi, *, learning: bool = False) -> tuple[Browser, View]:
    """Somebody in front of the first question."""
    browser = Browser(clinic.client)
    said = {"matching": "yes", **({"learning": "yes"} if learning else {})}
    view = browser.press(browser.open(intake(clinic)), "Start", **said)
    assert view.code == 200, view.text
    assert INTAKE.cookie in browser.cookies
    return browser, view


@dataclass(frozen=True)
class World:
    """A clinic with a record for every page: ids, and whose they are.

    `pairing` is active, `asked` requested of the same therapist, by another client; `waiting` is on
    the list. The administrator's key reads comments; the rating has one.
    """

    clinic: ClinicApi
    therapist_id: str
    pairing: Json
    asked: Json
    waiting: Json
    task_id: str
    model_id: str
    key_id: str
    weighting_id: str
    preview_id: str
    rating_id: str
    webhook_id: str
    event_id: str

    def path(self, template: str) -> str:
        """A page's path, with ids of records that are there."""
        ending = template.endswith("/end")
        asked = "withdraw" in template or (template.startswith("/practice") and not ending)
        client_page = template.startswith("/my")
        ids: Mapping[str, str] = {
            "clinic_id": str(self.clinic.clinic_id),
            "match_id": (self.asked if client_page else self.pairing)["match_id"],
            "pairing_id": (self.asked if asked else self.pairing)["id"],
            "therapist_id": self.therapist_id,
            "wait_id": self.waiting["id"],
            "task_id": self.task_id,
            "model_id": self.model_id,
            "key_id": self.key_id,
            "weighting_id": self.weighting_id,
            "preview_id": self.preview_id,
            "client_id": self.pairing["client"]["id"],
            "rating_id": self.rating_id,
            "webhook_id": self.webhook_id,
            "event_id": self.event_id,
            "name": "exposure",
            "key": "needs" if "questions" in template else "rapport_" + "A" * 43,
            "secret": "A" * 43,
        }
        for name, value in ids.items():
            template = template.replace(f"{{{name}}}", value)
        assert "{" not in template, f"say in World.path what stands for it: {template}"
        return template

    def visitor(self, template: str, role: Role = Role.ADMIN) -> Browser:
        """Somebody to whom the page with that path is open."""
        area = area_of(template)
        if area is INTAKE:
            return begun(self.clinic)[0]
        if area is PRACTICE:
            return therapist_of(self.clinic, self.therapist_id)
        if area is CONSOLE:
            return console(self.clinic, role)
        theirs = self.asked if "match_id" in template or "withdraw" in template else self.pairing
        owner = self.waiting if "wait_id" in template else theirs
        return client_of(self.clinic, owner["client"]["id"])


def world(clinic: ClinicApi, *, with_model: bool = True, **profile: Any) -> World:
    """A small clinic in the middle of its day."""
    one = clinic.add(reference="t-1", **{"caseload_limit": 9, **profile})["id"]
    clinic.add(reference="t-2", name="Second Somebody", caseload_limit=9)
    pairing = active(clinic, match_of(clinic, "c-with"), one)
    asked = chosen(clinic, match_of(clinic, "c-asking"), one)
    waiting = waits_for(clinic, match_of(clinic, "c-waiting"))
    with database_of(clinic).reading() as connection:
        keys = connection.execute(KEYS, {"clinic_id": clinic.clinic_id}).all()
    of_role = {key.role: str(key.id) for key in keys}
    set_up(clinic, named_reader_key=of_role[Role.ADMIN])
    rating = rated(clinic, pairing, 1, comment="For the reader.")["id"]
    webhook = clinic.post("/v1/webhooks", {"url": "https://hooks.example.org/"}).json()["id"]
    ping = clinic.post(f"/v1/webhooks/{webhook}/test").json()["event_id"]
    model = trained(clinic, refused("t-1"))["id"] if with_model else str(clinic.clinic_id)
    weighting = clinic.post("/v1/weightings", {"near_tie": 0.03}).json()["id"]
    look = clinic.post(f"/v1/weightings/{weighting}/preview", {"background": True}).json()["id"]
    return World(
        clinic, one, pairing, asked, waiting, task_of(clinic), model, of_role[Role.INTAKE],
        weighting, look, rating, webhook, ping,
    )  # fmt: skip


def pages_of(made: World) -> Iterator[tuple[str, View]]:
    """Every page, as somebody sees it to whom it is open."""
    for template in page_routes("GET"):
        if template in DOWNLOADS:
            continue
        browser = Browser(made.clinic.client) if template in ENTRANCES else made.visitor(template)
        yield template, browser.open(made.path(template))
