"""The role table: every route and who may call it. A route that is not here answers nobody.

docs/roles.md is made from it, and the tests go through it route by route.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a key is for. Those of clients and therapists are narrow: their own, and expiring."""

    INTAKE = "intake"
    STAFF = "staff"
    ADMIN = "admin"
    AUDITOR = "auditor"
    CLIENT = "client"
    THERAPIST = "therapist"


# Keys of the clinic itself; a narrow key is made for somebody, by `POST …/keys`.
CLINIC_ROLES = (Role.INTAKE, Role.STAFF, Role.ADMIN, Role.AUDITOR)
NARROW_ROLES = frozenset({Role.CLIENT, Role.THERAPIST})

_EVERY_ROLE = frozenset(CLINIC_ROLES)
_CARE = frozenset({Role.INTAKE, Role.STAFF, Role.ADMIN})
_STAFF = frozenset({Role.STAFF, Role.ADMIN})
_READERS = frozenset({Role.STAFF, Role.ADMIN, Role.AUDITOR})
_ADMIN = frozenset({Role.ADMIN})
_REVIEW = frozenset({Role.ADMIN, Role.AUDITOR})
# Whatever a client does, an intake form or staff may do for them.
_CLIENT = _CARE | {Role.CLIENT}
# What a therapist answers, staff may answer for them.
_THERAPIST = _STAFF | {Role.THERAPIST}

