"""Versions as pages read them, and the picture of what counts."""

from dataclasses import dataclass
from uuid import UUID

from api.auth.scope import ClinicScope
from api.pages.bars import Bar, Bars
from api.web.console.weighting.words import COUNTS, number
from api.weightings import service
from api.weightings.schemas import WeightingOut
from matching.vocabulary import DIMENSIONS

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with the ETag that activating it needs."""

    shown: WeightingOut
    etag: str


def version_of(scope: ClinicScope, weighting_id: UUID) -> Version:
    """One version of the clinic's.

    Raises:
        NotFound: there is none of that id.
    """
    reply = service.weighting(scope, weighting_id)
    return Version(WeightingOut.model_validate_json(reply.body), reply.headers["ETag"])


def active_of(scope: ClinicScope) -> WeightingOut:
    """The active version, read anew."""
    (found,) = service.page_of_weightings(scope, "active", 1, None).items
    return found


def every_version(scope: ClinicScope) -> list[WeightingOut]:
    """All versions, newest first."""
    found: list[WeightingOut] = []
    more = True
    while more:
        after = found[-1].id if found else None
        page = service.page_of_weightings(scope, None, _AT_ONCE, after)
        found += page.items
        more = page.next_cursor is not None
    return found[::-1]


def counting(version: WeightingOut) -> Bars:
    """How much each dimension counts for a client who asks for everything, most first."""
    shares = sorted(DIMENSIONS, key=lambda name: -version.normalised[name])
    bars = [
        Bar(
            COUNTS[name][0],
            (version.normalised[name],),
            (f"{100 * version.normalised[name]:.0f} % (weight {number(version.weights[name])})",),
        )
        for name in shares
    ]
    return Bars(
        key=f"counts-{version.version}",
        title="What counts how much",
        description="Each part’s share of the score, for a client who asks for everything with the"
        " same importance, with the model that serves now.",
        series=("Share of the score",),
        bars=bars,
    )
