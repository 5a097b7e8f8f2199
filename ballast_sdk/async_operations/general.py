"""Operations about general. Generated: do not edit."""

from ballast_sdk.calls import Call, Repeat
from ballast_sdk.models.general import Ticket
from ballast_sdk.sending import AsyncGroup


class AsyncGeneralApi(AsyncGroup):
    """For everybody."""

    async def time(self) -> int:
        """The server's time.

        For setting a client's clock before it signs.
        """
        return await self._send(
            Call[int](
                "GET", "/api/v1/time", {200: int}, member="server_time_ms", repeat=Repeat.ALWAYS, signed=False
            )
        )

    async def socket_ticket(self) -> Ticket:
        """A ticket for the websocket.

        Good once and for half a minute. The socket then speaks for whoever asked, until the key or the
        login ends.
        """
        return await self._send(Call[Ticket]("POST", "/api/v1/ws-ticket", {200: Ticket}))
