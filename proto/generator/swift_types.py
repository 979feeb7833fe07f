"""Swift value types: a struct a message, an enum an enum, a nested enum a oneof."""

from .contract import Contract, Enum, Message, Module, Oneof
from .swift_text import all_messages, comment, default, element_type, header, property_type


def emit(contract: Contract, module: Module) -> str:
    imports = ["public import Wire"] + [f"public import {name}" for name in contract.imported_by_messages(module)]
    lines = header(module, imports)
    if module.comment:
        lines += [f"// {line}".rstrip() for line in module.comment] + [""]
    for enum in module.enums:
        lines += _enum(enum, "") + [""]
    for message in module.messages:
        lines += _message(message, contract, module, "") + [""]
    lines += _register(module) + [""]
    return "\n".join(lines[:-1]) + "\n"


def _register(module: Module) -> list[str]:
    lines = [
        "/// What this module holds, for whoever goes through all of it.",
        f"public enum {module.base}Contract {{",
        "  public static let messages: [any WireMessage.Type] = [",
    ]
    return lines + [f"    {message.name}.self," for message in all_messages(module)] + ["  ]", "}"]


def _enum(enum: Enum, indent: str) -> list[str]:
    inner = indent + "  "
    lines = comment(enum.comment, indent)
    lines.append(f"{indent}public enum {enum.name.rsplit('.', 1)[-1]}: WireEnum {{")
    for name, _, text in enum.cases:
        lines += comment(text, inner) + [f"{inner}case {name}"]
    lines += [f"{inner}/// A number that this build does not know.", f"{inner}case unrecognized(Int32)", ""]
    lines.append(f"{inner}public init(rawValue: Int32) {{")
    lines.append(f"{inner}  switch rawValue {{")
    lines += [f"{inner}  case {number}: self = .{name}" for name, number, _ in enum.cases]
    lines += [f"{inner}  default: self = .unrecognized(rawValue)", f"{inner}  }}", f"{inner}}}", ""]
    lines.append(f"{inner}public var rawValue: Int32 {{")
    lines.append(f"{inner}  switch self {{")
    lines += [f"{inner}  case .{name}: {number}" for name, number, _ in enum.cases]
    lines += [f"{inner}  case .unrecognized(let number): number", f"{inner}  }}", f"{inner}}}", ""]
    short = enum.name.rsplit(".", 1)[-1]
    lines.append(f"{inner}public static let allCases: [{short}] = [{', '.join('.' + name for name, _, _ in enum.cases)}]")
    return lines + [f"{indent}}}"]


def _message(message: Message, contract: Contract, module: Module, indent: str) -> list[str]:
    inner = indent + "  "
    lines = comment(message.comment, indent)
    lines.append(f"{indent}public struct {message.short_name}: GeneratedMessage {{")
    lines += [f'{inner}public static let fullName: String = "{message.full_name}"', ""]
    for item in message.properties():
        kind = property_type(item, contract, module)
        lines += comment(item.comment, inner)
        lines.append(f"{inner}public var {item.name}: {kind} = {default(item, contract, module)}")
    if message.fields:
        lines.append("")
    lines.append(f"{inner}public init() {{}}")
    if message.fields:
        lines += [""] + _memberwise(message, contract, module, inner)
    for oneof in message.oneofs:
        lines += [""] + _oneof(oneof, contract, module, inner)
    for enum in message.enums:
        lines += [""] + _enum(enum, inner)
    for nested in message.messages:
        lines += [""] + _message(nested, contract, module, inner)
    return lines + [f"{indent}}}"]


def _memberwise(message: Message, contract: Contract, module: Module, indent: str) -> list[str]:
    items = list(message.properties())
    parameters = [f"{item.name}: {property_type(item, contract, module)} = {default(item, contract, module)}" for item in items]
    if len(parameters) <= 3:
        lines = [f"{indent}public init({', '.join(parameters)}) {{"]
    else:
        lines = [f"{indent}public init(", *(f"{indent}  {parameter}," for parameter in parameters)]
        lines[-1] = lines[-1].rstrip(",")
        lines.append(f"{indent}) {{")
    lines += [f"{indent}  self.{item.name} = {item.name}" for item in items]
    return lines + [f"{indent}}}"]


def _oneof(oneof: Oneof, contract: Contract, module: Module, indent: str) -> list[str]:
    lines = comment(oneof.comment, indent)
    lines.append(f"{indent}public enum {oneof.type_name}: Sendable, Hashable {{")
    for member in oneof.members:
        lines += comment(member.comment, indent + "  ")
        lines.append(f"{indent}  case {member.name}({element_type(member, contract, module)})")
    return lines + [f"{indent}}}"]
