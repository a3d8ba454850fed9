"""What a client agreed to, for matching and for learning apart."""

from uuid import UUID

from sqlalchemy import update

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.db.tables import Client
from api.db.tables.base import table_of
from api.store.clients import client_of

_clients = table_of(Client)


def note_consent(
    scope: ClinicScope,
    client_id: UUID,
    *,
    matching: bool | None = None,
    learning: bool | None = None,
) -> bool:
    """Keep what the client answered; None leaves it. Whether learning was changed by it.

    Each change goes into the audit trail, which is the history of a client's consents. What may be
    learned from follows in `api/store/learning_consent.py`, which the caller invokes.
    """
    client = client_of(scope, client_id)
    if client is None:
        raise LookupError("no such client")
    answered = {"matching": matching, "learning": learning}
    before = {"matching": client.consents_to_matching, "learning": client.consents_to_learning}
    changed = {
        what: said
        for what, said in answered.items()
        if said is not None and said is not before[what]
    }
    if changed:
        columns = {f"consents_to_{what}": said for what, said in changed.items()}
        scope.connection.execute(
            update(_clients)
            .where(_clients.c.clinic_id == scope.clinic_id, _clients.c.id == client_id)
            .values(**columns, consents_changed_at=utc_now())
        )
        record(scope, "client.consents_changed", client_id, changed)
    return "learning" in changed
