"""Land files of therapists: what a file says of a therapist becomes their new version."""

from api.auth.scope import ClinicScope
from api.landing.landing import Landed, Landing
from api.profiles.documents import overlaid
from api.roster import queries
from api.roster.importers import THERAPIST_FILES, Row
from api.roster.versions import Change, write_changes
from api.store.clinics import hold_clinic


def _write(scope: ClinicScope, rows: list[Row]) -> Landed:
    hold_clinic(scope)
    known = queries.by_references(scope, [item.row.reference for item in rows])
    changes = []
    for item in rows:
        before = known.get(item.row.reference)
        document = overlaid(before.document if before else None, item.row, item.stated)
        changes.append(Change(before, document))
    written = write_changes(scope, changes)
    return Landed(len(written.created), len(written.updated), written.unchanged)


THERAPISTS: Landing[Row] = Landing(THERAPIST_FILES, _write, "roster.imported")
