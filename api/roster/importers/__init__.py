"""Files of therapists in, validated rows out.

A row of Rapport's own CSV or NDJSON is a whole profile (`stated` None). A registry's row says which
fields it speaks about, and leaves the others of a known therapist as they are.
"""

from pathlib import Path

from api.importing import delimited, ndjson
from api.importing.files import CSV, FHIR, NDJSON, Format, RecordFiles
from api.roster.importers.acceptance import Row
from api.roster.importers.fhir import check_fhir, read_fhir
from api.roster.importers.nppes import check_nppes, is_nppes, read_nppes
from api.roster.importers.therapist_csv import TABLE, read_therapist_csv
from api.roster.importers.therapist_ndjson import read_therapist_ndjson

__all__ = ["THERAPIST_FILES", "Row"]

_OWN = Format("therapist_csv", TABLE.check, read_therapist_csv)
_NPPES = Format("nppes", check_nppes, read_nppes)
_NDJSON = Format("therapist_ndjson", ndjson.check_lines, read_therapist_ndjson)
_FHIR = Format("fhir", check_fhir, read_fhir)


def _csv(path: Path) -> Format[Row]:
    _, names = delimited.header(path)
    return _NPPES if is_nppes(names) else _OWN


THERAPIST_FILES: RecordFiles[Row] = RecordFiles(
    {CSV: _csv, NDJSON: lambda _path: _NDJSON, FHIR: lambda _path: _FHIR}
)
