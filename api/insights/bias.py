"""The bias audit: selection, exposure and fit by group of therapists and of clients."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from api.auth.scope import ClinicScope
from api.insights.choices import Choices
from api.insights.intervals import interval_out
from api.insights.reading import (
    Answers,
    Staff,
    behind,
    read_again,
    read_answers,
    staff_of,
)
from api.insights.schemas import BiasPage, BiasRow, BiasSummary, SpreadOut
from api.insights.unmet import latest_intakes
from api.insights.window import Window
from api.insights.words import BIAS_NOTES, window_out
from api.store.outcomes import outcomes
from matching.insights.groups import Compared, compare
from matching.insights.tally import Tally
from matching.intake import AnyOf, Intake

UNKNOWN, NOT_ASKED = "unknown", "not_asked"
# Of a share of misfortunes, the lowest over the highest says little.
NOBODY = "nobody_eligible"
# A low ratio of these is a matter of how therapists are shown, which the clinic can change.
EXPOSURES = frozenset({"exposure", "exposure_for_merit"})

_Floats = NDArray[np.float64]
_Of = Literal["therapists", "clients"]


@dataclass(frozen=True, slots=True)
class _Measure:
    """Σ amount / Σ per; `behind` has to reach five in a group besides the people themselves."""

    amount: _Floats
    per: _Floats
    behind: tuple[_Floats, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    of: _Of
    attribute: str
    measure: str
    compared: Compared


def bias_page(scope: ClinicScope, window: Window) -> BiasPage:
    """The page of the bias audit."""
    staff = staff_of(scope)
    answers = read_answers(scope, window, staff)
    choices = Choices.of(scope, window, staff)
    tally = read_again(scope, window, staff, answers)
    fits = _fits(scope, window, staff)
    found = [
        *_compared("therapists", _of_staff(staff), _therapists(window, tally, choices, fits)),
        *_compared(
            "clients",
            _of_intakes(latest_intakes(scope, window)),
            _clients(window, answers, choices, fits),
        ),
    ]
    spreads = [spread for one in found if (spread := _spread(one)) is not None]
    return BiasPage(
        window=window_out(window),
        summary=BiasSummary(alerts=sum(spread.alert for spread in spreads), spreads=spreads),
        rows=[row for one in found for row in _rows(one)],
        notes=list(BIAS_NOTES),
    )


def _compared(
    of: _Of, attributes: Mapping[str, Sequence[set[str]]], measures: Mapping[str, _Measure]
) -> Iterator[_Found]:
    for attribute, groups_of in attributes.items():
        names = sorted(set().union(*groups_of))
        members = np.array([[name in own for own in groups_of] for name in names], np.bool_)
        members = members.reshape(len(names), len(groups_of))
        for measure, one in measures.items():
            compared = compare(names, members, one.amount, one.per, *one.behind)
            yield _Found(of, attribute, measure, compared)


def _of_staff(staff: Staff) -> dict[str, list[set[str]]]:
    """Each therapist's groups by attribute; who does not say is in a group of their own."""

    def groups(profile: Mapping[str, Any], name: str) -> set[str]:
        said = profile[name]
        codes = [said] if isinstance(said, str) else said or []
        # A language with a region is the language.
        return {code.lower().partition("-")[0] if name == "languages" else code for code in codes}

    attributes = {"gender": "gender", "culture": "cultures", "language": "languages"}
    return {
        attribute: [groups(profile, name) or {UNKNOWN} for profile in staff.profiles]
        for attribute, name in attributes.items()
    }


def _of_intakes(intakes: Sequence[Intake]) -> dict[str, list[set[str]]]:
    """Each client's groups: what they asked for, which is not who they are; and their age group."""

    def asked(wish: AnyOf) -> set[str]:
        return {code.lower() for code in wish.codes} if wish.asked else {NOT_ASKED}

    return {
        "gender_asked_for": [asked(intake.gender) for intake in intakes],
        "culture_asked_for": [asked(intake.culture) for intake in intakes],
        "language_asked_for": [asked(intake.language) for intake in intakes],
        "age_group": [{intake.age_group or UNKNOWN} for intake in intakes],
    }


