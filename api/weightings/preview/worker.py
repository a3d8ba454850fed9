"""One preview, in a process of its own: `python -m MODULE CLINIC PREVIEW ATTEMPT`.

No transaction stays open while it works.
"""

import sys
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from api.auth.scope import ClinicScope
from api.auth.system import clinic_scope
from api.db.database import Database
from api.jobs.attempt import attempt, seen_to_its_end
from api.jobs.jobs import Claim, LostClaimError
from api.jobs.pulse import Pulse
from api.ranking.recent import recent_ids
from api.weightings.preview import jobs
from api.weightings.preview.jobs import PREVIEWS
from api.weightings.preview.replaying import Told
from api.weightings.preview.schemas import PreviewIn, PreviewOut
from api.weightings.preview.service import previewed


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
            found = _found(scope, held, pulse)
        jobs.store(database, held, kept(found), found.matches)


def kept(found: PreviewOut) -> dict[str, object]:
    """What is stored of a result: of its examples only whose they are, so that erasure holds."""
    document: dict[str, object] = found.model_dump(mode="json", exclude={"examples"})
    return {**document, "examples": [example.match_id for example in found.examples]}


def _found(scope: ClinicScope, held: Claim, told: Told) -> PreviewOut:
    row = PREVIEWS.under_way(scope)
    if row is None or row.id != held.job_id:
        raise LostClaimError
    weighting_id: UUID = row.weighting_id
    asked = PreviewIn.model_validate(row.asked)
    ids = recent_ids(scope, last=asked.most, since=asked.since, until=asked.until)
    return previewed(scope, weighting_id, ids, asked.examples, told)


if __name__ == "__main__":
    main(sys.argv[1:])
