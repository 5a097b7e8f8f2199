"""What one can listen to: books, trades, tickers and candles for everybody, one's own account."""

from typing import Any

from access.errors import InvalidType, OutOfRange
from access.fields import ChoiceField, IntegerField, Schema, StrictField, SymbolField
from access.http import Scope
from access.parsing import INT64_MAX
from access.serializers import StrictSerializer
from access.sockets.channels import Channel, Values, register_channel
from access.sockets.connection import Connection
from access.sockets.outbox import Subscription
from exchange.candles import INTERVALS
from exchange.engine.types import SHARD_SLOTS
from exchange.feeds.hub import hub
from exchange.feeds.market import BookSubscription, TradesSubscription
from exchange.feeds.private import PrivateSubscription
from exchange.feeds.statistics import StatisticSubscription
from exchange.selectors import market_of


class MarketForm(StrictSerializer):
    market = SymbolField()


class BookForm(StrictSerializer):
    """`since`: the sequence of the book that the client has."""

    market = SymbolField()
    since = IntegerField(required=False)


class CandlesForm(StrictSerializer):
    market = SymbolField()
    interval = ChoiceField(list(INTERVALS))


class NumbersField(StrictField):
    """The last message's number of each shard: {"0": 17}. Gives integers."""

    def parse(self, value: object) -> dict[int, int]:
        if type(value) is not dict:
            raise InvalidType("The value must be an object.")
        numbers: dict[int, int] = {}
        for shard, number in value.items():
            if not (shard.isascii() and shard.isdigit() and str(int(shard[:9])) == shard):
                raise InvalidType("A shard's number is a plain integer in a string.")
            if int(shard) >= SHARD_SLOTS:
                raise OutOfRange("There is no such shard.")
            if type(number) is not int:
                raise InvalidType("A message's number is an integer.")
            if not 0 <= number <= INT64_MAX:
                raise OutOfRange
            numbers[int(shard)] = number
        return numbers

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": "integer"}}


class AccountForm(StrictSerializer):
    since = NumbersField(required=False)


async def _book(connection: Connection, values: Values) -> Subscription:
    market = await market_of(values["market"])
    return BookSubscription(connection.outbox, hub().market(market), values["since"])


async def _trades(connection: Connection, values: Values) -> Subscription:
    market = await market_of(values["market"])
    return TradesSubscription(connection.outbox, hub().market(market))


async def _ticker(connection: Connection, values: Values) -> Subscription:
    market = await market_of(values["market"])
    return StatisticSubscription(connection.outbox, hub().ticker(market))


async def _candles(connection: Connection, values: Values) -> Subscription:
    market = await market_of(values["market"])
    return StatisticSubscription(connection.outbox, hub().candles(market, values["interval"]))


async def _account(connection: Connection, values: Values) -> Subscription:
    return PrivateSubscription(connection.outbox, hub().account(connection.account), values["since"])


def _market_of(values: dict[str, Any]) -> str:
    return str(values["market"])


def register_channels() -> None:
    for channel in (
        Channel("book", BookForm, None, _market_of, _book),
        Channel("trades", MarketForm, None, _market_of, _trades),
        Channel("ticker", MarketForm, None, _market_of, _ticker),
        Channel("candles", CandlesForm, None, lambda v: f"{v['market']}:{v['interval']}", _candles),
        Channel("account", AccountForm, Scope.READ, lambda _: "", _account),
    ):
        register_channel(channel)
