"""What is said of expected fit: figures for staff, words for clients, and what they rest on.

Nothing is named that rests on fewer than five clients of the therapist.
"""

from collections.abc import Iterator, Sequence

from matching.learning.learned import Learned
from matching.learning.steps import STEP
from matching.query import Query
from matching.ranking import ExpectedFit
from matching.roster import Roster
from matching.words import within

GOOD, SOME, MIXED = "good signs", "some good signs", "mixed signs"
UNKNOWN = "not enough known yet"

# Standard deviations between the therapists of one client, from which on signs are good or mixed.
_APART = 0.5

# An effect is named where it stands out from its own doubt by this many standard deviations.
_STANDS_OUT = 1.5


class FitWording:
    """The figures and sentences of one request."""

    def __init__(self, query: Query, roster: Roster, learned: Learned) -> None:
        self._query, self._roster, self._learned = query, roster, learned

    def expected(self, row: int, mean: float, columns: Sequence[tuple[int, float]]) -> ExpectedFit:
        """The figures of one pair: its mean, 80 % interval, clients behind it, and words."""
        half = self._learned.half_interval(self._query, row, columns)
        clients = self._clients(row) or None
        return ExpectedFit(
            mean=_shown(mean),
            low=_shown(mean - half),
            high=_shown(mean + half),
            ratings=clients,
            words=self._words(mean) if clients else UNKNOWN,
        )

    def sentence(self, row: int, words: str) -> str:
        """The `words` of a pair's figures, and what they rest on."""
        clients = self._clients(row)
        if not clients:
            return (
                f"Nothing can be told yet from {STEP} clients who rated them, so this rests on "
                "their profile and on what clients here rate well."
            )
        signs = f"{words.capitalize()}, from at least {clients} clients{self._overall(row, words)}"
        said = [signs, *self._named(row)]
        return f"{'; '.join(said)}."

    def _overall(self, row: int, words: str) -> str:
        """How they rate them, beside what clients of such a profile would.

        Where signs are good, a level below the profile's is left out: what speaks for somebody
        would be followed by what sounds like a warning.
        """
        points, doubt = self._learned.level_of(row)
        if abs(points) < _STANDS_OUT * doubt or not points or (points < 0 and words == GOOD):
            return " who rated them"
        return f", who rate them {'higher' if points > 0 else 'lower'} than their profile suggests"

    def _named(self, row: int) -> Iterator[str]:
        """Whom they are rated higher or lower by than on average, among those asking this."""
        labels = self._query.vocabulary
        for above, word in ((True, "higher"), (False, "lower")):
            codes = [
                effect.code
                for effect in self._learned.needs_of(row, self._query)
                if effect.clients >= STEP
                and abs(effect.points) >= _STANDS_OUT * effect.doubt
                and (effect.points > 0) == above
            ]
            if codes:
                # Labels hold "and" themselves.
                words = " or with ".join(within(labels.label("needs", code)) for code in codes)
                yield f"those who wanted help with {words} rate them {word} than their average"

    def _clients(self, row: int) -> int:
        return self._learned.clients_of(row)

    def _words(self, mean: float) -> str:
        model = self._learned.model
        # In standard deviations of what is true, not of what is told: a model that knows little
        # tells little apart.
        apart = (mean - model.centre) / model.spread * model.reliability**0.5
        return GOOD if apart >= _APART else MIXED if apart <= -_APART else SOME


def _shown(points: float) -> float:
    """To a tenth, within the scale of a rating."""
    return round(min(10.0, max(0.0, points)), 1)
