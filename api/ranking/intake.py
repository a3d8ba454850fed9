"""From what a form sent to what the engine takes, checked against the clinic's vocabulary."""

from api.intake.codes import preference_problems, refused_must, unknown_code, unknown_codes
from api.intake.wishes import engine_wishes
from api.problems import FieldProblem
from api.ranking.schemas import MatchRequest
from matching.intake import Intake
from matching.vocabulary import Vocabulary


def to_intake(request: MatchRequest) -> Intake:
    """The request as the engine takes it."""
    return Intake(
        **engine_wishes(request.preferences),
        needs=tuple(dict.fromkeys(request.needs)),
        service=request.service,
        age_group=request.age_group,
        jurisdiction=request.jurisdiction,
        payer=request.payer,
        access=tuple(request.access),
        accepts_associate=request.accepts_associate,
        referred_to=tuple(request.referred_to),
        exclude_therapists=tuple(request.exclude_therapists),
        client_reference=request.client.reference if request.client else None,
        staff_review=request.staff_review,
        limit=request.limit,
    )


def vocabulary_problems(request: MatchRequest, vocabulary: Vocabulary) -> list[FieldProblem]:
    """Every code that the clinic's vocabulary does not hold, by field, and a refused must."""
    problems = list(preference_problems(request.preferences, vocabulary))
    problems += unknown_codes("needs", request.needs, ("needs",), vocabulary)
    problems += unknown_codes("access", request.access, ("access",), vocabulary)
    problems += unknown_code("service", request.service, "services", vocabulary)
    problems += unknown_code("age_group", request.age_group, "age_groups", vocabulary)
    problems += refused_must(request.preferences, vocabulary)
    return problems
