"""Static files as web processes give them: compressed once, and kept by browsers for ever.

A page of the release before may still ask for its version while a new one is rolled out: it gets the file as
it is now, and keeps it for no time.
"""

import gzip
import re
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
        response: HttpResponseBase = self.serve(found, request)
        is_text = _COMPRESSED.match(response.headers.get("Content-Type", ""))
        if response.status_code != 200 or not is_text or "HTTP_RANGE" in request.META:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        if request.method == "GET" and _ACCEPTS_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return self._packed_answer(url, response)
        return response

    def _packed_answer(self, url: str, response: HttpResponseBase) -> HttpResponseBase:
        content = b"".join(response)
        response.close()
        if len(content) >= LEAST_BYTES:
            content = self._packed_once(url, content)
            response.headers["Content-Encoding"] = "gzip"
        answer: HttpResponseBase = WhiteNoiseFileResponse([content], status=200)
        del answer["content-type"]
        for name, value in response.items():
            answer[name] = value
        answer["Content-Length"] = str(len(content))
        return answer

    def _packed_once(self, url: str, content: bytes) -> bytes:
        if self.autorefresh:
            return gzip.compress(content, mtime=0)
        with self._packing:
            if url not in self._packed:
                self._packed[url] = gzip.compress(content, mtime=0)
            return self._packed[url]
