"""Orders over a socket: the same rules and answers as over HTTP, many at once, in their order."""

from access.http import Scope
from tests.api.house import MARKET, House
from tests.api.people import Trader, new_trader, order
from tests.websocket.client import Socket, speaking_for
from tests.websocket.test_auth import log_in, ticket_by_session


def test_an_order_over_the_socket_is_the_order_over_http(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        placed = socket.do("order.place", **order(client_order_id="by-socket"))
        assert placed["order"] == alice.order(placed["order"]["order_id"])
        assert placed["fills"] == []
        repeated = alice.place(client_order_id="by-socket")
        assert repeated == placed
        canceled = socket.do("order.cancel", order_id=placed["order"]["order_id"])
        assert canceled["order"]["status"] == "CANCELED"


def test_it_cancels_by_client_order_id(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        socket.do("order.place", **order(client_order_id="mine"))
        canceled = socket.do("order.cancel", client_order_id="mine")
        assert canceled["order"]["client_order_id"] == "mine"
        assert socket.refusal("order.cancel", client_order_id="mine") == "ORDER_NOT_FOUND"


def test_it_amends(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        placed = socket.do("order.place", **order())["order"]
        amended = socket.do("order.amend", order_id=placed["order_id"], price="99.00", quantity="0.2")
        assert (amended["order"]["price"], amended["order"]["quantity"]) == ("99.00", "0.20000")


def test_it_places_a_batch_and_cancels_all(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        batch = [order(price=f"{90 + number}.00") for number in range(5)]
        batch.append(order(price="1000000.00", quantity="9999"))
        results = socket.do("orders.place_batch", orders=batch)["results"]
        assert [result["ok"] for result in results] == [True] * 5 + [False]
        assert results[5]["error"]["code"] == "INSUFFICIENT_FUNDS"
        canceled = socket.do("orders.cancel_all", market=MARKET)
        assert len(canceled["canceled_order_ids"]) == 5
        too_many = [order() for _ in range(101)]
        assert socket.refusal("orders.place_batch", orders=too_many) == "OUT_OF_RANGE"


def test_what_is_sent_in_a_row_is_carried_out_in_that_row(house: House, alice: Trader) -> None:
    """Each order must be in the queue before its cancel, though nobody waits for answers in between."""
    with speaking_for(house.url, alice) as socket:
        for number in range(50):
            name = f"row-{number}"
            socket.send(op="order.place", id=f"place {number}", **order(client_order_id=name))
            socket.send(op="order.cancel", id=f"cancel {number}", client_order_id=name)
        placed = [socket.answer_to(f"place {number}") for number in range(50)]
        canceled = [socket.answer_to(f"cancel {number}") for number in range(50)]
    assert all(answer["ok"] for answer in placed + canceled), [a for a in placed + canceled if not a["ok"]]
    numbers = [int(answer["result"]["order"]["order_id"]) for answer in placed]
    assert numbers == sorted(numbers)


def test_refusals_are_those_of_http(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        for changes in (
            {"price": "0.001"},
            {"price": 5},
            {"price": "NaN"},
            {"quantity": "0.0000001"},
            {"market": "AAA-BBB"},
            {"type": "LIMIT", "price": None},
            {"quantity": "99999"},
            {"surprise": 1},
        ):
            over_http = alice.try_order(**changes).json()["error"]
            over_http.pop("request_id")
            assert socket.ask("order.place", **order(**changes))["error"] == over_http


def test_nobody_and_readers_place_nothing(house: House, socket: Socket, alice: Trader) -> None:
    assert socket.refusal("order.place", **order()) == "AUTH_REQUIRED"
    reader = new_trader(alice.client, "reader", [Scope.READ])
    with speaking_for(house.url, reader) as reading:
        assert reading.refusal("order.place", **order()) == "FORBIDDEN"


def test_others_orders_are_not_there(house: House, alice: Trader, bob: Trader) -> None:
    placed = alice.place()["order"]
    with speaking_for(house.url, bob) as socket:
        assert socket.refusal("order.cancel", order_id=placed["order_id"]) == "ORDER_NOT_FOUND"
        amended = socket.refusal("order.amend", order_id=placed["order_id"], price="1.00", quantity="1")
        assert amended == "ORDER_NOT_FOUND"


def test_a_login_places_orders_with_a_ticket(house: House, socket: Socket) -> None:
    _, _, headers = log_in(house, "gina")
    socket.do("auth", ticket=ticket_by_session(house, headers))
    assert socket.refusal("order.place", **order()) == "INSUFFICIENT_FUNDS"


def test_too_many_at_once_are_refused_and_the_others_carried_out(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket, house.engine_held():
        for number in range(300):
            socket.send(op="order.cancel", id=number, order_id="64")
        refused = [socket.answer_to(number) for number in range(256, 300)]
        assert {answer["error"]["code"] for answer in refused} == {"TOO_MANY_IN_FLIGHT"}
        house.let_engine_go_on()
        others = [socket.answer_to(number) for number in range(256)]
    assert {answer["error"]["code"] for answer in others} == {"ORDER_NOT_FOUND"}


def test_five_hundred_orders_over_one_socket_are_each_answered(house: House, alice: Trader) -> None:
    with speaking_for(house.url, alice) as socket:
        for number in range(500):
            socket.send(op="order.place", id=number, **order(type="MARKET", price=None, quantity="0.1"))
            if number >= 200:
                assert socket.answer_to(number - 200)["ok"]
        assert all(socket.answer_to(number)["ok"] for number in range(300, 500))
