"""What is asked after the next session, and when that is."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from api.auth.scope import ClinicScope
from api.pairings.ratings.schemas import NextRating
from api.store.clinic_settings import read_settings
from matching.due import due_items

# Who meets like this is in one place: there is no line to ask about.
_IN_ONE_PLACE = frozenset({"in_person", "home_visit", "outdoors"})


def next_rating(
    scope: ClinicScope, last_session: int, since: datetime, *, remote: bool
) -> NextRating:
    """What is due after session `last_session` + 1; `since` is the last rating, or the start."""
    number = last_session + 1
    return NextRating(
        session_number=number,
        items=list(due_items(number, remote=remote)),
        due_at=since + session_interval(scope),
    )


def session_interval(scope: ClinicScope) -> timedelta:
    """How far apart the clinic's sessions are."""
    return timedelta(days=read_settings(scope).session_every_days)


def meet_remotely(formats_met: Iterable[str | None], request: Mapping[str, Any]) -> bool:
    """Whether to ask about the line: as they met last, or else as the client asked to meet.

    `formats_met`, the latest first, None where it was not said. Where nothing is known, it is
    asked: any item may be left out.
    """
    last = next((met for met in formats_met if met is not None), None)
    if last is not None:
        return last not in _IN_ONE_PLACE
    wish = request["preferences"].get("format") or {}
    asked = set(wish.get("any_of") or ())
    return not asked or not asked <= _IN_ONE_PLACE
