"""Private links that staff make in the console: they open, are shown once, and end."""

from collections.abc import Callable

import pytest

from api.auth.roles import Role
from tests.factories.browsing import Browser, View
from tests.factories.clinics import ClinicApi
from tests.factories.pages import console
from tests.factories.pairings import match_of, roster


def of_therapist(clinic: ClinicApi) -> str:
    return f"/console/therapists/{roster(clinic, 1)[0]}"


def of_client(clinic: ClinicApi) -> str:
    match_of(clinic, "c-1")
    (client,) = clinic.get("/v1/clients").json()["items"]
    return f"/console/clients/{client['id']}"


BOTH = pytest.mark.parametrize(
    ("make", "area", "most"),
    [(of_therapist, "/practice", 365), (of_client, "/my", 90)],
    ids=["therapist", "client"],
)


def link_on(view: View) -> str:
    (found,) = [one["value"] for tag, one in view.tags if one.get("id") == "link"]
    return found


@BOTH
def test_a_link_opens_until_all_are_ended(
    clinic: ClinicApi, make: Callable[[ClinicApi], str], area: str, most: int
) -> None:
    where = make(clinic)
    staff = console(clinic, Role.STAFF)
    made = staff.press(staff.open(where), "Make a private link")
    assert most >= 90
    assert "own pages for 90 days" in made.text
    link = link_on(made)
    assert link.startswith(f"http://testserver{area}/link/rapport_")
    key = link.rpartition("/")[2]
    somebody = Browser(clinic.client)
    assert somebody.press(somebody.open(f"{area}/link/{key}"), "Open my page").code == 200
    again = staff.open(where)
    assert key not in again.response.text
    staff.press(again, "End all their links")
    assert somebody.request("GET", area).status_code == 303
    newcomer = Browser(clinic.client)
    assert newcomer.press(newcomer.open(f"{area}/link/{key}"), "Open my page").code == 401


@BOTH
@pytest.mark.parametrize("days", ["0", "x", "too many"])
def test_a_link_lasts_as_long_as_may_be(
    clinic: ClinicApi, make: Callable[[ClinicApi], str], area: str, most: int, days: str
) -> None:
    where = make(clinic)
    staff = console(clinic, Role.STAFF)
    asked = str(most + 1) if days == "too many" else days
    view = staff.press(staff.open(where), "Make a private link", days=asked)
    assert view.code == 422
    assert f"{area}/link/" not in view.response.text


def test_other_therapists_keep_their_links(clinic: ClinicApi) -> None:
    mine, theirs = (of_therapist(clinic) for _ in range(2))
    staff = console(clinic, Role.STAFF)
    key = link_on(staff.press(staff.open(theirs), "Make a private link")).rpartition("/")[2]
    staff.press(staff.open(mine), "End all their links")
    browser = Browser(clinic.client)
    assert browser.press(browser.open(f"/practice/link/{key}"), "Open my page").code == 200


def test_links_are_recorded_without_the_key(clinic: ClinicApi) -> None:
    staff, where = console(clinic, Role.STAFF), of_therapist(clinic)
    key = link_on(staff.press(staff.open(where), "Make a private link")).rpartition("/")[2]
    staff.press(staff.open(where), "End all their links")
    trail = clinic.get("/v1/audit")
    actions = [row["action"] for row in trail.json()["items"]]
    assert {"key.created", "key.revoked"} <= set(actions)
    assert key not in trail.text
