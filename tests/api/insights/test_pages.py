"""The figures of each page, in clinics of which they are known."""

from datetime import UTC, datetime, timedelta
from math import log2
from typing import Any

import pytest
from sqlalchemy import select, update

from api.auth.roles import Role
from api.db.tables import Wait
from api.db.tables.base import table_of
from tests.api.insights.worlds import Json, ask, by_reference, page, plain_order, staff
from tests.factories.clinics import ClinicApi
from tests.factories.models import preferring, trained
from tests.factories.pairings import in_scope

CBT = {"modality": {"any_of": ["cbt"]}}
SECOND = 1 / log2(3)


def test_exposure_beside_what_is_warranted(clinic: ClinicApi) -> None:
    """One meets the wish and one does not: all attention but the second place's, all the merit."""
    plain_order(clinic)
    clinic.add(reference="meets", modalities=["cbt"], caseload_limit=4, caseload=1)
    clinic.add(reference="does-not", modalities=["act"])
    clinic.add(reference="gone", active=False)
    ask(clinic, 12, preferences=CBT)
    shown = page(clinic, "exposure")
    assert shown["window"]["matches"] == 10
    assert shown["window"]["clients"] == 10
    rows = by_reference(shown["rows"])
    assert rows["meets"]["attention"] == pytest.approx(1 / (1 + SECOND), abs=1e-4)
    assert rows["meets"]["warranted"] == 1
    assert rows["meets"]["ratio"] == pytest.approx(1 / (1 + SECOND), abs=1e-4)
    assert rows["meets"]["preference_fit"] == 1
    assert rows["meets"]["eligible_clients"] == 10
    assert (rows["meets"]["caseload_limit"], rows["meets"]["places_free"]) == (4, 3)
    assert rows["does-not"]["attention"] == pytest.approx(SECOND / (1 + SECOND), abs=1e-4)
    assert rows["does-not"]["ratio"] is None
    assert rows["gone"]["attention"] == 0
    assert rows["gone"]["eligible_clients"] is None
    assert shown["summary"]["gini_of_warranted"] == 0.5
    assert shown["summary"]["below_half"] == 0


def test_choices_and_acceptance_in_steps_of_five(clinic: ClinicApi) -> None:
    (chosen,) = staff(clinic, 1)
    for number, match in enumerate(ask(clinic, 10)):
        if number < 9:
            path = f"/v1/matches/{match['id']}/selection"
            pairing = clinic.post(path, {"therapist_id": chosen}, Role.INTAKE).json()
            decision = ("decline", {"reason": "full"}) if number < 2 else ("accept", None)
            move = clinic.post(f"/v1/pairings/{pairing['id']}/{decision[0]}", decision[1])
            assert move.status_code == 200
    (row,) = page(clinic, "exposure")["rows"]
    # Of nine, the first five; two of them were declined.
    assert (row["chosen_by"], row["acceptance"]) == (5, 0.6)
    congestion = page(clinic, "congestion")
    (row,) = congestion["rows"]
    assert (row["requested_by"], row["declined_full"]) == (5, None)
    assert congestion["summary"]["days_to_acceptance"] == 0


def test_a_need_that_nobody_offers_and_musts_that_left_nobody(clinic: ClinicApi) -> None:
    staff(clinic, 3, needs=["anxiety"], languages=["en"])
    ask(clinic, 7, needs=["grief"], preferences={})
    must = {"language": {"any_of": ["es"], "importance": "must"}}
    ask(clinic, 8, begin=7, preferences=must)
    shown = page(clinic, "unmet-needs")
    rows = {tuple(row["asked"]): row for row in shown["rows"]}
    assert set(rows) == {("need:grief",), ("language:es",)}
    assert (rows[("need:grief",)]["clients"], rows[("need:grief",)]["musts"]) == (5, None)
    assert rows[("need:grief",)]["shortage"] == "nobody"
    assert (rows[("language:es",)]["clients"], rows[("language:es",)]["musts"]) == (5, 5)
    assert shown["summary"] == {
        "clients_with_nobody": 5,
        "emptied_by": [{"reason": "must_language", "clients": 5}],
    }


