"""Looking into the audit trail, which is recorded in it."""

from api.audit.record import record
from api.audit.seals import last_seal, seals_of
from api.audit_trail import queries
from api.audit_trail.schemas import AuditFilter, AuditPage, AuditRowOut, HeadOut
from api.auth.holders import key_names
from api.auth.scope import ClinicScope
from api.http.pages import decode_cursor, encode_cursor


def page_of_trail(scope: ClinicScope, wanted: AuditFilter) -> AuditPage:
    """A page of the rows that are wanted, each with the seal that it is in.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    rows = queries.page(scope, wanted, decode_cursor(wanted.cursor), wanted.limit + 1)
    shown, more = rows[: wanted.limit], len(rows) > wanted.limit
    seals = seals_of(scope.connection, scope.clinic_id, {row.id for row in shown})
    names = key_names(scope, (row.key_id for row in shown))
    items = [
        AuditRowOut.model_validate(
            {**row._mapping, "seal": seals.get(row.id), "key_name": names.get(row.key_id)}
        )
        for row in shown
    ]
    scope.unit.begin_write()
    record(scope, "audit.listed", wanted.subject_id, {"items": len(items)})
    return AuditPage(items=items, next_cursor=encode_cursor(items[-1].id) if more else None)


def head(scope: ClinicScope) -> HeadOut:
    """The newest seal of the clinic."""
    seal = last_seal(scope.connection, scope.clinic_id)
    if seal is None:
        return HeadOut(number=0, digest=None, sealed_at=None)
    return HeadOut(number=seal.number, digest=seal.digest.hex(), sealed_at=seal.sealed_at)
