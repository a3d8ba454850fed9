"""The words that clients and profiles choose from: the shared ones and the clinic's own."""

from typing import get_args

from fastapi import APIRouter, Response

from api.clinics.schemas import NewVocabularyEntry
from api.clinics.service import add_code
from api.problems import Conflict, Invalid
from api.store.vocabularies import read_vocabulary
from api.web.forms import checked
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep
from matching.shared_codes import SHARED

router = APIRouter(route_class=ConsoleRoute, prefix="/console/vocabulary", include_in_schema=False)

# In the order of the page, each with what it is for.
FACETS = {
    "needs": ("What clients come with", "in the intake and in profiles"),
    "modalities": ("Kinds of therapy", "in the intake and in profiles"),
    "cultures": ("Cultures", "background of clients’ wishes and of therapists"),
    "communities": ("Communities", "what a therapist knows from life or work"),
    "genders": ("Genders", "of therapists"),
    "languages": ("Languages", "any language tag may be used; these have a name"),
    "formats": ("How they meet", "in the intake and in profiles"),
    "schedule": ("Times", "in the intake and in profiles"),
    "services": ("Who is seen", "one person, two, a family, a group"),
    "age_groups": ("Ages", "of clients"),
    "access": ("Access", "what a client cannot do without"),
}
_MAY_GROW = get_args(NewVocabularyEntry.model_fields["facet"].annotation)
_WRONG = {
    "facet": "Choose one of the lists.",
    "code": "Begin with a small letter; then small letters, digits and _, 64 at most.",
    "label": "Write what people are to read: 1 to 120 characters.",
}


@router.get("")
def listed(page: PageDep) -> Response:
    """Every list; the clinic's own words are marked."""
    page.needs("GET", "/v1/vocabulary")
    return _show(page)


@router.post("")
def add(page: PageDep) -> Response:
    """Add a word of the clinic's own."""
    page.needs("POST", "/v1/vocabulary")
    said = {name: page.form.one(name) for name in _WRONG}
    try:
        add_code(page.scope, checked(NewVocabularyEntry, said))
    except Invalid as error:
        fields = dict.fromkeys(one["field"] for one in error.members["errors"])
        return _show(page, {name: _WRONG[name] for name in fields})
    except Conflict as error:
        return _show(page, {"code": error.detail}, 409)
    return page.go(f"/console/vocabulary#{said['facet']}")


def _show(page: Page, wrong: dict[str, str] | None = None, code: int = 422) -> Response:
    facets = read_vocabulary(page.scope).facets
    return page.show(
        "console/vocabulary.html",
        code if wrong else 200,
        facets=[(name, *FACETS[name], facets.get(name, {})) for name in FACETS],
        own={name: set(codes) - set(SHARED.get(name, {})) for name, codes in facets.items()},
        growing=[name for name in FACETS if name in _MAY_GROW],
        names={name: words for name, (words, _) in FACETS.items()},
        said={name: page.form.one(name) for name in _WRONG},
        wrong=wrong or {},
        may=page.may("POST", "/v1/vocabulary"),
    )
