"""A weight of 0 takes a dimension's influence away exactly: as if nobody had asked."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.auth.system import clinic_scope
from api.ranking.answering import answer_as, current_basis
from api.ranking.circumstances import Circumstances
from api.ranking.schemas import MatchRequest
from matching.intake import AnyOf, Intake, StyleWish
from matching.vocabulary import DIMENSIONS
from tests.factories.clinics import ClinicApi
from tests.factories.fit_models import MADE, Made
from tests.factories.matching import World, changed
from tests.factories.models import database_of, preferring, trained
from tests.factories.weightings import activated, drafted, seeded

FIELD = {name: name for name in DIMENSIONS} | {"communication_style": "style"}
ASKED = tuple(name for name in DIMENSIONS if name != "expected_fit")


def without(intake: Intake, dimension: str) -> Intake:
    """The same request with that question skipped."""
    if dimension == "needs":
        return changed(intake, needs=())
    skipped = StyleWish() if dimension == "communication_style" else AnyOf()
    return changed(intake, **{FIELD[dimension]: skipped})


def weightless(world: World, dimension: str) -> World:
    weights = {**world.weighting.weights, dimension: 0.0}
    return replace(world, weighting=replace(world.weighting, weights=weights))


@MADE
@given(seed=st.integers(0, 2**32), dimension=st.sampled_from(ASKED))
def test_no_weight_is_no_question(made: Made, seed: int, dimension: str) -> None:
    world = weightless(made(seed, 30, musts=False), dimension)
    if dimension == "needs":
        # A need that somebody cannot work with keeps them out, whatever it weighs.
        world = replace(
            world, profiles=tuple(replace(one, out_of_scope=()) for one in world.profiles)
        )
    skipped = replace(world, intake=without(world.intake, dimension))
    assert world.ranked() == skipped.ranked()


def test_no_weight_answers_the_bytes_of_no_question(clinic: ClinicApi) -> None:
    requests = seeded(clinic, clients=6)
    one = clinic.get("/v1/therapists?limit=1").json()["items"][0]["reference"]
    trained(clinic, preferring(one, outcome="promote", because="better_than_content"))
    at, id_ = datetime.now(UTC), UUID(int=7)

    def answered(request: dict[str, object]) -> bytes:
        with clinic_scope(database_of(clinic), clinic.clinic_id) as scope:
            basis = current_basis(scope, Circumstances())
            return answer_as(scope, MatchRequest.model_validate(request), basis, id_, at).body

    for dimension in ASKED:
        activated(clinic, drafted(clinic, preset="balanced", weights={dimension: 0}))
        asked = 0
        for request in requests:
            if dimension == "needs":
                skipped = {**request, "needs": []}
            else:
                wishes = dict(request["preferences"])
                wishes.pop(dimension, None)
                skipped = {**request, "preferences": wishes}
            asked += skipped != request
            assert answered(request) == answered(skipped)
        assert asked
    weight = {"weights": {"communication_style": 1}, "preset": "balanced"}
    activated(clinic, drafted(clinic, **weight))
    style = next(one for one in requests if "communication_style" in one["preferences"])
    wishes = {n: w for n, w in style["preferences"].items() if n != "communication_style"}
    assert answered(style) != answered({**style, "preferences": wishes})
