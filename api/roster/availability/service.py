"""Who has to confirm how free they are, and whose clients need somebody else soon."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.pages import encode_place
from api.roster.availability import queries
from api.roster.availability.ages import Ages
from api.roster.availability.schemas import Leaving, TherapistNamed, ToConfirm, ToConfirmPage
from api.store.places import availability_rules

# Of those who leave with clients, at most so many are named.
_MOST_LEAVING = 200
# In a cursor, for those never confirmed: before any confirmation there can be.
_NEVER = datetime(1900, 1, 1, tzinfo=UTC)


def page_to_confirm(
    scope: ClinicScope, limit: int, after: tuple[datetime, UUID] | None
) -> ToConfirmPage:
    """Up to `limit` of those who have to confirm, after the place named."""
    ages = Ages.at(availability_rules(scope), utc_now())
    place = after and (None if after[0] == _NEVER else after[0], after[1])
    rows = queries.to_confirm(scope, ages, place, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return ToConfirmPage(
        items=[_to_confirm(row, ages) for row in rows[:limit]],
        next_cursor=last and encode_place(last.confirmed_at or _NEVER, last.therapist_id),
        leaving=[] if after else _leaving(scope, ages),
    )


def _to_confirm(row: Row[Any], ages: Ages) -> ToConfirm:
    confirmed: datetime | None = row.confirmed_at
    return ToConfirm(
        therapist=_named(row),
        state=ages.state(confirmed),
        confirmed_at=confirmed,
        age_days=(ages.now - confirmed).days if confirmed else None,
        out_since=ages.out_since(confirmed),
    )


def _leaving(scope: ClinicScope, ages: Ages) -> list[Leaving]:
    return [
        Leaving(
            therapist=_named(row),
            leaving_on=row.leaving_on,
            clients=row.held,
            takes_new=row.leaving_on > ages.last_start,
        )
        for row in queries.leaving(scope, _MOST_LEAVING)
    ]


def _named(row: Row[Any]) -> TherapistNamed:
    return TherapistNamed(id=row.therapist_id, reference=row.reference, name=row.name)
