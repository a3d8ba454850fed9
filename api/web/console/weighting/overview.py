"""`/console/weighting`: the active version, all others, and where to begin a draft."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Response

from api.pages.numbers import signed
from api.web.console.weighting import drafting, form
from api.web.console.weighting.drafting import Faults, Start
from api.web.console.weighting.live import LIVE_SIZE
from api.web.console.weighting.versions import active_of, counting, every_version
from api.web.console.weighting.words import (
    COUNTS,
    PRESETS,
    STATUS,
    authors,
    number,
    values_of,
)
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep
from api.weightings.presets import MEANINGS
from api.weightings.suggested.service import suggestion
from matching.vocabulary import DIMENSIONS

router = APIRouter(route_class=ConsoleRoute, prefix="/console/weighting", include_in_schema=False)

_DRAFT = ("POST", "/v1/weightings")
_MOST = 30
# How many past matches a draft is tried on; more are a job.
SIZES = (100, 500, 1000)
USUAL_SIZE = 500
# What can be tried with one press: by what it multiplies, its sign, and that in words.
QUICK = (("2", "×2", "twice as much"), ("0.5", "×½", "half as much"), ("0", "0", "nothing"))


@router.get("")
def listed(page: PageDep) -> Response:
    """What counts now, every version, and where a draft may begin."""
    page.needs("GET", "/v1/weightings")
    versions = every_version(page.scope)
    active = next(one for one in versions if one.status == "active")
    query = page.request.query_params
    return page.show(
        "console/weighting.html",
        active=active,
        chart=counting(active),
        versions=versions if query.get("all") == "1" else versions[:_MOST],
        total=len(versions),
        authors=authors(page, versions),
        suggestion=suggestion(page.scope),
        presets=[(name, label, MEANINGS[name]) for name, label in PRESETS.items()],  # type: ignore[index]
        activated=query.get("activated") == "1",
        may=page.may(*_DRAFT),
        quick=QUICK,
        **_words(),
    )


@router.get("/draft")
def begin(page: PageDep) -> Response:
    """The form, filled in with what the draft starts from."""
    page.needs(*_DRAFT)
    query = page.request.query_params
    start = drafting.start_of(page.scope, query.get("from", drafting.ACTIVE))
    return _form(page, start, start.draft.tried(query.get("set", ""), _now(page)))


@router.post("/draft")
def change(page: PageDep) -> Response:
    """Keep the draft and show what it would change, or change a number and go on."""
    page.needs(*_DRAFT)
    draft = form.typed(page.form)
    wish = page.form.one("set")
    if wish:
        start = drafting.start_of(page.scope, draft.start)
        return _form(page, start, draft.tried(wish, _now(page)))
    made = drafting.kept(page.scope, draft)
    if isinstance(made, Faults):
        return _form(page, drafting.start_of(page.scope, draft.start), draft, made)
    return page.go(f"/console/weighting/{made}?last={_size(page)}")


def _form(page: Page, start: Start, draft: form.Draft, faults: Faults | None = None) -> Response:
    wrong = faults or Faults()
    parts = [
        (title, draft.fields(names, wrong.fields), names is not form.LABELLED[0][1])
        for title, names in form.LABELLED
    ]
    return page.show(
        "console/weighting_draft.html",
        422 if wrong else 200,
        parts=parts,
        draft=draft,
        words=start.words,
        faults=wrong,
        sizes=SIZES,
        size=_size(page),
        presets=PRESETS,
        quick=QUICK,
        now={name: form.written(value) for name, value in _now(page).items()},
        live=LIVE_SIZE,
    )


def _now(page: Page) -> Mapping[str, float]:
    return values_of(active_of(page.scope))


def _size(page: Page) -> int:
    """On how many matches the draft is to be tried."""
    wished = page.form.one("last")
    return int(wished) if wished in {str(one) for one in SIZES} else USUAL_SIZE


def _words() -> dict[str, Any]:
    return {
        "counts": COUNTS,
        "status": STATUS,
        "number": number,
        "signed": partial(signed, places=3),
        "dimensions": DIMENSIONS,
    }
