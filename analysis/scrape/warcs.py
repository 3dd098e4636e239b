"""The archives that a crawl writes: WARC/1.1 with request and response, digests, one gzip member a record, rotating files.

A record counts once its file's length is committed in the frontier. What stands behind that length is the remains of a
killed process and is cut off before more is written, so that every file stays valid.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from analysis.problems import DataProblem
from analysis.scrape.crawl_request import Answer

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class Place(NamedTuple):
    """Where a record stands, how long the file is with it, and the digest of its payload."""

    file: str
    offset: int
    length: int
    end: int
    digest: str


class Earlier(NamedTuple):
    """The record that a revisit refers to."""

    digest: str
    at: str


class Archives:
    """One series of files (`pages-00001.warc.gz`, ...), written at its end."""

    def __init__(self, folder: Path, series: str, info: Mapping[str, str], most: int) -> None:
        self.folder, self.series = folder, series
        self._info, self._most = dict(info), most
        self._file: BinaryIO | None = None
        self._number = 0

    def recover(self, committed: Mapping[str, int]) -> list[str]:
        """Cut what was not committed, and go on in a new file; sentences about what was found.

        Only the last file can hold an unfinished record: the others were closed. A shorter one is somebody else's doing and stays.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            files = sorted(self.folder.glob(f"{self.series}-[0-9][0-9][0-9][0-9][0-9].warc.gz"))
            if not files:
                return []
            last = files[-1]
            self._number = int(last.name.removeprefix(f"{self.series}-")[:5])
            length, size = committed.get(f"{self.folder.name}/{last.name}", 0), last.stat().st_size
            if size <= length:
                return []
            os.truncate(last, length)
            if length == 0:
                last.unlink()
                self._number -= 1
        except OSError as error:
            raise self._problem(error) from None
        return [f"{last.name}: {size - length:,} bytes of an unfinished record were cut off."]

    def write(self, answer: Answer, earlier: Earlier | None = None) -> Place:
        """Append the answer and its request; an answer that brings nothing new becomes a revisit of the earlier record.

        The bytes are with the disk when this returns.
        """
        try:
            file = self._open()
            offset = file.tell()
            writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
            response = _response(writer, answer, earlier)
            writer.write_record(response)
            length = file.tell() - offset
            writer.write_record(_request(writer, answer, response))
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise self._problem(error) from None
        digest = response.rec_headers.get_header("WARC-Payload-Digest") or ""
        return Place(f"{self.folder.name}/{Path(file.name).name}", offset, length, file.tell(), digest)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _problem(self, error: OSError) -> DataProblem:
        why = error.strerror or error
        return DataProblem(f"{self.folder}: cannot be written to ({why}). Make room or mend its rights, then go on with --resume.")

    def _open(self) -> BinaryIO:
        if self._file is not None and self._file.tell() < self._most:
            return self._file
        self.close()
        self._number += 1
        path = self.folder / f"{self.series}-{self._number:05d}.warc.gz"
        self._file = path.open("xb")
        writer = WARCWriter(self._file, gzip=True, warc_version="WARC/1.1")
        writer.write_record(writer.create_warcinfo_record(path.name, self._info))
        return self._file


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _response(writer: WARCWriter, answer: Answer, earlier: Earlier | None) -> Any:
    # The body is kept with its compression but without its chunks, which the connection has undone: the header goes aside.
    headers = [(f"X-Archive-Orig-{n}" if n.lower() == "transfer-encoding" else n, v) for n, v in answer.headers]
    protocol, _, status = answer.line.partition(" ")
    http = StatusAndHeaders(status.strip(), headers, protocol=protocol)
    fields = {"WARC-Date": _when(answer.at)}
    if answer.ip:
        fields["WARC-IP-Address"] = answer.ip
    if answer.is_short:
        fields["WARC-Truncated"] = "disconnect"
    make: Callable[..., Any] = writer.create_warc_record
    record = make(answer.url, "response", payload=io.BytesIO(answer.body), length=len(answer.body), http_headers=http,
                  warc_headers_dict=dict(fields))
    if earlier is None:
        return record
    same = record.rec_headers.get_header("WARC-Payload-Digest") == earlier.digest
    if answer.status != 304 and not same:
        return record
    revisit: Any = writer.create_revisit_record(
        answer.url, earlier.digest, answer.url, earlier.at, http_headers=http, warc_headers_dict=fields
    )
    if answer.status == 304:
        revisit.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
    return revisit


def _request(writer: WARCWriter, answer: Answer, response: Any) -> Any:
    target, headers = answer.asked
    http = StatusAndHeaders(f"GET {target} HTTP/1.1", headers, is_http_request=True)
    return writer.create_warc_record(
        answer.url, "request", http_headers=http,
        warc_headers_dict={"WARC-Date": _when(answer.at), "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")},
    )  # fmt: skip
