"""A therapist's profile as a form: its fields, and what a form says of them."""

from itertools import zip_longest
from typing import Any

from api.web.forms import Form, whole

# Fields that are lists of codes, with the vocabulary of each and how it is called.
LISTS = {
    "needs": ("needs", "Works with"),
    "out_of_scope": ("needs", "Does not work with"),
    "modalities": ("modalities", "Kinds of therapy"),
    "languages": ("languages", "Languages"),
    "formats": ("formats", "How they meet"),
    "schedule": ("schedule", "When they have time"),
    "services": ("services", "Who they see"),
    "age_groups": ("age_groups", "Ages they see"),
    "communities": ("communities", "Communities they know"),
    "cultures": ("cultures", "Background (as they said themselves)"),
    "access": ("access", "Access"),
}
STYLES = {
    "therapist_directiveness": ("Follows", "Leads"),
    "warm_support": ("Challenges", "Is gentle"),
    "emotional_intensity": ("Keeps calm", "Goes into feelings"),
    "past_orientation": ("Looks at now", "Looks at the past"),
}
LICENCE_KINDS = {"full": "Full", "associate": "Under supervision", "compact": "By compact"}
# A line of the form to fill in.
NO_LICENCE = {"jurisdiction": "", "kind": "full", "expires_on": None}


def profile_sent(form: Form) -> dict[str, Any]:
    """The form as a change takes it: what is left empty becomes unknown."""
    return {
        "name": form.one("name"),
        "gender": form.one("gender") or None,
        "pronouns": form.one("pronouns") or None,
        "discipline": form.one("discipline") or None,
        "associate": bool(form.one("associate")),
        "accepting": bool(form.one("accepting")),
        "active": bool(form.one("active")),
        "caseload": whole(form.one("caseload") or "0"),
        "caseload_limit": whole(limit) if (limit := form.one("caseload_limit")) else None,
        "leaving_on": form.one("leaving_on") or None,
        "style": {axis: _number(form.one(axis)) for axis in STYLES},
        "payers": _lines(form.one("payers")),
        "licences": _licences(form),
        **{field: form.all(field) for field in LISTS},
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _licences(form: Form) -> list[dict[str, Any]]:
    """A licence for each line that names where it holds; to empty the line takes it away."""
    fields = ("jurisdiction", "kind", "expires_on")
    columns = [form.each(f"licence_{name}") for name in fields]
    return [
        {"jurisdiction": where, "kind": kind or "full", "expires_on": until or None}
        for where, kind, until in zip_longest(*columns, fillvalue="")
        if where or until
    ]


def _number(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text
