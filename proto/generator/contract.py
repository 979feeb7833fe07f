"""The contract as the emitters want it: modules, messages, enums, services, with names in Swift and C and their comments."""

from dataclasses import dataclass, field
from typing import Iterator, Optional

from google.protobuf import descriptor_pb2

from .names import c_field_name, c_lower, c_type, lower_camel, strip_prefix, swift_identifier, swift_type_name

Proto = descriptor_pb2.FieldDescriptorProto

# Wire.WireCheck remembers fields in a bitmap of this size.
MAX_FIELDS = 128


class ContractError(Exception):
    """The contract uses something that the platform does not speak."""


@dataclass
class Field:
    proto: Proto
    name: str  # in Swift
    c_name: str
    comment: list[str]
    oneof: Optional["Oneof"] = None  # a oneof of several members
    optional_case: Optional[str] = None  # for `optional`: the name of its case field in C

    @property
    def is_repeated(self) -> bool:
        return self.proto.label == Proto.LABEL_REPEATED


@dataclass
class Oneof:
    name: str
    type_name: str  # nested enum's
    c_case: str
    comment: list[str]
    members: list[Field] = field(default_factory=list)


@dataclass
class Enum:
    full_name: str
    name: str  # nested name in Swift, without the module
    module: "Module"
    comment: list[str]
    cases: list[tuple[str, int, list[str]]]


@dataclass
class Message:
    full_name: str
    name: str
    module: "Module"
    comment: list[str]
    c_type: str
    c_lower: str
    fields: list[Field] = field(default_factory=list)
    oneofs: list[Oneof] = field(default_factory=list)
    messages: list["Message"] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)

    @property
    def short_name(self) -> str:
        return self.name.rsplit(".", 1)[-1]

    def properties(self) -> Iterator["Field | Oneof"]:
        """In field order; a oneof stands where its first member does."""
        seen: set[str] = set()
        for item in self.fields:
            if item.oneof is None:
                yield item
            elif item.oneof.name not in seen:
                seen.add(item.oneof.name)
                yield item.oneof

    def everything(self) -> Iterator["Message"]:
        yield self
        for inner in self.messages:
            yield from inner.everything()


@dataclass
class Call:
    name: str  # in the contract
    swift_name: str
    kind: str  # Method.Kind's case
    request: str  # full names of the messages
    response: str
    comment: list[str]


@dataclass
class Service:
    full_name: str
    name: str
    comment: list[str]
    calls: list[Call]


@dataclass
class Module:
    name: str  # "IntakeAPI"
    base: str  # "Intake"
    file: str
    comment: list[str]
    messages: list[Message] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)


class Comments:
    """Comments of one file by the path of what they belong to."""

    def __init__(self, file: descriptor_pb2.FileDescriptorProto):
        self._texts: dict[tuple[int, ...], list[str]] = {}
        for location in file.source_code_info.location:
            parts = [part for part in (location.leading_comments, location.trailing_comments) if part]
            lines = [line.strip() for part in parts for line in part.rstrip("\n").split("\n")]
            if lines:
                self._texts[tuple(location.path)] = lines

    def at(self, *path: int) -> list[str]:
        return self._texts.get(path, [])


