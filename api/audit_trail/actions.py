"""What each route leaves in the audit trail, and what is recorded without a request.

A page of the documentation is made from it, and the tests call every route and look.
"""

from collections.abc import Mapping
from types import MappingProxyType

Route = tuple[str, str]

_THERAPIST = "therapists and how free they are; nothing of any client"
_CLINIC = "the clinic's own settings and codes; nothing of any client"
_WEIGHTS = "weights and notes of the clinic; nothing of any client"
_MODELS = "figures over many clients, in steps of five; nothing of any one"
_WEBHOOKS = "addresses, and ids and times of events; nothing of any client"

# The actions that a call which succeeds may leave; at least one of them.
RECORDED: Mapping[Route, tuple[str, ...]] = MappingProxyType(
    {
        ("POST", "/v1/matches"): ("match.created", "client.consents_changed"),
        ("GET", "/v1/matches/{match_id}"): ("match.read",),
        ("POST", "/v1/matches/{match_id}/replay"): ("match.replayed",),
        ("POST", "/v1/matches/{match_id}/selection"): ("pairing.selected", "task.opened"),
        ("DELETE", "/v1/matches/{match_id}"): ("match.erased",),
        ("GET", "/v1/pairings"): ("pairings.listed",),
        ("GET", "/v1/pairings/{pairing_id}"): ("pairing.read",),
        ("POST", "/v1/pairings/{pairing_id}/approve"): ("pairing.approved", "pairing.read"),
        ("POST", "/v1/pairings/{pairing_id}/accept"): ("pairing.accepted", "pairing.read"),
        ("POST", "/v1/pairings/{pairing_id}/decline"): (
            "pairing.declined",
            "task.opened",
            "pairing.read",
        ),
        ("POST", "/v1/pairings/{pairing_id}/withdraw"): ("pairing.withdrawn", "pairing.read"),
        ("POST", "/v1/pairings/{pairing_id}/end"): ("pairing.ended", "task.opened", "pairing.read"),
        ("POST", "/v1/pairings/{pairing_id}/alternatives"): (
            "alternative.requested",
            "match.created",
            "task.opened",
        ),
        ("POST", "/v1/matches/{match_id}/wait"): ("wait.joined", "wait.replaced"),
        ("GET", "/v1/waits"): ("waits.listed",),
        ("GET", "/v1/waits/{wait_id}"): ("wait.read",),
        ("POST", "/v1/waits/{wait_id}/leave"): ("wait.left", "pairing.withdrawn", "wait.read"),
        ("GET", "/v1/clients"): ("clients.listed",),
        ("GET", "/v1/clients/{client_id}"): ("client.read",),
        ("DELETE", "/v1/clients/{client_id}"): ("client.erased",),
        ("PUT", "/v1/clients/{client_id}/consents"): (
            "client.consents_changed",
            "wait.left",
            "pairing.withdrawn",
            "client.read",
        ),
        ("GET", "/v1/clients/{client_id}/export"): ("client.exported",),
        ("POST", "/v1/clients/{client_id}/keys"): ("client.key_created",),
        ("DELETE", "/v1/clients/{client_id}/keys"): ("client.keys_ended",),
        ("POST", "/v1/pairings/{pairing_id}/ratings"): ("rating.added", "task.opened"),
        ("PATCH", "/v1/pairings/{pairing_id}/ratings/{session_number}"): ("rating.changed",),
        ("GET", "/v1/ratings/due"): ("ratings_due.listed",),
        ("GET", "/v1/comments"): ("comment.shown",),
        ("POST", "/v1/comments/{rating_id}/read"): ("comment.read",),
        ("POST", "/v1/therapists"): ("therapist.created",),
        ("PATCH", "/v1/therapists/{therapist_id}"): ("therapist.changed",),
        ("POST", "/v1/therapists/{therapist_id}/confirm-availability"): (
            "therapist.availability_confirmed",
        ),
        ("POST", "/v1/therapists/{therapist_id}/keys"): ("key.created",),
        ("POST", "/v1/imports/therapists"): ("roster.imported",),
        ("POST", "/v1/imports/ratings"): ("ratings.imported",),
        ("POST", "/v1/vocabulary"): ("vocabulary.added",),
        ("PATCH", "/v1/settings"): ("settings.changed",),
        ("POST", "/v1/weightings"): ("weighting.created",),
        ("POST", "/v1/weightings/{weighting_id}/activate"): ("weighting.activated",),
        ("POST", "/v1/weightings/{weighting_id}/preview"): (
            "weighting.previewed",
            "match.previewed",
            "preview.requested",
        ),
        # For each match that it shows; one that is not done shows none.
        ("GET", "/v1/weightings/{weighting_id}/previews/{preview_id}"): ("match.previewed",),
        ("POST", "/v1/weightings/{weighting_id}/previews/{preview_id}/cancel"): (
            "preview.cancelled",
        ),
        ("GET", "/v1/weightings/sensitivity"): ("weighting.sensitivity_read",),
        ("POST", "/v1/models"): ("model.requested",),
        ("POST", "/v1/models/{model_id}/promote"): ("model.promoted",),
        ("POST", "/v1/models/off"): ("model.switched_off",),
        ("GET", "/v1/insights/exposure"): ("insights.read",),
        ("GET", "/v1/insights/unmet-needs"): ("insights.read",),
        ("GET", "/v1/insights/profiles"): ("insights.read",),
        ("GET", "/v1/insights/calibration"): ("insights.read",),
        ("GET", "/v1/insights/congestion"): ("insights.read",),
        ("GET", "/v1/insights/bias"): ("insights.read",),
        ("GET", "/v1/tasks"): ("tasks.listed",),
        ("GET", "/v1/tasks/{task_id}"): ("task.read",),
        ("POST", "/v1/tasks/{task_id}/resolve"): ("task.resolved",),
        ("GET", "/v1/audit"): ("audit.listed",),
        ("GET", "/v1/audit/export"): ("audit.exported",),
        ("POST", "/v1/webhooks"): ("webhook.created",),
        ("PATCH", "/v1/webhooks/{webhook_id}"): ("webhook.changed",),
        ("POST", "/v1/webhooks/{webhook_id}/test"): ("webhook.tested",),
        ("POST", "/v1/webhooks/{webhook_id}/deliveries/{event_id}/retry"): ("webhook.retried",),
        ("DELETE", "/v1/webhooks/{webhook_id}"): ("webhook.deleted",),
    }
)

