"""Operations about oracle. Generated: do not edit."""

from collections.abc import Iterator

from ballast_sdk.calls import Call, Repeat, given
from ballast_sdk.models.choices import OracleInterval
from ballast_sdk.models.oracle import History, OracleCandles, OracleState, Price, Round, Twap
from ballast_sdk.pages import rows_of
from ballast_sdk.sending import Group


class OracleApi(Group):
    """The price of bitcoin, how it was made, and what may be done with it."""

    def candles(
        self,
        *,
        interval: OracleInterval,
        end: int | None = None,
        limit: int | None = None,
        start: int | None = None,
    ) -> OracleCandles:
        """List candles of the price, oldest first.

        Those that begin in [start, end): with a start the first ones, without one the last ones. One
        without an accepted price has the close before it; before the first price there is none. At most 347
        days or 49 weeks come at once.

        limit: 500 if left out.
        """
        return self._send(
            Call[OracleCandles](
                "GET",
                "/api/v1/oracle/candles",
                {200: OracleCandles},
                query=given(interval=interval, end=end, limit=limit, start=start),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def history(
        self,
        *,
        end: int | None = None,
        sources: bool | None = None,
        start: int | None = None,
        page_size: int | None = None,
    ) -> Iterator[Round]:
        """List rounds, latest first.

        Accepted or refused, those of [start, end). Rounds are kept for some days, candles for ever.

        page_size: How many come at once.
        """
        return rows_of(
            lambda cursor: self.history_page(
                end=end, sources=sources, start=start, cursor=cursor, limit=page_size
            ),
            lambda page: page.rounds,
        )

    def history_page(
        self,
        *,
        cursor: str | None = None,
        end: int | None = None,
        limit: int | None = None,
        sources: bool | None = None,
        start: int | None = None,
    ) -> History:
        """List rounds, latest first. One page.

        limit: 50 if left out.
        """
        return self._send(
            Call[History](
                "GET",
                "/api/v1/oracle/history",
                {200: History},
                query=given(cursor=cursor, end=end, limit=limit, sources=sources, start=start),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )

    def price(self) -> Price:
        """See the price of bitcoin.

        One price of many sources, with what became of each, and what may be done with it now.
        """
        return self._send(
            Call[Price]("GET", "/api/v1/oracle/price", {200: Price}, repeat=Repeat.ALWAYS, signed=False)
        )

    def state(self) -> OracleState:
        """See the oracle's state.

        What may be done with the price now, what is paused or halted, and what went wrong lately.
        """
        return self._send(
            Call[OracleState](
                "GET", "/api/v1/oracle/state", {200: OracleState}, repeat=Repeat.ALWAYS, signed=False
            )
        )

    def twap(self, *, window: int | None = None) -> Twap:
        """See the time-weighted average price.

        Of the last `window` seconds before the latest round.

        window: 3600 if left out.
        """
        return self._send(
            Call[Twap](
                "GET",
                "/api/v1/oracle/twap",
                {200: Twap},
                query=given(window=window),
                repeat=Repeat.ALWAYS,
                signed=False,
            )
        )
