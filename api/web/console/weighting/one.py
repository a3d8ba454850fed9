"""One version: what it holds, what it would change, activating it, and previews that take long."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.problems import Conflict, PreconditionFailed
from api.store.vocabularies import read_vocabulary
from api.web.console.weighting import telling
from api.web.console.weighting.overview import SIZES, USUAL_SIZE
from api.web.console.weighting.versions import active_of, counting, version_of
from api.web.console.weighting.words import STATUS, authors, differences, number, values_of
from api.web.heavy import HeavyPageDep
from api.web.page import Page
from api.web.route import ConsoleRoute, PageDep
from api.weightings import service
from api.weightings.preview import service as previews
from api.weightings.preview.schemas import PreviewIn, PreviewOut
from api.weightings.sensitivity import service as sensitivity

router = APIRouter(route_class=ConsoleRoute, prefix="/console/weighting", include_in_schema=False)

_PREVIEW = ("POST", "/v1/weightings/{weighting_id}/preview")
_ACTIVATE = ("POST", "/v1/weightings/{weighting_id}/activate")
_SENSITIVITY = ("GET", "/v1/weightings/sensitivity")
_JOB = "/v1/weightings/{weighting_id}/previews/{preview_id}"
# Jobs: more than a visitor waits for.
LONG_SIZES = (2000, 5000, 10_000)
_EVERY = "3"


@router.get("/{weighting_id}")
def shown(page: HeavyPageDep, weighting_id: UUID) -> Response:
    """A version; with `last`, what it would have changed in so many past matches."""
    page.needs("GET", "/v1/weightings/{weighting_id}")
    version_of(page.scope, weighting_id)
    last = page.request.query_params.get("last", "")
    if last not in {str(one) for one in SIZES}:
        return _show(page, weighting_id)
    found = moves = None
    # Recording begins to write, and others wait to write from then on: so all work is done before.
    if page.may(*_SENSITIVITY):
        moves = sensitivity.worked_out(page.scope, int(last), weighting_id)
    if page.may(*_PREVIEW):
        asked = PreviewIn(last=int(last))
        ids = previews.chosen(page.scope, weighting_id, asked)
        found = previews.preview(page.scope, weighting_id, ids, asked)
    if moves is not None:
        sensitivity.record_reading(page.scope, moves)
    return _show(page, weighting_id, found, last=int(last), moves=moves)


@router.post("/{weighting_id}/activate")
def activate(page: HeavyPageDep, weighting_id: UUID) -> Response:
    """Rank with this version from the next request on, unless another became active meanwhile."""
    page.needs(*_ACTIVATE)
    try:
        service.activate(page.scope, weighting_id, page.form.one("etag") or "none")
    except PreconditionFailed:
        return page.show(
            "console/weighting_stale.html",
            412,
            version=version_of(page.scope, weighting_id).shown,
            active=active_of(page.scope),
            usual=USUAL_SIZE,
        )
    return page.go("/console/weighting?activated=1")


@router.post("/{weighting_id}/previews")
def look_further(page: HeavyPageDep, weighting_id: UUID) -> Response:
    """Preview more matches than one waits for; where there are not so many, at once."""
    page.needs(*_PREVIEW)
    wished = page.form.one("last")
    last = int(wished) if wished in {str(one) for one in LONG_SIZES} else LONG_SIZES[0]
    asked = PreviewIn(last=last)
    ids = previews.chosen(page.scope, weighting_id, asked)
    if not previews.takes_long(ids, asked):
        return page.go(f"/console/weighting/{weighting_id}?last={SIZES[-1]}")
    try:
        reply = previews.ask_for_preview(page.scope, weighting_id, ids, asked)
    except Conflict as under_way:
        named = under_way.members
        where = f"/console/weighting/{named['weighting_id']}/previews/{named['preview_id']}"
        return page.go(f"{where}?already=1")
    return page.go(reply.headers["Location"].replace("/v1/weightings", "/console/weighting", 1))


@router.get("/{weighting_id}/previews/{preview_id}")
def job(page: HeavyPageDep, weighting_id: UUID, preview_id: UUID) -> Response:
    """How far a preview is, and what came of it."""
    page.needs("GET", _JOB)
    found = previews.job(page.scope, weighting_id, preview_id)
    if found.result is not None:
        return _show(page, weighting_id, found.result)
    query = page.request.query_params
    running = found.status in {"queued", "running"}
    still = query.get("still") == "1"
    response = page.show(
        "console/weighting_job.html",
        job=found,
        version=version_of(page.scope, weighting_id).shown,
        running=running,
        still=still,
        already=query.get("already") == "1",
        usual=USUAL_SIZE,
    )
    if running and not still:
        response.headers["Refresh"] = _EVERY
    return response


@router.post("/{weighting_id}/previews/{preview_id}/cancel")
def cancel(page: PageDep, weighting_id: UUID, preview_id: UUID) -> Response:
    """End a preview that is under way."""
    page.needs("POST", f"{_JOB}/cancel")
    previews.cancel(page.scope, weighting_id, preview_id)
    return page.go(f"/console/weighting/{weighting_id}/previews/{preview_id}")


def _show(
    page: Page,
    weighting_id: UUID,
    found: PreviewOut | None = None,
    *,
    last: int = 0,
    moves: Any = None,
) -> Response:
    version, active = version_of(page.scope, weighting_id), active_of(page.scope)
    shown = version.shown
    return page.show(
        "console/weighting_one.html",
        version=shown,
        etag=version.etag,
        active=active,
        author=authors(page, [shown])[shown.id],
        differences=list(differences(active, shown)),
        chart=counting(shown),
        values=values_of(shown),
        found=found,
        told=_told(page, found) if found else None,
        moves=moves,
        reaches=telling.reaches(moves) if moves else [],
        last=last,
        sizes=SIZES,
        long_sizes=LONG_SIZES,
        usual=USUAL_SIZE,
        status=STATUS,
        number=number,
        percent=telling.percent,
        may_preview=page.may(*_PREVIEW),
        may_activate=page.may(*_ACTIVATE),
    )


def _told(page: Page, found: PreviewOut) -> dict[str, Any]:
    labels = read_vocabulary(page.scope).facets
    counted = found.matches - found.empty
    return {
        "first": telling.share_of(found.top1_changed, counted),
        "three": telling.share_of(found.top3_changed, counted),
        "exposure": telling.exposure_chart(found),
        "everybody": found.exposure,
        "group_chart": telling.group_chart(found, labels),
        "groups": telling.groups(found, labels),
        "examples": telling.told_examples(found.examples),
        "overflow": (telling.some(found.overflow.before), telling.some(found.overflow.after)),
        "estimate": telling.estimate_words(found.estimate),
    }
