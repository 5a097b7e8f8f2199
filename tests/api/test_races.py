"""What happens at once: money is never spent twice, a lot is filled or canceled, never both."""

from decimal import Decimal

import httpx

from tests.api.people import MakeTrader, Trader, in_parallel, order, refusal, succeeded

OUT = {"from_wallet": "TRADING", "to_wallet": "FUNDING"}
CENT = Decimal("0.00000001")


def total(person: Trader, asset: str) -> Decimal:
    line = {name: Decimal(amount) for name, amount in person.holding(asset).items()}
    assert min(line.values()) >= 0
    return sum(line.values(), Decimal(0))


def test_of_fifty_transfers_of_everything_one_succeeds(carol: Trader) -> None:
    carol.ask_faucet(asset="USDB", amount="100")
    answers = in_parallel(lambda _: carol.move(amount="100"), 50, threads=25)
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 49
    assert {refusal(answer)[1] for answer in answers if answer.is_error} == {"INSUFFICIENT_FUNDS"}
    assert carol.trading("USDB") == ("100.00000000", "0.00000000")


def test_of_fifty_transfers_out_of_trading_one_succeeds(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="100")
    answers = in_parallel(lambda _: dora.move(**OUT, amount="100"), 50, threads=25)
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 49
    assert dora.holding("USDB") == {
        "funding_available": "100.00000000",
        "funding_pending": "0.00000000",
        "trading_free": "0.00000000",
        "trading_locked": "0.00000000",
    }


def test_transfers_and_orders_of_the_same_money_never_spend_it_twice(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="100")

    def act(number: int) -> httpx.Response:
        if number % 3 == 0:
            return dora.move(**OUT, amount="60")
        if number % 3 == 1:
            return dora.try_order(price="100", quantity="0.5")
        return dora.send("DELETE", "/api/v1/orders")

    answers = in_parallel(act, 45, threads=15)
    assert {answer.status_code for answer in answers} <= {200, 422}
    assert total(dora, "USDB") == 100
    dora.delete("/api/v1/orders")
    assert total(dora, "USDB") == 100
    assert dora.trading("USDB")[1] == "0.00000000"


def test_what_is_filled_and_what_is_canceled_is_the_whole(trader: MakeTrader) -> None:
    """Two hundred offers, each canceled while somebody takes it."""
    maker, taker = trader("maker", BTC="10"), trader("taker", USDB="100000")
    maker_had, taker_had = total(maker, "BTC"), total(taker, "USDB")
    offers = [maker.place(side="SELL", quantity="0.03")["order"]["order_id"] for _ in range(200)]

    def act(number: int) -> httpx.Response:
        if number % 2:
            return maker.send("DELETE", f"/api/v1/orders/{offers[number // 2]}")
        return taker.try_order(quantity="0.02", time_in_force="IOC")

    answers = in_parallel(act, 400, threads=8)
    assert {answer.status_code for answer in answers} <= {200, 404}
    sold = Decimal(0)
    orders = {order["order_id"]: order for order in maker.get("/api/v1/orders?limit=200")["orders"]}
    for cancel, offer in zip(answers[1::2], offers, strict=True):
        seen = orders[offer]
        filled = Decimal(seen["filled_quantity"])
        sold += filled
        if cancel.status_code == 200:
            assert (seen["status"], Decimal(seen["remaining_quantity"])) == (
                "CANCELED",
                Decimal("0.03") - filled,
            )
        else:
            assert (seen["status"], filled) == ("FILLED", Decimal("0.03"))
    taken = [succeeded(answer)["order"] for answer in answers[0::2]]
    bought = sum(Decimal(order["filled_quantity"]) for order in taken)
    assert sold == bought == maker_had - total(maker, "BTC")
    spent = sum(
        Decimal(succeeded(answer)["order"][name])
        for answer in answers[0::2]
        for name in ("filled_quote", "fee")
    )
    assert taker_had - total(taker, "USDB") == spent
    assert maker.trading("BTC")[1] == taker.trading("USDB")[1] == "0.00000000"


def test_thirty_orders_at_once_spend_no_more_than_there_is(trader: MakeTrader) -> None:
    dora = trader("dora", USDB="100")
    answers = in_parallel(lambda _: dora.try_order(price="100", quantity="0.1"), 30)  # 10.00500001 each
    assert sum(answer.status_code == 200 for answer in answers) == 9
    assert {refusal(answer) for answer in answers if answer.is_error} == {(422, "INSUFFICIENT_FUNDS")}
    assert dora.trading("USDB") == ("9.95499991", "90.04500009")


def test_one_order_is_canceled_once_by_twenty_at_once(alice: Trader) -> None:
    path = f"/api/v1/orders/{alice.place()['order']['order_id']}"
    answers = in_parallel(lambda _: alice.send("DELETE", path), 20)
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 19


def test_orders_of_different_people_at_once_conserve_money(trader: MakeTrader) -> None:
    people = [trader(f"person{number}", USDB="1000", BTC="10") for number in range(4)]

    def act(number: int) -> httpx.Response:
        side = "BUY" if number % 2 else "SELL"
        return people[number % 4 if number % 5 else 0].send(
            "POST", "/api/v1/orders", order(side=side, price=str(100 + number % 7), quantity="0.02")
        )

    answers = in_parallel(act, 120)
    assert {answer.status_code for answer in answers} <= {200, 422}
    for person in people:
        person.delete("/api/v1/orders")
    fees = sum(
        Decimal(fill["fee"]) for person in people for fill in person.get("/api/v1/fills?limit=200")["fills"]
    )
    assert fees > CENT
    assert sum(total(person, "BTC") for person in people) == 40
    assert sum(total(person, "USDB") for person in people) == 4000 - fees
