"""A model's card: what it is for, what it rests on, how good it was found to be, where it ends.

The words are the same for every model; the figures are those of its own training.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_EPOCH = date(1970, 1, 1)

_PURPOSE = (
    "To say how well one client and one therapist are likely to get on, so that it can count in"
    " the order in which therapists are shown, beside what the client asked for. The client"
    " chooses, and staff may decide otherwise."
)
_INPUTS = (
    "Fit ratings of this clinic's clients, weighed item by item as the clinic's weighting says.",
    "Which session each rating was about: trust grows, and later ratings say more.",
    "What those clients had asked for: needs, style, culture and the other preferences.",
    "What therapists' profiles offer of what was asked for, and the style that clients met.",
)
_NOT_INPUTS = (
    "A therapist's gender, culture or age where the client did not ask about it.",
    "Names, references, comments, payers, diagnoses.",
    "Anything about clients who did not agree to be learned from.",
    "Ends of treatment for practical reasons, such as cost, schedule or a move.",
)
_OUT_OF_SCOPE = (
    "Judging, paying or comparing staff: it is about pairs, and few clients stand behind it.",
    "Diagnosis, triage, risk, and how a treatment will end.",
    "Other clinics: what was learned here holds here.",
)
_LIMITS = (
    "Clients rated whom they were shown and stayed with; who left early says least.",
    "Four in five intervals should hold, over all clients; not for each kind of client by itself.",
    "A therapist nobody has rated is judged by their profile alone, with a wide interval.",
    "It knows nothing of what changed after the last rating of its data window.",
)
_FAIRNESS = (
    "Ratings carry people's prejudices, and a model learns from ratings. No trait of a therapist"
    " counts by itself, but a therapist whom clients met with prejudice can still rank lower."
    " Look at who is shown how often, new therapists among them, before and after a promotion."
)
_PRIVACY = (
    "The model holds nothing about any client. What is published about a therapist rests on at"
    " least five clients and moves in steps of five."
)
_UPDATES = (
    "Trained when an administrator or the operator asks for it, never by itself. Each training"
    " starts anew from all ratings that may be learned from, is compared with the content ranking,"
    " and serves only if it passes. The model that serves is shown beside it, and looks better than"
    " it is: it was trained on most of the clients it is tested on. A fresh one is worth asking for"
    " after a few hundred new ratings, or when the roster has changed much."
)


def card_document(model: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    """The card of a trained model, from its entry in the register and the report of its training.

    `report` is what `matching.learning` reports; its parts stand beside the words, with days of the
    calendar in place of numbers of days.
    """
    return {
        "model": dict(model),
        "purpose": _PURPOSE,
        "inputs": _INPUTS,
        "not_inputs": _NOT_INPUTS,
        "out_of_scope": _OUT_OF_SCOPE,
        **report,
        "window": _window(report["window"]),
        "limits": _LIMITS,
        "fairness": _FAIRNESS,
        "privacy": _PRIVACY,
        "updates": _UPDATES,
    }


def _window(window: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: window[name] for name in ("first_at", "last_at")}
    dates = {
        name: None if day is None else (_EPOCH + timedelta(days=day)).isoformat()
        for name, day in days.items()
    }
    return {**window, **dates}
