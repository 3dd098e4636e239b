"""Under which name the project asks servers."""

from __future__ import annotations

PRODUCT = "collection-practices"  # the name that robots.txt may speak to
VERSION = "0.1"


def user_agent(contact: str) -> str:
    """The program's name and where its user is reached.

    >>> user_agent("me@uni.example")
    'collection-practices/0.1 (+me@uni.example)'
    """
    return f"{PRODUCT}/{VERSION} (+{contact})"
