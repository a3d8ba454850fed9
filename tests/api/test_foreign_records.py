"""Records of others: of another clinic, of somebody else, or of nobody any more."""

from collections.abc import Mapping
from uuid import uuid4

from httpx2 import Response

from api.auth.roles import ROLE_TABLE, Role
from tests.factories.barrage import ID_NAMES, ROUTES, Barrage, faults
from tests.factories.cases import case_of
from tests.factories.clinics import ClinicApi, key_of, make_clinic

NOBODYS: Mapping[str, str] = {**dict.fromkeys(ID_NAMES, str(uuid4())), "session_number": "1"}


def call_for_record(barrage: Barrage, key: str, method: str, template: str, path: str) -> Response:
    """A call that is right in everything but the record: with a body that the route takes."""
    body = barrage.body(method, template)
    headers = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    sent: Response = barrage.clinic.client.request(method, path, json=body, headers=headers)
    return sent


def test_a_record_of_another_clinic_is_not_found(clinic: ClinicApi) -> None:
    ours, other = Barrage(clinic), Barrage(make_clinic(clinic.client, "Other"))
    key = clinic.keys[Role.ADMIN]
    for method, path in ROUTES:
        if "{" in path:
            theirs = call_for_record(ours, key, method, path, other.path(path))
            nobodys = call_for_record(ours, key, method, path, other.path(path, **NOBODYS))
            assert (theirs.status_code, theirs.content) == (404, nobodys.content), path
    ours.check()
    other.check()


# They see their own only, and no other route of theirs names a record.
NARROW = [
    (role, method, path)
    for role in (Role.CLIENT, Role.THERAPIST)
    for method, path in ROUTES
    if role in ROLE_TABLE[method, path] and "{" in path
]


def test_a_record_of_somebody_else_is_not_found_with_a_narrow_key(clinic: ClinicApi) -> None:
    barrage = Barrage(clinic)
    stranger = case_of(clinic, barrage.partner["id"], "c-stranger").ids()["client_id"]
    keys = {
        Role.CLIENT: key_of(clinic, Role.CLIENT, stranger),
        Role.THERAPIST: key_of(clinic, Role.THERAPIST, barrage.target["id"]),
    }
    others = {"therapist_id": barrage.partner["id"]}
    for role, method, path in NARROW:
        theirs = call_for_record(barrage, keys[role], method, path, barrage.path(path, **others))
        nobodys = call_for_record(barrage, keys[role], method, path, barrage.path(path, **NOBODYS))
        assert (theirs.status_code, theirs.content) == (404, nobodys.content), (role, path)
    assert len(NARROW) > 20
    barrage.check()


def test_another_clinics_therapists_are_nobody(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    theirs = other.add(reference="t-1", name="Theirs", gender="woman")
    clinic.add(reference="t-1", name="Ours")
    for named in (theirs["id"], "nobody-at-all"):
        answer = clinic.match(referred_to=[named], exclude_therapists=[named])
        assert answer["considered"] == answer["eligible"] == 1
        assert answer["candidates"][0]["therapist"]["name"] == "Ours"
        assert [row["state"] for row in answer["candidates"][0]["contributions"]].count(
            "scored"
        ) < 2
    page = clinic.get("/v1/therapists").json()
    assert [item["name"] for item in page["items"]] == ["Ours"]


def test_another_clinics_cursor_and_key_show_nothing(clinic: ClinicApi) -> None:
    other = make_clinic(clinic.client, "Other")
    for number in range(3):
        other.add(reference=f"t-{number}", name="Theirs")
    cursor = other.get("/v1/therapists", params={"limit": 1}).json()["next_cursor"]
    clinic.add(reference="t-1", name="Ours")
    page = clinic.get("/v1/therapists", params={"cursor": cursor}).json()
    assert [item["name"] for item in page["items"]] == ["Ours"]
    headers = {"Idempotency-Key": "the-same"}
    row = {"reference": "t-9", "name": "Theirs"}
    theirs = other.post("/v1/therapists", row, headers=headers)
    ours = clinic.post("/v1/therapists", {**row, "name": "Ours"}, headers=headers)
    assert (theirs.status_code, ours.status_code) == (201, 201)
    assert ours.json()["name"] == "Ours"


def test_what_was_erased_is_gone_on_every_route(clinic: ClinicApi) -> None:
    barrage = Barrage(clinic)
    case = barrage.case
    client_ids = case.pairing["client"]["id"], case.wait["client"]["id"]
    for path in (f"/v1/matches/{case.match['id']}", *(f"/v1/clients/{one}" for one in client_ids)):
        assert clinic.call(Role.ADMIN, "DELETE", path).status_code == 200
    key = clinic.keys[Role.ADMIN]
    asked = 0
    for method, path in ROUTES:
        if any(f"{{{name}}}" in path for name in case.ids()):
            gone = call_for_record(barrage, key, method, path, barrage.path(path))
            assert (gone.status_code, faults(gone)) == (410, []), (method, path)
            asked += 1
    assert asked > 20
    barrage.check()
