"""Who may read insights, over which matches, in which form, and what is kept of the reading."""

import csv
import io
from datetime import timedelta
from itertools import combinations
from math import log2
from typing import Any

import pytest

from api.auth.roles import Role
from api.clock import utc_now
from api.db.tables import AuditRow, Match
from api.insights import window
from api.insights.words import NONE_REPLAYED_NOTE, PAGES
from tests.api.insights.worlds import ask, by_reference, page, staff
from tests.factories.clinics import ClinicApi, make_clinic
from tests.factories.pairings import rows_of

READERS = {Role.ADMIN, Role.STAFF, Role.AUDITOR}
EVERY = pytest.mark.parametrize("name", PAGES)


def test_the_index_names_every_page(clinic: ClinicApi) -> None:
    pages = clinic.get("/v1/insights", Role.AUDITOR).json()["pages"]
    assert {one["name"] for one in pages} == set(PAGES)
    for one in pages:
        assert one["answers"]
        assert clinic.get(one["path"], Role.AUDITOR).status_code == 200


@pytest.mark.parametrize("role", Role)
def test_only_those_who_run_the_clinic_read_them(clinic: ClinicApi, role: Role) -> None:
    for path in ("/v1/insights", *(f"/v1/insights/{name}" for name in PAGES)):
        assert clinic.get(path, role).status_code == (200 if role in READERS else 403)


@EVERY
def test_a_clinic_without_anything_is_answered(clinic: ClinicApi, name: str) -> None:
    empty = page(clinic, name)
    assert empty["window"]["matches"] == 0
    assert empty["rows"] == []
    staff(clinic, 1)
    ask(clinic, 4)
    # Four clients fill no step, so nothing is said of their matches.
    few = page(clinic, name)
    assert (few["window"]["matches"], few["window"]["clients"]) == (0, None)


@EVERY
def test_another_clinics_matches_are_in_no_figure(clinic: ClinicApi, name: str) -> None:
    other = make_clinic(clinic.client, "Other")
    staff(other, 2, languages=["en"])
    ask(other, 5, needs=["grief"])
    shown = page(clinic, name)
    assert (shown["window"]["matches"], shown["rows"]) == (0, [])


@EVERY
def test_reading_is_recorded_with_counts_alone(clinic: ClinicApi, name: str) -> None:
    staff(clinic, 1)
    ask(clinic, 5)
    rows = page(clinic, name, Role.AUDITOR)["rows"]
    (row,) = [row for row in rows_of(clinic, AuditRow) if row["action"] == "insights.read"]
    assert row["details"] == {"page": name, "matches": 5, "rows": len(rows)}
    assert row["subject_id"] is None


@EVERY
def test_a_table_for_a_spreadsheet(clinic: ClinicApi, name: str) -> None:
    staff(clinic, 2, languages=["en"])
    ask(clinic, 5, needs=["grief"])
    rows = page(clinic, name)["rows"]
    path = f"/v1/insights/{name}"
    by_header = clinic.get(path, headers={"Accept": "text/csv"})
    by_name = clinic.get(path, params={"format": "csv"})
    for answer in (by_header, by_name):
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
        header, *table = list(csv.reader(io.StringIO(answer.text)))
        assert len(table) == len(rows)
        assert all(len(line) == len(header) for line in table)


