"""What the console has; a part is for whoever may call the route of the API it stands on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of the console, open to whoever may call the route."""

    path: str
    name: str
    method: str
    route: str


MENU = (
    Entry("/console", "Today", "GET", "/v1/tasks"),
    Entry("/console/clients", "Clients", "GET", "/v1/clients"),
    Entry("/console/waiting", "Waiting list", "GET", "/v1/waits"),
    Entry("/console/comments", "Comments", "GET", "/v1/comments"),
    Entry("/console/therapists", "Therapists", "GET", "/v1/therapists"),
    Entry("/console/matches", "Matches", "GET", "/v1/matches/{match_id}"),
    Entry("/console/weighting", "Weighting", "GET", "/v1/weightings"),
    Entry("/console/insights", "Insights", "GET", "/v1/insights"),
    Entry("/console/models", "Models", "GET", "/v1/models"),
    Entry("/console/vocabulary", "Vocabulary", "GET", "/v1/vocabulary"),
    Entry("/console/webhooks", "Webhooks", "GET", "/v1/webhooks"),
    Entry("/console/audit", "Audit", "GET", "/v1/audit"),
    Entry("/console/keys", "Keys", "PATCH", "/v1/settings"),
    Entry("/console/settings", "Settings", "GET", "/v1/settings"),
)
