"""An ordinary grpcio server with reflection; prints its port and serves until its input ends."""
import sys
from concurrent import futures

import grpc
from generated import load
from grpc_reflection.v1alpha import reflection

messages, stubs = load()


class Inventory(stubs.InventoryServicer):
    def Check(self, request, context):
        if request.sku == "NOPE":
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown sku")
        context.set_trailing_metadata([("x-region", "north")])
        # keys and values that are defaults are left out on the wire
        return messages.Stock(available=True, left=-7, by_warehouse={"w-1": 0, "": 3}, tags=["a", "b"])

    def Watch(self, request, context):
        left = 5
        while True:
            yield messages.Stock(available=True, left=left)
            left += 1

    def Restock(self, requests, context):
        return messages.Stock(available=True, left=sum(request.quantity for request in requests))

    def Negotiate(self, requests, context):
        for request in requests:
            yield messages.Stock(available=request.quantity <= 5, left=5)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
stubs.add_InventoryServicer_to_server(Inventory(), server)
reflection.enable_server_reflection(["inventory.v1.Inventory", reflection.SERVICE_NAME], server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
