"""Only public addresses of the internet are connected to, so that a page cannot lead the crawl into a private network.

The check stands where the connection is made: the name is resolved, every address that it has is looked at, and the
connection goes to one that passed. A name that is public when asked and private when connected to has no second chance.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any

import httpcore


class PrivateAddress(Exception):
    """A name leads to an address that is not open to everybody; nothing was connected to."""


def is_public(address: str, allow_loopback: bool = False) -> bool:
    """Whether an IP address is open to everybody; 127.0.0.1 only where a test allows it.

    >>> [is_public(a) for a in ("8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fe80::1", "64:ff9b::a00:1")]
    [True, False, False, False, False, False]
    >>> is_public("127.0.0.1", allow_loopback=True)
    True
    """
    found = ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.sixtofour is not None or found.teredo is not None or address.lower().startswith("64:ff9b:"):
            return False
    if allow_loopback and str(found) == "127.0.0.1":
        return True
    return found.is_global and not found.is_multicast


class PublicOnly(httpcore.AsyncNetworkBackend):
    """A network backend that resolves a name itself and connects to a checked address only."""

    def __init__(self, allow_loopback: bool = False) -> None:
        self._allow_loopback = allow_loopback
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The connection; one private address among those of a name is enough to refuse the name."""
        addresses = await _resolved(host, port, timeout)
        private = [a for a in addresses if not is_public(a, self._allow_loopback)]
        if private:
            raise PrivateAddress(f"{host} is {private[0]}")
        failure: Exception | None = None
        for address in addresses[:2]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never: a page cannot name a file of this machine."""
        raise PrivateAddress(path)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolved(host: str, port: int, timeout: float | None) -> list[str]:
    """The addresses of a name, IPv4 first; a number that stands for an address (0x7f000001) is resolved like a name."""
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM), timeout)
    except TimeoutError:
        raise httpcore.ConnectTimeout(f"{host}: no answer from the name server") from None
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: no such name ({error})") from None
    addresses = [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0] != socket.AF_INET)]
    return list(dict.fromkeys(addresses))
