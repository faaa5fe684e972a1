"""Writes the contract of tests/integration/peers.rs with pact-python, into the folder given."""

import sys
from pathlib import Path

from pact import Pact, match

JAVA = {"disable_conversion": True}

contract = Pact("order-service", "inventory-service").with_specification("V4")

(
    contract.upon_receiving("a stock check")
    .given("stock exists", sku="ABC-1", quantity=5)
    .given("prices exist")
    .with_request("GET", match.regex("/inventory/ABC-1", regex=r"/inventory/[A-Z]+-\d+"))
    .with_query_parameter("quantity", match.int(2))
    .with_query_parameter("tag", "fragile")
    .with_query_parameter("tag", "heavy")
    .with_header("X-Tenant", match.regex("acme", regex="[a-z]+"))
    .will_respond_with(200)
    .with_header("ETag", "5f")
    .with_body(
        {
            "available": True,
            "quantity_left": match.int(5),
            "weight": match.decimal(1.5),
            "price": match.number(7),
            "fragile": match.like(False),
            "successor": match.none(),
            "warehouse": {"id": match.regex("w-1", regex=r"w-\d+"), "city": match.like("Oslo")},
            "tags": match.each_like("fragile", min=1),
            "shelves": match.each_like(match.int(3), min=1, max=4),
            "note": match.includes("care"),
            "day": match.date("2026-05-24", "yyyy-MM-dd", **JAVA),
            "hour": match.time("10:30", "HH:mm", **JAVA),
            "moment": match.datetime("2026-05-24T10:30", "yyyy-MM-dd'T'HH:mm", **JAVA),
            "all": match.array_containing([match.int(1), match.regex("a", regex="[a-z]")]),
            "order": match.like({"currency": "EUR", "total": 7}),
        },
        "application/json",
    )
)
(
    contract.upon_receiving("a reservation")
    .with_request("POST", "/reservations")
    .with_body({"sku": "ABC-1", "quantity": match.like(2)}, "application/json")
    .will_respond_with(201)
)
(
    contract.upon_receiving("a note")
    .with_request("PUT", "/note")
    .with_body("handle with care", "text/plain")
    .will_respond_with(200)
    .with_body("noted", "text/plain")
)
(
    contract.upon_receiving("a label")
    .with_request("PUT", "/label")
    .with_binary_body(bytes([0x1B, 0x45, 0xFF]), "application/octet-stream")
    .will_respond_with(200)
    .with_body({"printed": match.bool(True)}, "application/json")
)
(
    contract.upon_receiving("an unknown sku")
    .with_request("GET", "/inventory/NOPE")
    .will_respond_with(404)
    .with_body({"error": match.like("unknown sku")}, "application/json")
)
(
    contract.upon_receiving("an order was placed", "Async")
    .given("an order exists", id="ord_456")
    .with_body({"orderId": match.like("ord_456"), "totalAmount": match.decimal(29.99)}, "application/json")
    .with_metadata({"topic": "order.placed"})
)
(
    contract.upon_receiving("the price of a sku", "Sync")
    .with_body({"sku": match.like("ABC-1")}, "application/json")
    .with_metadata({"topic": "prices"})
    .will_respond_with()
    .with_body({"amount": match.decimal(29.99)}, "application/json")
    .with_metadata({"topic": "answers"})
)

contract.write_file(Path(sys.argv[1]), overwrite=True)
