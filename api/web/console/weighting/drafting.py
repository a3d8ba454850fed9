"""Starting a draft, changing it, and keeping it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from api.auth.scope import ClinicScope
from api.http.replies import Reply
from api.http.validation import field_problems
from api.problems import Invalid, NotFound
from api.web.console.weighting.form import Draft, begun
from api.web.console.weighting.versions import active_of, version_of
from api.web.console.weighting.words import PRESETS, values_of
from api.weightings import service
from api.weightings.presets import MEANINGS, PRESET_WEIGHTS
from api.weightings.preview.schemas import PreviewOut
from api.weightings.preview.unkept import preview_unkept
from api.weightings.schemas import WeightingIn, WeightingOut
from api.weightings.suggested.service import suggestion

ACTIVE, SUGGESTED = "active", "suggested"
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Start:
    """What a draft begins with, and what is to be said of it."""

    draft: Draft
    words: str
    fit_weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a form: by field, and as a whole."""

    fields: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.whole)


def start_of(scope: ClinicScope, name: str) -> Start:
    """What a draft of this name begins with: the active version, another, a preset, or ratings.

    Raises:
        NotFound: there is no such beginning.
    """
    active = active_of(scope)
    values = values_of(active)
    if name in PRESETS:
        values |= PRESET_WEIGHTS[name]  # type: ignore[index]
        meaning = MEANINGS[name]  # type: ignore[index]
        words = f"The preset “{PRESETS[name]}”. {meaning}"
    elif name == SUGGESTED:
        found = suggestion(scope)
        # Four places are more than any interval of theirs can tell.
        values |= {key: float(f"{weight:.4g}") for key, weight in found.weights.items()}
        words = found.words
    elif name == ACTIVE:
        words = f"The active weighting, version {active.version}."
    else:
        version = _version(scope, name)
        start = begun(name, values_of(version))
        return Start(start, f"Version {version.version}, as it is.", version.fit_weights)
    return Start(begun(name, values), words, active.fit_weights)


def kept(scope: ClinicScope, draft: Draft) -> UUID | Faults:
    """The id of the version that the draft became, or what is wrong with it."""
    return _made(scope, draft, lambda sent: _id_of(service.draft(scope, sent)))


def looked_at(
    scope: ClinicScope, draft: Draft, last: int, most_examples: int
) -> PreviewOut | Faults:
    """What the draft would have changed in the `last` matches, or what is wrong with it."""
    return _made(scope, draft, lambda sent: preview_unkept(scope, sent, last, most_examples))


def _made(scope: ClinicScope, draft: Draft, work: Callable[[WeightingIn], Made]) -> Made | Faults:
    fit_weights = start_of(scope, draft.start).fit_weights
    try:
        return work(WeightingIn.model_validate(draft.body(fit_weights)))
    except ValidationError as error:
        found = field_problems([dict(fault) for fault in error.errors()], [WeightingIn])
        return _faults([fault.document() for fault in found], draft)
    except Invalid as error:
        return _faults(error.members["errors"], draft)


def _id_of(reply: Reply) -> UUID:
    return WeightingOut.model_validate_json(reply.body).id


def _version(scope: ClinicScope, name: str) -> WeightingOut:
    try:
        return version_of(scope, UUID(name)).shown
    except ValueError:
        raise NotFound("There is no such beginning for a draft.") from None


def _faults(found: list[Any], draft: Draft) -> Faults:
    """Faults by the names that the form's fields have; what is of no field is of the whole."""
    fields, whole = {}, []
    for fault in found:
        name = fault["field"].rpartition(".")[2]
        if name in draft.texts or name == "note":
            fields[name] = f"This {fault['problem']}."
        else:
            whole.append(_WHOLE.get(name, "Something in the form is not valid."))
    return Faults(fields, tuple(dict.fromkeys(whole)))


_WHOLE = {"weights": "At least one part has to count: give one of them a weight above 0."}
