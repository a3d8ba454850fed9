"""A model's card as a page: the same words, its figures drawn, to be read and printed."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi.responses import HTMLResponse

from api.pages.dates import moment, month
from api.pages.figures import Figure, Mark
from api.pages.render import html

Rows = list[tuple[str, Any]]
Card = Mapping[str, Any]

_STATUS = {
    "ready": "trained, and passed the gate",
    "refused": "trained, and refused by the gate",
}
_BY = {"gate": "the gate, by itself", "administrator": "an administrator"}


def card_page(card: Card) -> HTMLResponse:
    """The page of a card as `card_document` makes it."""
    return html(
        "model_card.html",
        card=card,
        standing=_standing(card["model"]),
        window=_window(card),
        history=_history(card["updates"]),
        figures=list(_figures(card["held_out"])) if card["held_out"] else [],
    )


def _standing(model: Card) -> Rows:
    rows: Rows = [
        ("Status", _STATUS[model["status"]]),
        ("Ranks now", "yes" if model["serving"] else "no"),
        ("Trained at", _time(model["trained_at"])),
    ]
    if model["damaged"]:
        rows.append(("Damaged", "What was stored of it cannot be used; train again."))
    if model["override_reason"] is not None:
        rows.append(("Serves against the gate because", model["override_reason"]))
    return rows


def _window(card: Card) -> Rows:
    window, reliability = card["window"], card["reliability"]
    return [
        ("Ratings", window["ratings"]),
        ("Clients, in steps of five", window["clients"]),
        ("Pairs of client and therapist", window["pairs"]),
        ("Therapists rated", window["therapists"]),
        ("Therapists with a track record", window["therapists_known"]),
        ("From the month of", _month(window["first_at"])),
        ("To the month of", _month(window["last_at"])),
        (
            "Share of the differences between pairs that it explains",
            "–" if reliability is None else f"{100 * reliability:.0f} %",
        ),
    ]


def _history(updates: Card) -> Rows:
    by = updates["promoted_by"]
    return [
        ("Trained", _time(updates["trained_at"])),
        ("Last put to use", _time(updates["promoted_at"])),
        ("Put to use by", "–" if by is None else _BY[by]),
        ("New ratings since, in steps of five", updates["ratings_since"]),
    ]


def _time(text: str | None) -> str:
    """A time of RFC 3339 to the minute."""
    return "–" if text is None else f"{moment(text)} UTC"


def _month(text: str | None) -> str:
    return "–" if text is None else month(text)


def _figures(held_out: Card) -> Iterator[Figure]:
    marks = [
        Mark(label="What was asked for alone", value=held_out["content"]),
        Mark(label="This model", value=held_out["model"]),
    ]
    if held_out["serving"] is not None:
        marks.insert(1, Mark(label="The model that served", value=held_out["serving"]))
    yield Figure(
        key="concordance",
        title="Quality: concordance on held-out clients",
        description="The further right, the more pairs of ratings are put in the right order. The"
        " model that served may have been trained on these clients, which flatters it.",
        least=0.0,
        most=1.0,
        reference=0.5,
        reference_label="chance",
        marks=marks,
    )
    yield _gain(held_out["gain"])
    yield from _calibration(held_out)


def _gain(gain: Card) -> Figure:
    reach = max(0.1, abs(gain["low"]), abs(gain["high"]))
    mark = Mark(label="Gain of this model", value=gain["value"], low=gain["low"], high=gain["high"])
    return Figure(
        key="gain",
        title="Quality: gain over what was asked for alone",
        description="The difference in concordance, with its 90 % interval. To the right of the"
        " dashed line the model ranks better.",
        least=-reach,
        most=reach,
        reference=0.0,
        reference_label="no difference",
        marks=[mark],
    )


def _calibration(held_out: Card) -> Iterator[Figure]:
    yield Figure(
        key="coverage",
        title="Calibration: ratings inside their interval",
        description="How many held-out ratings lay within the interval that was to hold four in"
        " five of them. Left of the dashed line intervals are too narrow, right of it too wide.",
        least=0.0,
        most=1.0,
        reference=0.8,
        reference_label="promised",
        marks=[Mark(label="Inside the interval", value=held_out["coverage"])],
        percent=True,
    )
    yield Figure(
        key="slope",
        title="Calibration: slope of ratings on expectations",
        description="By how much ratings differ where expectations differ by one point. Left of the"
        " dashed line expectations are too bold, right of it too timid.",
        least=0.0,
        most=2.0,
        reference=1.0,
        reference_label="right",
        marks=[Mark(label="Slope", value=held_out["slope"])],
    )
