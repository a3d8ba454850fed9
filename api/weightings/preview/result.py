"""What a replay found, as it is answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, get_args

from api.auth.scope import ClinicScope
from api.store.rosters import current_roster
from api.weightings.preview.replaying import Replayed
from api.weightings.preview.schemas import (
    EstimateOut,
    ExampleOut,
    ExposureOut,
    Facet,
    GroupExposureOut,
    PreviewOut,
    TherapistOut,
)
from matching.estimators import Estimate
from matching.insights.steps import in_fives
from matching.off_policy import Estimates
from matching.replay import Change
from matching.roster import Roster
from matching.rows import Flags, Rows
from matching.weighting import Weighting

# Of an estimated fit, 0 to 10.
_DIGITS = 2

_ALWAYS = (
    "Matches that were erased are not in it.",
    "Each match keeps roster, free places, rules and what was known of the client as they were.",
    "A client who has begun with a therapist since would not be shown them now.",
)
_SUPERSEDED = (
    "{count} of the matches were ranked with another version than the active one; before is what"
    " their clients were shown."
)
_FIT_WEIGHTS = (
    "The weights of the rating items count from the next training on; this ranks with the models"
    " of then."
)
_NO_MODEL = "No model ranked these matches, so expected_fit counts for nothing in them."
_EXPOSURE = (
    "Who was shown less than their fit warrants is measured from the latest matches, as it will be"
    " when the weighting is activated."
)


def result(
    scope: ClinicScope,
    before: Weighting,
    after: Weighting,
    found: Replayed,
    shown: Sequence[ExampleOut],
) -> PreviewOut:
    """The answer: `before` is the active weighting, `after` the one previewed."""
    roster, seen = current_roster(scope).roster, found.comparison
    return PreviewOut.model_validate(
        {
            "matches": seen.matches,
            "empty": seen.empty,
            "top1_changed": seen.top1_changed,
            "top3_changed": seen.top3_changed,
            "rank_correlation": seen.rank_correlation,
            "overlap": seen.overlap,
            "exposure": _exposure(roster, seen.exposure),
            "exposure_by_group": list(_by_group(roster, seen.exposure)),
            "preference_fit": _change(seen.preference_fit),
            "expected_fit": _change(seen.expected_fit),
            "overflow": _change(seen.overflow),
            "estimate": _estimate(found.estimates),
            "examples": shown,
            "notes": list(_notes(before, after, found)),
        }
    )


def _change(change: Change | None) -> dict[str, float] | None:
    return None if change is None else asdict(change)


def _therapist(roster: Roster, id_: str) -> TherapistOut:
    row = roster.row_of(id_)
    if row is None:
        raise LookupError("a therapist who was ranked is not on the roster")
    return TherapistOut(id=id_, reference=roster.references[row], name=roster.names[row])


def _exposure(roster: Roster, exposure: Mapping[str, Change]) -> list[ExposureOut]:
    shown = [
        ExposureOut(
            therapist=_therapist(roster, id_),
            before=seen.before,
            after=seen.after,
            change=seen.after - seen.before,
        )
        for id_, seen in exposure.items()
    ]
    return sorted(shown, key=lambda one: (-one.change, one.therapist.reference))


def _by_group(roster: Roster, exposure: Mapping[str, Change]) -> Iterator[GroupExposureOut]:
    """Of all who hold a code; a therapist with several counts in several groups."""
    rows = {roster.row_of(id_): seen for id_, seen in exposure.items()}
    every = Rows.every(len(roster))
    for facet in get_args(Facet):
        column = getattr(roster, facet)
        flags: list[tuple[str | None, Flags]] = [
            (code, column.any_of((code,), every)) for code in sorted(column.bits)
        ]
        flags.append((None, column.blank(every)))
        for code, held in flags:
            if not held.any():
                continue
            seen = [change for row, change in rows.items() if row is not None and held[row]]
            before, after = sum(s.before for s in seen), sum(s.after for s in seen)
            yield GroupExposureOut(
                facet=facet,
                code=code,
                therapists=int(held.sum()),
                before=before,
                after=after,
                change=after - before,
            )


def _estimate(found: Estimates) -> EstimateOut:
    best = found.best
    after: dict[str, Any] = _rounded(best.after) if best else {}
    return EstimateOut.model_validate(
        {
            "value": after.get("value"),
            "low": after.get("low"),
            "high": after.get("high"),
            "effective_sample_size": found.effective_sample_size,
            "outcomes": in_fives(found.outcomes) or 0,
            "unsupported": found.unsupported,
            "before": _rounded(best.before) if best else None,
            "difference": _rounded(best.difference) if best else None,
            "why": asdict(found.why) if found.why else None,
        }
    )


def _rounded(interval: Estimate) -> dict[str, float]:
    """To what can be told: from many digits of many previews the ratings could be worked out."""
    return {name: round(value, _DIGITS) for name, value in asdict(interval).items()}


def _notes(before: Weighting, after: Weighting, found: Replayed) -> Iterator[str]:
    yield from _ALWAYS
    if found.superseded:
        yield _SUPERSEDED.format(count=found.superseded)
    if dict(after.fit_weights) != dict(before.fit_weights):
        yield _FIT_WEIGHTS
    if after.weights["expected_fit"] and found.comparison.expected_fit is None:
        yield _NO_MODEL
    if after.exposure and after.exposure != before.exposure:
        yield _EXPOSURE
