"""Nobody goes alone from what trainings have told: others of the same therapist wait with them.

A rating that is taken back, corrected or erased is missing at once. If it were the only one, what
is told of the therapist before and after would tell it. So as many of those who were told of the
same therapist as make five with those who go, the latest of them, arrive anew, and wait until a
training finds five others with something new: they themselves say nothing new, and hide nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Table, and_, select

from api.auth.scope import ClinicScope
from api.db.tables import FitRating
from api.db.tables.base import table_of
from api.store.fit_ratings import arrive_anew, standing
from api.store.ratings import trainings_of
from matching.learning.steps import STEP
from matching.learning.told import NEVER, told_of_therapists

_ratings = table_of(FitRating)


def let_others_wait(scope: ClinicScope, going: Collection[tuple[UUID, UUID]]) -> None:
    """Before ratings of (client, therapist) go: whoever makes five with them arrives anew.

    Where trainings have told nothing of what goes, nobody does. The clinic must be held.
    """
    trainings = trainings_of(scope)
    if not trainings.size or not going:
        return
    clients = defaultdict[UUID, set[UUID]](set)
    for client_id, therapist_id in going:
        clients[therapist_id].add(client_id)
    told_of = _told(scope, trainings)
    for therapist_id, own in clients.items():
        told = told_of.get(therapist_id, [])
        lacking = STEP - len(own.intersection(told))
        if lacking in range(1, STEP):
            others = [client_id for client_id in told if client_id not in own]
            found = standing(scope, _of(therapist_id, others[:lacking]))
            arrive_anew(scope, found, lambda table: {"again": True} if table is _ratings else {})


def _of(therapist_id: UUID, clients: Sequence[UUID]) -> Callable[[Table], ColumnElement[bool]]:
    """What these clients said of the therapist, as far as it may be learned from."""

    def holds(table: Table) -> ColumnElement[bool]:
        of_pair = and_(table.c.therapist_id == therapist_id, table.c.client_id.in_(clients))
        return and_(of_pair, table.c.learning)

    return holds


def rated_pairs(scope: ClinicScope, client_id: UUID) -> list[tuple[UUID, UUID]]:
    """The client with each therapist they rated, of whom may be learned."""
    query = select(_ratings.c.therapist_id).where(
        _ratings.c.clinic_id == scope.clinic_id,
        _ratings.c.client_id == client_id,
        _ratings.c.learning,
    )
    found = scope.connection.execute(query.distinct()).scalars()
    return [(client_id, therapist_id) for therapist_id in found]


def _told(scope: ClinicScope, trainings: NDArray[np.int64]) -> dict[UUID, list[UUID]]:
    """Of each therapist the clients whom trainings have told of, those who came last first."""
    columns = ("therapist_id", "client_id", "arrival", "again")
    query = (
        select(*(_ratings.c[name] for name in columns))
        .where(
            _ratings.c.clinic_id == scope.clinic_id,
            _ratings.c.learning,
            _ratings.c.arrival <= int(trainings[-1]),
        )
        .order_by(_ratings.c.arrival)
    )
    rows = scope.connection.execute(query).all()
    therapist, client = (
        np.unique([row[place].bytes for row in rows], return_inverse=True)[1] for place in (0, 1)
    )
    since = np.searchsorted(trainings, [row.arrival for row in rows])
    again = np.array([row.again for row in rows], np.bool_)
    # Rows without an item that counts, and therapists who left, are taken as told of.
    told = told_of_therapists(therapist, client, since, again)
    found = defaultdict[UUID, list[UUID]](list)
    for place in np.flatnonzero(told < NEVER)[::-1].tolist():
        found[rows[place].therapist_id].append(rows[place].client_id)
    return {therapist_id: list(dict.fromkeys(clients)) for therapist_id, clients in found.items()}
