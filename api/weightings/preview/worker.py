"""One preview, in a process of its own: `python -m MODULE CLINIC PREVIEW ATTEMPT`.

No transaction stays open while it works.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.db.database import Database
from api.jobs.attempt import attempt, seen_to_its_end
from api.jobs.jobs import Claim, LostClaimError
from api.jobs.pulse import Pulse
from api.ranking.recent import recent_ids
from api.weightings.preview import jobs
from api.weightings.preview.jobs import PREVIEWS
from api.weightings.preview.replaying import Previewed, Told
from api.weightings.preview.schemas import PreviewIn, PreviewOut
from api.weightings.preview.service import kept, previewed


def main(words: Sequence[str]) -> None:
    """Do the attempt that the words name."""
    attempt(words, work)


def work(database: Database, held: Claim, lease: timedelta) -> None:
    """Rank again, and store what came of it."""
    with (
        seen_to_its_end(database, PREVIEWS, held),
        Pulse(database, PREVIEWS, held, lease, jobs.told) as pulse,
    ):
        with clinic_scope(database, held.clinic_id) as scope:
            found, document = _found(scope, held, pulse)
        jobs.store(database, held, document, found.matches)


def _found(scope: ClinicScope, held: Claim, told: Told) -> tuple[PreviewOut, Mapping[str, object]]:
    """What came of it, and what is stored of that."""
    row = PREVIEWS.under_way(scope)
    if row is None or row.id != held.job_id:
        raise LostClaimError
    draft = Previewed.once_active(scope, row.weighting_id)
    asked = PreviewIn.model_validate(row.asked)
    ids = recent_ids(scope, last=asked.most, since=asked.since, until=asked.until)
    found = previewed(scope, draft, ids, asked.examples, told)
    return found, kept(found, ids, draft.shortfall)


if __name__ == "__main__":
    main(sys.argv[1:])
