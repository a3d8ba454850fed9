"""The front door, and what a browser is told where there is nothing."""

import pytest

from api.auth.roles import Role
from api.pages.render import PAGE_HEADERS
from tests.factories.browsing import ACCEPT, Browser
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pages import console

NOWHERE = ("/nothing", "/v1/nothing", "/console/nothing", "/my/a/b/c", "/practice/x", "/intake")


def test_the_front_door_says_the_way_on_and_names_no_clinic(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Harbour Street")
    view = Browser(clinic.client).open("/")
    assert view.code == 200
    assert view.link("Sign in to the console") == "/console/sign-in"
    assert "Ask your clinic for a new one" in view.text
    for said in ("Harbour Street", str(other.clinic_id), str(clinic.clinic_id)):
        assert said not in view.response.text


@pytest.mark.parametrize("path", NOWHERE)
def test_a_browser_gets_a_page_where_there_is_nothing(clinic: ClinicApi, path: str) -> None:
    view = Browser(clinic.client).open(path)
    assert view.code == 404
    assert "There is no such page" in view.text
    assert path not in view.response.text
    assert {name: view.response.headers[name] for name in PAGE_HEADERS} == PAGE_HEADERS
    for href, _ in view.links:
        assert href.startswith("#") or Browser(clinic.client).open(href).code in {200, 401}


def test_a_page_that_is_not_there_leads_back_to_its_area(clinic: ClinicApi) -> None:
    browser = console(clinic, Role.STAFF)
    assert browser.open("/console/nothing").link("Back to the first page") == "/console"
    assert browser.open("/nothing").link("Begin at the start") == "/"


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/console"), ("PUT", "/my"), ("POST", "/"), ("GET", "/my/sign-out")],
)
def test_a_browser_gets_a_page_where_a_method_is_not_taken(
    clinic: ClinicApi, method: str, path: str
) -> None:
    answer = Browser(clinic.client).request(method, path)
    assert answer.status_code == 405
    assert "That cannot be done at this address" in answer.text
    assert answer.headers["allow"]


@pytest.mark.parametrize("accept", ["*/*", "application/json", "", "text/html;q=0.1, */*"])
@pytest.mark.parametrize("path", ["/", *NOWHERE])
def test_who_does_not_ask_for_a_page_gets_a_problem(
    clinic: ClinicApi, path: str, accept: str
) -> None:
    answer = clinic.client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:rapport:problem:not-found"
    wrong = clinic.client.request("DELETE", "/console", headers={"Accept": accept})
    assert wrong.status_code == 405
    assert wrong.headers["content-type"] == "application/problem+json"


def test_what_the_api_refuses_stays_a_problem_in_a_browser_too(clinic: ClinicApi) -> None:
    answer = clinic.client.get("/v1/settings", headers={"Accept": ACCEPT})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
