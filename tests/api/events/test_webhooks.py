"""`/v1/webhooks`: added, shown without its secret, changed, deleted."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from api.auth.roles import Role
from tests.api.events.conftest import Stage
from tests.factories.barrage import echoed
from tests.factories.clinics import make_clinic, service

HOSTILE_URLS = [
    "http://127.0.0.1:1/",  # not on the list
    "https://zqcanary7x.example.net/",
    "https://example.org/",  # the list says below it
    "https://user:zqcanary7x@hooks.example.org/",
    "https://zqcanary7x@hooks.example.org/",
    "https://hooks.example.org:9182/",
    "https://hooks.example.org.zqcanary7x.net/",
    "https://hooks.example.org\\@zqcanary7x.net/",
    "https://hooks.example.org/#zqcanary7x",
    "https://hooks.example.org%2ezqcanary7x.net/",
    "https://hooks.example.org\r\nzqcanary7x: 1",
    "https://hooks.example.org/ zqcanary7x",
    "https://hooks.example.org./zqcanary7x",
    "https://-hooks.example.org/zqcanary7x",
    "//hooks.example.org/zqcanary7x",
    "file:///zqcanary7x",
    "gopher://hooks.example.org/zqcanary7x",
    "https://hooks.example.org/" + "zqcanary7x" * 300,
    "https://",
    "zqcanary7x",
    "",
]


def test_a_secret_is_shown_once(stage: Stage) -> None:
    added = stage.hook(events=["match.created", "match.created"], note="The portal.")
    assert added["secret"].startswith("whsec_")
    assert added["events"] == ["match.created"]
    shown = stage.clinic.get(f"/v1/webhooks/{added['id']}")
    assert shown.json() == {name: value for name, value in added.items() if name != "secret"}
    listed = stage.clinic.get("/v1/webhooks")
    assert listed.json() == {"items": [shown.json()], "next_cursor": None}
    assert "whsec_" not in shown.text + listed.text
    assert stage.hook()["secret"] != added["secret"]


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_an_address_that_is_not_allowed_is_refused(stage: Stage, url: str) -> None:
    refused = stage.clinic.post("/v1/webhooks", {"url": url})
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["url"]
    assert not echoed(refused.text)


def test_plain_http_is_refused_unless_private_is_allowed(database_url: str) -> None:
    with service(database_url, runs_webhooks=False, webhook_hosts="hooks.example.org") as client:
        clinic = make_clinic(client)
        url = "http://hooks.example.org/"
        assert clinic.post("/v1/webhooks", {"url": url}).status_code == 422
        url = "HTTPS://HOOKS.EXAMPLE.ORG:443"
        added = clinic.post("/v1/webhooks", {"url": url})
        assert added.json()["url"] == "https://hooks.example.org/"


def test_without_a_list_of_hosts_webhooks_are_off(database_url: str) -> None:
    with service(database_url, runs_webhooks=False, webhook_hosts="") as client:
        refused = make_clinic(client).post("/v1/webhooks", {"url": "https://hooks.example.org/"})
        assert refused.status_code == 409
        assert "RAPPORT_WEBHOOK_HOSTS" in refused.json()["detail"]


def test_sent_twice_with_one_key_it_is_added_once(stage: Stage) -> None:
    body, headers = {"url": stage.receiver.url}, {"Idempotency-Key": "k-1"}
    first, second = (
        stage.clinic.post("/v1/webhooks", body, headers=headers).json() for _ in range(2)
    )
    assert first == second
    assert len(stage.clinic.get("/v1/webhooks").json()["items"]) == 1


def test_a_clinic_has_twenty_at_most(stage: Stage) -> None:
    first = stage.hook()
    for _ in range(19):
        stage.hook()
    full = stage.clinic.post("/v1/webhooks", {"url": stage.receiver.url})
    assert full.status_code == 409
    assert stage.clinic.call(Role.ADMIN, "DELETE", f"/v1/webhooks/{first['id']}").status_code == 204
    stage.hook()


def test_what_is_changed_changes_and_the_rest_stays(stage: Stage) -> None:
    added = stage.hook(note="The portal.")
    path = f"/v1/webhooks/{added['id']}"
    changed = stage.change(path, {"events": ["task.opened"]}).json()
    assert changed["events"] == ["task.opened"]
    assert (changed["note"], changed["url"]) == (added["note"], added["url"])
    assert stage.change(path, {"active": False}).json()["status"] == "paused"
    assert stage.clinic.post(f"{path}/test").status_code == 409
    assert stage.change(path, {"events": None, "note": None}).json()["events"] is None
    assert stage.change(path, {"url": "https://hooks.example.org/"}).status_code == 422
    assert stage.change(path, {"events": []}).status_code == 422
    assert stage.change(path, {"events": ["no.such"]}).status_code == 422
    assert stage.clinic.get(path).json()["status"] == "paused"


def test_a_change_names_what_it_changes(stage: Stage) -> None:
    path = f"/v1/webhooks/{stage.hook()['id']}"
    read = stage.clinic.get(path).headers["ETag"]
    stage.clinic.match()
    stage.dispatcher.send_due()
    # An event that was taken is no change.
    assert stage.clinic.get(path).headers["ETag"] == read
    assert stage.clinic.patch(path, {"active": False}).status_code == 428
    changed = stage.clinic.patch(path, {"active": False}, headers={"If-Match": read})
    assert changed.status_code == 200
    stale = stage.clinic.patch(path, {"note": "Mine."}, headers={"If-Match": read})
    assert stale.status_code == 412
    again = {"If-Match": changed.headers["ETag"]}
    assert stage.clinic.patch(path, {"note": "Mine."}, headers=again).status_code == 200


def test_what_is_deleted_is_not_there(stage: Stage) -> None:
    added = stage.hook()
    stage.clinic.match()
    path = f"/v1/webhooks/{added['id']}"
    assert stage.clinic.call(Role.ADMIN, "DELETE", path).status_code == 204
    assert stage.dispatcher.send_due() == 0
    stage.clinic.match()
    assert stage.dispatcher.send_due() == 0
    assert stage.receiver.received == []
    assert stage.clinic.get(path).status_code == 404
    assert stage.clinic.get(f"{path}/deliveries").status_code == 404
    assert stage.clinic.post(f"{path}/test").status_code == 404
    assert stage.clinic.call(Role.ADMIN, "DELETE", path).status_code == 404
    assert stage.clinic.get("/v1/webhooks").json()["items"] == []
    with stage.database.reading() as connection:
        kept = connection.execute(text("SELECT url, secret FROM webhooks")).one()
    assert tuple(kept) == ("", b"")


def test_another_clinics_webhook_is_not_there(stage: Stage) -> None:
    added = stage.hook()
    stage.clinic.match()
    (delivery,) = stage.deliveries(added)
    other = make_clinic(stage.clinic.client, "Other")
    path = f"/v1/webhooks/{added['id']}"
    assert other.get(path).status_code == 404
    assert other.patch(path, {"active": False}, headers={"If-Match": "*"}).status_code == 404
    assert other.get(f"{path}/deliveries").status_code == 404
    assert other.post(f"{path}/test").status_code == 404
    assert other.post(f"{path}/deliveries/{delivery['event_id']}/retry").status_code == 404
    assert stage.clinic.post(f"{path}/deliveries/{uuid4()}/retry").status_code == 404
    assert other.get("/v1/webhooks").json()["items"] == []
    other.match()
    assert len(stage.deliveries(added)) == 1


def test_the_audit_trail_has_no_address_and_no_secret(stage: Stage) -> None:
    added = stage.hook(note="zqcanary7x")
    stage.change(f"/v1/webhooks/{added['id']}", {"note": "zqcanary7x", "active": False})
    with stage.database.reading() as connection:
        rows = connection.execute(text("SELECT action, details FROM audit")).all()
    assert {row.action for row in rows} >= {"webhook.created", "webhook.changed"}
    assert not echoed(str(rows))
    assert stage.receiver.host not in str(rows)
