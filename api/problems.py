"""What can go wrong, as RFC 9457 problems. None of them repeats what the caller sent.

Problem
├── Unauthenticated 401        ├── Gone 410
├── Forbidden 403              ├── PreconditionFailed 412
├── NotFound 404               ├── TooLarge 413
├── Conflict 409               ├── UnsupportedMediaType 415
├── BadFile 422                ├── Invalid 422
└── PreconditionRequired 428   └── Unavailable 503
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

TYPE_PREFIX = "urn:rapport:problem:"
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal with a stable type; `detail` says what to do about it."""

    status: ClassVar[int]
    slug: ClassVar[str]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(self.slug)
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem as RFC 9457 members."""
        return {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


class Unauthenticated(Problem):
    """No key, or one that is not known."""

    status, slug, title = 401, "unauthenticated", "A valid key is needed"

    def __init__(self) -> None:
        super().__init__(
            "Send a key of your clinic: Authorization: Bearer KEY.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class Forbidden(Problem):
    """The key's role may not do this."""

    status, slug, title = 403, "forbidden", "This key may not do that"


class NotTheReader(Forbidden):
    """Comments are for the key that the clinic named."""

    slug, title = "not-the-reader", "Comments are for the clinic's named reader"


class NotFound(Problem):
    """There is no such record in the key's clinic."""

    status, slug, title = 404, "not-found", "Not found"


class Conflict(Problem):
    """The request meets a state it cannot be done in."""

    status, slug, title = 409, "conflict", "That is not possible as things stand"


class NoPlace(Conflict):
    """The therapist takes nobody new now; `next_candidate` is who comes next, null for nobody."""

    slug, title = "no-place", "This therapist takes nobody new now"


class IdempotencyKeyReused(Problem):
    """An Idempotency-Key came back with another request."""

    status, slug, title = 409, "idempotency-key-reused", "This Idempotency-Key was used before"


class Gone(Problem):
    """The record was erased."""

    status, slug, title = 410, "gone", "This record was erased"


class PreconditionFailed(Problem):
    """The record changed since the caller read it."""

    status, slug, title = 412, "stale", "This record has changed since you read it"


class TooLarge(Problem):
    """The body is larger than the operator allows."""

    status, slug, title = 413, "too-large", "The request is too large"


class UnsupportedMediaType(Problem):
    """The body is of a type that this route does not read."""

    status, slug, title = 415, "unsupported-media-type", "This type of body is not read here"


class FieldProblem:
    """One field's fault: where, and what to do about it."""

    __slots__ = ("field", "problem")

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem

    def document(self) -> dict[str, str]:
        """The fault as it stands in an answer."""
        return {"field": self.field, "problem": self.problem}


class Invalid(Problem):
    """Some fields are not as they must be; `errors` names each."""

    status, slug, title = 422, "invalid", "Some fields are not valid"

    def __init__(self, errors: Sequence[FieldProblem]) -> None:
        super().__init__(
            "Correct the fields named in errors and send the request again.",
            errors=[error.document() for error in errors],
        )


class BadFile(Problem):
    """A fault of a whole file: nothing of it was imported."""

    status, slug, title = 422, "bad-file", "The file cannot be imported"


class PreconditionRequired(Problem):
    """A change needs If-Match."""

    status, slug, title = 428, "precondition-required", "If-Match is needed"

    def __init__(self) -> None:
        super().__init__("Read the record, and send its ETag as If-Match with the change.")


class Unavailable(Problem):
    """The service cannot do its work now."""

    status, slug, title = 503, "unavailable", "Not available right now"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})
