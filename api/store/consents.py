"""What a client agreed to, for matching and for learning apart."""

from uuid import UUID

from sqlalchemy import update

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

    What may be learned from follows in `api/store/learning_consent.py`, which the caller invokes.
    """
    client = client_of(scope, client_id)
    if client is None:
        raise LookupError("no such client")
    before = {
        "consents_to_matching": client.consents_to_matching,
        "consents_to_learning": client.consents_to_learning,
    }
    after = {
        "consents_to_matching": before["consents_to_matching"] if matching is None else matching,
        "consents_to_learning": before["consents_to_learning"] if learning is None else learning,
    }
    if after != before:
        scope.connection.execute(
            update(_clients)
            .where(_clients.c.clinic_id == scope.clinic_id, _clients.c.id == client_id)
            .values(**after, consents_changed_at=utc_now())
        )
    return bool(after["consents_to_learning"] != before["consents_to_learning"])
