"""The weighting's pages: drafted, looked at, activated, gone back from; and who may."""

import re
from uuid import uuid4

import pytest

from api.auth.roles import Role
from api.weightings.presets import PRESET_WEIGHTS
from api.weightings.preview import service as previews
from tests.api.web.signed_in import Visitor, fields_of
from tests.factories.clinics import ClinicApi
from tests.factories.weightings import (
    Json,
    activated,
    active,
    drafted,
    etag_of,
    previewed,
    seeded,
)

DRAFT = "/console/weighting/draft"
OTHER: Json = {"weights": {"communication_style": 5, "needs": 0}}
HOSTILE = (
    "",
    "abc",
    "-1",
    "1e400",
    "nan",
    "inf",
    "2000",
    "1e-9",
    "0x10",
    "'\"><script>",
    "٣",
    "1,5",
)


def matched(clinic: ClinicApi, clients: int = 8) -> None:
    for request in seeded(clinic, clients=clients):
        clinic.match(**request)


def newest(clinic: ClinicApi) -> Json:
    found: Json = clinic.get("/v1/weightings").json()["items"][-1]
    return found


def kept(visitor: Visitor, start: str, **changes: str) -> str:
    """Where a draft leads that begins so and is changed so."""
    fields = {**fields_of(visitor.get(DRAFT, **{"from": start}).text), **changes}
    answer = visitor.client.post(DRAFT, data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_first_page_says_what_counts_and_shows_every_version(clinic: ClinicApi) -> None:
    drafted(clinic, note="<script>alert(1)</script>", **OTHER)
    visitor = Visitor(clinic)
    answer = visitor.get("/console/weighting")
    assert "<script>alert(1)" not in answer.text
    assert "<title id=" in answer.text
    page = visitor.page("/console/weighting")
    for words in ("Way of working", "Version 1", "Version 2", "Your data cannot tell", "Balanced"):
        assert words in page


@pytest.mark.parametrize("start", ["active", *PRESET_WEIGHTS, "suggested"])
def test_a_draft_begins_with_what_was_chosen(clinic: ClinicApi, start: str) -> None:
    present = active(clinic)
    kept(Visitor(clinic), start)
    made = newest(clinic)
    assert made["version"] == 2
    assert made["weights"] == (PRESET_WEIGHTS.get(start) or present["weights"])  # type: ignore[call-overload]
    for name in ("near_tie", "diversity", "exposure", "importance", "fit_weights"):
        assert made[name] == present[name]
    assert active(clinic)["version"] == 1


def test_a_draft_from_a_version_has_all_of_it(clinic: ClinicApi) -> None:
    numbers = {"communication_style": 0.1234567, "needs": 900}
    first = drafted(clinic, weights=numbers, fit_weights={"trust": 7}, near_tie=0.5)
    kept(Visitor(clinic), first["id"])
    made = newest(clinic)
    for name in ("weights", "fit_weights", "near_tie", "importance"):
        assert made[name] == first[name]


def test_a_field_is_meant_before_a_slider_and_a_slider_where_no_field_changed(
    clinic: ClinicApi,
) -> None:
    visitor = Visitor(clinic)
    kept(visitor, "active", **{"slider-needs": "0.5", "gender": "0.3", "slider-gender": "0.9"})
    assert (newest(clinic)["weights"]["needs"], newest(clinic)["weights"]["gender"]) == (0.5, 0.3)


@pytest.mark.parametrize(("factor", "becomes"), [("2", 0.36), ("0.5", 0.09), ("0", 0)])
def test_quick_buttons_change_one_weight_and_keep_nothing(
    clinic: ClinicApi, factor: str, becomes: float
) -> None:
    visitor = Visitor(clinic)
    wish = f"communication_style:{factor}"
    fields = {**fields_of(visitor.get(DRAFT).text), "note": "Why <b>", "gender": "0.7"}
    answer = visitor.client.post(DRAFT, data={**fields, "set": wish})
    again = fields_of(answer.text)
    assert float(again["communication_style"]) == pytest.approx(becomes)
    assert (again["note"], again["gender"]) == ("Why <b>", "0.7")
    assert newest(clinic)["version"] == 1
    linked = fields_of(visitor.get(DRAFT, **{"from": "active", "set": wish}).text)
    assert linked["communication_style"] == again["communication_style"]


def test_the_page_says_what_the_preview_says(clinic: ClinicApi) -> None:
    matched(clinic)
    visitor = Visitor(clinic)
    where = kept(visitor, "active", communication_style="5", needs="0", last="100")
    page = visitor.page(where)
    found = previewed(clinic, newest(clinic), last=100)
    assert f"In {round(8 * found['top1_changed'])} of 8 past matches somebody else" in page
    assert f"In {round(8 * found['top3_changed'])} of 8 past matches the first three" in page
    assert found["estimate"]["why"]["text"] in page
    assert found["examples"]
    for example in found["examples"]:
        assert f"/console/matches/{example['match_id']}" in page
        shown = page.partition(example["match_id"])[0].rpartition("<h4>Before</h4>")[2]
        for part, when in zip(shown.split("<h4>After</h4>"), ("before", "after"), strict=True):
            ranked = {
                one[when]["rank"]: one["therapist"]["name"]
                for one in example["therapists"]
                if one[when] and one[when]["rank"]
            }
            names = re.findall(r"<li>([^<]+?) *</?(?:li|span)", part)
            assert names == [ranked[rank] for rank in sorted(ranked)]
    gained = found["exposure"][0]
    assert f"{100 * gained['after']:.1f} % (+{100 * gained['change']:.1f})" in page
    for note in found["notes"]:
        assert note in page
    assert "Way of working: 5 instead of 0.18." in page
    assert "Too few matches to tell" in page


def test_sensitivity_stands_beside_it(clinic: ClinicApi) -> None:
    matched(clinic, 20)
    version = active(clinic)
    page = Visitor(clinic).page(f"/console/weighting/{version['id']}", last="100")
    found = clinic.get("/v1/weightings/sensitivity?last=100").json()
    assert found["words"] in page
    assert re.search(r"Needs</th><td class=\"n\">0.22</td><td class=\"n\">\d+ of 20", page)


def test_activating_and_going_back(clinic: ClinicApi) -> None:
    first, second = active(clinic), drafted(clinic, **OTHER)
    visitor = Visitor(clinic)
    for version in (second, first):
        path = f"/console/weighting/{version['id']}"
        done = visitor.send(f"{path}/activate", etag=fields_of(visitor.get(path).text)["etag"])
        assert done.headers["location"] == "/console/weighting?activated=1"
        assert active(clinic)["id"] == version["id"]
    assert "Version 1 is active." in visitor.page("/console/weighting?activated=1")


@pytest.mark.parametrize("tag", [None, "", "x", '"1-2"'])
def test_a_stale_page_activates_nothing_and_offers_to_look_again(
    clinic: ClinicApi, tag: str | None
) -> None:
    draft, others = drafted(clinic, **OTHER), drafted(clinic, near_tie=0)
    seen = etag_of(clinic, draft) if tag is None else tag
    activated(clinic, others)
    answer = Visitor(clinic).send(f"/console/weighting/{draft['id']}/activate", etag=seen)
    assert answer.status_code == 412
    assert "was not activated, and nothing was lost" in answer.text
    assert f"/console/weighting/{draft['id']}?last=500" in answer.text
    assert f"/console/weighting/{others['id']}" in answer.text
    assert active(clinic)["id"] == others["id"]


def test_a_long_preview_is_a_job_that_can_be_cancelled(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_AT_ONCE", 5)
    matched(clinic, 6)
    visitor, path = Visitor(clinic), f"/console/weighting/{drafted(clinic, **OTHER)['id']}"
    where = visitor.send(f"{path}/previews", last="10000").headers["location"]
    under_way = visitor.get(where)
    assert under_way.headers["refresh"] == "3"
    assert "0 of 6 done" in under_way.text
    assert "refresh" not in visitor.get(f"{where}?still=1").headers
    other = f"/console/weighting/{active(clinic)['id']}/previews"
    assert visitor.send(other, last="2000").headers["location"] == f"{where}?already=1"
    assert visitor.send(f"{where}/cancel").headers["location"] == where
    ended = visitor.get(where)
    assert "It was cancelled." in ended.text
    assert "refresh" not in ended.headers


def test_where_there_are_few_a_long_preview_is_answered_at_once(clinic: ClinicApi) -> None:
    path = f"/console/weighting/{active(clinic)['id']}"
    answer = Visitor(clinic).send(f"{path}/previews", last="5000")
    assert answer.headers["location"] == f"{path}?last=1000"
    assert "There are no past matches" in Visitor(clinic).page(f"{path}?last=1000")


@pytest.mark.parametrize("role", [Role.STAFF, Role.AUDITOR])
def test_staff_and_auditors_look_and_change_nothing(clinic: ClinicApi, role: Role) -> None:
    matched(clinic, 3)
    draft = drafted(clinic, **OTHER)
    path, visitor = f"/console/weighting/{draft['id']}", Visitor(clinic, role)
    for page in (visitor.page("/console/weighting"), visitor.page(path, last="100")):
        for word in ("Activate this", "/console/weighting/draft", "What would have changed"):
            assert word not in page
    before = clinic.get("/v1/weightings").json()
    token = visitor.token()
    for answer in (
        visitor.get(DRAFT),
        visitor.send(DRAFT, token, start="active"),
        visitor.send(f"{path}/activate", token, etag=etag_of(clinic, draft)),
        visitor.send(f"{path}/previews", token),
        visitor.get(f"{path}/previews/{uuid4()}"),
        visitor.send(f"{path}/previews/{uuid4()}/cancel", token),
    ):
        assert answer.status_code == 403
    assert clinic.get("/v1/weightings").json() == before


def test_without_a_token_nothing_is_done(clinic: ClinicApi) -> None:
    draft, visitor = drafted(clinic, **OTHER), Visitor(clinic)
    path = f"/console/weighting/{draft['id']}/activate"
    assert visitor.send(path, "0" * 64, etag=etag_of(clinic, draft)).status_code == 403
    assert visitor.send(DRAFT, "", start="active").status_code == 403
    assert active(clinic)["version"] == 1


def test_hostile_numbers_are_said_to_be_wrong_and_nothing_is_kept(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    fields = fields_of(visitor.get(DRAFT).text)
    for value in HOSTILE:
        for name in ("needs", "near_tie", "strong", "slider-needs", "was-needs", "set", "last"):
            answer = visitor.client.post(
                DRAFT, data={**fields, name: value}, follow_redirects=False
            )
            assert answer.status_code in {200, 303, 422}, (name, value)
            assert "><script>" not in answer.text
        wrong = visitor.client.post(DRAFT, data={**fields, "needs": value})
        assert wrong.status_code == (200 if value in {"٣", "1,5"} else 422), value
        if wrong.status_code == 422:
            assert "Nothing was kept yet." in wrong.text
    assert visitor.send(DRAFT, fields["form_token"], start="active").status_code == 422


def test_nothing_that_counts_is_refused_in_words(clinic: ClinicApi) -> None:
    visitor = Visitor(clinic)
    fields = fields_of(visitor.get(DRAFT).text)
    nothing = dict.fromkeys(active(clinic)["weights"], "0")
    answer = visitor.client.post(DRAFT, data={**fields, **nothing})
    assert answer.status_code == 422
    assert "At least one part has to count" in answer.text
    swapped = visitor.client.post(DRAFT, data={**fields, "strong": "1", "some": "2"})
    assert "must be at least what some is" in swapped.text


def test_what_is_not_there_is_a_page(clinic: ClinicApi) -> None:
    visitor, token = Visitor(clinic), Visitor(clinic).token()
    for beginning in ("nobody", "", str(uuid4()), "'--"):
        assert visitor.get(DRAFT, **{"from": beginning}).status_code == 404
        assert visitor.send(DRAFT, token, start=beginning).status_code == 404
    path = f"/console/weighting/{uuid4()}"
    for answer in (
        visitor.get(path),
        visitor.get(path, last="100"),
        visitor.get("/console/weighting/x"),
        visitor.send(f"{path}/activate", token, etag="x"),
        visitor.send(f"{path}/previews", token, last="x"),
        visitor.get(f"{path}/previews/{uuid4()}"),
    ):
        assert answer.status_code == 404
        assert "<h1>" in answer.text
