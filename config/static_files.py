"""Static files as web processes give them: compressed once, and kept by browsers for ever.

A page of the release before may still ask for its version while a new one is rolled out: it gets the file as
it is now, and keeps it for no time.
"""

import gzip
import re
from collections.abc import Mapping
from http import HTTPStatus
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from whitenoise.middleware import WhiteNoiseFileResponse, WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from config.static_version import DIGITS

LEAST_BYTES = 600
_COMPRESSED = re.compile(r"^(text/|application/(javascript|json|xml)|image/svg)")
_OTHER_VERSION = re.compile(rf"^/static/[0-9a-f]{{{DIGITS}}}/")
_ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\b)")


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # theirs has no types
    def __init__(self, *given: object) -> None:
        self._packed: dict[str, bytes] = {}
        self._packing = Lock()
        super().__init__(*given)

    def immutable_file_test(self, path: str, url: str) -> bool:
        return url.startswith(settings.STATIC_URL)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        url = request.path_info
        found = self._file(url)
        if found is not None:
            return self._given(found, url, request)
        if _OTHER_VERSION.match(url):
            url = _OTHER_VERSION.sub(settings.STATIC_URL, url)
            found = self._file(url)
            if found is not None:
                response = self._given(found, url, request)
                response.headers["Cache-Control"] = "no-cache"
                return response
        return self.get_response(request)  # type: ignore[no-any-return]

    def _file(self, url: str) -> StaticFile | None:
        return self.find_file(url) if self.autorefresh else self.files.get(url)

    def _given(self, found: StaticFile, url: str, request: HttpRequest) -> HttpResponseBase:
        answer = found.get_response(request.method, request.META)
        headers = dict(answer.headers)
        is_text = _COMPRESSED.match(headers.get("Content-Type", ""))
        if answer.status != HTTPStatus.OK or not is_text or "HTTP_RANGE" in request.META:
            return _response(answer.file or (), answer.status, headers)
        headers["Vary"] = "Accept-Encoding"
        accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
        if answer.file is None or not _ACCEPTS_GZIP.search(accepted):
            return _response(answer.file or (), answer.status, headers)
        with answer.file as file:
            content = file.read()
        if len(content) >= LEAST_BYTES:
            content = self._packed_once(url, content)
            headers |= {"Content-Encoding": "gzip", "Content-Length": str(len(content))}
        return _response([content], answer.status, headers)

    def _packed_once(self, url: str, content: bytes) -> bytes:
        if self.autorefresh:
            return gzip.compress(content, mtime=0)
        with self._packing:
            if url not in self._packed:
                self._packed[url] = gzip.compress(content, mtime=0)
            return self._packed[url]


def _response(content: object, status: int, headers: Mapping[str, str]) -> HttpResponseBase:
    response: HttpResponseBase = WhiteNoiseFileResponse(content, status=int(status))
    del response["content-type"]  # Django's guess
    for name, value in headers.items():
        response[name] = value
    return response
