"""ETags: a record's revision in a header, and the check that nobody changed it meanwhile."""

from typing import Annotated

from fastapi import Header

from api.problems import PreconditionFailed, PreconditionRequired

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description='The ETag of the record as you read it, for instance `"3"`.',
    ),
]


def etag(revision: int | str) -> str:
    """The strong ETag of a revision."""
    return f'"{revision}"'


def require_match(if_match: str | None, current: str) -> None:
    """Let a change through only where `If-Match` names the current ETag (or is `*`).

    Raises:
        PreconditionRequired: there is no If-Match.
        PreconditionFailed: it names another revision.
    """
    if if_match is None:
        raise PreconditionRequired
    # Quotation marks are often lost on the way; a revision is as clear without them.
    named = {tag.strip().strip('"') for tag in if_match.split(",")}
    if "*" not in named and current.strip('"') not in named:
        raise PreconditionFailed("Read it again, and make the change to what it is now.")
