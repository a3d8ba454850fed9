"""Where events may go: one strict reading of an address, and the operator's list of hosts."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

MAX_URL = 2048
_DEFAULT_PORTS = {"https": 443, "http": 80}

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# What others read as an IPv4 address in one of its old forms: 2130706433, 0x7f.1, 017.0.0.1.
_LIKE_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_PLACE = re.compile(r"^[a-z]+://[^/?]*", re.IGNORECASE)
_URL = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)"
)
_NOT_AN_ADDRESS = (
    "must be an address such as https://hooks.example.org/rapport: a host name in ASCII, without"
    " user, password or fragment"
)


@dataclass(frozen=True, slots=True)
class Destination:
    """An address in parts, as it is checked, resolved and sent to; nothing reads it a second time.

    `host` is a name in lower case or an IP address in its canonical form, without brackets;
    `target` is path and query.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL and in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address in one form only."""
        return f"{self.scheme}://{self.authority}{self.target}"


def read_destination(url: str) -> Destination:
    """An address in parts.

    Raises:
        ValueError: it is not plain http or https, or its host could be read in two ways.
    """
    if len(url) > MAX_URL or not url.isascii():
        raise ValueError(_NOT_AN_ADDRESS)
    # Only path and query tell upper from lower case.
    found = _URL.fullmatch(_PLACE.sub(lambda place: place.group().lower(), url, count=1))
    if found is None:
        raise ValueError(_NOT_AN_ADDRESS)
    port = int(found["port"] or _DEFAULT_PORTS[found["scheme"]])
    if port > 65535:
        raise ValueError(_NOT_AN_ADDRESS)
    target = found["target"] if found["target"].startswith("/") else "/" + found["target"]
    return Destination(found["scheme"], _host(found["host"]), port, target)


def _host(text: str) -> str:
    host = text.strip("[]")
    if text.startswith("[") or _LIKE_A_NUMBER.fullmatch(host):
        try:
            address = ip_address(host)
        except ValueError:
            raise ValueError(_NOT_AN_ADDRESS) from None
        if isinstance(address, IPv6Address) is not text.startswith("["):
            raise ValueError(_NOT_AN_ADDRESS)
        return str(address)
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError(_NOT_AN_ADDRESS)
    return host


class AllowedHosts:
    """The operator's list: hosts, or `*.` and what they end in; with a port, or the usual one.

    `private` lets events go to this machine and to private networks, over plain http too.
    """

    def __init__(self, listed: str, *, private: bool) -> None:
        self.private = private
        self._entries = frozenset(entry.strip().lower() for entry in listed.split(",")) - {""}

    def __bool__(self) -> bool:
        return bool(self._entries)

    def allows(self, destination: Destination) -> bool:
        """Whether events may be sent there, as far as its name says."""
        if destination.scheme != "https" and not self.private:
            return False
        parts = destination.authority.split(".")
        endings = ("*." + ".".join(parts[at:]) for at in range(1, len(parts)))
        return any(entry in self._entries for entry in (destination.authority, *endings))
