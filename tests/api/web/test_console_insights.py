"""The insights' pages: what they show, the range, the file, and who may."""

import csv
import io

import pytest

from api.auth.roles import Role
from api.web.console.insights.words import TITLES
from tests.api.insights.worlds import ask, page, staff
from tests.api.web.signed_in import Visitor
from tests.factories.clinics import ClinicApi

INSIGHTS = "/console/insights"
CBT = {"modality": {"any_of": ["cbt"]}}
NAME = "=Ann <script>alert(1)</script>"


@pytest.fixture
def busy(clinic: ClinicApi) -> ClinicApi:
    """Ten clients ask for what one of seven offers; her name is none."""
    clinic.add(reference="meets", name=NAME, modalities=["cbt"], gender="woman")
    staff(clinic, 6, "other", modalities=["act"], gender="man", name="Other")
    ask(clinic, 12, preferences=CBT)
    return clinic


def test_the_index_leads_to_every_page(clinic: ClinicApi) -> None:
    shown = Visitor(clinic).page(INSIGHTS)
    for one in clinic.get("/v1/insights").json()["pages"]:
        assert one["answers"] in shown
        assert f'href="{INSIGHTS}/{one["name"]}"' in shown


@pytest.mark.parametrize("name", TITLES)
def test_a_page_has_its_notes_and_its_table(busy: ClinicApi, name: str) -> None:
    visitor = Visitor(busy)
    answer = visitor.get(f"{INSIGHTS}/{name}")
    assert "<script>alert" not in answer.text
    shown = visitor.page(f"{INSIGHTS}/{name}")
    found = page(busy, name)
    assert f"{found['window']['matches']} matches of 10 clients" in shown
    for note in found["notes"]:
        assert note in shown
    for row in found["rows"][:50]:
        if "therapist" in row:
            assert row["therapist"]["name"] in shown


@pytest.mark.parametrize("name", TITLES)
def test_without_matches_a_page_says_so(clinic: ClinicApi, name: str) -> None:
    assert "fewer than five clients" in Visitor(clinic).page(f"{INSIGHTS}/{name}")


@pytest.mark.parametrize("name", TITLES)
def test_the_file_is_the_one_of_the_api(busy: ClinicApi, name: str) -> None:
    answer = Visitor(busy).get(f"{INSIGHTS}/{name}/csv", last="12")
    said = busy.get(f"/v1/insights/{name}", params={"format": "csv", "last": 12})
    assert answer.content == said.content
    assert answer.headers["content-type"] == said.headers["content-type"]
    assert answer.headers["content-disposition"] == said.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert not any(cell.startswith("=") for cell in cells)


def test_figures_are_those_of_the_api(busy: ClinicApi) -> None:
    found = page(busy, "exposure")
    shown = Visitor(busy).page(f"{INSIGHTS}/exposure")
    meets = next(row for row in found["rows"] if row["therapist"]["reference"] == "meets")
    assert f"{NAME}</th>" in shown
    assert f"{100 * meets['attention']:.1f} %</td>" in shown
    assert f"Unevenness is {found['summary']['gini']:.2f}" in shown


def test_what_is_withheld_is_said_to_be(busy: ClinicApi) -> None:
    shown = Visitor(busy).page(f"{INSIGHTS}/bias", all="1")
    assert any(not row["shown"] for row in page(busy, "bias")["rows"])
    assert "withheld: too few" in shown
    assert "It cannot be told yet." in Visitor(busy).page(f"{INSIGHTS}/calibration")


def test_an_alert_is_shown_plainly(clinic: ClinicApi) -> None:
    for number in range(5):
        clinic.add(reference=f"w-{number}", gender="woman", modalities=["cbt"])
        clinic.add(reference=f"m-{number}", gender="man", modalities=["act"])
    ask(clinic, 20, preferences=CBT)
    found = page(clinic, "bias")["summary"]
    shown = Visitor(clinic).page(f"{INSIGHTS}/bias")
    assert found["alerts"] > 0
    assert f"Look closer: {found['alerts']} below 0.8." in shown
    assert "“Man” has" in shown


def test_a_range_is_whole_days_and_a_number(busy: ClinicApi) -> None:
    visitor = Visitor(busy)
    assert "0 matches of" in visitor.page(f"{INSIGHTS}/exposure", until="2020-01-01")
    assert "5 matches of 5 clients" in visitor.page(f"{INSIGHTS}/exposure", last="9")
    shown = visitor.page(f"{INSIGHTS}/exposure", since="2020-01-01", last="9")
    assert f"{INSIGHTS}/exposure/csv?since=2020-01-01&last=9" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "yesterday"},
        {"until": "9999-12-31", "since": "0001-01-01", "last": "0"},
        {"since": "2030-01-01", "until": "2020-01-01"},
        {"last": "-1"},
        {"last": "9" * 19},
        {"last": '"><script>alert(1)'},
        {"until": "9999-12-31"},
        {"until": "0001-01-01"},
        {"since": "9999-12-31"},
    ],
)
def test_a_range_that_is_none_is_a_page(clinic: ClinicApi, wrong: dict[str, str]) -> None:
    visitor = Visitor(clinic)
    for path in (f"{INSIGHTS}/exposure", f"{INSIGHTS}/exposure/csv"):
        answer = visitor.get(path, **wrong)
        assert answer.status_code == 422
        assert "This range cannot be shown." in answer.text
        assert "<script>alert" not in answer.text
    since_ever = visitor.get(f"{INSIGHTS}/exposure", since="0001-01-01")
    assert since_ever.status_code in {200, 422}


def test_there_is_no_other_page(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    for path in ("nothing", "nothing/csv", "%00", "exposure/pdf"):
        assert visitor.get(f"{INSIGHTS}/{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.STAFF, Role.AUDITOR])
def test_staff_and_auditors_read_them(clinic: ClinicApi, role: Role) -> None:
    visitor = Visitor(clinic, role)
    for path in ("", "/bias", "/bias/csv"):
        assert visitor.get(f"{INSIGHTS}{path}").status_code == 200


def test_nobody_else_does(clinic: ClinicApi) -> None:
    clinic.client.cookies.clear()
    for path in ("", "/bias", "/bias/csv"):
        answer = clinic.client.get(f"{INSIGHTS}{path}", follow_redirects=False)
        assert answer.headers["location"] == "/console/sign-in"