ROLE_TABLE: Mapping[tuple[str, str], frozenset[Role]] = MappingProxyType(
    {
        ("POST", "/v1/matches"): _CARE,
        ("GET", "/v1/matches/{match_id}"): _EVERY_ROLE | {Role.CLIENT},
        ("POST", "/v1/matches/{match_id}/replay"): _REVIEW,
        ("POST", "/v1/matches/{match_id}/selection"): _CLIENT,
        ("GET", "/v1/pairings"): _THERAPIST,
        ("GET", "/v1/pairings/{pairing_id}"): _CLIENT | _THERAPIST,
        ("POST", "/v1/pairings/{pairing_id}/approve"): _STAFF,
        ("POST", "/v1/pairings/{pairing_id}/accept"): _THERAPIST,
        ("POST", "/v1/pairings/{pairing_id}/decline"): _THERAPIST,
        ("POST", "/v1/pairings/{pairing_id}/withdraw"): _CLIENT,
        ("POST", "/v1/pairings/{pairing_id}/end"): _THERAPIST | {Role.CLIENT},
        ("POST", "/v1/pairings/{pairing_id}/alternatives"): _CLIENT,
        ("POST", "/v1/matches/{match_id}/wait"): _CLIENT,
        ("GET", "/v1/waits"): _STAFF,
        ("GET", "/v1/waits/{wait_id}"): _CLIENT,
        ("POST", "/v1/waits/{wait_id}/leave"): _CLIENT,
        ("DELETE", "/v1/matches/{match_id}"): _STAFF,
        ("GET", "/v1/clients"): _CARE,
        ("GET", "/v1/clients/{client_id}"): _STAFF | {Role.CLIENT},
        ("DELETE", "/v1/clients/{client_id}"): _STAFF | {Role.CLIENT},
        ("PUT", "/v1/clients/{client_id}/consents"): _CLIENT,
        ("GET", "/v1/clients/{client_id}/export"): _STAFF | {Role.CLIENT},
        ("POST", "/v1/clients/{client_id}/keys"): _CARE,
        ("DELETE", "/v1/clients/{client_id}/keys"): _STAFF | {Role.CLIENT},
        ("POST", "/v1/pairings/{pairing_id}/ratings"): _CLIENT,
        ("PATCH", "/v1/pairings/{pairing_id}/ratings/{session_number}"): _CLIENT,
        ("GET", "/v1/ratings/due"): _STAFF,
        ("GET", "/v1/comments"): _STAFF,
        ("POST", "/v1/comments/{rating_id}/read"): _STAFF,
        ("GET", "/v1/therapists"): _READERS,
        ("POST", "/v1/therapists"): _STAFF,
        ("GET", "/v1/therapists/{therapist_id}"): _READERS | {Role.THERAPIST},
        ("PATCH", "/v1/therapists/{therapist_id}"): _STAFF,
        ("POST", "/v1/therapists/{therapist_id}/confirm-availability"): _THERAPIST,
        ("GET", "/v1/availability/to-confirm"): _STAFF,
        ("POST", "/v1/therapists/{therapist_id}/keys"): _STAFF,
        ("POST", "/v1/imports/therapists"): _ADMIN,
        ("POST", "/v1/imports/ratings"): _ADMIN,
        ("GET", "/v1/vocabulary"): frozenset(Role),
        ("POST", "/v1/vocabulary"): _ADMIN,
        ("GET", "/v1/settings"): _READERS,
        ("PATCH", "/v1/settings"): _ADMIN,
        ("GET", "/v1/weightings"): _READERS,
        ("POST", "/v1/weightings"): _ADMIN,
        ("GET", "/v1/weightings/presets"): _READERS,
        ("GET", "/v1/weightings/suggestion"): _READERS,
        ("GET", "/v1/weightings/sensitivity"): _READERS,
        ("GET", "/v1/weightings/{weighting_id}"): _READERS,
        ("POST", "/v1/weightings/{weighting_id}/activate"): _ADMIN,
        ("POST", "/v1/weightings/{weighting_id}/preview"): _ADMIN,
        ("GET", "/v1/weightings/{weighting_id}/previews/{preview_id}"): _ADMIN,
        ("POST", "/v1/weightings/{weighting_id}/previews/{preview_id}/cancel"): _ADMIN,
        ("GET", "/v1/models"): _READERS,
        ("POST", "/v1/models"): _ADMIN,
        ("GET", "/v1/models/{model_id}"): _READERS,
        ("GET", "/v1/models/{model_id}/card"): _READERS,
        ("POST", "/v1/models/{model_id}/promote"): _ADMIN,
        ("POST", "/v1/models/off"): _ADMIN,
        ("GET", "/v1/tasks"): _READERS,
        ("GET", "/v1/tasks/{task_id}"): _READERS,
        ("POST", "/v1/tasks/{task_id}/resolve"): _STAFF,
        ("GET", "/v1/insights"): _READERS,
        ("GET", "/v1/insights/exposure"): _READERS,
        ("GET", "/v1/insights/unmet-needs"): _READERS,
        ("GET", "/v1/insights/profiles"): _READERS,
        ("GET", "/v1/insights/calibration"): _READERS,
        ("GET", "/v1/insights/congestion"): _READERS,
        ("GET", "/v1/insights/bias"): _READERS,
        ("GET", "/v1/audit"): _REVIEW,
        ("GET", "/v1/audit/head"): _REVIEW,
        ("GET", "/v1/audit/export"): _REVIEW,
        ("GET", "/v1/webhooks"): _ADMIN,
        ("POST", "/v1/webhooks"): _ADMIN,
        ("GET", "/v1/webhooks/{webhook_id}"): _ADMIN,
        ("PATCH", "/v1/webhooks/{webhook_id}"): _ADMIN,
        ("POST", "/v1/webhooks/{webhook_id}/test"): _ADMIN,
        ("GET", "/v1/webhooks/{webhook_id}/deliveries"): _ADMIN,
        ("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/retry"): _ADMIN,
        ("DELETE", "/v1/webhooks/{webhook_id}"): _ADMIN,
    }
)

# Routes that need no key: they say nothing about any clinic.
PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("GET", "/static/{name}"),
    }
)


def allowed(method: str, path: str, role: Role) -> bool:
    """Whether `role` may call the route."""
    return role in allowed_roles(method, path)


def allowed_roles(method: str, path: str) -> frozenset[Role]:
    """Who may call the route; a route that is not in the table is nobody's."""
    return ROLE_TABLE.get((method, path), frozenset())


def markdown() -> str:
    """The role table as the page docs/roles.md."""
    lines = [
        "# Roles, route by route",
        "",
        "Made from `api/auth/roles.py` by `rapport docs roles`; a test keeps the two alike.",
        "",
        "| route | " + " | ".join(Role) + " |",
        "| --- |" + " --- |" * len(Role),
    ]
    for (method, path), roles in ROLE_TABLE.items():
        cells = " | ".join("yes" if role in roles else "–" for role in Role)
        lines.append(f"| `{method} {path}` | {cells} |")
    lines += ["", "No key is needed for:", ""]
    lines += [f"- `{method} {path}`" for method, path in sorted(PUBLIC_ROUTES)]
    return "\n".join(lines) + "\n"
