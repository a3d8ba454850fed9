"""The audit's page: rows in words, found by what they are, sealed, and taken along."""

import json
from html import unescape
from uuid import uuid4

import pytest

from api.audit_trail.actions import OTHERWISE, RECORDED
from api.auth.roles import Role
from api.web.console.audit_words import ACTIONS
from tests.api.web.signed_in import Visitor
from tests.factories.audit import sealed
from tests.factories.clinics import ClinicApi
from tests.factories.models import database_of

AUDIT = "/console/audit"


def test_every_action_has_words() -> None:
    known = {action for actions in RECORDED.values() for action in actions} | set(OTHERWISE)
    assert known <= set(ACTIONS)


def test_rows_stand_newest_first_in_words(clinic: ClinicApi) -> None:
    added = clinic.add(reference="t-1")
    match = clinic.match()
    shown = Visitor(clinic).page(AUDIT)
    made, came = (
        shown.index(f"<code class=\"small soft\">{action}</code></td><td><a class=\"id\""
                    f' href="{AUDIT}?subject={id_}"')
        for action, id_ in (("match.created", match["id"]), ("therapist.created", added["id"]))
    )  # fmt: skip
    assert made < came
    assert "A match was made" in shown
    assert "rapport audit verify" in shown


def test_rows_are_found_by_action_record_key_and_day(clinic: ClinicApi) -> None:
    first, second = clinic.match(), clinic.match()
    visitor = Visitor(clinic)

    def found(**wanted: str) -> str:
        return visitor.page(AUDIT, **wanted)

    (row,) = clinic.get("/v1/audit", params={"subject_id": first["id"]}).json()["items"]
    assert second["id"] in found(action="match.created")
    assert "There are no such rows." in found(action="match.replayed")
    assert first["id"] in found(subject=first["id"])
    assert second["id"] not in found(subject=first["id"])
    assert first["id"] in found(key=row["key_id"])
    assert "There are no such rows." in found(key=str(uuid4()))
    today = row["at"][:10]
    assert first["id"] in found(since=today, until=today)
    assert "There are no such rows." in found(until="2020-01-01")
    assert "There are no such rows." in found(since="2999-01-01")


def test_older_rows_are_on_the_next_page(clinic: ClinicApi) -> None:
    for _ in range(60):
        clinic.get("/v1/tasks")
    visitor = Visitor(clinic)
    answer = unescape(visitor.get(AUDIT, action="tasks.listed").text)
    assert answer.count("tasks.listed</code>") == 50
    older = answer.split('">Older rows')[0].rpartition('href="')[2]
    assert "action=tasks.listed" in older
    rest = visitor.page(older)
    assert rest.count("tasks.listed</code>") == 10
    assert "Newest rows" in rest
    assert "Older rows" not in rest


def test_the_seal_and_the_head_are_shown(clinic: ClinicApi) -> None:
    clinic.match()
    visitor = Visitor(clinic)
    assert "Nothing is sealed yet." in visitor.page(AUDIT)
    sealed(database_of(clinic), clinic.clinic_id)
    head = clinic.get("/v1/audit/head").json()
    shown = visitor.page(AUDIT)
    assert f"{head['number']}:{head['digest']}" in shown
    assert '<td class="n">1</td>' in shown


def test_the_export_is_the_trail_with_its_chain(clinic: ClinicApi) -> None:
    match = clinic.match()
    sealed(database_of(clinic), clinic.clinic_id)
    answer = Visitor(clinic).get(f"{AUDIT}/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.ndjson"'
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0]["kind"] == "seal"
    assert lines[-1]["kind"] == "end"
    assert match["id"] in {line.get("subject_id") for line in lines}
    (row,) = clinic.get("/v1/audit?action=audit.exported").json()["items"]
    assert row["subject_id"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "x"},
        {"action": "'; drop table audit"},
        {"since": "yesterday"},
        {"until": "0001-01-01"},
        {"since": "9999-12-31"},
        {"subject": "1"},
        {"key": '"><script>alert(1)'},
        {"cursor": "%%%"},
        {"cursor": "x" * 500},
    ],
)
def test_what_cannot_be_looked_for_is_a_page(clinic: ClinicApi, wrong: dict[str, str]) -> None:
    answer = Visitor(clinic).get(AUDIT, **wrong)
    assert answer.status_code == 422
    assert "Nothing was looked for." in answer.text
    assert "<script>alert" not in answer.text


def test_administrators_and_auditors_alone(clinic: ClinicApi) -> None:
    for path in (AUDIT, f"{AUDIT}/export"):
        assert Visitor(clinic, Role.AUDITOR).get(path).status_code == 200
        assert Visitor(clinic, Role.STAFF).get(path).status_code == 403