def _therapists(
    window: Window, tally: Tally, choices: Choices, fits: Mapping[tuple[int, int], float]
) -> dict[str, _Measure]:
    """The measures of therapists, over the matches that were computed again; fit over all."""
    size = len(tally.ids)
    sums = list(tally.eligible.sums()) or [np.zeros(size)] * 6
    warranted, received, preference, with_wish, expected, with_model = sums
    eligible, clients = tally.eligible.matches(), tally.eligible.clients()
    chosen = choices.counted & np.isin(choices.match, window.replayed)
    choosing = behind(choices.client[chosen], choices.therapist[chosen].tolist(), size)
    pairs = np.array(list(fits), np.intp).reshape(-1, 2)
    rated = np.bincount(pairs[:, 1], minlength=size).astype(np.float64)
    fit = np.bincount(pairs[:, 1], np.array(list(fits.values())), size).astype(np.float64)
    return {
        "exposure": _Measure(received, eligible, (clients,)),
        "exposure_for_merit": _Measure(received, warranted, (clients,)),
        "selection": _Measure(choosing, eligible, (choosing,)),
        "preference_fit": _Measure(preference, with_wish, (clients,)),
        "expected_fit": _Measure(expected, with_model, (clients,)),
        "fit": _Measure(fit, rated, (rated,)),
    }


def _clients(
    window: Window, answers: Answers, choices: Choices, fits: Mapping[tuple[int, int], float]
) -> dict[str, _Measure]:
    """The measures of clients, over all matches of the window."""
    size = window.people

    def by_client(values: _Floats) -> _Floats:
        return np.bincount(window.clients, np.nan_to_num(values), size).astype(np.float64)

    matches = np.bincount(window.clients, minlength=size).astype(np.float64)
    chose = np.zeros(size)
    chose[window.clients[choices.match[choices.counted]]] = 1
    known = {client: fit for (client, _), fit in fits.items()}
    rated = np.isin(np.arange(size), list(known)).astype(np.float64)
    fit = np.array([known.get(client, 0.0) for client in range(size)])
    return {
        "preference_fit": _Measure(
            by_client(answers.preference_fit),
            by_client(np.isfinite(answers.preference_fit).astype(np.float64)),
        ),
        "expected_fit": _Measure(
            by_client(answers.expected_fit),
            by_client(np.isfinite(answers.expected_fit).astype(np.float64)),
        ),
        "eligible_therapists": _Measure(by_client(answers.eligible.astype(np.float64)), matches),
        NOBODY: _Measure(by_client((answers.eligible == 0).astype(np.float64)), matches),
        "selection": _Measure(chose, np.ones(size)),
        "fit": _Measure(fit, rated),
    }


def _fits(scope: ClinicScope, window: Window, staff: Staff) -> dict[tuple[int, int], float]:
    """By client and therapist, the fit that followed from a client's first rated choice."""
    followed = outcomes(scope, window.ids)
    first: dict[int, tuple[int, float]] = {}
    for number, id_ in enumerate(window.ids):
        outcome = followed.get(id_)
        if outcome is not None and outcome.fit is not None:
            place = staff.place[str(outcome.therapist_id)]
            first.setdefault(int(window.clients[number]), (place, outcome.fit))
    return {(client, place): fit for client, (place, fit) in first.items()}


def _rows(found: _Found) -> Iterator[BiasRow]:
    for one in found.compared.groups:
        yield BiasRow(
            of=found.of,
            attribute=found.attribute,
            group=one.group,
            measure=found.measure,
            shown=one.shown,
            figure=interval_out(one.figure),
            difference=interval_out(one.difference),
        )


def _spread(found: _Found) -> SpreadOut | None:
    spread = found.compared.spread
    if spread is None or found.measure == NOBODY:
        return None
    counts = found.measure in EXPOSURES
    return SpreadOut(
        of=found.of,
        attribute=found.attribute,
        measure=found.measure,
        lowest=spread.lowest,
        highest=spread.highest,
        ratio=interval_out(spread.ratio),
        alert=spread.alert and counts,
        certain=spread.certain and counts,
    )
