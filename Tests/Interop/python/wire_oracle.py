"""Python's protobuf as the judge of Wire.

  wire_oracle.py generate PROTO_FOLDER SEED COUNT OUT   COUNT random messages of every type: records of (type, bytes, fields as JSON)
  wire_oracle.py verify PROTO_FOLDER IN                 records of (type, bytes that Wire took, bytes that Wire made of them)

A record is three length-counted (32 bits, little endian) byte strings.
"""

import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as FD


def load(proto: str) -> list:
    """Every message class of the contract, by name."""
    root = pathlib.Path(proto)
    files = sorted(str(path.relative_to(root)) for path in root.rglob("*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".binpb") as target:
        subprocess.run(["protoc", f"--proto_path={root}", "--include_imports", f"--descriptor_set_out={target.name}", *files], check=True)
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(target.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.Add(file)
    classes = []
    for file in descriptors.file:
        pending = [pool.FindMessageTypeByName(f"{file.package}.{message.name}") for message in file.message_type]
        while pending:
            descriptor = pending.pop()
            pending += descriptor.nested_types
            classes.append(message_factory.GetMessageClass(descriptor))
    return sorted(classes, key=lambda item: item.DESCRIPTOR.full_name)


ALPHABETS = ["abc xyz-09", "城运中心案卷道路", "\0é🚦ÿ\u200d\U0010ffff\n\"\\"]


def scalar(dice: random.Random, field):
    bits = lambda width: dice.getrandbits(dice.choice([1, 7, 8, width // 2, width - 1, width]))
    signed = lambda width: max(-(1 << (width - 1)), min((1 << (width - 1)) - 1, bits(width) * dice.choice([1, -1])))
    if field.type == FD.TYPE_STRING:
        return "".join(dice.choices(dice.choice(ALPHABETS), k=dice.choice([0, 1, 3, 15, 16, 40, 300])))
    if field.type == FD.TYPE_BYTES:
        return dice.randbytes(dice.choice([0, 1, 16, 100]))
    if field.type == FD.TYPE_BOOL:
        return dice.random() < 0.5
    if field.type == FD.TYPE_ENUM:
        # Known ones, and numbers of a newer contract.
        return dice.choice([value.number for value in field.enum_type.values] + [99, 2**31 - 1, -5])
    if field.cpp_type == FD.CPPTYPE_DOUBLE:
        return dice.choice([0.0, 1.0, -1.5, 121.4737, 5e-324, 1.7976931348623157e308, dice.uniform(-1e6, 1e6)])
    if field.cpp_type == FD.CPPTYPE_FLOAT:
        return struct.unpack("<f", struct.pack("<f", dice.uniform(-1e6, 1e6)))[0]
    if field.cpp_type == FD.CPPTYPE_INT32:
        return signed(32)
    if field.cpp_type == FD.CPPTYPE_INT64:
        return signed(64)
    return bits(32 if field.cpp_type == FD.CPPTYPE_UINT32 else 64)


def fill(dice: random.Random, message, depth: int) -> None:
    density = dice.choice([0.1, 0.6, 1.0])
    for field in message.DESCRIPTOR.fields:
        if dice.random() > density or (field.message_type and depth > 4):
            continue
        if field.is_repeated:
            many = dice.choice([1, 2, 5])
            if field.message_type:
                for _ in range(many):
                    fill(dice, getattr(message, field.name).add(), depth + 1)
            else:
                getattr(message, field.name).extend(scalar(dice, field) for _ in range(many * 7))
        elif field.message_type:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(dice, inner, depth + 1)
        else:
            setattr(message, field.name, scalar(dice, field))


def lower_camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def value(field, item):
    if field.message_type:
        return fields(item)
    return list(item) if field.type == FD.TYPE_BYTES else item


def fields(message) -> dict:
    """As Swift's synthesised Codable writes the value type."""
    result = {}
    for field in message.DESCRIPTOR.fields:
        item = getattr(message, field.name)
        oneof = field.containing_oneof
        if field.is_repeated:
            result[lower_camel(field.name)] = [value(field, element) for element in item]
        elif oneof and len(oneof.fields) > 1 or oneof and not oneof.name.startswith("_"):
            if message.HasField(field.name):
                result[lower_camel(oneof.name)] = {lower_camel(field.name): {"_0": value(field, item)}}
        elif not field.has_presence or message.HasField(field.name):
            result[lower_camel(field.name)] = value(field, item)
    return result


def generate(classes: list, seed: int, count: int, out: str) -> None:
    dice = random.Random(seed)
    with open(out, "wb") as stream:
        for made in classes:
            for _ in range(count):
                message = made()
                fill(dice, message, 0)
                encoded = message.SerializeToString(deterministic=True)
                for part in (made.DESCRIPTOR.full_name.encode(), encoded, json.dumps(fields(message)).encode()):
                    stream.write(struct.pack("<I", len(part)) + part)


def is_readable(message, encoded: bytes) -> bool:
    try:
        message.ParseFromString(encoded)
        return True
    except Exception:
        return False


def verify(classes: list, source: str) -> int:
    by_name = {made.DESCRIPTOR.full_name.encode(): made for made in classes}
    data, position, wrong = pathlib.Path(source).read_bytes(), 0, 0
    while position < len(data):
        parts = []
        for _ in range(3):
            (length,) = struct.unpack_from("<I", data, position)
            parts.append(data[position + 4:position + 4 + length])
            position += 4 + length
        name, taken, made = parts
        message = by_name[name]()
        try:
            message.ParseFromString(taken)
            message.DiscardUnknownFields()
            expected = message.SerializeToString(deterministic=True)
        except Exception as error:  # whatever it is, the judge refused
            expected = repr(error)
            if "UTF-8" in expected and is_readable(by_name[name](), made):
                continue  # a text that a later one replaced; Wire judges what remains
        if expected != made:
            wrong += 1
            verdict = expected.hex() if isinstance(expected, bytes) else expected
            print(f"{name.decode()}: took {taken.hex()}, made {made.hex()}, the judge {verdict}")
    return 1 if wrong else 0


def main() -> int:
    command, proto, *rest = sys.argv[1:]
    classes = load(proto)
    if command == "generate":
        generate(classes, int(rest[0]), int(rest[1]), rest[2])
        return 0
    return verify(classes, rest[0])


if __name__ == "__main__":
    sys.exit(main())
