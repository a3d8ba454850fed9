"""Webhooks: whom the service tells of what happens, and how that goes."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from fastapi import APIRouter, Response

from api.events import service
from api.events.destinations import AllowedHosts
from api.events.schemas import WebhookIn, WebhookPatch
from api.problems import Conflict, Invalid
from api.store.outbox import EVENT_TYPES
from api.web.console.webhook_words import EVENTS, FAILURES, STATUS
from api.web.forms import checked
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/webhooks", include_in_schema=False)

_ONE = "/v1/webhooks/{webhook_id}"
_DELIVERIES = 30
_OFFERED = sorted((type_, EVENTS[type_]) for type_ in EVENT_TYPES)
_WRONG = {
    "url": "Write a whole address that begins with https://, on a host that the operator allows.",
    "events": "Choose from the list, or choose nothing for all of them.",
    "note": "Write at most 500 characters.",
}


@router.get("")
def listed(page: PageDep) -> Response:
    """The clinic's webhooks, and a form for one more."""
    page.needs("GET", "/v1/webhooks")
    return _list(page)


@router.post("")
def add(page: PageDep) -> Response:
    """Tell an address of what happens from now on; its secret is shown this once."""
    page.needs("POST", "/v1/webhooks")
    form = page.form
    said = {
        "url": form.one("url"),
        "events": form.all("events") or None,
        "note": form.one("note") or None,
    }
    try:
        made = service.add_webhook(page.scope, checked(WebhookIn, said), _hosts(page))
    except Invalid as error:
        return _list(page, _words(error))
    except Conflict as error:
        return _list(page, {"all": error.detail}, 409)
    return page.show("console/webhook_made.html", made=json.loads(made.body))


@router.get("/{webhook_id}")
def one(page: PageDep, webhook_id: UUID) -> Response:
    """One webhook, with what was and is to be sent."""
    page.needs("GET", _ONE)
    return _one(page, webhook_id)


def _one(page: Page, webhook_id: UUID, wrong: Mapping[str, str] = MappingProxyType({})) -> Response:
    shown = service.webhook(page.scope, webhook_id)
    return page.show(
        "console/webhook.html",
        422 if wrong else 200,
        wrong=wrong,
        may_change=page.may("PATCH", _ONE),
        told_of=page.form.all("events") if wrong else shown.events or [],
        note=page.form.one("note") if wrong else shown.note or "",
        webhook=shown,
        # What was sent was a change of what was read then, which a colleague may have changed.
        revision=page.form.one("revision") if wrong else service.revision_of(shown),
        deliveries=service.page_of_deliveries(page.scope, webhook_id, _DELIVERIES, None).items,
        most=_DELIVERIES,
        offered=_OFFERED,
        events=EVENTS,
        status=STATUS,
        failures=FAILURES,
    )


@router.post("/{webhook_id}/switch")
def switch(page: PageDep, webhook_id: UUID) -> Response:
    """Pause it, or make it active again, unless somebody else changed it meanwhile."""
    page.needs("PATCH", _ONE)
    body = WebhookPatch(active=page.form.one("active") == "yes")
    service.change_webhook(page.scope, webhook_id, body, page.form.one("revision"))
    return page.go(f"/console/webhooks/{webhook_id}")


@router.post("/{webhook_id}/change")
def change(page: PageDep, webhook_id: UUID) -> Response:
    """Change what it is told of and what is noted, unless somebody else did so meanwhile."""
    page.needs("PATCH", _ONE)
    said = {"events": page.form.all("events") or None, "note": page.form.one("note") or None}
    try:
        body = checked(WebhookPatch, said)
        service.change_webhook(page.scope, webhook_id, body, page.form.one("revision"))
    except Invalid as error:
        return _one(page, webhook_id, _words(error))
    return page.go(f"/console/webhooks/{webhook_id}")


@router.post("/{webhook_id}/test")
def test(page: PageDep, webhook_id: UUID) -> Response:
    """Send it a `ping`."""
    page.needs("POST", "/v1/webhooks/{webhook_id}/test")
    service.ping(page.scope, webhook_id)
    return page.go(f"/console/webhooks/{webhook_id}")


@router.post("/{webhook_id}/deliveries/{event_id}/retry")
def retry(page: PageDep, webhook_id: UUID, event_id: UUID) -> Response:
    """Send it an event again."""
    page.needs("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/retry")
    service.retry(page.scope, webhook_id, event_id)
    return page.go(f"/console/webhooks/{webhook_id}")


@router.post("/{webhook_id}/delete")
def delete(page: PageDep, webhook_id: UUID) -> Response:
    """Tell it nothing any more, once that was said twice."""
    page.needs("DELETE", _ONE)
    if page.form.one("sure") != "yes":
        shown = service.webhook(page.scope, webhook_id)
        return page.show("console/webhook_delete.html", webhook=shown)
    service.delete_webhook(page.scope, webhook_id)
    return page.go("/console/webhooks")


def _words(error: Invalid) -> dict[str, str]:
    """What is wrong with which field, in words that say what to do."""
    fields = {one["field"].partition("[")[0] for one in error.members["errors"]}
    return {name: words for name, words in _WRONG.items() if name in fields}


def _hosts(page: Page) -> AllowedHosts:
    settings = page.request.app.state.settings
    return AllowedHosts(settings.webhook_hosts, private=settings.webhook_private)


def _list(page: Page, wrong: dict[str, str] | None = None, code: int = 422) -> Response:
    return page.show(
        "console/webhooks.html",
        code if wrong else 200,
        webhooks=service.page_of_webhooks(page.scope, service.MAX_WEBHOOKS, None).items,
        allowed=bool(_hosts(page)),
        events=_OFFERED,
        words=EVENTS,
        said={"url": page.form.one("url"), "note": page.form.one("note")},
        chosen=page.form.all("events"),
        wrong=wrong or {},
    )
