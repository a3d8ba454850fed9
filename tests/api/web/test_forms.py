"""Forms: only our own page sends them, and whatever they hold, the service stands."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import inspect, text

from api.auth.roles import Role
from api.web.areas import AREAS, Area
from api.web.forms import TOKEN_FIELD, Form
from tests.factories.browsing import Browser
from tests.factories.clinics import ClinicApi
from tests.factories.pages import (
    ENTRANCES,
    World,
    area_of,
    begun,
    client_of,
    console,
    intake,
    page_routes,
    token_of,
)
from tests.factories.pairings import database_of

# What takes a record away comes after whatever needs it.
_LAST = re.compile("/(leave|withdraw|decline|end|revoke|forget|send|delete)$")
FORMS = sorted(
    (path for path in page_routes("POST") if path not in ENTRANCES),
    key=lambda path: (bool(_LAST.search(path)), path.endswith("/delete")),
)
SIGN_INS = ["/console/sign-in", "/my/link", "/practice/link"]
SIGN_OUTS = ["/console/sign-out", "/my/sign-out", "/practice/sign-out"]
# Enough for each form to be taken.
GOOD: Mapping[str, str] = {
    "matching": "yes",
    "role": "staff",
    "resolution": "done",
    "reason": "full",
    "sure": "yes",
    "trust": "8",
    "skip": "yes",
    "reference": "c-with",
    "facet": "needs",
    "code": "own_need",
    "label": "A need of our own",
    "url": "https://hooks.example.org/",
    "active": "yes",
}


def everything(clinic: ClinicApi) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database_of(clinic).reading() as connection:
        tables = inspect(connection).get_table_names()
        return {
            table: sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}"))))  # noqa: S608
            for table in tables
        }


def good(made: World, path: str, browser: Browser) -> dict[str, str]:
    fields = {**GOOD, "form_token": token_of(browser, area_of(path)), "therapist": ""}
    if path.endswith("/choose"):
        fields["therapist"] = made.therapist_id
    if path.startswith("/my") and path.endswith("/change"):
        fields["reason"] = "trust"
    return fields


def test_a_form_that_is_not_from_our_own_page_changes_nothing(made: World) -> None:
    clinic = made.clinic
    another, _ = begun(clinic)
    for template in FORMS:
        browser, path = made.visitor(template), made.path(template)
        fields = good(made, template, browser)
        before = everything(clinic)
        foreign: list[tuple[dict[str, str], dict[str, str]]] = [
            ({"form_token": ""}, {}),
            ({"form_token": "0" * 64}, {}),
            ({"form_token": "é"}, {}),
            ({"form_token": token_of(another, area_of("/intake"))}, {}),
            ({}, {"Sec-Fetch-Site": "cross-site"}),
            ({}, {"Sec-Fetch-Site": "same-site"}),
        ]
        for other, headers in foreign:
            refused = browser.post(path, {**fields, **other}, **headers)
            assert refused.status_code == 403, (template, other, headers)
        without = {name: value for name, value in fields.items() if name != "form_token"}
        assert browser.post(path, without).status_code == 403, template
        as_file = {"form_token": ("a.txt", fields["form_token"])}
        assert browser.request("POST", path, data=without, files=as_file).status_code == 403
        assert everything(clinic) == before, template


def test_the_same_form_from_our_own_page_is_taken(made: World) -> None:
    for template in FORMS:
        browser = made.visitor(template)
        sent = {**good(made, template, browser)}
        answer = browser.post(made.path(template), sent, **{"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code != 403, (template, answer.text)


@pytest.mark.parametrize("path", SIGN_INS)
def test_nobody_is_signed_in_from_another_site(made: World, path: str) -> None:
    keys = {"/console/sign-in": Role.ADMIN, "/my/link": Role.CLIENT}
    key = made.clinic.keys[keys.get(path, Role.THERAPIST)]
    for site, code in {"cross-site": 403, "same-site": 403, "same-origin": 303}.items():
        browser = Browser(made.clinic.client)
        answer = browser.post(path, {"key": key}, **{"Sec-Fetch-Site": site})
        assert answer.status_code == code
        assert bool(browser.cookies) == (code == 303)


@pytest.mark.parametrize("path", SIGN_OUTS)
def test_nobody_is_signed_out_from_another_site(made: World, path: str) -> None:
    browser = made.visitor(path.removesuffix("/sign-out"))
    home = area_of(path).path
    assert browser.post(path, {}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.request("GET", home).status_code == 200
    assert browser.post(path, {}, **{"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert browser.request("GET", home).status_code == 303


HOSTILE: Mapping[str, Any] = {
    "nul": "a\0b",
    "lone surrogate": "a\ud800",
    "very long": "x" * 1_000_000,
    "long": "x" * 19_999,
    "another digit": "²",
    "a digit elsewhere": "١٢",
    "many digits": "9" * 15_000,
    "negative": "-1",
    "not a number": "nan",
    "infinite": "1e999",
    "control": "\x1b[2J\r\nSet-Cookie: a=b",
    "direction": "\u202egnp",
    "script": "<script>alert(1)</script>",
    "blank": " \t ",
    "id of nobody": "00000000-0000-0000-0000-000000000000",
}
# One at a time, since the first fault hides the others.
ALONE = ("another digit", "many digits")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the fields that pages have read of forms so far."""
    names: set[str] = set()

    def noting(look: Any) -> Any:
        def run(form: Form, name: str) -> Any:
            names.add(name)
            return look(form, name)

        return run

    for method in ("one", "all", "each"):
        monkeypatch.setattr(Form, method, noting(getattr(Form, method)))
    return names


