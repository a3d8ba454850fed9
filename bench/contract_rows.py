"""A simple clinic in the contract's own words: what would be imported and asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from bench.dataset import Floats, Row
from bench.histories import ITEM_LEVELS, History
from bench.worlds import (
    COMMUNITIES,
    CULTURE,
    CULTURES,
    DIMENSIONS,
    GENDER,
    GENDERS,
    MODALITIES,
    MODALITY,
    NEEDS,
    STYLE,
    Clients,
    Therapists,
)
from matching.vocabulary import STYLE_AXES

_FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def therapist_rows(therapists: Therapists) -> list[Row]:
    """Rows of the therapists import, references in the order of the therapists."""
    rows = []
    for number in range(len(therapists.told)):
        cultures = _codes(therapists.cultures[number], CULTURES)
        rows.append(
            {
                "reference": reference("t", number),
                "name": f"Therapist {number}",
                "gender": _codes(therapists.genders[number], GENDERS)[0],
                "cultures": [code for code in cultures if code not in COMMUNITIES],
                "communities": [code for code in cultures if code in COMMUNITIES],
                "modalities": _codes(therapists.modalities[number], MODALITIES),
                "needs": _codes(therapists.needs[number], NEEDS),
                "style": dict(zip(STYLE_AXES, therapists.told[number].tolist(), strict=True)),
            }
        )
    return rows


def rating_rows(clients: Clients, history: History, answers: Floats) -> list[Row]:
    """Rows of the ratings import; `answers` (rows, items), NaN where not answered."""
    said = {client: _said(clients, client) for client in set(history.client.tolist())}
    rows = []
    for row, client in enumerate(history.client.tolist()):
        at = _FIRST_DAY + timedelta(days=float(history.day[row]))
        given = zip(ITEM_LEVELS, answers[row].tolist(), strict=True)
        rows.append(
            {
                "client_reference": reference("c", client),
                "therapist_reference": reference("t", int(history.therapist[row])),
                "session_number": int(history.session[row]),
                "rated_at": at.isoformat(timespec="seconds"),
                **{item: int(value) for item, value in given if value == value},  # noqa: PLR0124
                **said[client],
            }
        )
    return rows


def match_bodies(clients: Clients) -> list[Row]:
    """Bodies of `POST /v1/matches`."""
    return [
        {"client": {"reference": reference("u", number)}, **_said(clients, number)}
        for number in range(len(clients.style))
    ]


def reference(kind: str, number: int) -> str:
    """References that sort as the numbers do."""
    return f"{kind}-{number:06d}"


def _said(clients: Clients, number: int) -> Row:
    """One client's preferences and needs as a form states them."""
    importance = dict(zip(DIMENSIONS, clients.importance[number].tolist(), strict=True))
    words = {1.0: "strong", 0.5: "some"}
    stated: dict[str, Any] = {}
    if importance[DIMENSIONS[STYLE]]:
        style = [None if np.isnan(value) else float(value) for value in clients.style[number]]
        stated[DIMENSIONS[STYLE]] = dict(zip(STYLE_AXES, style, strict=True))
    for place, wanted, codes in (
        (GENDER, clients.genders, GENDERS),
        (CULTURE, clients.cultures, CULTURES),
        (MODALITY, clients.modalities, MODALITIES),
    ):
        if importance[DIMENSIONS[place]]:
            stated[DIMENSIONS[place]] = {"any_of": _codes(wanted[number], codes)}
    for name, wish in stated.items():
        wish["importance"] = words[importance[name]]
    return {"preferences": stated, "needs": _codes(clients.needs[number], NEEDS)}


def _codes(flags: Floats, codes: tuple[str, ...]) -> list[str]:
    return [code for code, flag in zip(codes, flags.tolist(), strict=True) if flag]
