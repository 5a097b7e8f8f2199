"""What the oracle's answers look like, for the OpenAPI document."""

from rest_framework import serializers

from oracle.models import IncidentKind
from oracle.origin import Origin
from oracle.rules.quotes import Verdict
from oracle.rules.view import Refusal, State

_SIMULATED = "true: made up, by a simulation that a setting asked for. It is worth nothing."


def _price(help_text: str = "") -> serializers.CharField:
    return serializers.CharField(allow_null=True, help_text=help_text)


class MayDocument(serializers.Serializer[object]):
    """What the price may be used for now. Display is always allowed, with the state and the age beside it."""

    mint = serializers.BooleanField(help_text="To mint, and to withdraw collateral.")
    liquidate = serializers.BooleanField()
    display = serializers.BooleanField()


class MintDocument(serializers.Serializer[object]):
    price = _price("The lower of price minus confidence, and the time-weighted average.")
    refusal = serializers.CharField(allow_null=True, help_text="Why there is none.")


class LiquidationDocument(serializers.Serializer[object]):
    """Confirmed by two consecutive rounds: the widest band of both."""

    lower = _price("The lowest price minus confidence.")
    upper = _price("The highest price plus confidence.")
    refusal = serializers.CharField(allow_null=True, help_text="Why there is none.")


class SourceDocument(serializers.Serializer[object]):
    """One source in the latest round, and what became of it. KEPT alone moves the price."""

    name = serializers.CharField(help_text="kind:pair")
    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    detail = serializers.CharField(help_text="Says more of ABSENT.")
    base = serializers.CharField()
    currency = serializers.CharField(help_text="What it quotes in.")
    quote = _price("In that currency.")
    price = _price("In dollars.")
    confidence = _price("Its own, where it gives one.")
    time_ms = serializers.IntegerField(allow_null=True)
    age_ms = serializers.IntegerField(allow_null=True)
    deviation_ppm = serializers.IntegerField(
        allow_null=True, help_text="From the round's median, in millionths."
    )
    weight = serializers.IntegerField(help_text="0: shown only.")


class StateDocument(serializers.Serializer[object]):
    """To inherit from."""

    state = serializers.ChoiceField(choices=[one.value for one in State])
    reason = serializers.CharField(allow_null=True, help_text="null: there is none to say.")
    may = MayDocument()
    age_ms = serializers.IntegerField(
        allow_null=True, help_text="Of the price; null where there never was one."
    )
    simulated = serializers.BooleanField(help_text=_SIMULATED)
    time_ms = serializers.IntegerField(help_text="When this was said.")
    origin = serializers.ChoiceField(
        choices=[one.value for one in Origin],
        help_text="LIVE: as the rounds are announced. STORED: read from the latest stored round, because the"
        " announcements do not come.",
    )


class LatestRoundDocument(serializers.Serializer[object]):
    """Accepted or not."""

    round_id = serializers.CharField(help_text="0: there was none yet.")
    time_ms = serializers.IntegerField()
    refusal = serializers.ChoiceField(
        choices=[one.value for one in Refusal], allow_null=True, help_text="Why it gave no price."
    )


class PriceDocument(StateDocument):
    """The price, what it is made of, and what may be done with it now."""

    base = serializers.CharField()
    currency = serializers.CharField()
    price = _price("The last accepted one, however old; null where there never was one.")
    confidence = _price()
    price_time_ms = serializers.IntegerField(allow_null=True)
    mint = MintDocument()
    liquidation = LiquidationDocument()
    twap = _price("The time-weighted average of the policy's window.")
    twap_covered_ms = serializers.IntegerField(help_text="How much of that window there are prices of.")
    round = LatestRoundDocument()
    policy_version = serializers.IntegerField()
    sources = SourceDocument(many=True)


class PauseDocument(serializers.Serializer[object]):
    kind = serializers.CharField(help_text="LIQUIDATIONS_PAUSED or MINTING_PAUSED.")
    until_ms = serializers.IntegerField(help_text="When it ends by itself, if the price has calmed down.")


class HaltDocument(serializers.Serializer[object]):
    reason = serializers.CharField()
    since_ms = serializers.IntegerField()
    from_price = _price()
    to_price = _price()
    jump_ppm = serializers.IntegerField(help_text="0 where an operator halted.")
    needs_two = serializers.BooleanField(help_text="Two different operators have to resume it.")


class IncidentDocument(serializers.Serializer[object]):
    incident_id = serializers.CharField()
    kind = serializers.CharField(help_text=f"One of {', '.join(IncidentKind.values)}.")
    reason = serializers.CharField()
    began_ms = serializers.IntegerField()
    until_ms = serializers.IntegerField(allow_null=True, help_text="When it ends by itself; null: never.")
    ended_ms = serializers.IntegerField(allow_null=True)
    from_price = _price()
    to_price = _price()
    move_ppm = serializers.IntegerField()
    needs_two = serializers.BooleanField()


class WhoMayDocument(serializers.Serializer[object]):
    state = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    may = MayDocument()


class OracleStateDocument(StateDocument):
    """What may be done with the price, and what keeps more from being done."""

    pauses = PauseDocument(many=True, help_text="What the breakers have paused.")
    halt = HaltDocument(allow_null=True)
    open_incidents = IncidentDocument(
        many=True, allow_null=True, help_text="null: they cannot be read now; the rest holds."
    )
    latest_incidents = IncidentDocument(many=True, allow_null=True, help_text="Latest first, at most 20.")
    who_may = WhoMayDocument(many=True, help_text="The whole table: what may be done in which state.")


class RoundDocument(serializers.Serializer[object]):
    round_id = serializers.CharField()
    time_ms = serializers.IntegerField()
    price = _price("null: it was refused, or the oracle was halted.")
    confidence = _price()
    refusal = serializers.ChoiceField(choices=[one.value for one in Refusal], allow_null=True)
    halted = serializers.BooleanField()
    simulated = serializers.BooleanField(help_text=_SIMULATED)
    policy_version = serializers.IntegerField()
    sources = SourceDocument(many=True, required=False, help_text="Only where asked for.")


class HistoryDocument(serializers.Serializer[object]):
    rounds = RoundDocument(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class OracleCandleDocument(serializers.Serializer[object]):
    """Of the accepted prices."""

    start_ms = serializers.IntegerField()
    open = serializers.CharField()
    high = serializers.CharField()
    low = serializers.CharField()
    close = serializers.CharField()
    rounds = serializers.IntegerField(help_text="How many prices; 0: the close before stands for it.")
    simulated = serializers.BooleanField(help_text=_SIMULATED)


class OracleCandlesDocument(serializers.Serializer[object]):
    interval = serializers.CharField()
    candles = OracleCandleDocument(many=True)


class TwapDocument(serializers.Serializer[object]):
    """Each accepted price counts for as long as it was the last one."""

    twap = _price("null: there is no price of that time.")
    window_ms = serializers.IntegerField()
    start_ms = serializers.IntegerField()
    end_ms = serializers.IntegerField()
    covered_ms = serializers.IntegerField(help_text="For how much of the window there are prices.")
    simulated = serializers.BooleanField(help_text=_SIMULATED)