def test_a_blank_field_and_what_the_best_answer_would_bring(clinic: ClinicApi) -> None:
    plain_order(clinic)
    staff(clinic, 3, "act", modalities=["act"])
    staff(clinic, 3, "cbt", modalities=["cbt"])
    clinic.add(reference="blank")
    must = {"modality": {"any_of": ["cbt"], "importance": "must"}}
    ask(clinic, 5, preferences=CBT, limit=3)
    ask(clinic, 5, begin=5, preferences=must)
    shown = page(clinic, "profiles")
    (row,) = shown["rows"]
    assert row["therapist"]["reference"] == "blank"
    assert row["field"] == "modalities"
    # Above the three with a half, and with all three who meet it at the top with 1.
    assert (row["clients"], row["score"], row["places"]) == (5, 0.5, 3)
    assert (row["not_shown"], row["shut_out"]) == (1, 5)
    assert shown["summary"]["therapists"] == 1


def test_full_for_whom(clinic: ClinicApi) -> None:
    clinic.add(reference="full", caseload_limit=1, caseload=1)
    clinic.add(reference="free")
    ask(clinic, 6)
    shown = page(clinic, "congestion")
    rows = by_reference(shown["rows"])
    assert (rows["full"]["full_for"], rows["free"]["full_for"]) == (5, None)
    assert shown["rows"][0]["therapist"]["reference"] == "full"
    assert shown["summary"]["with_nobody"] == 0
    assert shown["summary"]["waiting_now"] is None


def test_days_waited_do_not_slide_with_the_window(clinic: ClinicApi) -> None:
    """Counted from `since` on, each wait would be told by letting it fall out of the window."""
    clinic.add(reference="t-1", caseload_limit=1, caseload=1)
    for match in ask(clinic, 9):
        assert clinic.post(f"/v1/matches/{match['id']}/wait", {}).status_code == 201
    table, begin = table_of(Wait), datetime(2026, 2, 1, tzinfo=UTC)
    days = [3, 40, 8, 25, 61, 14, 33, 5, 90]
    with in_scope(clinic) as scope:
        connection = scope.unit.begin_write()
        ids = connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
        for number, (id_, lasted) in enumerate(zip(ids, days, strict=True)):
            ended = begin + timedelta(hours=number)
            values = {"since": ended - timedelta(days=lasted), "closed_at": ended}
            change = update(table).where(table.c.id == id_).values(status="placed", **values)
            connection.execute(change)

    def waited(since: int, until: int = 24) -> float | None:
        params: dict[str, Any] = {
            name: (begin + timedelta(hours=hours - 0.5)).isoformat()
            for name, hours in (("since", since), ("until", until))
        }
        found: float | None = page(clinic, "congestion", **params)["summary"]["days_waited"]
        return found

    assert [waited(since) for since in range(-1, 4)] == [25, 25, None, None, None]
    assert [waited(0, until) for until in (4, 5, 8, 9)] == [None, 25, 25, 25]


def test_calibration_is_refused_where_too_few_have_rated(clinic: ClinicApi) -> None:
    staff(clinic, 2)
    ask(clinic, 5)
    shown = page(clinic, "calibration")
    assert shown["rows"] == []
    assert shown["summary"]["difference"]["value"] is None
    assert "Too few" in shown["summary"]["why"]


def rate(clinic: ClinicApi, match: Json, therapist: str, trust: int) -> None:
    """The client chooses the therapist, who takes them on, and rates the third session."""
    path = f"/v1/matches/{match['id']}/selection"
    pairing = clinic.post(path, {"therapist_id": therapist}, Role.INTAKE).json()
    clinic.post(f"/v1/pairings/{pairing['id']}/accept")
    rating = {"session_number": 3, "trust": trust}
    path = f"/v1/pairings/{pairing['id']}/ratings"
    assert clinic.post(path, rating, Role.INTAKE).status_code == 201


@pytest.mark.slow
def test_calibration_compares_what_was_expected_with_what_followed(clinic: ClinicApi) -> None:
    chosen, *_ = staff(clinic, 3)
    trained(clinic, preferring("t-0"))
    for number, match in enumerate(ask(clinic, 37, consent={"learning": True}, limit=50)):
        rate(clinic, match, chosen, trust=9 if number % 2 else 8)
    shown = page(clinic, "calibration")
    assert shown["summary"]["clients"] == 35
    assert shown["summary"]["why"] is None
    (expected,) = {row["expected"] for row in shown["rows"]}
    for row in shown["rows"]:
        assert 8 < row["found"]["value"] < 9
        assert row["expected_from"] == row["expected_to"] == expected
    everybody = sum(row["found"]["value"] * row["clients"] for row in shown["rows"]) / 35
    assert shown["summary"]["difference"]["value"] == pytest.approx(everybody - expected, abs=0.1)


