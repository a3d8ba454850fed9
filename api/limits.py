"""How much of anything the service takes in: shared bounds, so that no input is unbounded."""

KIB = 1024
MIB = 1024 * KIB

REFERENCE_CHARS = 64
NAME_CHARS = 200
CODE_CHARS = 64
LABEL_CHARS = 100
KEY_NAME_CHARS = 80
# RFC 5646 asks for room for at least 35 characters (section 4.4.1).
LANGUAGE_TAG_CHARS = 64
LIST_ITEMS = 200
CASELOAD = 100_000
# Of one client with one therapist.
SESSIONS = 10_000

FILE_BYTES = 512 * MIB
RECORD_BYTES = MIB
CELL_BYTES = 64 * KIB
JSON_DEPTH = 64

# Of an HTTP request, after the first piece of it.
HEAD_BYTES = 64 * KIB
