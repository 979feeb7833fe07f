"""Nothing is left over: every class of the style sheets is used by a page, every colour and size is named somewhere. Texts: test_texts.py.

A name that is put together (`state-${state}`, t(`by.${by}`)) counts as used for everything that begins like it."""
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "Services" / "Console" / "Web"
# What others' scripts put on our pages.
FOREIGN = ("maplibregl-",)


def read(*patterns):
    return {path: path.read_text() for pattern in patterns for path in sorted(WEB.glob(pattern))}


def scripts():
    return "\n".join(text for path, text in read("scripts/**/*.js").items() if path.parent.name != "texts")


def without_comments(css):
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def beginnings(code):
    """What stands before `${` in templates: beginnings of names that are put together."""
    return {found for found in re.findall(r"([A-Za-z][\w.-]*[-._])\$\{", code)}


def words(code):
    """Words in texts of the code, not its own names: `h("div", { class: "a b" })`, `class="a b"`."""
    texts = re.findall(r'"([^"\n]*)"|`([^`]*)`', code)
    return {word for pair in texts for word in re.findall(r"[A-Za-z][\w-]*", " ".join(pair))}


def test_every_class_is_used():
    code = scripts() + "\n".join(read("*.html").values())
    used, begun = words(code), tuple(beginnings(code)) + FOREIGN
    sheets = {path.name: without_comments(text) for path, text in read("styles/*.css").items()}
    unused = [
        f"{name}: .{one}" for name, css in sheets.items() for one in sorted(set(re.findall(r"\.([A-Za-z][\w-]*)(?=[^{}]*\{)", css)))
        if one not in used and not one.startswith(begun)
    ]
    assert unused == []


def test_every_colour_and_size_is_used():
    css = "\n".join(without_comments(text) for text in read("styles/*.css").values())
    code = scripts()
    begun = tuple(re.findall(r"(--[\w-]*)\$\{", code))
    names = set(re.findall(r"(--[\w-]+):", css))
    unused = [one for one in sorted(names) if f"var({one}" not in css and f'"{one}"' not in code and not (begun and one.startswith(begun))]
    assert unused == []
