"""Other wire formats beside `/api/v1`: whoever serves one says under which paths, and admits its requests
itself, with the same gate. What stands above this app hands them to the front door."""

from collections.abc import Sequence
from typing import Protocol

from access.admission import Gate
from access.messages import Receive, Scope, Send


class HttpSurface(Protocol):
    """`prefixes` begin with a slash and end with one: ("/api/v3/", "/sapi/v1/")."""

    @property
    def prefixes(self) -> tuple[str, ...]: ...

    async def serve(self, gate: Gate, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        """Answers every request, whatever is wrong with it. Gives the name of what answered (one of few, for
        the metrics) and the status."""
        ...


def surface_for(surfaces: Sequence[HttpSurface], path: str) -> HttpSurface | None:
    for surface in surfaces:
        if path.startswith(surface.prefixes):
            return surface
    return None
