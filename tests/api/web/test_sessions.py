"""Who gets in: a link or a cookie that is wrong, over or somebody else's says nothing of anyone."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from api.auth.keys import create_narrow_key
from api.auth.roles import NARROW_ROLES, Role, allowed
from api.web.areas import AREAS, CONSOLE, INTAKE, MY, PRACTICE, Area
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi, key_of, make_clinic, service
from tests.factories.clock import moved_clock
from tests.factories.pages import (
    DOWNLOADS,
    ENTRANCES,
    World,
    area_of,
    begun,
    client_of,
    console,
    intake,
    page_routes,
    therapist_of,
    token_of,
    world,
)
from tests.factories.pairings import database_of

# What each form of the console does, by the route of the API that does the same.
PREVIEW = "/weighting/{weighting_id}/previews/{preview_id}"
PREVIEW_JOB = "/v1/weightings/{weighting_id}/previews/{preview_id}"
RETRY = "/webhooks/{webhook_id}/deliveries/{event_id}/retry"
SAME = {
    "/console/tasks/{task_id}": "/v1/tasks/{task_id}/resolve",
    "/console/clients": "GET /v1/clients",
    "/console/clients/{client_id}/consents": "PUT /v1/clients/{client_id}/consents",
    "/console/clients/{client_id}/delete": "DELETE /v1/clients/{client_id}",
    "/console/waiting/{wait_id}/leave": "/v1/waits/{wait_id}/leave",
    "/console/comments/{rating_id}/read": "/v1/comments/{rating_id}/read",
    "/console/vocabulary": "/v1/vocabulary",
    "/console/webhooks": "/v1/webhooks",
    "/console/webhooks/{webhook_id}/switch": "PATCH /v1/webhooks/{webhook_id}",
    "/console/webhooks/{webhook_id}/change": "PATCH /v1/webhooks/{webhook_id}",
    "/console/webhooks/{webhook_id}/test": "/v1/webhooks/{webhook_id}/test",
    f"/console{RETRY}": f"/v1{RETRY}",
    "/console/webhooks/{webhook_id}/delete": "DELETE /v1/webhooks/{webhook_id}",
    "/console/therapists": "/v1/therapists",
    "/console/therapists/import": "/v1/imports/therapists",
    "/console/therapists/{therapist_id}": "PATCH /v1/therapists/{therapist_id}",
    "/console/therapists/{therapist_id}/confirm": (
        "/v1/therapists/{therapist_id}/confirm-availability"
    ),
    "/console/therapists/{therapist_id}/links": "/v1/therapists/{therapist_id}/keys",
    "/console/therapists/{therapist_id}/links/end": "/v1/therapists/{therapist_id}/keys",
    "/console/clients/{client_id}/links": "/v1/clients/{client_id}/keys",
    "/console/clients/{client_id}/links/end": "DELETE /v1/clients/{client_id}/keys",
    "/console/matches/{match_id}/replay": "/v1/matches/{match_id}/replay",
    "/console/matches/{match_id}/choose": "/v1/matches/{match_id}/selection",
    "/console/matches/{match_id}/wait": "/v1/matches/{match_id}/wait",
    "/console/choices/{pairing_id}/approve": "/v1/pairings/{pairing_id}/approve",
    "/console/choices/{pairing_id}/withdraw": "/v1/pairings/{pairing_id}/withdraw",
    "/console/models/train": "/v1/models",
    "/console/models/off": "/v1/models/off",
    "/console/models/{model_id}/promote": "/v1/models/{model_id}/promote",
    "/console/weighting/draft": "/v1/weightings",
    "/console/weighting/draft/live": "/v1/weightings/{weighting_id}/preview",
    "/console/weighting/{weighting_id}/activate": "/v1/weightings/{weighting_id}/activate",
    "/console/weighting/{weighting_id}/previews": "/v1/weightings/{weighting_id}/preview",
    f"/console{PREVIEW}/cancel": f"{PREVIEW_JOB}/cancel",
    # The API makes no keys; whoever sets the clinic's settings does.
    "/console/keys": "PATCH /v1/settings",
    "/console/keys/{key_id}/revoke": "PATCH /v1/settings",
    "/console/settings": "PATCH /v1/settings",
}
SEEN = {
    "/console": "/v1/tasks",
    "/console/clients": "/v1/clients",
    "/console/clients/{client_id}": "/v1/clients/{client_id}",
    "/console/clients/{client_id}/export": "/v1/clients/{client_id}/export",
    "/console/waiting": "/v1/waits",
    "/console/comments": "/v1/comments",
    "/console/vocabulary": "/v1/vocabulary",
    "/console/webhooks": "/v1/webhooks",
    "/console/webhooks/{webhook_id}": "/v1/webhooks/{webhook_id}",
    "/console/therapists": "/v1/therapists",
    "/console/therapists/import": "POST /v1/imports/therapists",
    "/console/therapists/{therapist_id}": "/v1/therapists/{therapist_id}",
    "/console/matches": "/v1/matches/{match_id}",
    "/console/matches/{match_id}": "/v1/matches/{match_id}",
    "/console/models": "/v1/models",
    "/console/models/{model_id}/card": "/v1/models/{model_id}/card",
    "/console/keys": "PATCH /v1/settings",
    "/console/settings": "/v1/settings",
    "/console/weighting": "/v1/weightings",
    "/console/weighting/draft": "POST /v1/weightings",
    "/console/weighting/{weighting_id}": "/v1/weightings/{weighting_id}",
    f"/console{PREVIEW}": PREVIEW_JOB,
    "/console/insights": "/v1/insights",
    "/console/insights/{name}": "/v1/insights/exposure",
    "/console/insights/{name}/csv": "/v1/insights/exposure",
    "/console/audit": "/v1/audit",
    "/console/audit/export": "/v1/audit/export",
}
NAMES = ("c-with", "c-asking", "c-waiting", "Somebody", "t-1")


def may(role: Role, route: str, method: str) -> bool:
    other, _, path = route.rpartition(" ")
    return allowed(other or method, path, role)


def console_pages(method: str) -> set[str]:
    return {path for path in page_routes(method) if area_of(path) is CONSOLE} - ENTRANCES


def test_every_page_and_form_of_the_console_says_which_route_it_stands_on() -> None:
    assert set(SAME) == console_pages("POST")
    assert set(SEEN) == console_pages("GET")


@pytest.mark.parametrize("role", sorted(CONSOLE.roles))
def test_the_console_asks_for_the_role_that_the_role_table_asks_for(
    whole: World, role: Role
) -> None:
    browser = console(whole.clinic, role)
    token = {"form_token": token_of(browser, CONSOLE)}
    for template, route in SEEN.items():
        seen = browser.request("GET", whole.path(template))
        assert seen.status_code == (200 if may(role, route, "GET") else 403), (template, role)
    for template, route in SAME.items():
        done = browser.post(whole.path(template), token)
        assert (done.status_code != 403) == may(role, route, "POST"), (template, role)


@pytest.mark.parametrize("role", sorted(CONSOLE.roles))
def test_a_page_of_the_console_offers_no_form_that_would_be_refused(
    whole: World, role: Role
) -> None:
    browser = console(whole.clinic, role)
    for template in SEEN:
        view = browser.open(whole.path(template)) if template not in DOWNLOADS else None
        if view is None or view.code == 403:
            continue
        for form in view.forms:
            target = form.action or whole.path(template)
            here = [one for one in SAME if whole.path(one) == target]
            offers = [one for one in form.buttons if one.label]
            if here and form.method == "post" and offers:
                assert may(role, SAME[here[0]], "POST"), (template, target)
        for href, _ in view.links:
            there = [one for one in SEEN if whole.path(one) == href]
            assert all(may(role, SEEN[one], "GET") for one in there), (template, href)


@pytest.mark.parametrize("role", sorted(set(Role) - CONSOLE.roles))
def test_no_other_key_opens_the_console(made: World, role: Role) -> None:
    subjects = {Role.CLIENT: made.pairing["client"]["id"], Role.THERAPIST: made.therapist_id}
    key = made.clinic.keys[role]
    if role in NARROW_ROLES:
        key = key_of(made.clinic, role, subjects[role])
    browser = Browser(made.clinic.client)
    answer = browser.post("/console/sign-in", {"key": key})
    assert answer.status_code == 401
    assert not browser.cookies
    browser.cookies[CONSOLE.cookie] = (key, "/console")
    for template in console_pages("GET"):
        turned_away = browser.request("GET", made.path(template))
        assert turned_away.status_code == 303
        assert turned_away.headers["location"] == "/console/sign-in"


def over(view: View) -> bool:
    """Whether it is the page that says nothing of anyone."""
    assert not any(name in view.response.text for name in NAMES)
    return view.code == 401 and "Please use your private link" in view.text


def link(area: Area, browser: Browser, key: str) -> View:
    return browser.press(browser.open(f"{area.path}/link/{key}"), "Open my page")


@pytest.mark.parametrize("area", [MY, PRACTICE], ids=["client", "therapist"])
def test_a_link_that_opens_nothing_says_nothing_of_anyone(made: World, area: Area) -> None:
    clinic = made.clinic
    (role,) = area.roles
    mine = {Role.CLIENT: made.pairing["client"]["id"], Role.THERAPIST: made.therapist_id}[role]
    with database_of(clinic).writing() as connection:
        late = timedelta(days=-1)
        expired = create_narrow_key(connection, clinic.clinic_id, role, UUID(mine), late)[1]
    revoked = key_of(clinic, role, mine)
    kind = "clients" if area is MY else "therapists"
    if area is MY:
        assert clinic.call(Role.ADMIN, "DELETE", f"/v1/{kind}/{mine}/keys").status_code < 300
    else:
        revoke_all(clinic)
        clinic.keys |= make_clinic(clinic.client).keys
    nobodys = clinic.keys[role]
    (other,) = {MY, PRACTICE} - {area}
    (other_role,) = other.roles
    somebody = mine if area is PRACTICE else made.therapist_id
    others = key_of(clinic, other_role, somebody)
    pages = set()
    for key in ("x", "rapport_" + "B" * 43, "x" * 5_000, expired, revoked, others, "é<b>"):
        browser = Browser(clinic.client)
        view = link(area, browser, key.replace("/", "%2F"))
        assert over(view), key
        assert not browser.cookies
        pages.add(view.response.text)
    assert len(pages) == 1
    # A link of somebody who is not there opens a session, in which there is nobody.
    assert link(area, Browser(clinic.client), nobodys).code in {401, 404, 410}


def revoke_all(clinic: ClinicApi) -> None:
    with database_of(clinic).writing() as connection:
        connection.exec_driver_sql("UPDATE access_keys SET revoked_at = created_at")


def test_a_link_shows_the_same_page_whoever_it_belongs_to(made: World) -> None:
    key = key_of(made.clinic, Role.CLIENT, made.pairing["client"]["id"])
    wrong = "rapport_" + "B" * 43
    pages = [Browser(made.clinic.client).open(f"/my/link/{one}") for one in (key, wrong)]
    assert pages[0].response.text.replace(key, "") == pages[1].response.text.replace(wrong, "")


VISITORS = {
    CONSOLE: lambda made: console(made.clinic, Role.STAFF),
    MY: lambda made: client_of(made.clinic, made.pairing["client"]["id"]),
    PRACTICE: lambda made: therapist_of(made.clinic, made.therapist_id),
}


@pytest.mark.parametrize("area", VISITORS, ids=lambda area: area.path)
def test_a_session_ends_when_it_is_signed_out(made: World, area: Area) -> None:
    browser = VISITORS[area](made)
    kept = dict(browser.cookies)
    view = browser.press(browser.open(area.path), "Sign out")
    assert view.code in {200, 401}
    assert not browser.cookies
    browser.cookies = kept
    assert browser.request("GET", area.path).status_code == 303


@pytest.mark.parametrize("area", VISITORS, ids=lambda area: area.path)
def test_a_session_ends_by_itself(made: World, area: Area) -> None:
    with moved_clock() as clock:
        browser = VISITORS[area](made)
        clock.pass_time(seconds=area.lasting.total_seconds() - 60)
        assert browser.request("GET", area.path).status_code == 200
        clock.pass_time(seconds=120)
        assert browser.request("GET", area.path).status_code == 303


def test_a_session_ends_with_its_key(made: World) -> None:
    clinic = made.clinic
    client_id = made.pairing["client"]["id"]
    client = client_of(clinic, client_id)
    assert clinic.call(Role.STAFF, "DELETE", f"/v1/clients/{client_id}/keys").status_code < 300
    assert over(client.open("/my"))
    admin, staff = console(clinic), console(clinic, Role.STAFF)
    (staff_key,) = [one for one in rows(admin) if "staff" in one]
    admin.press(admin.open("/console/keys"), "End", action=staff_key.split()[0])
    assert staff.request("GET", "/console").status_code == 303
    assert admin.request("GET", "/console").status_code == 200


def rows(browser: Browser) -> list[str]:
    """The keys that the page lists: id and role."""
    lines = browser.open("/console/keys").lines
    return [
        f"{line} {lines[place + 1]}"
        for place, line in enumerate(lines)
        if len(line) == 36 and line.count("-") == 4
    ]


def test_a_session_never_outlives_the_link_it_came_from(made: World) -> None:
    clinic, client_id = made.clinic, made.pairing["client"]["id"]
    with database_of(clinic).writing() as connection:
        key = create_narrow_key(
            connection, clinic.clinic_id, Role.CLIENT, UUID(client_id), timedelta(minutes=5)
        )[1]
    with moved_clock() as clock:
        browser = Browser(clinic.client)
        assert link(MY, browser, key).code == 200
        clock.pass_time(minutes=6)
        assert browser.request("GET", "/my").status_code == 303


def test_a_session_makes_no_session(made: World) -> None:
    browser = client_of(made.clinic, made.pairing["client"]["id"])
    assert over(link(MY, Browser(made.clinic.client), browser.cookies[MY.cookie][0]))


NOBODYS = "00000000-0000-7000-8000-000000000000"


def test_nobody_sees_what_is_somebody_elses(made: World) -> None:
    """Another client's, another therapist's, another clinic's, nobody's: the same page."""
    other = world_of_another_clinic(made)
    stranger = made.clinic.add(reference="t-9")["id"]
    theirs = {
        MY: client_of(made.clinic, made.waiting["client"]["id"]),
        PRACTICE: therapist_of(made.clinic, stranger),
        CONSOLE: console(made.clinic),
    }
    for area, browser in theirs.items():
        said = {"therapist": made.therapist_id, "resolution": "done", "trust": "8"}
        reason = "trust" if area is MY else "full"
        token = {**said, "reason": reason, "form_token": token_of(browser, area)}
        pages = set()
        for method in ("GET", "POST"):
            for template in page_routes(method):
                if area_of(template) is not area or template in ENTRANCES or "_id}" not in template:
                    continue
                paths = [other.path(template)]
                if area is not CONSOLE and "wait_id" not in template:
                    paths.append(made.path(template))
                for path in paths:
                    answer = (
                        browser.request("GET", path)
                        if method == "GET"
                        else browser.post(path, token)
                    )
                    assert answer.status_code in ({404} if "revoke" not in path else {303}), path
                    pages.add(answer.text)
        pages.discard("")
        for page in pages:
            words = re.search(r'<p class="lead">(.*)</p>', page)
            assert words, page
            assert re.fullmatch(
                r"The clinic has no (such [a-z ]+|comment with such a rating)\.", words[1]
            ), words[1]
        assert not any(name in page for page in pages for name in NAMES)


def world_of_another_clinic(made: World) -> World:
    return world(make_clinic(made.clinic.client, "Another"))


def test_the_intake_is_nowhere_unless_it_is_switched_on(clinic: ClinicApi) -> None:
    browser, _ = begun(clinic)
    assert clinic.patch("/v1/settings", {"intake_page": False}).status_code == 200
    forms = {"form_token": token_of(browser, INTAKE), "matching": "yes"}
    for method in ("GET", "POST"):
        for template in page_routes(method):
            if area_of(template) is not INTAKE:
                continue
            for clinic_id in (str(clinic.clinic_id), NOBODYS, "nonsense"):
                path = template.replace("{clinic_id}", clinic_id).replace("{key}", "needs")
                path = path.replace("{secret}", "x")
                answer = (
                    browser.request("GET", path) if method == "GET" else browser.post(path, forms)
                )
                assert answer.status_code == 404, path
                assert "There is nothing here" in answer.text


def test_a_draft_is_of_one_clinic_and_one_browser(clinic: ClinicApi) -> None:
    browser, view = begun(clinic)
    browser.press(view, "Go on", choice=["anxiety"])
    other = make_clinic(clinic.client, "Another")
    there = intake(other)
    for path in ("questions/needs", "check", "keep", "not-safe"):
        assert browser.request("GET", f"{there}/{path}").headers["location"] == there
        assert Browser(clinic.client).request("GET", f"{intake(clinic)}/{path}").status_code == 303


@pytest.mark.parametrize("public_url", [None, "http://localhost:8000", "https://care.example.org"])
def test_cookies_are_for_our_own_pages_alone(database_url: str, public_url: str | None) -> None:
    with service(database_url, public_url=public_url) as client:
        made = world(make_clinic(client), with_model=False)
        lines = [line for area in VISITORS for line in VISITORS[area](made).set_cookies]
        browser, _ = begun(made.clinic)
        lines += browser.set_cookies
    assert len(lines) == len(AREAS)
    for area in AREAS:
        (line,) = [one for one in lines if one.startswith(area.cookie)]
        said = {part.partition("=")[0].lower(): part.partition("=")[2] for part in line.split("; ")}
        assert said["path"] == area.path
        assert "httponly" in said
        assert said["samesite"].lower() in {"lax", "strict"}
        assert ("secure" in said) == str(public_url).startswith("https:")
        assert int(said["max-age"]) == area.lasting.total_seconds()
        assert "domain" not in said


def test_a_page_that_is_not_there_is_a_page(client: TestClient) -> None:
    for path in ("/intake/x", f"/intake/{NOBODYS}", "/my", "/practice", "/console"):
        view = Browser(client).open(path)
        assert "<!doctype html>" in view.response.text, path


def test_leaving_quickly_leaves_nothing_that_opens(made: World) -> None:
    client, (draft, _) = client_of(made.clinic, made.pairing["client"]["id"]), begun(made.clinic)
    client.cookies |= draft.cookies
    away = client.request("GET", "/leave")
    assert away.status_code == 303
    assert away.headers["location"].startswith("https://")
    assert not client.cookies
    assert client.request("GET", "/my").status_code == 303