def test_no_cell_is_a_formula(clinic: ClinicApi) -> None:
    names = {"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "plain": "plain"}
    for number, name in enumerate(names):
        clinic.add(reference=f"t-{number}", name=name)
    ask(clinic, 5)
    answer = clinic.get("/v1/insights/exposure", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sorted(row["therapist_name"] for row in rows) == sorted(names.values())
    # A number below zero is one.
    bias = clinic.get("/v1/insights/bias", params={"format": "csv"}).text
    assert "'-" not in bias


def test_only_the_matches_asked_for_count(clinic: ClinicApi) -> None:
    staff(clinic, 1)
    ask(clinic, 20)
    times = sorted(row["created_at"] for row in rows_of(clinic, Match))

    def matches(**params: Any) -> int:
        found: int = page(clinic, "unmet-needs", **params)["window"]["matches"]
        return found

    assert matches() == 20
    assert matches(last=12) == 10
    assert matches(last=4) == 0
    assert matches(since=times[5].isoformat()) == 15
    # A step of which one is not asked for is left out whole.
    assert matches(since=times[6].isoformat()) == 10
    assert matches(since=times[0].isoformat(), until=times[14].isoformat()) == 10
    assert matches(until=(utc_now() - timedelta(days=100)).isoformat()) == 0


def test_no_two_readings_differ_by_one_client(clinic: ClinicApi) -> None:
    """Each client would show by a number of their own in the attention that falls."""
    staff(clinic, 3, needs=["grief"])
    for number in range(15):
        ask(clinic, 1, begin=number, limit=1 + number % 3)
    times = sorted(row["created_at"] for row in rows_of(clinic, Match))
    seen = {
        (shown["window"]["matches"], tuple(row["attention"] for row in shown["rows"]))
        for since in times[:8]
        for shown in [page(clinic, "exposure", since=since.isoformat())]
    }
    assert {count for count, _ in seen} == {15, 10, 5}
    for (count, one), (other, two) in combinations(seen, 2):
        assert one == two or abs(count - other) >= 5


def test_one_who_comes_again_and_again_is_one(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "MOST_REPLAYED", 10)
    staff(clinic, 3)
    ask(clinic, 10)
    for _ in range(40):
        ask(clinic, 1, begin=10, limit=1)
    ask(clinic, 4, begin=11)
    flooded = page(clinic, "exposure")
    assert (flooded["window"]["matches"], flooded["window"]["replayed"]) == (54, 10)
    # Of 15 clients one sees one therapist alone: of 54 matches, 40 are of one alone.
    got = [row["attention"] for row in flooded["rows"]]
    assert sum(got) == pytest.approx(1, abs=1e-3)
    fourteen, one = 1 + 1 / log2(3) + 1 / 2, 1
    assert min(got) >= 14 * 0.5 / (14 * fourteen + one) - 1e-3
    clients = [row["eligible_clients"] for row in flooded["rows"]]
    assert clients == [10, 10, 10]


def test_nothing_computed_again_says_why(clinic: ClinicApi) -> None:
    staff(clinic, 1)
    ask(clinic, 5)
    until = utc_now().isoformat()
    assert page(clinic, "exposure", until=until)["window"]["replayed"] == 5
    ask(clinic, 5)
    shown = page(clinic, "exposure", until=until)
    assert (shown["window"]["matches"], shown["window"]["replayed"]) == (5, 0)
    assert NONE_REPLAYED_NOTE in shown["notes"]
    for name in set(PAGES) - {"unmet-needs", "calibration"}:
        assert NONE_REPLAYED_NOTE not in page(clinic, name)["notes"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"last": 0}, "last"),
        ({"last": 10_001}, "last"),
        ({"since": "yesterday"}, "since"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "since"),
        ({"until": "9999-12-31T23:59:59-14:00"}, "since"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "until"),
        ({"format": "xml"}, "format"),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(
    clinic: ClinicApi, params: dict[str, Any], field: str
) -> None:
    answer = clinic.get("/v1/insights/exposure", params=params)
    assert answer.status_code == 422
    assert field in answer.json()["errors"][0]["field"]


def test_the_ends_of_time_are_no_error(clinic: ClinicApi) -> None:
    for params in (
        {"since": "0001-01-01T00:00:00Z"},
        {"until": "0001-01-02T00:00:00Z"},
        {"until": "9999-12-31T23:59:59Z", "last": 5},
    ):
        assert clinic.get("/v1/insights/exposure", params=params).status_code in {200, 422}


def test_who_is_withheld_is_not_what_is_left_of_the_total(clinic: ClinicApi) -> None:
    """Two are shown to ten clients, one to the two who must have her alone."""
    staff(clinic, 2, "en", languages=["en"])
    clinic.add(reference="es", languages=["es"])
    must = {"language": {"importance": "must"}}
    for number in range(10):
        tongue = "es" if number < 2 else "en"
        wish = {"language": {"any_of": [tongue], **must["language"]}}
        ask(clinic, 1, begin=number, preferences=wish)
    rows = by_reference(page(clinic, "exposure")["rows"])
    shares = [row["attention"] for row in rows.values()]
    assert rows["es"]["attention"] is None
    assert shares.count(None) >= 2
