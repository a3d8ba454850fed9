"""Several at once: no version is lost, of those who saw the same one wins, nobody waits."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from api.auth.scope import ClinicScope
from api.ranking import recent
from tests.api.web.signed_in import Visitor
from tests.factories.clinics import ClinicApi
from tests.factories.weightings import Json, activate, active, drafted, etag_of, seeded

ADMINISTRATORS = 10


def test_versions_are_numbered_without_gaps_or_doubles(clinic: ClinicApi) -> None:
    with ThreadPoolExecutor(ADMINISTRATORS) as pool:
        made = list(
            pool.map(
                lambda n: [drafted(clinic, near_tie=n / 100, diversity=k / 10) for k in range(3)],
                range(ADMINISTRATORS),
            )
        )
    count = 3 * ADMINISTRATORS
    versions = sorted(one["version"] for some in made for one in some)
    assert versions == list(range(2, 2 + count))
    kept = {item["id"]: item for item in clinic.get("/v1/weightings?limit=100").json()["items"]}
    assert len(kept) == count + 1
    for number, some in enumerate(made):
        for step, one in enumerate(some):
            assert (kept[one["id"]]["near_tie"], kept[one["id"]]["diversity"]) == (
                number / 100,
                step / 10,
            )


def test_of_those_who_saw_the_same_one_activates(clinic: ClinicApi) -> None:
    drafts = [drafted(clinic, near_tie=n / 100) for n in range(ADMINISTRATORS)]
    for targets in (drafts, [drafts[0]] * ADMINISTRATORS):
        seen = [(target, etag_of(clinic, target)) for target in targets]
        with ThreadPoolExecutor(ADMINISTRATORS) as pool:
            answers = list(pool.map(lambda one: activate(clinic, *one), seen))
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [200] + [412] * (ADMINISTRATORS - 1)
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        assert active(clinic)["id"] == won["id"]
        clinic_begins_again(clinic)


def clinic_begins_again(clinic: ClinicApi) -> None:
    first = clinic.get("/v1/weightings?limit=1").json()["items"][0]
    assert activate(clinic, first).status_code == 200


def test_saving_and_activating_over_one_another_loses_nothing(clinic: ClinicApi) -> None:
    def administrator(number: int) -> tuple[Json, Response]:
        mine = drafted(clinic, weights={"needs": number + 1})
        return mine, activate(clinic, mine)

    with ThreadPoolExecutor(ADMINISTRATORS) as pool:
        done = list(pool.map(administrator, range(ADMINISTRATORS)))
    items = clinic.get("/v1/weightings?limit=100").json()["items"]
    assert [item["version"] for item in items] == list(range(1, ADMINISTRATORS + 2))
    kept = {item["id"]: item["weights"]["needs"] for item in items}
    assert [kept[mine["id"]] for mine, _ in done] == [n + 1 for n in range(ADMINISTRATORS)]
    assert {answer.status_code for _, answer in done} <= {200, 412}
    won = {mine["id"] for mine, answer in done if answer.status_code == 200}
    statuses = {item["id"]: item["status"] for item in items}
    assert {id_ for id_, status in statuses.items() if status == "draft"}.isdisjoint(won)
    assert active(clinic)["id"] in won
    assert won == {id_ for id_, s in statuses.items() if s != "draft"} - {items[0]["id"]}


def test_others_may_write_while_a_page_ranks_matches_again(
    clinic: ClinicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for request in seeded(clinic, clients=8):
        clinic.match(**request)
    writing, rows = [], recent._rows

    def read(scope: ClinicScope, ids: Sequence[UUID]) -> Sequence[Any]:
        writing.append(scope.unit.writing)
        return rows(scope, ids)

    monkeypatch.setattr(recent, "_rows", read)
    Visitor(clinic).page(f"/console/weighting/{active(clinic)['id']}", last="100")
    # The sensitivity's and the preview's.
    assert writing == [False, False]
    for action in ("weighting.sensitivity_read", "weighting.previewed"):
        assert len(clinic.get(f"/v1/audit?action={action}").json()["items"]) == 1
