"""Names: from the contract's to Swift's, and to those that protoc-c makes."""

SWIFT_KEYWORDS = set(
    "as associatedtype await break case catch class continue default defer deinit do else enum extension fallthrough false "
    "fileprivate for func guard if import in init inout internal is let nil operator precedencegroup private protocol public repeat "
    "rethrows return self Self static struct subscript super switch throw throws true try typealias var where while Any Type".split()
)

# protoc-c appends an underscore to fields with such names.
C_KEYWORDS = set(
    "and and_eq asm auto bitand bitor bool break case catch char class compl const const_cast continue default delete do double "
    "dynamic_cast else enum explicit extern false float for friend goto if inline int long mutable namespace new not not_eq operator or "
    "or_eq private protected public register reinterpret_cast return short signed sizeof static static_cast struct switch template this "
    "throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq".split()
)


def lower_camel(name: str, upper: bool = False) -> str:
    """`occurred_at_us` and `NOT_FILED` to `occurredAtUs` and `notFiled`."""
    words = [word for word in name.lower().split("_") if word]
    camel = "".join(word[0].upper() + word[1:] for word in words)
    if upper:
        return camel
    return camel[0].lower() + camel[1:]


def swift_identifier(name: str) -> str:
    if name in ("init", "self", "Type"):
        return f"{name}_"
    return f"`{name}`" if name in SWIFT_KEYWORDS else name


def swift_type_name(name: str) -> str:
    return f"{name}_" if name in ("Type", "Protocol", "Self", "Any") else name


def strip_prefix(enum: str, values: list[str]) -> list[str]:
    """Values without the enum's own name in front, when all of them have it and a name remains."""
    prefix = c_word(enum).upper() + "_"
    if all(value.startswith(prefix) and value[len(prefix):][:1].isalpha() for value in values):
        return [value[len(prefix):] for value in values]
    return values


def c_word(name: str) -> str:
    """protoc-c's CamelToLower."""
    result, was_upper = "", True
    for letter in name:
        if letter.isupper():
            result += letter.lower() if was_upper else "_" + letter.lower()
        else:
            result += letter
        was_upper = letter.isupper()
    return result


def c_lower(full_name: str) -> str:
    """`chengyun.intake.v1.CaseFiled` to `chengyun__intake__v1__case_filed`."""
    return "__".join(c_word(part) for part in full_name.split("."))


def c_type(full_name: str) -> str:
    """`chengyun.intake.v1.CaseFiled` to `Chengyun__Intake__V1__CaseFiled`."""
    def camel(part: str) -> str:
        return "".join(word[:1].upper() + word[1:] for word in part.split("_"))
    return "__".join(camel(part) for part in full_name.split("."))


def c_field_name(name: str) -> str:
    lowered = name.lower()
    return f"{lowered}_" if lowered in C_KEYWORDS else lowered
