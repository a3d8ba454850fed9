"""Whose answer is due: the therapist's, or first that of staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.auth.scope import ClinicScope
from api.store.business_days import after_business_days
from api.store.clinic_settings import read_settings
from api.store.outbox import emit
from api.store.tasks import open_task


def deadline(scope: ClinicScope, now: datetime) -> datetime:
    """Until when whoever is asked at `now` has to answer."""
    return after_business_days(now, read_settings(scope).response_deadline_business_days)


def ask_therapist(scope: ClinicScope, pairing: Row[Any]) -> None:
    """Let the clinic's systems know that a therapist's answer is due."""
    emit(scope, "pairing.requested", pairing.id, **_ids(pairing))


def ask_staff(scope: ClinicScope, pairing: Row[Any]) -> None:
    """Put a client's choice before staff."""
    open_task(scope, "staff_selection", **_ids(pairing))


def _ids(pairing: Row[Any]) -> dict[str, UUID]:
    return {
        "pairing_id": pairing.id,
        "match_id": pairing.match_id,
        "client_id": pairing.client_id,
        "therapist_id": pairing.therapist_id,
    }
