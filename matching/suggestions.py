"""Too few to choose from: the single changes of the request that would bring the most back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from matching.availability import Availability, AvailabilityRules
from matching.eligibility import requirements
from matching.facet import Facet
from matching.query import Query
from matching.ranking import Suggestion
from matching.roster import Roster
from matching.rows import Flags, Rows, Small
from matching.scorers.language import spoken
from matching.vocabulary import Vocabulary
from matching.words import language_label, proper_tag, within

# A client who can choose among fewer than this, or fewer than were asked for, is offered a change.
FEW = 3

# How many changes are offered.
MOST = 3

# What `to` says for a payer: pay without insurance, that is, name no payer.
NO_PAYER = "none"

_CODES: Mapping[str, tuple[Callable[[Roster], Facet], Callable[[Vocabulary, str], str]]] = (
    MappingProxyType(
        {
            "schedule": (
                lambda roster: roster.schedule,
                lambda words, code: f"Also say yes to {words.label('schedule', code)}.",
            ),
            "format": (
                lambda roster: roster.formats,
                lambda words, code: f"Also say yes to {within(words.label('formats', code))}.",
            ),
            "language": (
                lambda roster: roster.languages,
                lambda words, code: f"Also say yes to {language_label(words, code)}.",
            ),
            "modality": (
                lambda roster: roster.modalities,
                lambda words, code: f"Also say yes to {words.label('modalities', code)}.",
            ),
        }
    )
)

# What may be loosened, under the reason that it would take away: how and when to meet, and money.
# Never who somebody is, what keeps a client safe, or what the law asks.
_VALUES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "must_schedule": ("schedule", "strong", "Say that the time matters, but is not a must."),
        "must_format": ("format", "strong", "Say that how you meet matters, but is not a must."),
        "must_language": (
            "language",
            "strong",
            "Say that the language matters, but is not a must.",
        ),
        "must_modality": (
            "modality",
            "strong",
            "Say that the way of working matters, but is not a must.",
        ),
        "must_communication_style": (
            "communication_style",
            "strong",
            "Say that their style matters, but is not a must.",
        ),
        "payer": ("payer", NO_PAYER, "Pay without this insurance."),
        "associate": (
            "accepts_associate",
            "yes",
            "Say yes to therapists in training who work with a supervisor.",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Alone:
    """The rows that fail one requirement and no other: who would come back without it."""

    reason: str
    rows: Rows


def suggestions(
    query: Query,
    roster: Roster,
    availability: Availability,
    rules: AvailabilityRules,
    now: datetime,
    eligible: int,
) -> tuple[Suggestion, ...]:
    """At most MOST changes, most gains first; none where enough are eligible.

    Enough is what the request's limit asks for, and FEW at least. `gains` is exactly how many more
    are eligible once the change is made. Of equal gains, a code to add comes before a wish to
    loosen, then in the order of `_VALUES` and of the codes.
    """
    if eligible >= max(query.intake.limit, FEW):
        return ()
    met = dict(requirements(query, roster, availability, rules, now))
    added: list[Suggestion] = []
    loosened: list[Suggestion] = []
    for alone in _failing_only_one(met):
        change, to, text = _VALUES[alone.reason]
        loosened.append(Suggestion(change, alone.rows.eligible, text, to=to))
        if change in _CODES:
            added.extend(_additions(query, roster, change, alone.rows))
    return tuple(sorted(added + loosened, key=lambda change: -change.gains)[:MOST])


def _failing_only_one(met: Mapping[str, Flags]) -> Iterator[_Alone]:
    failed: Small = np.sum([~flags for flags in met.values()], axis=0, dtype=np.uint8)
    once = failed == 1
    for reason in _VALUES:
        if reason in met:
            alone = once & ~met[reason]
            count = int(np.count_nonzero(alone))
            if count:
                yield _Alone(reason, Rows.where(alone, count))


def _additions(query: Query, roster: Roster, change: str, rows: Rows) -> Iterator[Suggestion]:
    read, words = _CODES[change]
    column = read(roster)
    for code in sorted(column.bits):
        also = spoken((code,), column.bits) if change == "language" else (code,)
        gains = rows.count(column.any_of(also, rows))
        if gains:
            add = proper_tag(code) if change == "language" else code
            yield Suggestion(change, gains, words(query.vocabulary, code), add=add)
