"""What weights in the form would change, before they are kept: said as the kept ones are."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from api.auth.roles import Role
from api.db.tables import AuditRow
from api.db.tables.base import table_of
from api.http import heavy
from tests.api.web.signed_in import Visitor, fields_of
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import database_of
from tests.factories.weightings import active, drafted, previewed, seeded

DRAFT, LIVE = "/console/weighting/draft", "/console/weighting/draft/live"
STYLE_ALONE = {"communication_style": "5", "needs": "0", "expected_fit": "0"}
HEAVY = (
    "/console/weighting/{id}",
    "/console/weighting/{id}?last=100",
    "/console/insights/exposure",
    "/console/insights/exposure/csv",
)


def matched(clinic: ClinicApi, clients: int) -> None:
    for request in seeded(clinic, clients=clients):
        clinic.match(**request)


def form(visitor: Visitor, **changes: str) -> dict[str, str]:
    return {**fields_of(visitor.get(DRAFT).text), **changes}


def trail(clinic: ClinicApi, action: str) -> list[Any]:
    rows = table_of(AuditRow)
    of_it = select(rows).where(rows.c.clinic_id == clinic.clinic_id, rows.c.action == action)
    with database_of(clinic).reading() as connection:
        return list(connection.execute(of_it))


@pytest.mark.parametrize("changes", [STYLE_ALONE, {"exposure": "0.2", "near_tie": "0.2"}], ids=str)
def test_it_says_what_the_preview_of_the_kept_draft_says(
    clinic: ClinicApi, changes: dict[str, str]
) -> None:
    matched(clinic, 12)
    visitor = Visitor(clinic)
    answer = visitor.client.post(LIVE, data=form(visitor, **changes))
    assert answer.status_code == 200
    said = unescape(answer.text)
    assert clinic.get("/v1/weightings").json()["items"] == [active(clinic)]
    numbers = {name: float(value) for name, value in changes.items()}
    body = numbers if "exposure" in numbers else {"weights": numbers}
    found = previewed(clinic, drafted(clinic, **body), last=200, examples=3)
    assert found["top1_changed"] > 0
    assert f"In {round(12 * found['top1_changed'])} of 12 past matches somebody else" in said
    assert f"In {round(12 * found['top3_changed'])} of 12 past matches the first three" in said
    assert found["estimate"]["why"]["text"] in said
    gained = found["exposure"][0]
    assert f"{100 * gained['after']:.1f} % (+{100 * gained['change']:.1f})" in said
    for example in found["examples"]:
        assert f"/console/matches/{example['match_id']}" in said
    assert said.count("<h4>Before</h4>") == len(found["examples"]) > 0


@pytest.mark.parametrize(("clients", "read"), [(6, 6), (20, 3)])
def test_who_looks_is_recorded(clinic: ClinicApi, clients: int, read: int) -> None:
    matched(clinic, clients)
    visitor = Visitor(clinic)
    assert visitor.client.post(LIVE, data=form(visitor, **STYLE_ALONE)).status_code == 200
    (row,) = trail(clinic, "weighting.previewed")
    assert (row.subject_id, row.details) == (None, {"matches": clients, "examples": 3})
    assert len({one.subject_id for one in trail(clinic, "match.previewed")}) == read


def test_without_matches_it_says_so(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    answer = visitor.client.post(LIVE, data=form(visitor))
    assert "There are no past matches to try it on yet." in answer.text


def test_weights_as_they_are_change_nothing(clinic: ClinicApi) -> None:
    matched(clinic, 3)
    visitor = Visitor(clinic)
    said = unescape(visitor.client.post(LIVE, data=form(visitor)).text)
    assert "In none of 3 past matches somebody else would have come first." in said
    assert "No list would have been another." in said
    assert "Nobody’s share of attention changes" in said


def test_what_is_wrong_is_named_and_nothing_is_looked_at(clinic: ClinicApi) -> None:
    matched(clinic, 3)
    visitor = Visitor(clinic)
    nothing = dict.fromkeys(active(clinic)["weights"], "0")
    for changes, words in (
        ({"needs": "-1"}, "Needs: This must be"),
        ({"near_tie": "'\"><script>"}, "Near tie: This must be"),
        (nothing, "At least one part has to count"),
    ):
        answer = visitor.client.post(LIVE, data=form(visitor, **changes))
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert "><script>" not in answer.text
    assert trail(clinic, "weighting.previewed") == []


def test_only_who_may_preview_gets_an_answer(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    sent = form(visitor)
    assert visitor.client.post(LIVE, data={**sent, "form_token": "0" * 64}).status_code == 403
    staff = Visitor(clinic, Role.STAFF)
    assert staff.send(LIVE, **{**sent, "form_token": staff.token()}).status_code == 403


def test_as_now_brings_the_active_weight_back(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    sent = form(visitor, communication_style="0.9", needs="0.7")
    answer = visitor.client.post(DRAFT, data={**sent, "set": "communication_style:now"})
    again = fields_of(answer.text)
    present = active(clinic)["weights"]["communication_style"]
    assert (float(again["communication_style"]), again["needs"]) == (present, "0.7")


def test_heavy_pages_give_their_turn_back(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "MOST_OF_ONE", 1)
    visitor = Visitor(clinic)
    for _ in range(2):
        for path in HEAVY:
            assert visitor.get(path.format(id=active(clinic)["id"])).status_code == 200
        assert visitor.client.post(LIVE, data=form(visitor)).status_code == 200
        assert visitor.get(f"/console/weighting/{clinic.clinic_id}").status_code == 404


def test_who_finds_no_turn_reads_so_and_loses_nothing(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, draft = Visitor(clinic), drafted(clinic, near_tie=0)
    sent, path = form(visitor), f"/console/weighting/{draft['id']}"
    etag = fields_of(visitor.get(path).text)["etag"]
    monkeypatch.setattr(heavy, "MOST_OF_ONE", 0)
    answers = [visitor.get(one.format(id=draft["id"])) for one in HEAVY]
    answers.append(visitor.send(f"{path}/activate", etag=etag))
    answers.append(visitor.client.post(LIVE, data=sent))
    for answer in answers:
        assert answer.status_code == 503
        assert "One moment, please" in answer.text
        assert "Try again shortly." in answer.text
    assert active(clinic)["version"] == 1
    kept = visitor.client.post(DRAFT, data=sent, follow_redirects=False)
    assert kept.status_code == 303
