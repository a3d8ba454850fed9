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
_NOTICE = (
    "Expected fit is not for judging staff. It says how one client and one therapist may get on;"
    " it does not say how good a therapist is."
)
_FAIRNESS = (
    "Ratings carry people's prejudices, and a model learns from ratings. No trait of a therapist"
    " counts by itself, but a therapist whom clients met with prejudice can still rank lower."
    " Look at who is shown how often, new therapists among them, before and after a promotion."
)
_NOT_TOLD = (
    "Gender: of a therapist's it knows only whether it is one that the client asked for.",
    "Culture and community: it knows only how far a therapist meets what the client asked for.",
    "Age: neither a therapist's nor a client's is known to it.",
    "Of clients it knows what they asked for and said they need, and nothing of who they are.",
)
_BY_GROUP = (
    "Not measured: this training did not compare predicted with met fit by gender, culture or"
    " language group. The clinic's insights (GET /v1/insights/bias) compare selection, exposure and"
    " fit by group on recent matches, with intervals, and withhold small groups."
)
_OFF_SWITCH = (
    "An administrator switches the learned half off with POST /v1/models/off. From the next request"
    " on every ranking goes by what was asked for alone, and matches say so with no model."
    " POST /v1/models/{id}/promote puts a model back to use."
)
_CONCORDANCE = (
    "Ranking is measured by concordance: the share of pairs of ratings by different clients that it"
    " puts in the right order. One half is chance."
)
_GAIN = (
    "The gain is the model's concordance less that of what was asked for, with its 90 % interval,"
    " which counts clients."
)
_DECISIONS = {
    "better_than_content": "On clients that neither had seen, it ranked better than what was asked"
    " for does by itself.",
    "not_told_apart_from_content": "On clients that neither had seen, it could not be told apart"
    " from what was asked for by itself. It may serve, and this is said.",
    "worse_than_content": "On clients that neither had seen, it ranked worse than what was asked"
    " for does by itself. The gate refused it.",
    "too_few_clients": "There were too few clients to learn from, so nothing was learned.",
}
_PRIVACY = (
    "The model holds nothing about any client. What is published about a therapist rests on at"
    " least five clients, and those who come are told of five or more at a time."
)
_UPDATES = (
    "Trained when an administrator or the operator asks for it, never by itself. Each training"
    " starts anew from all ratings that may be learned from, is compared with the content ranking,"
    " and serves only if it passes. The model that serves is shown beside it, and looks better than"
    " it is: it was trained on most of the clients it is tested on. A fresh one is worth asking for"
    " after a few hundred new ratings, or when the roster has changed much."
)


def card_document(
    model: Mapping[str, Any], report: Mapping[str, Any], history: Mapping[str, Any]
) -> dict[str, Any]:
    """The card of a trained model, from its entry in the register and the report of its training.

    `report` is what `matching.learning` reports; its parts stand beside the words, with days of the
    calendar in place of numbers of days. `history` is what became of the model since.
    """
    return {
        "model": dict(model),
        "notice": _NOTICE,
        "purpose": _PURPOSE,
        "inputs": _INPUTS,
        "not_inputs": _NOT_INPUTS,
        "out_of_scope": _OUT_OF_SCOPE,
        **report,
        "window": _window(report["window"]),
        "validation": _validation(report),
        "limits": _LIMITS,
        "fairness": {"words": _FAIRNESS, "not_told": _NOT_TOLD, "by_group": _BY_GROUP},
        "privacy": _PRIVACY,
        "updates": {"words": _UPDATES, **history},
        "off_switch": _OFF_SWITCH,
    }


def _validation(report: Mapping[str, Any]) -> dict[str, Any]:
    """What was found on held-out clients, in words; the figures are those of `held_out`."""
    decision = _DECISIONS[report["decision"]["because"]]
    held_out = report["held_out"]
    if held_out is None:
        words = ["Nothing was held out, so nothing is known of how good it is."]
    else:
        tried = (
            f"Tried on the latest {held_out['clients']} clients by first rating, with"
            f" {held_out['pairs']} pairs of client and therapist; neither ranking had seen them."
        )
        words = [tried, _CONCORDANCE, _GAIN]
    return {"decision": decision, "words": words}


def _window(window: Mapping[str, Any]) -> dict[str, Any]:
    days = {name: window[name] for name in ("first_at", "last_at")}
    dates = {
        name: None if day is None else (_EPOCH + timedelta(days=day)).isoformat()
        for name, day in days.items()
    }
    return {**window, **dates}
