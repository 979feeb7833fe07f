"""How each message moves out of libprotobuf-c's struct and into it: calls to Wire's helpers, field by field."""

from .contract import Contract, Field, Message, Module, Oneof, Proto
from .names import c_type
from .swift_text import all_messages, header


def emit(contract: Contract, module: Module) -> str:
    others = [f"internal import {name}" for name in contract.imported_by_messages(module)]
    lines = header(module, ["internal import CMessages", "public import Wire"] + others)
    for message in all_messages(module):
        lines += _conformance(message) + [""]
    return "\n".join(lines[:-1]) + "\n"


def _conformance(message: Message) -> list[str]:
    lines = [
        f"extension {message.name} {{",
        f"  public static var layout: MessageLayout {{ MessageLayout(descriptor: {message.c_lower}__layout()) }}",
        "",
        "  public init(reading message: UnsafeRawPointer) throws(WireError) {",
    ]
    if message.fields:
        lines.append(f"    let c = message.assumingMemoryBound(to: {message.c_type}.self)")
    for item in message.properties():
        lines += _read_oneof(item) if isinstance(item, Oneof) else [f"    self.{item.name} = {_read_property(item)}"]
    lines += ["  }", "", "  public func write(to message: UnsafeMutableRawPointer, in arena: borrowing Arena) {"]
    if message.fields:
        lines.append(f"    let c = message.assumingMemoryBound(to: {message.c_type}.self)")
    for item in message.properties():
        lines += _write_oneof(item) if isinstance(item, Oneof) else _write_property(item)
    return lines + ["  }", "}"]


# ---- reading ----

def _read_property(item: Field) -> str:
    pointer = f"c.pointee.{item.c_name}"
    kind = item.proto.type
    if item.is_repeated:
        return _read_list(item, pointer, f"c.pointee.n_{item.c_name}")
    if item.optional_case:
        return f"c.pointee.{item.optional_case}.rawValue == {item.proto.number} ? {_read_value(item, pointer)} : nil"
    if kind == Proto.TYPE_MESSAGE:
        return f"try WireRead.message({pointer})"
    return _read_value(item, pointer)


def _read_value(item: Field, pointer: str) -> str:
    kind = item.proto.type
    if kind == Proto.TYPE_STRING:
        return f'try WireRead.string({pointer}, "{item.proto.name}")'
    if kind == Proto.TYPE_BYTES:
        return f"WireRead.bytes({pointer})"
    if kind == Proto.TYPE_BOOL:
        return f"{pointer} != 0"
    if kind == Proto.TYPE_ENUM:
        return f"WireRead.value({pointer}.rawValue)"
    if kind == Proto.TYPE_MESSAGE:
        return f"try WireRead.member({pointer})"
    return pointer


def _read_list(item: Field, pointer: str, count: str) -> str:
    kind = item.proto.type
    if kind == Proto.TYPE_STRING:
        return f'try WireRead.strings({pointer}, {count}, "{item.proto.name}")'
    if kind == Proto.TYPE_MESSAGE:
        return f"try WireRead.messages({pointer}, {count})"
    helper = {Proto.TYPE_BYTES: "byteStrings", Proto.TYPE_BOOL: "bools", Proto.TYPE_ENUM: "values"}.get(kind, "scalars")
    return f"WireRead.{helper}({pointer}, {count})"


def _read_oneof(oneof: Oneof) -> list[str]:
    lines = [f"    switch c.pointee.{oneof.c_case}.rawValue {{"]
    for member in oneof.members:
        value = _read_value(member, f"c.pointee.{member.c_name}")
        lines.append(f"    case {member.proto.number}: self.{oneof.name} = .{member.name}({value})")
    return lines + ["    default: break", "    }"]


# ---- writing ----

def _write_property(item: Field) -> list[str]:
    target = f"c.pointee.{item.c_name}"
    if item.is_repeated:
        return [f"    {target} = {_write_list(item)}", f"    c.pointee.n_{item.c_name} = self.{item.name}.count"]
    if item.optional_case:
        return [
            f"    if let value = self.{item.name} {{",
            f"      c.pointee.{item.optional_case}.rawValue = {item.proto.number}",
            f"      {_assign(item, 'value')}",
            "    }",
        ]
    return [f"    {_assign(item, f'self.{item.name}')}"]


def _assign(item: Field, value: str) -> str:
    target = f"c.pointee.{item.c_name}"
    kind = item.proto.type
    if kind == Proto.TYPE_STRING:
        return f"{target} = arena.string({value})"
    if kind == Proto.TYPE_BYTES:
        return f"{target} = arena.bytes({value})"
    if kind == Proto.TYPE_BOOL:
        return f"{target} = {value} ? 1 : 0"
    if kind == Proto.TYPE_ENUM:
        return f"{target}.rawValue = UInt32(bitPattern: {value}.rawValue)"
    if kind == Proto.TYPE_MESSAGE:
        return f"{target} = arena.message({value}, as: {_c_struct(item)}.self)"
    return f"{target} = {value}"


def _write_list(item: Field) -> str:
    kind = item.proto.type
    value = f"self.{item.name}"
    if kind == Proto.TYPE_MESSAGE:
        return f"arena.messages({value}, as: {_c_struct(item)}.self)"
    if kind == Proto.TYPE_ENUM:
        return f"arena.values({value}, as: {_c_struct(item)}.self)"
    helper = {Proto.TYPE_STRING: "strings", Proto.TYPE_BYTES: "byteStrings", Proto.TYPE_BOOL: "bools"}.get(kind, "scalars")
    return f"arena.{helper}({value})"


def _c_struct(item: Field) -> str:
    return c_type(item.proto.type_name.lstrip("."))


def _write_oneof(oneof: Oneof) -> list[str]:
    lines = [f"    switch self.{oneof.name} {{"]
    for member in oneof.members:
        lines += [
            f"    case .{member.name}(let value)?:",
            f"      c.pointee.{oneof.c_case}.rawValue = {member.proto.number}",
            f"      {_assign(member, 'value')}",
        ]
    return lines + ["    case nil: break", "    }"]
