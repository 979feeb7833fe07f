"""Descriptor set -> protoc-c's C and our own Swift, into a scratch folder, then compared with or copied to Shared/API."""

import argparse
import fcntl
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

from . import c_messages, swift_stubs, swift_types, swift_wire
from .contract import Contract, ContractError
from .output import differences, install


def read_descriptors(proto: pathlib.Path, scratch: pathlib.Path) -> descriptor_pb2.FileDescriptorSet:
    files = sorted(str(path.relative_to(proto)) for path in proto.rglob("*.proto"))
    target = scratch / "contract.binpb"
    command = ["protoc", f"--proto_path={proto}", "--include_imports", "--include_source_info", f"--descriptor_set_out={target}"]
    if subprocess.run(command + files).returncode != 0:
        raise ContractError("protoc refused the contract")
    return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes())


def generate(proto: pathlib.Path, scratch: pathlib.Path) -> pathlib.Path:
    descriptors = read_descriptors(proto, scratch)
    contract = Contract(descriptors)
    output = scratch / "API"
    c_messages.emit(contract, descriptors, scratch, output / "CMessages")
    for module in contract.modules:
        folder = output / module.name
        folder.mkdir(parents=True)
        for suffix, emitter in (("Types", swift_types), ("Wire", swift_wire), ("Stubs", swift_stubs)):
            text = emitter.emit(contract, module)
            if text:
                (folder / f"{module.base}{suffix}.swift").write_text(text, encoding="utf-8")
    return output


def main() -> int:
    parser = argparse.ArgumentParser(prog="proto/generate", description=__doc__)
    parser.add_argument("--proto", type=pathlib.Path, required=True, help="folder of the contract")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="Shared/API")
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff when the output is stale")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengyun-proto-") as folder, open(options.proto / "generate") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            fresh = generate(options.proto, pathlib.Path(folder))
        except ContractError as error:
            print(f"proto/generate: {error}", file=sys.stderr)
            return 1
        if options.check:
            stale = differences(fresh, options.output)
            sys.stdout.write(stale)
            return 1 if stale else 0
        for line in install(fresh, options.output):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
