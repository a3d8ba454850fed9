"""A stored request with changes in it: those of a client's patch, and those of their reasons."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.alternatives.schemas import PreferencesPatch, StylePatch
from matching.vocabulary import STYLE_AXES

Document = dict[str, Any]

_CNIP = "cnip_items"
_WORDS = {
    "communication_style": "how a therapist should be",
    "gender": "the therapist's gender",
    "culture": "shared background",
    "language": "the language",
    "modality": "the kind of therapy",
    "format": "how to meet",
    "schedule": "when to meet",
}


def patched(preferences: Mapping[str, Any], patch: PreferencesPatch) -> Document:
    """The preferences with what the patch states in them."""
    changed: Document = {name: dict(wish) for name, wish in preferences.items() if wish}
    for dimension in _stated(patch):
        wish = getattr(patch, dimension)
        if wish is None:
            changed.pop(dimension, None)
            continue
        changed[dimension] = _wish(changed.get(dimension, {}), wish)
    return changed


def stated_paths(patch: PreferencesPatch) -> frozenset[str]:
    """The paths in a request that the patch has a say about."""
    paths = set()
    for dimension in _stated(patch):
        wish = getattr(patch, dimension)
        fields = wish.model_fields_set if wish else {"any_of", "importance", *STYLE_AXES}
        if _CNIP in fields:
            fields = fields | set(STYLE_AXES)
        paths |= {f"preferences.{dimension}.{field}" for field in fields}
    return frozenset(paths)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Document]:
    """What the patch changed, as an answer's `changed` has it."""
    for dimension in sorted(before.keys() | after.keys()):
        old, new = before.get(dimension) or {}, after.get(dimension) or {}
        for field in sorted(old.keys() | new.keys()):
            if old.get(field) != new.get(field):
                yield {
                    "what": f"preferences.{dimension}.{field}",
                    "from": old.get(field),
                    "to": new.get(field),
                    "because": "you",
                    "text": f"You changed what you said about {_WORDS[dimension]}.",
                }


def put(document: Document, path: str, value: Any) -> None:
    """Set what stands at a path such as `preferences.gender.importance`."""
    *above, last = path.split(".")
    for name in above:
        document = document.setdefault(name, {})
    document[last] = value


def with_axes(style: Mapping[str, Any], axes: tuple[float | None, ...]) -> Document:
    """A style wish by its four axes, in place of the 18 items behind them."""
    kept = {name: value for name, value in style.items() if name != _CNIP}
    return kept | dict(zip(STYLE_AXES, axes, strict=True))


def _wish(before: Mapping[str, Any], patch: Any) -> Document:
    given = {name: getattr(patch, name) for name in patch.model_fields_set}
    if isinstance(patch, StylePatch):
        # Answers of the one kind leave none of the other.
        other = set(STYLE_AXES) if given.get(_CNIP) is not None else set()
        if given.keys() & set(STYLE_AXES):
            other.add(_CNIP)
        before = {name: value for name, value in before.items() if name not in other}
    merged = {**before, **given}
    return {name: value for name, value in merged.items() if value is not None}


def _stated(patch: PreferencesPatch) -> list[str]:
    return [name for name in type(patch).model_fields if name in patch.model_fields_set]
