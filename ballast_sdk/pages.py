"""Lists that come in pages, as iterators over their rows."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from ballast_sdk.errors import UnreadableAnswer


class Page(Protocol):
    @property
    def next_cursor(self) -> str | None: ...


PageT = TypeVar("PageT", bound=Page)
RowT = TypeVar("RowT")


def rows_of(fetch: Callable[[str | None], PageT], rows: Callable[[PageT], Sequence[RowT]]) -> Iterator[RowT]:
    """Each row of each page; a page is fetched when it is needed."""
    cursor: str | None = None
    while True:
        page = fetch(cursor)
        yield from rows(page)
        cursor = _next(cursor, page)
        if cursor is None:
            return


async def async_rows_of(
    fetch: Callable[[str | None], Awaitable[PageT]], rows: Callable[[PageT], Sequence[RowT]]
) -> AsyncIterator[RowT]:
    """Each row of each page; a page is fetched when it is needed."""
    cursor: str | None = None
    while True:
        page = await fetch(cursor)
        for row in rows(page):
            yield row
        cursor = _next(cursor, page)
        if cursor is None:
            return


def _next(cursor: str | None, page: Page) -> str | None:
    if page.next_cursor is not None and page.next_cursor == cursor:
        raise UnreadableAnswer("A page is said to follow itself.")
    return page.next_cursor
