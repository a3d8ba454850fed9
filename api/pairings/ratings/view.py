"""How a pairing goes, as each reader may see it.

Staff see the ratings but no comment. A client's own key sees all that the client said. A therapist
sees what the client shares: whole ratings, and a summary in words over ratings shared for that. The
summary counts them three at a time, in the order in which they came: if it moved with each one, it
would tell what that one said. What is not shared does not show at all: no number of ratings, no
next session, and no rupture but one that the ratings shared whole show by themselves.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from api.auth.roles import Role
from api.auth.scope import ClinicScope
from api.db.tables.ratings import SEEN_COLUMNS
from api.pairings.ratings import queries
from api.pairings.ratings.asking import meet_remotely, next_rating
from api.pairings.ratings.schemas import Course, NextRating, RatingOut, TrendOut
from api.pairings.ratings.series import Series
from api.store.clinic_settings import read_settings
from api.store.rating_scales import rating_scale
from api.store.weightings import read_weighting
from matching.learning.ratings import ITEMS
from matching.vocabulary import STYLE_AXES

SUMMARY_STEP = 3

# What the therapist is told of the ratings that count in the summary.
_SUMMARIES = {
    "rising": "What this client shares of your sessions has gone up over time.",
    "steady": "What this client shares of your sessions has stayed about the same.",
    "falling": "What this client shares of your sessions has gone down over time.",
}


def course_of(scope: ClinicScope, pairing: Row[Any]) -> dict[str, Any]:
    """The ratings of a pairing over time, their trend, a rupture, and what is due next.

    As JSON takes it. Nothing is recorded: who shows it does that.
    """
    rows = queries.ratings_of(scope, pairing.id)
    request = queries.request_of(scope, pairing.match_id)
    if scope.role is Role.THERAPIST:
        course = _shared(scope, rows, request)
    else:
        series = series_of(scope, rows, request)
        course = Course(
            ratings=[shown(scope, row, series, place) for place, row in enumerate(rows)],
            trend=series.trend(figures=sees_figures(scope)),
            rupture=series.rupture(),
            next=asked_next(scope, pairing, rows, request),
        )
    return course.model_dump(mode="json")


def series_of(scope: ClinicScope, rows: Sequence[Row[Any]], request: Mapping[str, Any]) -> Series:
    """Ratings in order of session as fits, as the clinic weighs items now."""
    weighting, _ = read_weighting(scope, scope.clinic.weighting_id)
    return Series.of(rows, request, weighting.fit_weights, rating_scale(scope))


def shown(scope: ClinicScope, row: Row[Any], series: Series, place: int) -> RatingOut:
    """One rating, which is at `place` of its series."""
    seen = {
        axis: getattr(row, column) for axis, column in zip(STYLE_AXES, SEEN_COLUMNS, strict=True)
    }
    return RatingOut(
        id=row.id,
        session_number=row.session_number,
        rated_at=row.rated_at,
        format=row.format,
        fit=series.fit_at(place) if sees_figures(scope) else None,
        items={item: getattr(row, item) for item in ITEMS if getattr(row, item) is not None},
        style_seen={axis: said for axis, said in seen.items() if said is not None},
        share_with_therapist=row.share,
        comment=row.comment if scope.role is Role.CLIENT else None,
    )


def sees_figures(scope: ClinicScope) -> bool:
    """Whether the reader sees fit as figures and not only in words."""
    if scope.role is Role.CLIENT:
        return read_settings(scope).clients_see_figures
    return scope.role is not Role.THERAPIST


def asked_next(
    scope: ClinicScope, pairing: Row[Any], rows: Sequence[Row[Any]], request: Mapping[str, Any]
) -> NextRating | None:
    """What to ask after the next session; None where there is no next one."""
    if pairing.status != "active":
        return None
    return next_rating(
        scope,
        queries.last_session(scope, pairing),
        max((row.rated_at for row in rows), default=pairing.accepted_at),
        remote=meet_remotely((row.format for row in reversed(rows)), request),
    )


def _shared(scope: ClinicScope, rows: Sequence[Row[Any]], request: Mapping[str, Any]) -> Course:
    """What the therapist may see."""
    whole = [row for row in rows if row.share == "this_rating"]
    series = series_of(scope, whole, request)
    rupture = series.rupture()
    return Course(
        ratings=[shown(scope, row, series, place) for place, row in enumerate(whole)],
        trend=_summary(scope, rows, request),
        # The words are for the client.
        rupture=rupture.model_copy(update={"words": None}),
        next=None,
    )


def _summary(
    scope: ClinicScope, rows: Sequence[Row[Any]], request: Mapping[str, Any]
) -> TrendOut | None:
    told = sorted((row for row in rows if row.share == "summary"), key=lambda row: row.arrival)
    told = told[: len(told) // SUMMARY_STEP * SUMMARY_STEP]
    if not told:
        return None
    by_session = sorted(told, key=lambda row: row.session_number)
    trend = series_of(scope, by_session, request).trend(figures=False)
    words = _SUMMARIES.get(trend.direction)
    return trend.model_copy(update={"words": words}) if words else None
