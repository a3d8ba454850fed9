"""What is said of weightings in plain words."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from uuid import UUID

from api.auth.holders import holders
from api.web.page import Page
from api.weightings.schemas import WeightingOut

# What counts, as staff call it, with what it looks at.
COUNTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "communication_style": ("Way of working", "Gentle or challenging, leading or following…"),
        "gender": ("Gender", "Of the therapist, where a client names one."),
        "culture": ("Background", "A background or community that the therapist knows."),
        "language": ("Language", "A language that both speak."),
        "modality": ("Kind of therapy", "Such as CBT or psychodynamic."),
        "needs": ("Needs", "What the client wants help with."),
        "format": ("How they meet", "In the room, by video, by phone."),
        "schedule": ("When they meet", "Times that suit both."),
        "expected_fit": (
            "Expected fit",
            (
                "What ratings have taught. Counts as far as the model is reliable, so its number is"
                " larger than the others."
            ),
        ),
        "referral": ("Named by the client", "Somebody the client asked for."),
    }
)
# What else a version holds, with what it does.
ARRANGING: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "near_tie": (
            "Near tie",
            "Therapists this close in score are shown in varied order. 0: always the same order.",
        ),
        "diversity": (
            "Variety",
            "The most score given up for somebody unlike those above. 0: none.",
        ),
        "exposure": (
            "Even exposure",
            (
                "The most score given up for who was seen less than their fit warrants. 0: off;"
                " 0.1 is a value to begin with."
            ),
        ),
    }
)
IMPORTANCE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "strong": ("“Very important”", "What a weight is multiplied by when a client says so."),
        "some": ("“Somewhat important”", "The same, for what matters less to them."),
    }
)
PRESETS: Mapping[str, str] = MappingProxyType(
    {
        "what_clients_ask_for": "What clients ask for",
        "balanced": "Balanced",
        "track_record": "Track record",
    }
)
STATUS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"active": ("Active", ""), "draft": ("Draft", "care"), "retired": ("Was active", "dull")}
)
NAMES: Mapping[str, str] = MappingProxyType(
    {name: label for part in (COUNTS, ARRANGING, IMPORTANCE) for name, (label, _) in part.items()}
)


def number(value: float) -> str:
    """A number as a person reads it, to three places that count."""
    return f"{value:.3g}" if 1e-4 <= abs(value) < 1e3 or value == 0 else f"{value:g}"


def values_of(version: WeightingOut) -> dict[str, float]:
    """Every number of a version but those of the fit index, by name."""
    shares = {name: float(getattr(version, name)) for name in ARRANGING}
    return {**version.weights, **shares, **version.importance}


def differences(active: WeightingOut, other: WeightingOut) -> Iterator[str]:
    """What a version has otherwise than the active one, a sentence each."""
    before, after = values_of(active), values_of(other)
    for name, label in NAMES.items():
        if name in before and before[name] != after[name]:
            yield f"{label}: {number(after[name])} instead of {number(before[name])}."
    if active.fit_weights != other.fit_weights:
        yield "How the items of a rating count in fit: from the next training on."


def authors(page: Page, versions: Iterable[WeightingOut]) -> dict[UUID, str]:
    """Who made each version, by the version's id."""
    versions = list(versions)
    by = holders(page.scope, (one.created_by for one in versions))
    return {one.id: _author(page, one.created_by, by) for one in versions}


def _author(page: Page, key_id: UUID | None, by: Mapping[UUID, str]) -> str:
    if key_id is None:
        return "the clinic’s first"
    return "you" if key_id == page.scope.key_id else by[key_id]
