"""Unmet needs: what clients ask for and nobody, or too few, can give now."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from api.auth.scope import ClinicScope
from api.clock import utc_now
from api.insights import queries
from api.insights.reading import Answers, read_answers, staff_of
from api.insights.schemas import EmptiedBy, UnmetPage, UnmetRow, UnmetSummary
from api.insights.window import Window
from api.insights.words import UNMET_NOTES, window_out
from api.ranking.intake import to_intake
from api.ranking.schemas import MatchRequest
from api.store.places import availability_rules
from api.store.rosters import current_roster
from api.store.vocabularies import read_vocabulary
from matching.availability import INACTIVE
from matching.insights.steps import in_fives
from matching.insights.unmet import Item, Unmet, unmet
from matching.intake import Intake
from matching.vocabulary import Vocabulary
from matching.words import language_label

_FACETS = {
    "need": "needs", "gender": "genders", "modality": "modalities", "format": "formats",
    "schedule": "schedule", "service": "services", "age_group": "age_groups", "access": "access",
}  # fmt: skip
_SHORTAGES = {
    "nobody": "nobody on the roster offers it",
    "no_place": "nobody who offers it has a place",
    "few": "few who offer it have a place",
}


def unmet_page(scope: ClinicScope, window: Window) -> UnmetPage:
    """The page of unmet needs: the requests of the window beside the roster of now."""
    now = utc_now()
    compiled = current_roster(scope)
    free = compiled.availability
    found = unmet(
        latest_intakes(scope, window),
        compiled.roster,
        free.taking_new(availability_rules(scope), now),
        free.standing != INACTIVE,
        now.date(),
    )
    answers = read_answers(scope, window, staff_of(scope))
    words = read_vocabulary(scope)
    return UnmetPage(
        window=window_out(window),
        summary=UnmetSummary(
            clients_with_nobody=in_fives(
                len({int(window.clients[at]) for at in _with_nobody(answers)})
            ),
            emptied_by=emptied_by(window, answers),
        ),
        rows=[_row(one, words) for one in found],
        notes=list(UNMET_NOTES),
    )


def emptied_by(window: Window, answers: Answers) -> list[EmptiedBy]:
    """By requirement, how many clients it left with nobody, in steps of five, none below five."""
    clients: dict[str, set[int]] = defaultdict(set)
    for at in _with_nobody(answers):
        clients[answers.emptied_by[at] or "no_therapists"].add(int(window.clients[at]))
    counted = Counter({reason: in_fives(len(some)) or 0 for reason, some in clients.items()})
    return [
        EmptiedBy(reason=reason, clients=count) for reason, count in counted.most_common() if count
    ]


def _with_nobody(answers: Answers) -> Iterable[int]:
    return map(int, np.flatnonzero(answers.eligible == 0))


def latest_intakes(scope: ClinicScope, window: Window) -> list[Intake]:
    """What each client asked for last, by the clients' numbers; nothing, if erased meanwhile."""
    latest = {int(client): id_ for client, id_ in zip(window.clients, window.ids, strict=True)}
    asked = {row.id: row.request for row in queries.requests_of(scope, list(latest.values()))}
    return [_intake(asked.get(latest[client])) for client in sorted(latest)]


def _intake(request: Mapping[str, Any] | None) -> Intake:
    if request is None:
        return Intake()
    return to_intake(MatchRequest.model_validate(request))


def _row(one: Unmet, words: Vocabulary) -> UnmetRow:
    what = ", with ".join(
        f"{kind.replace('_', ' ')} {_label((kind, code), words)}" for kind, code in one.items
    )
    return UnmetRow(
        asked=[f"{kind}:{code}" for kind, code in one.items],
        words=f"{what}: at least {one.clients} clients ask for it, and {_SHORTAGES[one.shortage]}.",
        clients=one.clients,
        musts=one.musts,
        stuck=one.stuck,
        offered_by=one.offered_by,
        with_a_place=one.with_a_place,
        shortage=one.shortage,
    )


def _label(item: Item, words: Vocabulary) -> str:
    kind, code = item
    if kind == "language":
        return language_label(words, code)
    if kind == "jurisdiction":
        return code
    if kind == "culture":
        facet = "cultures" if words.knows("cultures", code) else "communities"
        return words.label(facet, code)
    return words.label(_FACETS[kind], code)
