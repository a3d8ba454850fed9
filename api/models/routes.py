"""`/v1/models`: train, metrics, card, promote or fall back, switch the learned half off."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.auth.scope import ScopeDep
from api.http.pages import DEFAULT_PAGE, PageCursor, PageLimit, decode_cursor
from api.http.replies import JSON, IdempotencyKey, json_reply, reply_once
from api.http.transactions import ClinicRoute
from api.models import service
from api.models.card_page import card_page
from api.models.schemas import ModelOut, ModelPage, PromoteIn, SwitchedOff
from api.pages.accept import prefers_page

router = APIRouter(route_class=ClinicRoute, prefix="/v1/models", tags=["models"])

_NO_REASON = PromoteIn()
_MAY_CONFLICT: dict[int | str, dict[str, Any]] = {409: {}}
_CARD: dict[int | str, dict[str, Any]] = {
    200: {"content": {JSON: {"schema": {"type": "object"}}, "text/html": {}}},
    409: {},
}
_Form = Annotated[
    Literal["json", "html"] | None,
    Query(alias="format", description="Left out, it is what `Accept` asks for."),
]


@router.post("", status_code=202, response_model=ModelOut)
def train(scope: ScopeDep, request: Request, key: IdempotencyKey = None) -> Response:
    """Ask for a training on the clinic's ratings; poll `Location` for how far it is."""
    return reply_once(scope, request, b"", key, lambda: service.ask_for_training(scope))


@router.get("")
def list_models(
    scope: ScopeDep, limit: PageLimit = DEFAULT_PAGE, cursor: PageCursor = None
) -> ModelPage:
    """Every training, newest first; the model of one of them may be serving."""
    return service.page_of_models(scope, limit, decode_cursor(cursor))


@router.post("/off")
def switch_off(scope: ScopeDep) -> SwitchedOff:
    """Rank without a model from the next request on."""
    return service.switch_off(scope)


@router.get("/{model_id}")
def get_model(scope: ScopeDep, model_id: UUID) -> ModelOut:
    """One training and what came of it."""
    return service.model(scope, model_id)


@router.get("/{model_id}/card", response_class=Response, responses=_CARD)
def get_card(scope: ScopeDep, request: Request, model_id: UUID, form: _Form = None) -> Response:
    """What a model is for, what it rests on, how good it is and where it ends: JSON, or a page."""
    card = service.card(scope, model_id)
    as_page = form == "html" or (form is None and prefers_page(request.headers.get("accept", "")))
    return card_page(card) if as_page else json_reply(card).response()


@router.post("/{model_id}/promote", responses=_MAY_CONFLICT)
def promote_model(scope: ScopeDep, model_id: UUID, body: PromoteIn = _NO_REASON) -> ModelOut:
    """Rank with this model from the next request on; an older one falls back to it."""
    return service.promote(scope, model_id, body.override_reason)
