"""Preview a weighting: at once, or as a job where there is more to do than a caller waits for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.http.replies import Reply, json_reply
from api.problems import Conflict, NotFound
from api.ranking.recent import recent_ids
from api.store.clinics import hold_clinic
from api.store.shortfalls import Shortfall
from api.store.weightings import read_weighting
from api.weightings import queries
from api.weightings.preview import jobs
from api.weightings.preview.examples import examples
from api.weightings.preview.readings import record_readings, told_of
from api.weightings.preview.replaying import Previewed, Told, replay
from api.weightings.preview.result import result
from api.weightings.preview.schemas import PreviewIn, PreviewJobOut, PreviewOut

# A caller waits for so many; more are a job.
MOST_AT_ONCE = 1_000

_UNDER_WAY = frozenset({"queued", "running"})


def chosen(scope: ClinicScope, weighting_id: UUID, asked: PreviewIn) -> Sequence[UUID]:
    """The matches that a preview of this weighting is about.

    Raises:
        NotFound: the clinic has no such weighting.
    """
    if queries.by_id(scope, weighting_id) is None:
        raise NotFound("The clinic has no such weighting.")
    return recent_ids(scope, last=asked.most, since=asked.since, until=asked.until)


def takes_long(ids: Sequence[UUID], asked: PreviewIn) -> bool:
    """Whether it is to be a job."""
    return asked.background or len(ids) > MOST_AT_ONCE


def preview(
    scope: ClinicScope, weighting_id: UUID, ids: Sequence[UUID], asked: PreviewIn
) -> PreviewOut:
    """What would have been different; nothing is stored but that somebody looked."""
    draft = Previewed.once_active(scope, weighting_id)
    found = previewed(scope, draft, ids, asked.examples)
    scope.unit.begin_write()
    counts = {"matches": found.matches, "examples": len(found.examples)}
    record(scope, "weighting.previewed", weighting_id, counts)
    record_readings(scope, told_of(ids), found.examples)
    return found


def ask_for_preview(
    scope: ClinicScope, weighting_id: UUID, ids: Sequence[UUID], asked: PreviewIn
) -> Reply:
    """Queue a preview; matches that come after this are not in it.

    Raises:
        Conflict: the clinic has one under way.
    """
    now = utc_now()
    until = min(asked.until or now, now)
    fixed: dict[str, Any] = {"last": asked.most, "until": until}
    if asked.since is not None:
        # A range that is still to come is empty, and has a length all the same.
        fixed["since"] = min(asked.since, until - timedelta(microseconds=1))
    settled = asked.model_copy(update=fixed).model_dump(mode="json", exclude_none=True)
    preview_id = jobs.ask(scope, weighting_id, settled, len(ids))
    location = {"Location": f"/v1/weightings/{weighting_id}/previews/{preview_id}"}
    shown = _shown(scope, _existing(scope, weighting_id, preview_id))
    return json_reply(shown, 202, headers=location, subject_id=preview_id)


def job(scope: ClinicScope, weighting_id: UUID, preview_id: UUID) -> PreviewJobOut:
    """How far a preview is, and what came of it.

    Raises:
        NotFound: the clinic has no such preview of that weighting.
    """
    row = _existing(scope, weighting_id, preview_id)
    shown = _shown(scope, row)
    if shown.result is not None:
        scope.unit.begin_write()
        # A result of an earlier release names none.
        told = [UUID(id_) for id_ in row.result.get("told_of", ())]
        record_readings(scope, told, shown.result.examples)
    return shown


def cancel(scope: ClinicScope, weighting_id: UUID, preview_id: UUID) -> PreviewJobOut:
    """End a preview that is under way; one that is cancelled already stays so.

    Raises:
        NotFound: the clinic has no such preview of that weighting.
        Conflict: it has come to another end.
    """
    _existing(scope, weighting_id, preview_id)
    hold_clinic(scope)
    row = _existing(scope, weighting_id, preview_id)
    if row.status in _UNDER_WAY:
        jobs.cancel(scope, preview_id)
    elif row.status != "cancelled":
        raise Conflict("This preview has ended; there is nothing to cancel.")
    return _shown(scope, _existing(scope, weighting_id, preview_id))


def previewed(
    scope: ClinicScope,
    draft: Previewed,
    ids: Sequence[UUID],
    most_examples: int,
    told: Told = lambda _done: None,
) -> PreviewOut:
    """Rank the matches of these ids again; `told` hears how far it is."""
    found = replay(scope, draft, ids, examples=most_examples, told=told)
    most_changed = [UUID(example.key) for example in found.comparison.examples]
    shown = examples(scope, draft, most_changed)
    before, _ = read_weighting(scope, scope.clinic.weighting_id)
    after, _ = read_weighting(scope, draft.weighting_id)
    return result(scope, before, after, found, shown)


def kept(found: PreviewOut, ids: Sequence[UUID], shortfall: Shortfall | None) -> dict[str, object]:
    """What is stored of a result over the matches of these ids.

    Of its examples only whose they are, so that erasure holds, and the `shortfall` they were ranked
    by, so that they stay those of the figures; and which matches each reading of it is recorded of.
    """
    document: dict[str, object] = found.model_dump(mode="json", exclude={"examples"})
    document["examples"] = [example.match_id for example in found.examples]
    document["told_of"] = [str(id_) for id_ in told_of(ids)]
    if shortfall is not None:
        document["shortfall"] = {
            "measured_at": shortfall.measured_at.isoformat(),
            "by_therapist": dict(shortfall.by_therapist),
        }
    return document


def _ranked_by(result: Mapping[str, Any]) -> Shortfall | None:
    """The shortfall that a stored result was ranked by."""
    found = result.get("shortfall")
    if found is None:
        return None
    return Shortfall(None, datetime.fromisoformat(found["measured_at"]), found["by_therapist"])


def _existing(scope: ClinicScope, weighting_id: UUID, preview_id: UUID) -> Row[Any]:
    row = jobs.by_id(scope, weighting_id, preview_id)
    if row is None:
        raise NotFound("The clinic has no such preview of this weighting.")
    return row


def _shown(scope: ClinicScope, row: Row[Any]) -> PreviewJobOut:
    found = None
    if row.result is not None:
        # Not kept but ranked again: of what was erased meanwhile nothing is shown.
        ids = [UUID(id_) for id_ in row.result["examples"]]
        draft = Previewed(scope, row.weighting_id, _ranked_by(row.result))
        again = examples(scope, draft, ids)
        found = PreviewOut.model_validate({**row.result, "examples": again})
    return PreviewJobOut.model_validate({**row._mapping, "result": found})
