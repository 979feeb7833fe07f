"""Typed stubs: what a server implements, how it is registered, and what a client calls."""

from .contract import Call, Contract, Module, Service
from .swift_text import comment, header


def emit(contract: Contract, module: Module) -> str:
    if not module.services:
        return ""
    imports = ["public import RPC"] + [f"public import {name}" for name in contract.imported_by_calls(module)]
    lines = header(module, imports)
    for service in module.services:
        for part in (_handler, _methods, _registration, _client):
            lines += part(service, contract, module) + [""]
    return "\n".join(lines[:-1]) + "\n"


def _types(call: Call, contract: Contract, module: Module) -> tuple[str, str]:
    return contract.swift_name(call.request, module), contract.swift_name(call.response, module)


def _handler(service: Service, contract: Contract, module: Module) -> list[str]:
    lines = comment(service.comment) or [f"/// What a server of `{service.full_name}` implements."]
    lines.append(f"public protocol {service.name}Handler: Sendable {{")
    for call in service.calls:
        request, response = _types(call, contract, module)
        signature = {
            "unary": f"_ request: {request}, _ call: CallContext) async throws -> {response}",
            "clientStreaming": f"_ requests: InboundMessages<{request}>, _ call: CallContext) async throws -> {response}",
            "serverStreaming": f"_ request: {request}, _ responses: OutboundMessages<{response}>, _ call: CallContext) async throws",
            "bidirectional":
                f"_ requests: InboundMessages<{request}>, _ responses: OutboundMessages<{response}>, _ call: CallContext) async throws",
        }[call.kind]
        lines += comment(call.comment, "  ") + [f"  func {call.swift_name}({signature}"]
    return lines + ["}"]


def _methods(service: Service, contract: Contract, module: Module) -> list[str]:
    lines = [f"/// The methods of `{service.full_name}`.", f"public enum {service.name}Methods {{"]
    for call in service.calls:
        lines += comment(call.comment, "  ")
        lines.append(
            f"  public static let {call.swift_name}: RPC.Method = "
            f'RPC.Method(service: "{service.full_name}", name: "{call.name}", kind: .{call.kind})')
    names = ", ".join(call.swift_name for call in service.calls)
    return lines + ["", f"  public static let all: [RPC.Method] = [{names}]", "}"]


def _registration(service: Service, contract: Contract, module: Module) -> list[str]:
    lines = [
        f"extension {service.name}Handler {{",
        "  /// Makes the router answer this service's methods with this handler.",
        "  public func register(in router: inout RPC.Router) {",
    ]
    for call in service.calls:
        request, response = _types(call, contract, module)
        parameters, result, arguments = {
            "unary": (f"request: {request}, call: CallContext", f" -> {response}", "request, call"),
            "clientStreaming": (f"requests: InboundMessages<{request}>, call: CallContext", f" -> {response}", "requests, call"),
            "serverStreaming": (
                f"request: {request}, responses: OutboundMessages<{response}>, call: CallContext", " -> Void", "request, responses, call"),
            "bidirectional": (
                f"requests: InboundMessages<{request}>, responses: OutboundMessages<{response}>, call: CallContext", " -> Void",
                "requests, responses, call"),
        }[call.kind]
        lines += [
            f"    router.{call.kind}({service.name}Methods.{call.swift_name}) {{ ({parameters}) async throws{result} in",
            f"      try await self.{call.swift_name}({arguments})",
            "    }",
        ]
    return lines + ["  }", "}"]


def _client(service: Service, contract: Contract, module: Module) -> list[str]:
    lines = [
        f"/// Calls `{service.full_name}`.",
        f"public struct {service.name}Client: Sendable {{",
        "  private let channel: RPC.Channel",
        "",
        "  public init(_ channel: RPC.Channel) { self.channel = channel }",
    ]
    for call in service.calls:
        lines += [""] + comment(call.comment, "  ") + _client_call(service, call, *_types(call, contract, module))
    return lines + ["}"]


def _client_call(service: Service, call: Call, request: str, response: str) -> list[str]:
    method = f"{service.name}Methods.{call.swift_name}"
    options = "_ options: CallOptions = CallOptions()"
    if call.kind == "unary":
        return [
            f"  public func {call.swift_name}(_ request: {request}, {options}) async throws -> {response} {{",
            f"    try await channel.unary({method}, request, options)", "  }",
        ]
    if call.kind == "clientStreaming":
        return [
            f"  public func {call.swift_name}(",
            f"    {options}, _ produce: @escaping @Sendable (OutboundMessages<{request}>) async throws -> Void",
            f"  ) async throws -> {response} {{",
            f"    try await channel.clientStreaming({method}, options, produce)", "  }",
        ]
    if call.kind == "serverStreaming":
        return [
            f"  public func {call.swift_name}(",
            f"    _ request: {request}, {options}, _ consume: ({response}) async throws -> Void",
            "  ) async throws {",
            f"    try await channel.serverStreaming({method}, request, options, consume)", "  }",
        ]
    return [
        f"  public func {call.swift_name}<Result: Sendable>(",
        f"    {options}, _ body: (OutboundMessages<{request}>, InboundMessages<{response}>) async throws -> Result",
        "  ) async throws -> Result {",
        f"    try await channel.bidirectional({method}, options, body)", "  }",
    ]
