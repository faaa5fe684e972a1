"""An ordinary grpcio client: calls every kind of method and prints what it heard, one line of JSON each."""
import json
import queue
import sys

import grpc
from generated import load

messages, stubs = load()
target = sys.argv[1]


def told(stock):
    return {"available": stock.available, "left": stock.left, "by_warehouse": dict(sorted(stock.by_warehouse.items())), "tags": list(stock.tags)}


def say(value):
    print(json.dumps(value), flush=True)


def ask(sku, quantity):
    return messages.Ask(sku=sku, quantity=quantity)


for compression in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
    with grpc.insecure_channel(target, compression=compression) as channel:
        stub = stubs.InventoryStub(channel)
        answer, call = stub.Check.with_call(ask("ABC-1", -2), metadata=[("x-tenant", "acme")], timeout=20)
        say({"check": told(answer), "trailers": {key: value for key, value in call.trailing_metadata()}})

with grpc.insecure_channel(target) as channel:
    stub = stubs.InventoryStub(channel)
    try:
        stub.Check(ask("NOPE", 1), metadata=[("x-tenant", "acme")], timeout=20)
    except grpc.RpcError as error:
        say({"refused": error.code().name, "details": error.details()})
    say({"watch": [told(stock) for stock in stub.Watch(ask("ABC-1", 0), timeout=20)]})
    say({"restock": told(stub.Restock(iter([ask("ABC-1", 3), ask("XYZ-9", 4)]), timeout=20))})

    lines = queue.Queue()
    answers = stub.Negotiate(iter(lines.get, None), timeout=20)
    heard = []
    for quantity in (9, 4):
        lines.put(ask("ABC-1", quantity))
        heard.append(told(next(answers)))
    lines.put(None)
    heard.extend(told(stock) for stock in answers)
    say({"negotiate": heard})
