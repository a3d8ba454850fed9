"""What is counted while serving, for `/metrics`: numbers by route, and nothing about anybody.

Labels are route templates, methods and status codes: their number is bounded, and none holds a word
of a caller's. Clinics are not told apart.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

# Names the folder in which several workers count together; set before they start.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_ROUTE = ("method", "route")

_requests = Counter(
    "rapport_requests", "Requests answered, by route and status.", (*_ROUTE, "status")
)
# From a health check to the longest import that a proxy would wait for.
_seconds = Histogram(
    "rapport_request_seconds",
    "Seconds from a request's arrival to the end of its answer, by route.",
    _ROUTE,
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
_faults = Counter(
    "rapport_background_faults",
    "Times that something done without a request failed and was put off, by what it was.",
    ("work",),
)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """One request was answered; `route` is a template, or "-" where there is no such route."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(method, route).observe(seconds)


def count_fault(work: str) -> None:
    """Something in the background failed; it is tried again later."""
    _faults.labels(work).inc()


def exposition() -> bytes:
    """All counts in Prometheus's text format: those of every worker, or of this process."""
    if SHARED_FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(shared)