def test_fit_is_told_only_of_those_who_agreed_to_learning(clinic: ClinicApi) -> None:
    """Those who did not agree say something else entirely."""
    chosen, *_ = staff(clinic, 1)
    for match in ask(clinic, 5, consent={"learning": True}, limit=50):
        rate(clinic, match, chosen, trust=9)
    for match in ask(clinic, 5, begin=5, consent={"learning": False}, limit=50):
        rate(clinic, match, chosen, trust=0)
    (row,) = [
        row
        for row in page(clinic, "bias")["rows"]
        if (row["of"], row["attribute"], row["measure"]) == ("clients", "age_group", "fit")
    ]
    assert row["shown"]
    assert row["figure"]["value"] > 8


def test_groups_of_known_exposure_and_the_alert(clinic: ClinicApi) -> None:
    """Men stand below women by the wish, so they are seen less; three others are withheld."""
    plain_order(clinic)
    staff(clinic, 5, "w", gender="woman", modalities=["cbt"], languages=["en", "es"])
    staff(clinic, 5, "m", gender="man", modalities=["act"], languages=["en"])
    staff(clinic, 3, "n", gender="non_binary", modalities=["act"])
    ask(clinic, 10, preferences=CBT, limit=5, age_group=None)
    shown = page(clinic, "bias")
    figures = {
        (row["of"], row["attribute"], row["group"], row["measure"]): row for row in shown["rows"]
    }
    women = figures["therapists", "gender", "woman", "exposure"]
    looks = sum(1 / log2(rank + 1) for rank in range(1, 6))
    assert women["figure"]["value"] == pytest.approx(looks / 5, abs=1e-4)
    assert women["difference"]["value"] == pytest.approx(looks / 5, abs=1e-4)
    assert figures["therapists", "gender", "man", "exposure"]["figure"]["value"] == 0
    others = figures["therapists", "gender", "non_binary", "exposure"]
    assert not others["shown"]
    assert others["figure"]["value"] is None
    fit = figures["therapists", "gender", "woman", "preference_fit"]["difference"]
    assert (fit["value"], fit["low"], fit["high"]) == (1, 1, 1)
    spreads = {(one["attribute"], one["measure"]): one for one in shown["summary"]["spreads"]}
    of_gender = spreads["gender", "exposure"]
    assert (of_gender["lowest"], of_gender["highest"]) == ("man", "woman")
    assert of_gender["alert"]
    assert not spreads["gender", "preference_fit"]["alert"]
    assert shown["summary"]["alerts"] >= 1


def test_clients_are_grouped_by_what_they_asked_for(clinic: ClinicApi) -> None:
    staff(clinic, 2, languages=["en"], age_groups=["adult"])
    ask(clinic, 10, age_group="adult")
    spanish = {"language": {"any_of": ["es"], "importance": "must"}}
    ask(clinic, 5, begin=10, preferences=spanish)
    shown = page(clinic, "bias")
    rows = {
        (row["attribute"], row["group"]): row
        for row in shown["rows"]
        if row["of"] == "clients" and row["measure"] == "nobody_eligible"
    }
    assert rows["language_asked_for", "es"]["figure"]["value"] == 1
    assert rows["language_asked_for", "not_asked"]["figure"]["value"] == 0
    assert rows["age_group", "unknown"]["difference"]["value"] == 1
    assert any("not who they are" in note for note in shown["notes"])


def test_groups_of_clients_hold_when_some_come_again(clinic: ClinicApi) -> None:
    staff(clinic, 2, languages=["en"])
    spanish = {"language": {"any_of": ["es"], "importance": "must"}}
    ask(clinic, 5, preferences=spanish)
    ask(clinic, 5, begin=5, preferences={})
    for _ in range(2):
        rows = [
            row
            for row in page(clinic, "bias")["rows"]
            if (row["attribute"], row["measure"]) == ("language_asked_for", "nobody_eligible")
        ]
        found = {row["group"]: row["figure"]["value"] for row in rows}
        assert found == {"es": 1.0, "not_asked": 0.0}
        ask(clinic, 5, preferences=spanish)
