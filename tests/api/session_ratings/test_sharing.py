"""What a therapist sees is a function of what is shared, whatever else the client said."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.auth.roles import Role
from tests.factories.clinics import ClinicApi
from tests.factories.pairings import Json, as_own
from tests.factories.session_ratings import core, course, rated, together

_NUMBERS = count(1)
_SAID = st.lists(
    st.tuples(st.integers(0, 10), st.sampled_from(["none", "summary", "this_rating"])),
    min_size=1,
    max_size=8,
)

Said = Sequence[tuple[int, str]]


def told(clinic: ClinicApi, said: Said, shared: set[str]) -> Json:
    """What the therapist sees of a client who rates only the sessions that are so shared."""
    pairing = together(clinic, f"c-{next(_NUMBERS)}")
    for session, (value, share) in enumerate(said, 1):
        if share in shared:
            rated(clinic, pairing, session, **core(value), share_with_therapist=share)
    shown = course(clinic, pairing, as_own(clinic, Role.THERAPIST, pairing["therapist"]["id"]))
    seen: dict[str, Any] = {name: shown[name] for name in ("trend", "rupture", "next")}
    seen["ratings"] = [
        {name: said for name, said in rating.items() if name not in {"id", "rated_at"}}
        for rating in shown["ratings"]
    ]
    return seen


@settings(max_examples=8)
@given(said=_SAID)
def test_what_is_not_shared_changes_nothing(clinic: ClinicApi, said: Said) -> None:
    everything = told(clinic, said, {"none", "summary", "this_rating"})
    assert everything == told(clinic, said, {"summary", "this_rating"})


@settings(max_examples=8)
@given(said=_SAID)
def test_a_summary_adds_a_direction_and_nothing_else(clinic: ClinicApi, said: Said) -> None:
    with_summary = told(clinic, said, {"summary", "this_rating"})
    without = told(clinic, said, {"this_rating"})
    assert without["trend"] is None
    trend = with_summary.pop("trend")
    del without["trend"]
    assert with_summary == without
    enough = sum(share == "summary" for _, share in said) >= 3
    assert (trend is not None) == enough
    assert trend is None or trend["per_session"] is None