class Contract:
    def __init__(self, descriptors: descriptor_pb2.FileDescriptorSet):
        self.modules: list[Module] = []
        self.messages: dict[str, Message] = {}
        self.enums: dict[str, Enum] = {}
        for file in descriptors.file:
            self.modules.append(self._module(file))
        names = [module.name for module in self.modules]
        if len(set(names)) != len(names):
            raise ContractError("one .proto file a package, please: two packages or files make the same module")
        self.modules.sort(key=lambda module: module.name)
        for message in self.messages.values():
            self._refuse_recursion(message, [])

    def swift_name(self, full_name: str, seen_from: Module) -> str:
        """A message's or enum's Swift name, with its module unless that is the one it is seen from."""
        target = self.messages.get(full_name.lstrip(".")) or self.enums[full_name.lstrip(".")]
        return target.name if target.module is seen_from else f"{target.module.name}.{target.name}"

    def imported_by_messages(self, module: Module) -> list[str]:
        """Other modules whose types appear in this one's messages."""
        own = [message for message in self.messages.values() if message.module is module]
        used = {self._module_of(item.proto.type_name) for message in own for item in message.fields if item.proto.type_name}
        return sorted(used - {module.name})

    def imported_by_calls(self, module: Module) -> list[str]:
        """Other modules whose messages this one's calls carry."""
        calls = [call for service in module.services for call in service.calls]
        return sorted({self._module_of(name) for call in calls for name in (call.request, call.response)} - {module.name})

    def _module_of(self, full_name: str) -> str:
        name = full_name.lstrip(".")
        return (self.messages.get(name) or self.enums[name]).module.name

    def _module(self, file: descriptor_pb2.FileDescriptorProto) -> Module:
        if file.syntax != "proto3":
            raise ContractError(f"{file.name}: only proto3 is spoken here")
        package = file.package.split(".")
        if len(package) < 2 or not package[-1].startswith("v"):
            raise ContractError(f"{file.name}: a package ends in its version, for instance chengyun.intake.v1")
        base = package[-2].capitalize()
        comments = Comments(file)
        module = Module(f"{base}API", base, file.name, comments.at(2))
        for index, enum in enumerate(file.enum_type):
            module.enums.append(self._enum(enum, module, file.package, "", comments, (5, index)))
        for index, message in enumerate(file.message_type):
            module.messages.append(self._message(message, module, file.package, "", comments, (4, index)))
        for index, service in enumerate(file.service):
            module.services.append(self._service(service, file.package, comments, (6, index)))
        return module

    def _enum(self, proto, module, scope: str, outer: str, comments: Comments, path: tuple[int, ...]) -> Enum:
        full_name = f"{scope}.{proto.name}"
        numbers = [value.number for value in proto.value]
        if min(numbers) < 0 or len(set(numbers)) != len(numbers):
            raise ContractError(f"{full_name}: negative numbers and aliases are not spoken here")
        short = strip_prefix(proto.name, [value.name for value in proto.value])
        cases = [
            (swift_identifier(lower_camel(name)), value.number, comments.at(*path, 2, index))
            for index, (name, value) in enumerate(zip(short, proto.value))
        ]
        enum = Enum(full_name, outer + swift_type_name(proto.name), module, comments.at(*path), cases)
        self.enums[full_name] = enum
        return enum

    def _message(self, proto, module, scope: str, outer: str, comments: Comments, path: tuple[int, ...]) -> Message:
        full_name = f"{scope}.{proto.name}"
        if proto.options.map_entry:
            raise ContractError(f"{full_name}: maps are not spoken here; use a repeated message")
        if len(proto.field) > MAX_FIELDS:
            raise ContractError(f"{full_name}: more than {MAX_FIELDS} fields")
        name = outer + swift_type_name(proto.name)
        message = Message(full_name, name, module, comments.at(*path), c_type(full_name), c_lower(full_name))
        self.messages[full_name] = message
        for index, enum in enumerate(proto.enum_type):
            message.enums.append(self._enum(enum, module, full_name, f"{name}.", comments, (*path, 4, index)))
        for index, inner in enumerate(proto.nested_type):
            message.messages.append(self._message(inner, module, full_name, f"{name}.", comments, (*path, 3, index)))
        self._fields(proto, message, comments, path)
        return message

    def _fields(self, proto, message: Message, comments: Comments, path: tuple[int, ...]) -> None:
        synthetic = {item.oneof_index for item in proto.field if item.proto3_optional}
        oneofs = {
            index: Oneof(
                swift_identifier(lower_camel(oneof.name)), swift_type_name(lower_camel(oneof.name, upper=True)),
                f"{c_field_name(oneof.name)}_case", comments.at(*path, 8, index))
            for index, oneof in enumerate(proto.oneof_decl) if index not in synthetic
        }
        message.oneofs = list(oneofs.values())
        for index, item in enumerate(proto.field):
            if item.type == Proto.TYPE_GROUP:
                raise ContractError(f"{message.full_name}.{item.name}: groups are not spoken here")
            made = Field(item, swift_identifier(lower_camel(item.name)), c_field_name(item.name), comments.at(*path, 2, index))
            if item.proto3_optional:
                made.optional_case = f"{c_field_name(proto.oneof_decl[item.oneof_index].name)}_case"
            elif item.HasField("oneof_index"):
                made.oneof = oneofs[item.oneof_index]
                made.oneof.members.append(made)
            message.fields.append(made)

    def _service(self, proto, package: str, comments: Comments, path: tuple[int, ...]) -> Service:
        kinds = {
            (False, False): "unary", (True, False): "clientStreaming",
            (False, True): "serverStreaming", (True, True): "bidirectional",
        }
        calls = [
            Call(
                call.name, swift_identifier(call.name[0].lower() + call.name[1:]),
                kinds[call.client_streaming, call.server_streaming], call.input_type, call.output_type, comments.at(*path, 2, index))
            for index, call in enumerate(proto.method)
        ]
        return Service(f"{package}.{proto.name}", proto.name, comments.at(*path), calls)

    def _refuse_recursion(self, message: Message, outer: list[str]) -> None:
        if message.full_name in outer:
            raise ContractError(f"{message.full_name} contains itself; a Swift value cannot")
        for item in message.fields:
            if item.proto.type == Proto.TYPE_MESSAGE and not item.is_repeated:
                self._refuse_recursion(self.messages[item.proto.type_name.lstrip(".")], outer + [message.full_name])
