"""`/v1/webhooks`: whom to tell of what happens, and what was sent to them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.events import service
from api.events.destinations import AllowedHosts
from api.events.schemas import (
    DeliveryOut,
    DeliveryPage,
    NewWebhook,
    WebhookIn,
    WebhookOut,
    WebhookPage,
    WebhookPatch,
)
from api.http.etags import IfMatch
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import IdempotencyKey, json_reply, reply_once
from api.http.transactions import ClinicRoute

router = APIRouter(route_class=ClinicRoute, prefix="/v1/webhooks", tags=["webhooks"])

_MAY_CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}


@router.get("")
def list_webhooks(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> WebhookPage:
    """The clinic's webhooks, newest first."""
    return service.page_of_webhooks(scope, limit, decode_cursor(cursor))


@router.post("", status_code=201, response_model=NewWebhook, responses=_MAY_CONFLICT)
def add_webhook(
    scope: ScopeDep, request: Request, body: WebhookIn, key: IdempotencyKey = None
) -> Response:
    """Tell an address of what happens from now on. The secret is shown this once."""
    settings = request.app.state.settings
    hosts = AllowedHosts(settings.webhook_hosts, private=settings.webhook_private)
    return reply_once(scope, request, body, key, lambda: service.add_webhook(scope, body, hosts))


@router.get("/{webhook_id}", response_model=WebhookOut)
def get_webhook(scope: ScopeDep, webhook_id: UUID) -> Response:
    """One webhook, without its secret, with the ETag that a change needs."""
    return _reply(service.webhook(scope, webhook_id))


@router.patch("/{webhook_id}", response_model=WebhookOut)
def change_webhook(
    scope: ScopeDep, webhook_id: UUID, body: WebhookPatch, if_match: IfMatch = None
) -> Response:
    """Change what is sent, pause it, or make it active again."""
    return _reply(service.change_webhook(scope, webhook_id, body, if_match))


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(scope: ScopeDep, webhook_id: UUID) -> None:
    """Tell it nothing any more."""
    service.delete_webhook(scope, webhook_id)


@router.post(
    "/{webhook_id}/test", status_code=202, response_model=DeliveryOut, responses=_MAY_CONFLICT
)
def send_test(
    scope: ScopeDep, webhook_id: UUID, request: Request, key: IdempotencyKey = None
) -> Response:
    """Send it a `ping`, as any event is sent."""
    return reply_once(scope, request, b"", key, lambda: service.ping(scope, webhook_id))


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    scope: ScopeDep, webhook_id: UUID, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> DeliveryPage:
    """What was and is to be sent, newest event first."""
    return service.page_of_deliveries(scope, webhook_id, limit, decode_cursor(cursor))


@router.post("/{webhook_id}/deliveries/{event_id}/retry", status_code=202, responses=_MAY_CONFLICT)
def retry_delivery(scope: ScopeDep, webhook_id: UUID, event_id: UUID) -> DeliveryOut:
    """Send an event again, under the same id."""
    return service.retry(scope, webhook_id, event_id)


def _reply(shown: WebhookOut) -> Response:
    return json_reply(shown, headers={"ETag": service.revision_of(shown)}).response()
