"""`/v1/clients`: HTTP only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.auth.scope import ScopeDep
from api.clients import service
from api.clients.export import export_client, pieces
from api.clients.schemas import (
    ClientOut,
    ClientPage,
    ConsentsIn,
    ConsentsOut,
    Erased,
    KeyIn,
    KeyOut,
    KeysEnded,
)
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import (
    JSON,
    IdempotencyKey,
    Reply,
    json_reply,
    reply_once,
)
from api.http.transactions import ClinicRoute
from api.text import Reference

router = APIRouter(route_class=ClinicRoute, prefix="/v1", tags=["clients"])


@router.get("/clients")
def list_clients(
    scope: ScopeDep,
    reference: Annotated[Reference | None, Query()] = None,
    limit: PageLimit = DEFAULT_PAGE,
    cursor: PageCursor = None,
) -> ClientPage:
    """The clinic's clients, in the order they were added; or the one of a reference."""
    return service.page_of_clients(scope, reference, limit, decode_cursor(cursor))


@router.get("/clients/{client_id}")
def get_client(scope: ScopeDep, client_id: UUID) -> ClientOut:
    """A client: consents, matches, pairings, waits, and whom they are not shown."""
    return service.show_client(scope, client_id)


@router.put("/clients/{client_id}/consents")
def change_consents(scope: ScopeDep, client_id: UUID, body: ConsentsIn) -> ConsentsOut:
    """Give a consent or take it back: to matching and to learning, apart."""
    return service.change_consents(scope, client_id, body)


@router.get("/clients/{client_id}/export", response_class=Response)
def export(scope: ScopeDep, request: Request, client_id: UUID) -> Response:
    """Everything that is kept about a client, as one JSON document."""
    directory = request.app.state.settings.spool_directory
    document, size = export_client(scope, client_id, directory)
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": 'attachment; filename="client.json"',
    }
    return StreamingResponse(pieces(document), headers=headers, media_type=JSON)


@router.delete("/clients/{client_id}")
def erase_client(scope: ScopeDep, client_id: UUID) -> Erased:
    """Erase a client and everything about them. It cannot be brought back."""
    return service.erase(scope, client_id)


@router.delete("/matches/{match_id}", responses={409: {}})
def erase_match(scope: ScopeDep, match_id: UUID) -> Erased:
    """Erase a match whose client has no reference, with all that followed from it."""
    return service.erase_match(scope, match_id)


@router.post("/clients/{client_id}/keys", status_code=201, response_model=KeyOut)
def make_key(
    scope: ScopeDep, request: Request, client_id: UUID, body: KeyIn, key: IdempotencyKey = None
) -> Response:
    """Make a key with which the client sees their own. It is shown once."""
    shown: dict[bytes, Reply] = {}

    def work() -> Reply:
        made = service.make_key(scope, client_id, body.days)
        # Only a hash of the key is ever stored, so the kept reply cannot have it.
        kept = json_reply(made.model_copy(update={"key": None}), 201, subject_id=client_id)
        shown[kept.body] = json_reply(made, 201)
        return kept

    answered = reply_once(scope, request, body, key, work)
    first = shown.get(bytes(answered.body))
    return first.response() if first else answered


@router.delete("/clients/{client_id}/keys")
def end_keys(scope: ScopeDep, client_id: UUID) -> KeysEnded:
    """End every key of the client, from the next request on."""
    return service.end_keys(scope, client_id)
