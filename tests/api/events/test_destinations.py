"""Where events may go: read in one way only, by the operator's list, and to public addresses."""

import re
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.events.addresses import (
    NoAddressError,
    RefusedAddressError,
    addresses_of,
    may_be_sent_to,
)
from api.events.destinations import AllowedHosts, read_destination
from api.settings import Settings

READ = {
    "https://hooks.example.org": ("https", "hooks.example.org", 443, "/"),
    "HTTPS://Hooks.Example.ORG/In?A=b": ("https", "hooks.example.org", 443, "/In?A=b"),
    "https://hooks.example.org:443/": ("https", "hooks.example.org", 443, "/"),
    "https://hooks.example.org:8443?a": ("https", "hooks.example.org", 8443, "/?a"),
    "http://127.0.0.1:8000/in": ("http", "127.0.0.1", 8000, "/in"),
    "https://[2001:DB8:0::1]:9/": ("https", "2001:db8::1", 9, "/"),
    "https://xn--bcher-kva.example/": ("https", "xn--bcher-kva.example", 443, "/"),
    "https://localhost/": ("https", "localhost", 443, "/"),
}
NOT_READ = [
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.01/",
    "https://hooks.0x1/",
    "https://1.2.3.4.5/",
    "https://256.0.0.1/",
    "https://[127.0.0.1]/",
    "https://[::1",
    "https://::1/",
    "https://[fe80::1%25eth0]/",
    "https://bücher.example/",
    "https://hooks。example.org/",
    "https://ⓗooks.example.org/",
    "https://\u212aooks.example.org/",
    "https://a@hooks.example.org/",
    "https://a:b@hooks.example.org/",
    "https://hooks.example.org@127.0.0.1/",
    "https://hooks.example.org:443@127.0.0.1/",
    "https://hooks.example.org\\@127.0.0.1/",
    "https://hooks.example.org#@127.0.0.1/",
    "https://hooks.example.org%00/",
    "https://hooks.example.org\x00/",
    "https://hooks.example.org\t/",
    "https://hooks.example.org/\r\nHost: a",
    "https://hooks.example.org/ä",
    "https://hooks.example.org./",
    "https://.example.org/",
    "https://hooks..org/",
    "https://hooks_.example.org/",
    "https://*.example.org/",
    "https://hooks.example.org:0/",
    "https://hooks.example.org:065/",
    "https://hooks.example.org:65536/",
    "https://hooks.example.org:/",
    "https://hooks.example.org:-1/",
    "https:/hooks.example.org/",
    "https:hooks.example.org",
    "ftp://hooks.example.org/",
    "unix:///run/socket",
    " https://hooks.example.org/",
    "https://hooks.example.org/ ",
    "https://" + "a." * 200 + "org/",
    "https://" + "a" * 64 + ".org/",
    "https://hooks.example.org/" + "a" * 2048,
    "",
]


@pytest.mark.parametrize("url", READ)
def test_an_address_is_read_in_one_way(url: str) -> None:
    read = read_destination(url)
    assert (read.scheme, read.host, read.port, read.target) == READ[url]
    assert read_destination(read.url) == read


@pytest.mark.parametrize("url", NOT_READ)
def test_what_could_be_read_in_two_ways_is_not_read(url: str) -> None:
    with pytest.raises(ValueError, match="must be an address such as"):
        read_destination(url)


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-zA-Z0-9.:\[\]@/?#%-]{0,40}"))
def test_what_is_read_is_plain(text: str) -> None:
    try:
        read = read_destination(text)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9.:-]+", read.host)
    assert re.fullmatch(r"/[!-~]*", read.target)
    assert 0 < read.port < 65536
    assert read_destination(read.url) == read


