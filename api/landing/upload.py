"""A file in the body of a request: streamed to a spool before it is read, and landed once."""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth.scope import ClinicScope
from api.http.replies import Reply, json_reply, reply_once
from api.importing.files import RecordFiles
from api.importing.outcome import FileFault, FileTooLarge
from api.importing.outcome import UnsupportedMediaType as UnreadType
from api.landing.landing import Landing
from api.landing.report import report_document
from api.problems import BadFile, Problem, TooLarge, UnsupportedMediaType
from api.settings import Settings

Row = TypeVar("Row")


def file_body(files: RecordFiles[Any]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that is a file."""
    content = {media_type: {"schema": {"type": "string"}} for media_type in files.media_types}
    return {"requestBody": {"required": True, "content": content}}


async def land_upload(
    scope: ClinicScope, request: Request, key: str | None, landing: Landing[Row]
) -> Response:
    """Receive the body of `request`, land it, and answer the report.

    With an Idempotency-Key, the same file sent to the same route as the same type lands once.
    """
    settings: Settings = request.app.state.settings
    media_type = request.headers.get("content-type", "")
    try:
        landing.files.check_media_type(media_type)
    except UnreadType as fault:
        raise _problem(fault) from None
    # An upload may take minutes; no connection waits for it.
    scope.unit.close()
    with _spool(settings) as path:
        received = await _receive(request.stream(), path, settings.max_import_bytes)
        upload = _Upload(path, media_type, settings.max_import_bytes, received)
        return await run_in_threadpool(_land_once, scope, request, key, upload, landing)


@dataclass(frozen=True, slots=True)
class _Upload:
    path: Path
    media_type: str
    max_bytes: int
    digest: bytes


def _land_once(
    scope: ClinicScope, request: Request, key: str | None, upload: _Upload, landing: Landing[Row]
) -> Response:
    def work() -> Reply:
        try:
            report = landing.land(scope, upload.path, upload.media_type, upload.max_bytes)
        except FileFault as fault:
            raise _problem(fault) from None
        return json_reply(report_document(report))

    body = upload.media_type.encode() + b"\n" + upload.digest
    response = reply_once(scope, request, body, key, work)
    # In this thread: whoever holds the turn to write must not wait for another thread.
    scope.unit.commit()
    return response


def _problem(fault: FileFault) -> Problem:
    if isinstance(fault, FileTooLarge):
        return TooLarge(fault.detail)
    if isinstance(fault, UnreadType):
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
