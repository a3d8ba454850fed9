"""`/v1/imports/therapists`: a file in the body, streamed to a spool before it is read."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth.scope import ClinicScope, ScopeDep
from api.http.replies import IdempotencyKey, Reply, json_reply, reply_once, request_digest
from api.http.transactions import ClinicRoute
from api.problems import BadFile, Problem, TooLarge, UnsupportedMediaType
from api.roster import importers
from api.roster.answers import ImportReport, report_document
from api.roster.importers import MEDIA_TYPES, FileFault, FileTooLarge
from api.roster.landing import import_therapists
from api.settings import Settings

router = APIRouter(route_class=ClinicRoute, prefix="/v1/imports", tags=["roster"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES},
    }
}


@router.post("/therapists", response_model=ImportReport, openapi_extra=_BODY)
async def import_roster(scope: ScopeDep, request: Request, key: IdempotencyKey = None) -> Response:
    """Import a roster: CSV (ours or NPPES's), NDJSON, or a FHIR R4 Bundle.

    A fault of the whole file changes nothing; a fault of a row rejects that row. A second import of
    the same file changes nothing.
    """
    settings: Settings = request.app.state.settings
    media_type = request.headers.get("content-type", "")
    try:
        importers.check_media_type(media_type)
    except importers.UnsupportedMediaType as fault:
        raise _problem(fault) from None
    # An upload may take minutes; no connection waits for it.
    scope.unit.close()
    with _spool(settings) as path:
        received = await _receive(request.stream(), path, settings.max_import_bytes)
        digest = request_digest(request, media_type.encode() + b"\n" + received)
        return await run_in_threadpool(
            _import_once, scope, key, digest, path, media_type, settings.max_import_bytes
        )


def _import_once(
    scope: ClinicScope,
    key: str | None,
    digest: bytes,
    path: Path,
    media_type: str,
    max_bytes: int,
) -> Response:
    def work() -> Reply:
        try:
            report = import_therapists(scope, path, media_type, max_bytes)
        except FileFault as fault:
            raise _problem(fault) from None
        return json_reply(report_document(report))

    response = reply_once(scope, key, digest, work)
    # In this thread: whoever holds the turn to write must not wait for another thread.
    scope.unit.commit()
    return response


def _problem(fault: FileFault) -> Problem:
    if isinstance(fault, FileTooLarge):
        return TooLarge(fault.detail)
    if isinstance(fault, importers.UnsupportedMediaType):
        return UnsupportedMediaType(f"The body {fault.detail}.")
    if fault.line is None:
        return BadFile(fault.detail)
    return BadFile(fault.detail, line=fault.line)


@contextmanager
def _spool(settings: Settings) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(
        prefix="rapport-", dir=settings.spool_directory, delete=True
    ) as file:
        yield Path(file.name)


async def _receive(stream: AsyncIterator[bytes], path: Path, max_bytes: int) -> bytes:
    """Write the body to `path`; returns its digest.

    Raises:
        TooLarge: the body goes past `max_bytes`.
    """
    digest = hashlib.sha256()
    size = 0
    with path.open("wb") as file:
        async for piece in stream:
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(f"Send at most {max_bytes} bytes.")
            digest.update(piece)
            file.write(piece)
    return digest.digest()
