"""Generates the messages and stubs of inventory.proto into a folder of its own and imports them."""
import importlib
import pathlib
import sys
import tempfile

from grpc_tools import protoc


def load():
    here = pathlib.Path(__file__).parent
    folder = tempfile.mkdtemp()
    code = protoc.main(["protoc", f"-I{here}", f"--python_out={folder}", f"--grpc_python_out={folder}", "inventory.proto"])
    if code != 0:
        raise SystemExit(f"protoc ended with {code}")
    sys.path.insert(0, folder)
    return importlib.import_module("inventory_pb2"), importlib.import_module("inventory_pb2_grpc")
