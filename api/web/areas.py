"""The parts that the pages have, each with a cookie of its own and the roles it is for."""

from dataclasses import dataclass
from datetime import timedelta

from api.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Area:
    """Pages under one path, seen with one kind of session.

    `entrance` is where who has no session is sent; None where everybody may come in.
    """

    path: str
    cookie: str
    roles: frozenset[Role]
    lasting: timedelta
    entrance: str | None


CONSOLE = Area(
    "/console",
    "rapport_console",
    frozenset({Role.STAFF, Role.ADMIN, Role.AUDITOR}),
    timedelta(hours=10),
    "/console/sign-in",
)
MY = Area("/my", "rapport_my", frozenset({Role.CLIENT}), timedelta(hours=2), "/my/link")
PRACTICE = Area(
    "/practice",
    "rapport_practice",
    frozenset({Role.THERAPIST}),
    timedelta(hours=10),
    "/practice/link",
)
# Whoever asks for a therapist has no key yet: their cookie opens their own draft alone.
INTAKE = Area("/intake", "rapport_intake", frozenset(), timedelta(days=7), None)

AREAS = (CONSOLE, MY, PRACTICE, INTAKE)
