"""The services' own language: Python's grpcio with stubs made from proto/, over mutual TLS."""
import importlib
import subprocess
import sys
from pathlib import Path

import grpc

from node import ROOT


class Stubs:
    """Messages and stubs that protoc's own Python plug-in makes, in the folder `out`."""

    def __init__(self, out):
        out.mkdir()
        files = sorted(str(path) for path in (ROOT / "proto").rglob("*.proto"))
        subprocess.run(
            [sys.executable, "-m", "grpc_tools.protoc", f"-I{ROOT / 'proto'}", f"--python_out={out}", f"--grpc_python_out={out}", *files],
            check=True)
        sys.path.insert(0, str(out))

    def __getattr__(self, name):
        return importlib.import_module(f"chengyun.{name}.v1.{name}_pb2")

    def service(self, name, stub, channel):
        return getattr(importlib.import_module(f"chengyun.{name}.v1.{name}_pb2_grpc"), f"{stub}Stub")(channel)


class Wire:
    """Channels to a node's services, with the operator's certificate unless another one is named."""

    def __init__(self, node):
        self.status = node.status()
        self.folder = node.folder / "tls"
        self.authority = Path(self.status["tls"]["ca"]).read_bytes()

    def credentials(self, name):
        """Of the certificate of a service of the node, or of the operator."""
        key, certificate = ((self.folder / f"{name}.{suffix}").read_bytes() for suffix in ("key", "crt"))
        return grpc.ssl_channel_credentials(self.authority, key, certificate)

    def channel(self, service, credentials=None):
        return grpc.secure_channel(self.status["services"][service]["address"], credentials or self.credentials("operator"))