@pytest.mark.parametrize(
    ("listed", "url", "allowed"),
    [
        ("hooks.example.org", "https://hooks.example.org/", True),
        (" a.org , Hooks.Example.org ", "https://hooks.example.org/", True),
        ("hooks.example.org", "https://example.org/", False),
        ("hooks.example.org", "https://a.hooks.example.org/", False),
        ("hooks.example.org", "https://hooks.example.org.a.net/", False),
        ("hooks.example.org", "https://hooks.example.org:8443/", False),
        ("hooks.example.org", "http://hooks.example.org/", False),
        ("hooks.example.org:8443", "https://hooks.example.org:8443/", True),
        ("hooks.example.org:8443", "https://hooks.example.org/", False),
        ("*.example.org", "https://hooks.example.org/", True),
        ("*.example.org", "https://a.b.example.org/", True),
        ("*.example.org", "https://example.org/", False),
        ("*.example.org", "https://hooksexample.org/", False),
        ("*.example.org", "https://hooks.example.org:8443/", False),
        ("*.example.org:8443", "https://hooks.example.org:8443/", True),
        ("*.0.0.1", "https://10.0.0.2/", False),
        ("", "https://hooks.example.org/", False),
        (",", "https://hooks.example.org/", False),
        ("[2001:db8::1]:8443", "https://[2001:db8::1]:8443/", True),
    ],
)
def test_only_the_hosts_of_the_list_are_allowed(listed: str, url: str, allowed: bool) -> None:
    assert AllowedHosts(listed, private=False).allows(read_destination(url)) is allowed


def test_plain_http_is_for_private_receivers_only() -> None:
    there = read_destination("http://127.0.0.1:80/")
    assert AllowedHosts("127.0.0.1", private=True).allows(there)
    assert not AllowedHosts("127.0.0.1", private=False).allows(there)


@pytest.mark.parametrize("hosts", ["a b", "https://a.org", "a.org/x", "*", "a.*.org", "a.org;b"])
def test_a_list_that_cannot_be_meant_is_refused_at_the_start(hosts: str) -> None:
    with pytest.raises(ValidationError):
        Settings(webhook_hosts=hosts)


@pytest.mark.parametrize("hosts", ["", " ", "a.org", "a.org, *.b.org:8443 ,[::1]:9,127.0.0.1:80"])
def test_a_list_of_hosts_is_taken(hosts: str) -> None:
    assert Settings(webhook_hosts=hosts).webhook_hosts == hosts


PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
]
NEVER = [
    "0.0.0.0",  # noqa: S104 - refused
    "0.1.2.3",
    "169.254.169.254",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:0.0.0.0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "3fff::1",
    "100::1",
    "5f00::1",
    "4000::1",
]


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        *((address, True, True) for address in PUBLIC),
        *((address, False, True) for address in PRIVATE),
        *((address, False, False) for address in NEVER),
    ],
)
def test_which_addresses_may_be_sent_to(address: str, public: bool, private: bool) -> None:
    assert may_be_sent_to(address, private=False) is public
    assert may_be_sent_to(address, private=True) is private


@given(st.ip_addresses(v=4))
def test_no_way_of_writing_an_ipv4_address_gets_round_the_rule(address: Any) -> None:
    plain = may_be_sent_to(str(address), private=False)
    assert may_be_sent_to(f"::ffff:{address}", private=False) is plain
    assert not plain or address.is_global
    assert not may_be_sent_to(f"::{address}", private=True)


@given(st.ip_addresses(v=6))
def test_what_python_does_not_take_for_global_is_not_sent_to(address: Any) -> None:
    embedded = address.ipv4_mapped is not None
    assert not may_be_sent_to(str(address), private=False) or address.is_global or embedded


def answers(*addresses: str) -> Any:
    def resolve(_host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    return resolve


def test_one_address_that_is_not_public_refuses_the_host() -> None:
    host = ("hooks.example.org", 443)
    resolve = answers("8.8.8.8", "8.8.4.4", "8.8.8.8")
    assert addresses_of(*host, private=False, resolve=resolve) == ["8.8.8.8", "8.8.4.4"]
    with pytest.raises(RefusedAddressError):
        addresses_of(*host, private=False, resolve=answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(NoAddressError):
        addresses_of(*host, private=False, resolve=answers())


def test_a_host_that_is_not_known_has_no_address() -> None:
    def resolve(*_given: Any, **_more: Any) -> Any:
        raise socket.gaierror

    with pytest.raises(NoAddressError):
        addresses_of("hooks.example.org", 443, private=False, resolve=resolve)
