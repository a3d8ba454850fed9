"""What may be learned from follows what a client says: their ratings, and what their leaving says.

A consent taken back counts from the next training on. A consent given lets everything of the
client's arrive anew, at the end of the order of arrival, as if it were said now: so that figures
published before it stay as they were until a training finds five clients with something new.

A consent taken back cannot wait for that. In `matching/learning/told.py` the client's rows are
missing from then on: no figure ever rests on fewer than five clients, and where fewer are left of
those who were told of together, they wait again. So that nothing moves by the client alone, others
wait with them (`api/store/going.py`), until five have said something new. It is the same after an
erasure. Models trained before stay as they are until another is promoted.
"""

from uuid import UUID

from sqlalchemy import and_

from api.auth.scope import ClinicScope
from api.store.clients import client_of
from api.store.clinics import hold_clinic
from api.store.consents import note_consent
from api.store.fit_ratings import Standing, arrive_anew, standing
from api.store.going import let_others_wait, rated_pairs


def agree_to_learning(scope: ClinicScope, client_id: UUID, *, learning: bool) -> None:
    """Keep what a client answered of learning, and let what may be learned from follow.

    Raises:
        LookupError: the clinic has no such client.
    """
    scope.unit.begin_write()
    # The clinic before the client, as everybody else locks them.
    if _differing(scope, client_id, learning):
        hold_clinic(scope)
    if note_consent(scope, client_id, learning=learning):
        follow_consent(scope, client_id)


def follow_consent(scope: ClinicScope, client_id: UUID) -> int:
    """Let all of a client's ratings and departures be learned from, or none, as they say now.

    What changes arrives anew, in the order in which it came; how much that is, is returned. Of a
    client who was never asked, everything stays as it was imported.

    Raises:
        LookupError: the clinic has no such client.
    """
    client = client_of(scope, client_id)
    if client is None:
        raise LookupError("no such client")
    says: bool | None = client.consents_to_learning
    scope.unit.begin_write()
    if says is None or not _differing(scope, client_id, says):
        return 0
    hold_clinic(scope)
    differing = _differing(scope, client_id, says)
    if not says:
        let_others_wait(scope, rated_pairs(scope, client_id))
    arrive_anew(scope, differing, lambda _table: {"learning": says})
    return len(differing)


def _differing(scope: ClinicScope, client_id: UUID, says: bool) -> Standing:
    """What of the client's does not follow what they say."""
    return standing(
        scope,
        lambda table: and_(table.c.client_id == client_id, table.c.learning.is_not(says)),
    )