# Routes that leave nothing, and why: what they show.
UNRECORDED: Mapping[Route, str] = MappingProxyType(
    {
        ("GET", "/v1/therapists"): _THERAPIST,
        ("GET", "/v1/therapists/{therapist_id}"): _THERAPIST,
        ("GET", "/v1/availability/to-confirm"): _THERAPIST,
        ("GET", "/v1/vocabulary"): _CLINIC,
        ("GET", "/v1/settings"): _CLINIC,
        ("GET", "/v1/weightings"): _WEIGHTS,
        ("GET", "/v1/weightings/presets"): _WEIGHTS,
        ("GET", "/v1/weightings/suggestion"): _MODELS,
        ("GET", "/v1/weightings/{weighting_id}"): _WEIGHTS,
        ("GET", "/v1/models"): _MODELS,
        ("GET", "/v1/models/{model_id}"): _MODELS,
        ("GET", "/v1/models/{model_id}/card"): _MODELS,
        ("GET", "/v1/insights"): "which insights there are",
        ("GET", "/v1/audit/head"): "a number and a digest, for a machine that asks every minute",
        ("GET", "/v1/webhooks"): _WEBHOOKS,
        ("GET", "/v1/webhooks/{webhook_id}"): _WEBHOOKS,
        ("GET", "/v1/webhooks/{webhook_id}/deliveries"): _WEBHOOKS,
    }
)

# What is recorded without a request of its own: no key is named.
OTHERWISE: Mapping[str, str] = MappingProxyType(
    {
        "pairing.expired": "a therapist did not answer in time",
        "wait.offered": "the waiting list found somebody a place; with it `match.created`",
        "wait.expired": "the last day of a wait passed",
        "wait.left": "offers were left unanswered again and again",
        "match.expired": "a match that led to nothing was deleted by age",
        "client.expired": "a client of whom nothing was left was deleted by age",
        "task.opened": "something is put before staff",
        "model.trained": "a training came to its end",
        "model.promoted": "a model passed the gate",
        "model.failed": "a training came to no end",
        "preview.done": "a preview asked for as a job came to its end",
        "preview.expired": "a preview that had ended was deleted by age",
        "exposure.measured": "the arrangement's shares of exposure were measured anew",
        "exposure.expired": "shares of exposure that nothing went by any more were deleted",
        "webhook.paused": "a webhook took nothing any more",
        "roster.imported": "`rapport import therapists`",
        "ratings.imported": "`rapport import ratings`",
        "clinic.created": "`rapport clinics create`",
        "key.created": "`rapport keys create`",
        "key.revoked": "`rapport keys revoke`",
    }
)


def markdown() -> str:
    """The page docs/audit-actions.md."""
    lines = [
        "# What the audit trail records",
        "",
        "Made from `api/audit_trail/actions.py` by `rapport docs audit`; tests keep the two alike,",
        "and call every route to see. What a row is and how the trail is verified stands in",
        "[audit.md](audit.md).",
        "",
        "A call that succeeds leaves at least one of these:",
        "",
        "| route | actions |",
        "| --- | --- |",
    ]
    for (method, path), actions in RECORDED.items():
        lines.append(f"| `{method} {path}` | {', '.join(f'`{one}`' for one in actions)} |")
    lines += [
        "",
        "These leave nothing, for what they show:",
        "",
        "| route | shows |",
        "| --- | --- |",
    ]
    lines += [f"| `{method} {path}` | {why} |" for (method, path), why in UNRECORDED.items()]
    lines += ["", "Without a request of its own:", "", "| action | when |", "| --- | --- |"]
    lines += [f"| `{action}` | {when} |" for action, when in OTHERWISE.items()]
    return "\n".join(lines) + "\n"
