"""An HTTP response as an archive keeps it: its head, and its body with transfer and content encodings undone."""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

import brotli

MOST_BYTES = 64 << 20  # of a page, unpacked: a thousand times what honest ones have
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
_CHARSET = re.compile(r"charset\s{0,3}=\s{0,3}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,400}?-->\s*|<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head)\b",
    re.IGNORECASE | re.DOTALL,
)


class Response(NamedTuple):
    """Status code (None where the head has none), media type (None unstated), charset (None unstated) and the body."""

    status: int | None
    media_type: str | None
    charset: str | None
    body: bytes


def parse_response(block: bytes) -> Response:
    """The response in an archive's record block.

    A body that says it is chunked or compressed and is not stays as it is; one that is cut off gives what could be
    undone of it: archives hold such pages, and browsers show them.

    >>> parse_response(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html; charset=GBK\\r\\n\\r\\n<p>").charset
    'GBK'
    """
    end = _HEAD_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    first, *lines = head.decode("latin-1").splitlines() or [""]
    status = re.match(r"HTTP/\S{1,8}\s+(\d{3})", first)
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = dechunk(body)
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        body = uncompress(body, coding.strip())
    media_type, charset = content_type(headers.get("content-type"))
    return Response(int(status[1]) if status else None, media_type, charset, body)


def content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header.

    >>> content_type("Text/HTML; charset=utf-8")
    ('text/html', 'utf-8')
    """
    if not value:
        return None, None
    charset = _CHARSET.search(value)
    return value.split(";")[0].strip().lower() or None, charset[1] if charset else None


def dechunk(body: bytes) -> bytes:
    """The body without its chunk sizes; a body that is not chunked stays as it is.

    >>> dechunk(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n"), dechunk(b"<html>")
    (b'abc', b'<html>')
    """
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + length])
        at = size.end() + length
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(parts) if parts and at >= len(body) else body


def uncompress(body: bytes, coding: str) -> bytes:
    """The body without its compression: gzip, deflate or br, at most 64 MiB of it; as it is where it is not compressed so.

    >>> uncompress(b"<html>", "gzip")
    b'<html>'
    """
    try:
        if coding in ("gzip", "x-gzip"):
            return zlib.decompressobj(31).decompress(body, MOST_BYTES)
        if coding == "deflate":
            bits = 15 if body[:1] and body[0] & 0x0F == 8 else -15
            return zlib.decompressobj(bits).decompress(body, MOST_BYTES)
        if coding == "br":
            found: bytes = brotli.Decompressor().process(body, output_buffer_limit=MOST_BYTES)
            return found[:MOST_BYTES]
    except (zlib.error, brotli.error):
        return body
    return body


def looks_like_html(content: bytes) -> bool:
    """Whether the bytes begin as an HTML page does; for records and files whose type nothing else tells.

    >>> looks_like_html(b"<!DOCTYPE html><title>")
    True
    """
    return _HTML_START.match(content[:1024]) is not None
