"""Models: trained, put to use, and switched off."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.models import service
from api.models.card_page import card_page
from api.web.route import ConsoleRoute, PageDep

router = APIRouter(route_class=ConsoleRoute, prefix="/console/models", include_in_schema=False)


@router.get("")
def listed(page: PageDep) -> Response:
    """Every training, newest first, and which model serves."""
    models = service.page_of_models(page.scope, 50, None).items
    return page.show("console/models.html", models=models, may=page.may("POST", "/v1/models"))


@router.post("/train")
def train(page: PageDep) -> Response:
    """Ask for a training."""
    page.needs("POST", "/v1/models")
    service.ask_for_training(page.scope)
    return page.go("/console/models")


@router.post("/off")
def off(page: PageDep) -> Response:
    """Rank without a model from the next request on."""
    page.needs("POST", "/v1/models/off")
    service.switch_off(page.scope)
    return page.go("/console/models")


@router.get("/{model_id}/card")
def card(page: PageDep, model_id: UUID) -> Response:
    """What a model is for, what it rests on, and how good it was found to be."""
    return card_page(service.card(page.scope, model_id))


@router.post("/{model_id}/promote")
def promote(page: PageDep, model_id: UUID) -> Response:
    """Rank with this model from the next request on."""
    page.needs("POST", "/v1/models/{model_id}/promote")
    service.promote(page.scope, model_id, page.form.one("reason") or None)
    return page.go("/console/models")
