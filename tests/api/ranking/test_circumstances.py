"""What a match stores of its client comes back as it was, and reaches the ranking."""

from hypothesis import given
from hypothesis import strategies as st

from api.ranking.circumstances import Circumstances
from matching.intake import Intake

ids = st.lists(st.uuids().map(str), max_size=4, unique=True).map(tuple)
circumstances = st.builds(
    Circumstances,
    with_now=ids,
    left_before=ids,
    returning=ids,
    emphasis=st.dictionaries(
        st.sampled_from(["needs", "modality", "expected_fit"]), st.floats(0.1, 10)
    ),
    reasons=st.lists(st.sampled_from(["trust", "no_click"]), unique=True).map(tuple),
    alternative=st.none() | st.fixed_dictionaries({"repair": st.none() | st.just("words")}),
)


@given(circumstances)
def test_what_is_stored_comes_back(case: Circumstances) -> None:
    assert Circumstances.of_document(case.document()) == case


def test_of_somebody_new_nothing_is_stored() -> None:
    assert Circumstances().document() is None
    assert Circumstances.of_document(None) == Circumstances()


@given(circumstances)
def test_the_intake_has_them(case: Circumstances) -> None:
    intake = case.on(Intake(needs=("anxiety",)))
    assert (intake.with_now, intake.left_before) == (case.with_now, case.left_before)
    assert dict(intake.emphasis) == dict(case.emphasis)
    assert intake.needs == ("anxiety",)