def visits(made: World, area: Area) -> Iterator[tuple[str, str, Browser, dict[str, str]]]:
    """Every form of an area: its route, its path, who sends it, and what would be taken."""
    for template in (path for path in [*SIGN_INS, *FORMS] if area_of(path) is area):
        signs_in = template in SIGN_INS
        browser = Browser(made.clinic.client) if signs_in else made.visitor(template)
        yield (
            template,
            made.path(template),
            browser,
            ({} if signs_in else good(made, template, browser)),
        )


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.path)
def test_no_value_of_a_form_is_too_much(made: World, area: Area, read: set[str]) -> None:
    for template, path, browser, fields in visits(made, area):
        read.clear()
        _send_values(template, path, browser, fields, read)


def _send_values(
    template: str, path: str, browser: Browser, fields: dict[str, str], read: set[str]
) -> None:
    """Send what no page expects, in every field that the page is seen to read."""

    def send(label: str, *names: str) -> None:
        sent = {**fields, **dict.fromkeys(names, HOSTILE[label])}
        answer = browser.post(path, sent)
        assert answer.status_code < 500, (template, names, label, answer.text)

    together: set[str] = set()
    alone = {TOKEN_FIELD}
    while together != (names := {*GOOD, *read} - {TOKEN_FIELD}) or read - alone:
        together = names
        for label in HOSTILE:
            send(label, *together)
        for name in sorted(read - alone):
            alone.add(name)
            for label in ALONE:
                send(label, name)
    send("very long", "comment")


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.path)
def test_no_form_of_another_shape_is_too_much(made: World, area: Area) -> None:
    for template, path, browser, fields in visits(made, area):
        _send_shapes(template, path, browser, fields.get("form_token", ""))


def _send_shapes(template: str, path: str, browser: Browser, token: str) -> None:
    own = f"form_token={token}&"
    multipart = {"Content-Type": "multipart/form-data; boundary=x"}
    part = f'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
    bodies: list[tuple[dict[str, str], bytes]] = [
        ({}, (own + "&".join(f"n{n}=1" for n in range(3_000))).encode()),
        ({}, (own + "choice=1&" * 20_000).encode()),
        ({}, own.encode() + b"choice=%ED%A0%80&%00=1&%FF=%FF&=&&&=;"),
        ({}, b"\xff\xfe\x00" + own.encode()),
        ({}, b""),
        ({"Content-Type": "application/json"}, b'{"choice": 1}'),
        ({"Content-Type": "text/plain"}, own.encode()),
        ({"Content-Type": "multipart/form-data"}, b"--x\r\n"),
        (multipart, b"--x\r\n"),
        (multipart, part.encode() + b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n"),
        (multipart, part.encode() + b"\xff" * 100),
        (multipart, b""),
    ]
    for headers, body in bodies:
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        answer = browser.request("POST", path, content=body, headers=sent)
        assert answer.status_code < 500, (template, body[:60], answer.text)
    files = dict.fromkeys(("file", "choice", "comment"), ("a.csv", b"reference,name\n\xff\n"))
    for sent_files in (files, {"file": ("a.csv", b"\0\xff")}, {"choice": ("a.txt", b"x")}):
        answer = browser.request("POST", path, data={"form_token": token}, files=sent_files)
        assert answer.status_code < 500, (template, list(sent_files), answer.text)


def test_a_refusal_of_a_form_says_what_to_do(clinic: ClinicApi) -> None:
    therapist = clinic.add(reference="t-1")["id"]
    browser = console(clinic)
    path = f"/console/therapists/{therapist}"
    fields = {"form_token": token_of(browser, area_of(path)), "revision": "1", "name": ""}
    refused = browser.post(path, {**fields, "gender": "canary", "warm_support": "canary"})
    assert refused.status_code == 422
    assert "Nothing was changed" in refused.text


def test_the_intake_takes_no_form_with_the_token_of_another_draft(clinic: ClinicApi) -> None:
    one, _ = begun(clinic)
    other, _ = begun(clinic)
    fields = {"form_token": token_of(other, area_of("/intake")), "choice": "anxiety"}
    refused = one.post(f"{intake(clinic)}/questions/needs", fields)
    assert refused.status_code == 403


def test_a_client_cannot_use_a_form_that_another_client_was_shown(made: World) -> None:
    one = client_of(made.clinic, made.pairing["client"]["id"])
    other = client_of(made.clinic, made.asked["client"]["id"])
    fields = {"form_token": token_of(other, area_of("/my")), "matching": "yes"}
    assert one.post("/my/data/consents", fields).status_code == 403
