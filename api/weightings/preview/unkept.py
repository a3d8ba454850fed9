"""What weights would change before they are kept as a version."""

from dataclasses import dataclass, replace
from uuid import UUID

from api.audit.record import record
from api.auth.scope import ClinicScope
from api.ranking.answering import engine_arguments
from api.ranking.recent import StoredMatch, recent_ids
from api.store.shortfalls import Shortfall
from api.store.weightings import read_weighting
from api.weightings.content import drafted
from api.weightings.preview.examples import examples
from api.weightings.preview.readings import record_readings, told_of
from api.weightings.preview.replaying import replay, shortfall_once_active
from api.weightings.preview.result import result
from api.weightings.preview.schemas import PreviewOut
from api.weightings.schemas import WeightingIn
from matching.engine import LineUp, lined_up
from matching.weighting import Weighting


def preview_unkept(
    scope: ClinicScope, sent: WeightingIn, last: int, most_examples: int
) -> PreviewOut:
    """What a draft of `sent` would have changed in the `last` matches.

    Stored is only that somebody looked.

    Raises:
        Invalid: taken with what it leaves out, it does not hold together.
    """
    before, _ = read_weighting(scope, scope.clinic.weighting_id)
    after = drafted(before, sent)
    unkept = Unkept(scope, after, shortfall_once_active(scope, after.exposure))
    ids = recent_ids(scope, last=last)
    found = replay(scope, unkept, ids, examples=most_examples)
    most_changed = [UUID(example.key) for example in found.comparison.examples]
    shown = result(scope, before, after, found, examples(scope, unkept, most_changed))
    scope.unit.begin_write()
    counts = {"matches": shown.matches, "examples": len(shown.examples)}
    record(scope, "weighting.previewed", None, counts)
    record_readings(scope, told_of(ids), shown.examples)
    return shown


@dataclass(frozen=True, slots=True)
class Unkept:
    """A weighting without an id, put in the place of those that matches were ranked with."""

    scope: ClinicScope
    weighting: Weighting
    shortfall: Shortfall | None

    def line_ups(self, match: StoredMatch) -> tuple[LineUp, LineUp]:
        """A match as it was ranked, and as it would have been."""
        before = engine_arguments(self.scope, match.basis, match.at)
        basis = replace(match.basis, shortfall=self.shortfall)
        after = engine_arguments(self.scope, basis, match.at) | {"weighting": self.weighting}
        return lined_up(match.intake, **before), lined_up(match.intake, **after)
