"""The consumer of Binance's paths: who is turned away gets a status, a code and a message as over HTTP."""

from access.sockets.consumer import SocketConsumer
from exchange.compat.binance.translation import refusal_of


class BinanceConsumer(SocketConsumer):
    """A path's own says with `open_dialect` what is spoken there. A `Refusal` that it raises is answered
    before the connection is accepted."""

    async def refuse_early(self, error: Exception) -> None:
        refusal = refusal_of(error)
        if refusal.status == 500:
            raise error
        headers = [(b"content-type", b"application/json;charset=UTF-8")]
        headers += [(name.encode(), value.encode()) for name, value in refusal.headers()]
        start = {"type": "websocket.http.response.start", "status": refusal.status, "headers": headers}
        await self.base_send(start)
        await self.base_send({"type": "websocket.http.response.body", "body": refusal.encoded()})
