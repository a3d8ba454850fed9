"""From a host to the addresses that events may be sent to: resolved once, and all of them checked.

The ranges are those of IANA's registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890),
written out, since Python's own idea of them differs from release to release.
"""

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64, RFC 6052
_GLOBAL = IPv6Network("2000::/3")

# This machine, and networks that an organisation keeps to itself.
_PRIVATE_4 = [
    IPv4Network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
    )
]
_PRIVATE_6 = [IPv6Network(text) for text in ("::1/128", "fc00::/7")]
# Nobody's receiver: this network, link-local, protocols, documentation, benchmarks, multicast, and
# what is reserved.
_NEVER_4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Within what is global: Teredo and other protocols, documentation, and 6to4.
_NEVER_6 = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]

Resolver = Callable[..., Sequence[tuple[Any, ...]]]


class NoAddressError(Exception):
    """The host has no address."""


class RefusedAddressError(Exception):
    """The host has an address that events may not be sent to."""


def addresses_of(
    host: str, port: int, *, private: bool, resolve: Resolver = socket.getaddrinfo
) -> list[str]:
    """The addresses of a host in the resolver's order, each of which may be sent to.

    Raises:
        NoAddressError: it has none.
        RefusedAddressError: one of them may not be sent to, so none is.
    """
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoAddressError from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise NoAddressError
    if not all(may_be_sent_to(address, private=private) for address in addresses):
        raise RefusedAddressError
    return addresses


def may_be_sent_to(text: str, *, private: bool) -> bool:
    """Whether an address is public, or with `private`, also this machine's or a private one."""
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        if address in _MAPPED or address in _TRANSLATED:
            return _may_4(IPv4Address(int(address) & 0xFFFFFFFF), private=private)
        if any(address in network for network in _PRIVATE_6):
            return private
        return address in _GLOBAL and not any(address in network for network in _NEVER_6)
    return _may_4(address, private=private)


def _may_4(address: IPv4Address, *, private: bool) -> bool:
    if any(address in network for network in _PRIVATE_4):
        return private
    return not any(address in network for network in _NEVER_4)
