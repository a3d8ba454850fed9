"""What is done with webhooks: add, read, change, delete, try out, send again."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.events import queries
from api.events.destinations import AllowedHosts, read_destination
from api.events.schemas import (
    DeliveryOut,
    DeliveryPage,
    NewWebhook,
    WebhookIn,
    WebhookOut,
    WebhookPage,
    WebhookPatch,
)
from api.events.signing import new_secret, shown_secret
from api.http.etags import etag, require_match
from api.http.pages import encode_cursor
from api.http.replies import Reply, json_reply
from api.ids import new_id
from api.problems import Conflict, FieldProblem, Invalid, NotFound
from api.store.clinics import hold_clinic
from api.store.outbox import queue_event

# Each event is written, and sent, once for each.
MAX_WEBHOOKS = 20


def add_webhook(scope: ClinicScope, body: WebhookIn, hosts: AllowedHosts) -> Reply:
    """Tell an address of what happens from now on; the answer shows its secret, once.

    Raises:
        Conflict: the operator has switched webhooks off, or the clinic has as many as it may.
        Invalid: the operator does not allow that host.
    """
    if not hosts:
        raise Conflict(
            "Webhooks are off: the operator names the hosts that events may be sent to in"
            " RAPPORT_WEBHOOK_HOSTS."
        )
    if not hosts.allows(read_destination(body.url)):
        raise Invalid([FieldProblem("url", "is not on a host that the operator allows, by https")])
    hold_clinic(scope)
    if queries.count(scope) >= MAX_WEBHOOKS:
        raise Conflict(f"A clinic has {MAX_WEBHOOKS} webhooks at most; delete one first.")
    webhook_id, secret = new_id(), new_secret()
    row = {
        "id": webhook_id,
        **body.model_dump(),
        "secret": secret,
        "status": "active",
        "created_at": utc_now(),
        "created_by": scope.key_id,
    }
    queries.insert_webhook(scope, row)
    queries.next_version(scope)
    record(scope, "webhook.created", webhook_id)
    shown = NewWebhook(**webhook(scope, webhook_id).model_dump(), secret=shown_secret(secret))
    headers = {"Location": f"/v1/webhooks/{webhook_id}", "ETag": revision_of(shown)}
    return json_reply(shown, 201, headers=headers, subject_id=webhook_id)


def webhook(scope: ClinicScope, webhook_id: UUID) -> WebhookOut:
    """One webhook, without its secret.

    Raises:
        NotFound: the clinic has none of that id.
    """
    return WebhookOut.model_validate(dict(_existing(scope, webhook_id)._mapping))


def page_of_webhooks(scope: ClinicScope, limit: int, before: UUID | None) -> WebhookPage:
    """Up to `limit` webhooks before the one named, newest first."""
    rows = queries.page(scope, before, limit + 1)
    items = [WebhookOut.model_validate(dict(row._mapping)) for row in rows[:limit]]
    more = len(rows) > limit
    return WebhookPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def revision_of(shown: WebhookOut) -> str:
    """The ETag of what may be changed of a webhook; an event that it took is no change."""
    said = shown.model_dump_json(include={"status", "events", "note"})
    return etag(hashlib.sha256(said.encode()).hexdigest()[:32])


def change_webhook(
    scope: ClinicScope, webhook_id: UUID, body: WebhookPatch, if_match: str | None
) -> WebhookOut:
    """Change what is sent. Made active again, it is sent everything that it did not take.

    Raises:
        NotFound: the clinic has none of that id.
        PreconditionRequired: there is no If-Match.
        PreconditionFailed: it was changed since it was read.
    """
    hold_clinic(scope)
    row = _existing(scope, webhook_id)
    require_match(if_match, revision_of(webhook(scope, webhook_id)))
    values = body.model_dump(exclude_unset=True)
    if "active" in values:
        values["status"] = "active" if values.pop("active") else "paused"
    if values:
        queries.change(scope, webhook_id, **values)
    if row.status == "paused" and values.get("status") == "active":
        queries.change(scope, webhook_id, busy_until=None)
        queries.queue_again(scope, webhook_id, utc_now())
    queries.next_version(scope)
    fields = dict.fromkeys(sorted(body.model_fields_set), 1)
    record(scope, "webhook.changed", webhook_id, {"fields": fields})
    return webhook(scope, webhook_id)


def delete_webhook(scope: ClinicScope, webhook_id: UUID) -> None:
    """Tell it nothing any more; what was not sent is not sent.

    Raises:
        NotFound: the clinic has none of that id.
    """
    hold_clinic(scope)
    _existing(scope, webhook_id)
    queries.drop_deliveries(scope, webhook_id)
    bare = {"url": "", "events": None, "note": None, "secret": b""}
    queries.change(scope, webhook_id, status="deleted", **bare)
    queries.next_version(scope)
    record(scope, "webhook.deleted", webhook_id)


def ping(scope: ClinicScope, webhook_id: UUID) -> Reply:
    """Send it a `ping`; the answer says under which id to look for it.

    Raises:
        NotFound: the clinic has none of that id.
        Conflict: it is paused.
    """
    scope.unit.begin_write()
    _require_active(_existing(scope, webhook_id))
    about = {"webhook_id": webhook_id}
    event_id = queue_event(scope, "ping", webhook_id, [webhook_id], dict(about), utc_now())
    record(scope, "webhook.tested", webhook_id)
    return json_reply(_delivery(scope, webhook_id, event_id), 202, subject_id=event_id)


def page_of_deliveries(
    scope: ClinicScope, webhook_id: UUID, limit: int, before: UUID | None
) -> DeliveryPage:
    """Up to `limit` of what was and is to be sent, newest event first.

    Raises:
        NotFound: the clinic has no webhook of that id.
    """
    _existing(scope, webhook_id)
    rows = queries.deliveries(scope, webhook_id, before, limit + 1)
    items = [_shown(row) for row in rows[:limit]]
    more = len(rows) > limit
    cursor = encode_cursor(items[-1].event_id) if more else None
    return DeliveryPage(items=items, next_cursor=cursor)


def retry(scope: ClinicScope, webhook_id: UUID, event_id: UUID) -> DeliveryOut:
    """Send an event again, whether it was taken, given up or is waiting; under the same id.

    Raises:
        NotFound: the clinic has no such webhook, or it was not to be told of that event.
        Conflict: it is paused.
    """
    scope.unit.begin_write()
    _require_active(_existing(scope, webhook_id))
    _delivery(scope, webhook_id, event_id)
    queries.queue_again(scope, webhook_id, utc_now(), event_id)
    record(scope, "webhook.retried", webhook_id, {"event_id": str(event_id)})
    return _delivery(scope, webhook_id, event_id)


def _existing(scope: ClinicScope, webhook_id: UUID) -> Row[Any]:
    row = queries.by_id(scope, webhook_id)
    if row is None:
        raise NotFound("The clinic has no such webhook.")
    return row


def _require_active(row: Row[Any]) -> None:
    if row.status == "paused":
        raise Conflict("This webhook is paused; make it active and it is sent what it missed.")


def _delivery(scope: ClinicScope, webhook_id: UUID, event_id: UUID) -> DeliveryOut:
    row = queries.delivery(scope, webhook_id, event_id)
    if row is None:
        raise NotFound("This webhook was not to be told of any such event.")
    return _shown(row)


def _shown(row: Row[Any]) -> DeliveryOut:
    document = dict(row._mapping)
    if row.status != "waiting":
        document["next_try_at"] = None
    return DeliveryOut.model_validate(document)
