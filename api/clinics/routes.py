"""`/v1/settings` and `/v1/vocabulary`."""

from fastapi import APIRouter, Request, Response

from api.auth.scope import ScopeDep
from api.clinics import service
from api.clinics.schemas import NewVocabularyEntry, VocabularyEntry
from api.http.replies import IdempotencyKey, Reply, json_reply, reply_once
from api.http.transactions import ClinicRoute
from api.store.clinic_settings import ClinicSettings, read_settings
from api.store.vocabularies import read_vocabulary

router = APIRouter(route_class=ClinicRoute, prefix="/v1", tags=["clinic"])


@router.get("/settings")
def get_settings(scope: ScopeDep) -> ClinicSettings:
    """What the clinic has set for itself."""
    return read_settings(scope)


@router.patch("/settings")
def change_settings(scope: ScopeDep, body: ClinicSettings) -> ClinicSettings:
    """Set what is sent; what is left out stays as it is."""
    return service.change_settings(scope, body.model_dump(mode="json", exclude_unset=True))


@router.get("/vocabulary")
def get_vocabulary(scope: ScopeDep) -> dict[str, list[VocabularyEntry]]:
    """Every code that a client or a profile may use, with its label."""
    vocabulary = read_vocabulary(scope)
    return {
        facet: [VocabularyEntry(code=code, label=label) for code, label in codes.items()]
        for facet, codes in vocabulary.facets.items()
    }


@router.post("/vocabulary", status_code=201, response_model=NewVocabularyEntry)
def add_code(
    scope: ScopeDep, request: Request, body: NewVocabularyEntry, key: IdempotencyKey = None
) -> Response:
    """Add a code of the clinic's own. Codes are never changed or removed."""

    def work() -> Reply:
        service.add_code(scope, body)
        return json_reply(body, 201)

    return reply_once(scope, request, body, key, work)
