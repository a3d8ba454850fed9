"""Hostile input: values for every place of a body, whole bodies, headers, parameters, files.

What carries words carries `CANARY`, and large numbers begin with `NUMBER`: neither may ever be
found in a refusal, a log or the audit trail.
"""

import json
from collections.abc import Mapping
from typing import Any

CANARY = "zqcanary7x"
NUMBER = "918273645"


class Raw(str):
    """JSON text that goes out as it stands, for what a serialiser would not write."""

    __slots__ = ()


def to_json(value: Any) -> bytes:
    """`value` as JSON, hostile or not; lone surrogates become escapes."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value)


STRINGS: Mapping[str, str] = {
    "empty": "",
    "blank": " \t ",
    "plain": CANARY,
    "nul": f"{CANARY}\0",
    "control": f"{CANARY}\x1b[2J\r\nSet-Cookie: a=b",
    "lone surrogate": f"{CANARY}\ud800",
    "reversed surrogates": f"\udc00\ud800{CANARY}",
    "right to left": f"{CANARY}\u202egnp.exe",
    "isolates": f"\u2066{CANARY}\u2069",
    "combining": CANARY + "\u0315\u0300" * 40,
    "many combining": CANARY + "\u0315\u0300" * 5_000,
    "emoji": CANARY + "👩‍👩‍👧‍👦🏳️‍🌈",
    "non-characters": f"{CANARY}\ufffe\uffff\U0010ffff",
    "byte-order mark": f"\ufeff{CANARY}",
    "long": CANARY * 2_000,
    "padded": "es" + " " * 20_000,
    "sql": f"{CANARY}'; DROP TABLE clinics; --",
    "path": f"../../{CANARY}/etc/passwd",
    "format": f"{{{CANARY}}} %s %({CANARY})s {{0.__class__}} ${{jndi:ldap://{CANARY}}}",
    "expands in upper case": "ßß",
    "number as text": NUMBER,
    "time at the end": "9999-12-31T23:59:59.999999-23:59",
    "time at the beginning": "0001-01-01T00:00:00+23:59",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
}
NUMBERS: Mapping[str, Any] = {
    "minus one": -1,
    "minus zero": Raw("-0"),
    "minus zero point": Raw("-0.0"),
    "half": 0.5,
    "2^31": 2**31,
    "2^63": 2**63,
    "-2^63-1": -(2**63) - 1,
    "2^64": 2**64,
    "counted": int(NUMBER),
    "10^400": Raw(NUMBER + "0" * 391),
    "10^5000": Raw(NUMBER + "0" * 4_991),
    "1e400": Raw("1e400"),
    "-1e400": Raw("-1e400"),
    "1e-400": Raw("1e-400"),
    "many digits": Raw("0." + NUMBER * 200),
    "huge exponent": Raw("1e99999999999999999999"),
    "nan": Raw("NaN"),
    "infinity": Raw("Infinity"),
    "-infinity": Raw("-Infinity"),
}
SHAPES: Mapping[str, Any] = {
    "null": None,
    "true": True,
    "list": [],
    "object": {},
    "list of text": [CANARY],
    "list of null": [None, None],
    "list of objects": [{CANARY: CANARY}],
    "object of text": {CANARY: CANARY},
    "repeated names": Raw(f'{{"{CANARY}":1,"{CANARY}":2}}'),
    "surrogate name": {f"\ud800{CANARY}": 1},
    "nul name": {f"\0{CANARY}": 1},
    "dunder name": {"__class__": {"__init__": {"__globals__": CANARY}}},
    "nested": Raw("[" * 400 + f'"{CANARY}"' + "]" * 400),
    "many": [CANARY] * 300,
    "many the same": ["en"] * 300,
}
VALUES: Mapping[str, Any] = {**STRINGS, **NUMBERS, **SHAPES}

NAMES = (
    CANARY,
    "",
    "\0" + CANARY,
    CANARY + "\ud800",
    "__proto__",
    CANARY * 1_000,
    "id",
    "clinic_id",
)

_DEEP = 100_000
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "space": b"  ",
    "null": b"null",
    "number": NUMBER.encode(),
    "text": f'"{CANARY}"'.encode(),
    "list": b"[]",
    "not json": f"{CANARY}".encode(),
    "truncated": f'{{"preferences": {{"{CANARY}'.encode(),
    "trailing": f'{{"preferences": {{}}}}{CANARY}'.encode(),
    "two documents": f'{{"preferences": {{}}}}\n{{"{CANARY}": 1}}'.encode(),
    "byte-order mark": b"\xef\xbb\xbf" + f'{{"{CANARY}": 1}}'.encode(),
    "utf-16": f'{{"{CANARY}": 1}}'.encode("utf-16"),
    "utf-16 without mark": f'{{"{CANARY}": 1}}'.encode("utf-16-be"),
    "utf-32": f'{{"{CANARY}": 1}}'.encode("utf-32"),
    "not utf-8": b'{"' + CANARY.encode() + b'\xff\xfe": 1}',
    "surrogate bytes": b'{"client": {"reference": "' + CANARY.encode() + b'\xed\xa0\x80"}}',
    "overlong": b'{"reference": "' + CANARY.encode() + b'\xc0\x80"}',
    "nul bytes": b"\0" * 1_000,
    "deep list": b"[" * _DEEP,
    "deep closed list": b"[" * _DEEP + b"]" * _DEEP,
    "deep object": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "deep preferences": b'{"preferences":' * 15_000 + b"1" + b"}" * 15_000,
    "nested below the parser's limit": b'{"preferences":' * 900 + b"1" + b"}" * 900,
    "huge number": b'{"limit": ' + b"9" * 200_000 + b"}",
    "many elements": b'{"needs": [' + b"1," * 100_000 + b"1]}",
    "many names": b"{" + b",".join(b'"n%d":1' % n for n in range(20_000)) + b"}",
    "repeated names": b"{" + b",".join([b'"limit":1'] * 20_000) + b"}",
    "gzip": b"\x1f\x8b\x08\x00" + CANARY.encode(),
    "xml": f'<!DOCTYPE a [<!ENTITY x "{CANARY}">]><a>&x;</a>'.encode(),
    "form": f"preferences={CANARY}".encode(),
    "multipart": f'--x\r\nContent-Disposition: form-data; name="{CANARY}"\r\n\r\n1\r\n'.encode(),
}
CONTENT_TYPES: tuple[bytes, ...] = (
    b"",
    b"application/json; charset=utf-16",
    b"application/json; charset=" + CANARY.encode(),
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
    b"multipart/form-data",
    b"text/csv",
    b"text/html",
    b"x/y;;;",
    b";;;",
    b"/",
    CANARY.encode() + b"/" + CANARY.encode(),
    b"application/json\xff",
    b"application/" + b"x" * 5_000,
)
HEADER_VALUES: tuple[bytes, ...] = (
    b"",
    b" ",
    b'"',
    b"*",
    b'W/"1"',
    b'"1", "2"',
    b'"1',
    b",,,",
    CANARY.encode(),
    b'"' + CANARY.encode() + b'"',
    b"Bearer " + CANARY.encode(),
    b"Bearer  \xff" + CANARY.encode(),
    CANARY.encode() * 1_000,
    b"\x80\xff" + CANARY.encode(),
    CANARY.encode() + "é👩".encode(),
    b"\t" + CANARY.encode(),
    NUMBER.encode(),
    b"-1",
    b"1e400",
)
HEADER_NAMES = (
    "Idempotency-Key",
    "If-Match",
    "Authorization",
    "Content-Encoding",
    "Accept",
    "Cookie",
    "Host",
    "X-Request-Id",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
    "Range",
    CANARY,
)
PATH_VALUES = (
    CANARY,
    f"{CANARY}%00",
    "%00",
    f"%ED%A0%80{CANARY}",
    f"%FF{CANARY}",
    f"..%2F..%2F{CANARY}",
    f"%2e%2e%2f{CANARY}",
    NUMBER * 200,
    "-1",
    "null",
    f"%E2%80%AE{CANARY}",
    f"{CANARY}%0d%0aSet-Cookie:%20a=b",
    f"{CANARY};a=b",
    "{00000000-0000-0000-0000-000000000000}",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "0" * 32,
    "f" * 32,
)
QUERY_VALUES = (
    "",
    "-1",
    "0",
    "1e9",
    "1.0",
    NUMBER,
    NUMBER * 100,
    "NaN",
    "null",
    "١",
    CANARY,
    f"{CANARY}%00",
    "%00",
    f"%ED%A0%80{CANARY}",
    f"%F0%9F%91%A9{CANARY}",
    "A" * 22,
    "_" * 22,
    "=" * 64,
    CANARY * 100,
    "AAAAAAAAAAAAAAAAAAAAAA%0A",
)

_BUNDLE = b'{"resourceType": "Bundle", "entry": ['
# Such as only the reader of FHIR would come to grief over.
BUNDLES: Mapping[str, bytes] = {
    "whole number of many digits": _BUNDLE + b'{"a": 1' + b"0" * 5_000 + b"}]}",
    "whole number of very many digits": _BUNDLE + b"1" * 500_000 + b"]}",
    "exponent too large": _BUNDLE + b"1e99999999999999999999]}",
    "exponent too small": _BUNDLE + b"-1e-99999999999999999999]}",
    "digits in the name": _BUNDLE + b'{"' + b"7" * 5_000 + b'": 1}]}',
    "lone surrogates": _BUNDLE + b'{"\\ud800": "\\udfff"}]}',
    "resources of other shapes": _BUNDLE
    + b'null, 1, "x", [], {"resource": []}, {"resource": {"resourceType": ["Practitioner"]}}]}',
    "practitioner of other shapes": _BUNDLE
    + b'{"resource": {"resourceType": "Practitioner", "id": {"a": 1}, "name": [null, 1, "x",'
    + b' {"given": 1, "family": ["' + CANARY.encode() + b'"]}], "qualification": [[[]]],'
    + b' "identifier": {"value": 1}, "communication": "en", "extension": {"url": 5}}}]}',
}  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", CANARY.upper())
PATHS = (
    "/docs",
    "/redoc",
    "/openapi.json/",
    f"/{CANARY}",
    f"/%00{CANARY}",
    f"/v1/{CANARY}?{CANARY}={CANARY}",
    f"/v1/therapists/?cursor={CANARY}",
    f"/v1/matches/{CANARY}/",
    "/v1//therapists",
    "/V1/therapists",
    "/v1/therapists%2f",
    f"/v1/imports/{CANARY}",
)
