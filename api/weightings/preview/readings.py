"""Which matches a preview tells of one by one, recorded as reads of them."""

from collections.abc import Sequence
from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.weightings.preview.schemas import ExampleOut

# Figures of fewer matches say what was in each, so each is recorded as read.
FEW_MATCHES = 20


def told_of(ids: Sequence[UUID]) -> Sequence[UUID]:
    """The matches of which figures over these tell one by one: all where they are few."""
    return ids if len(ids) < FEW_MATCHES else ()


def record_readings(scope: ClinicScope, told: Sequence[UUID], shown: Sequence[ExampleOut]) -> None:
    """Record that the matches `told` of and those `shown` as examples were read, each once."""
    for match_id in dict.fromkeys([*told, *(UUID(example.match_id) for example in shown)]):
        record(scope, "match.previewed", match_id)
