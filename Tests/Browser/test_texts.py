"""Every text of the console's pages, in both languages: none is missing, none is left over. Needs neither a city nor a browser."""
import json
import re
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "Services" / "Console" / "Web" / "scripts"
STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
ENTRY = re.compile(rf'^  ("[a-z_0-9. ]+"): \[\s*({STRING}),\s*({STRING}),?\s*\],?$', re.MULTILINE)
KEY = re.compile(r'^\s+"[a-z_]+\.[^"]*":', re.MULTILINE)
LITERAL = re.compile(r'"([a-z_]+\.[a-z_0-9 ]+)"')
CALL = re.compile(r'\bt\(\s*"([^"]*)"')
# t(`state.${x}`), has(`term.${x}`), and keys handed to a function that makes them.
FAMILY = re.compile(r'`([a-z_]+\.[a-z_]*)\$\{[^}`]*\}([a-z_]*)')
QUOTED = re.compile(r'"(\w+)"|\b(\w+):')
# Codes that services send, as families of texts.
CODES = ("term.", "audit_detail.")
WORD = re.compile(r'\bword\(\s*"([a-z_]+)"')


def texts():
    """key: (Chinese, English), and the names of the dictionary's files that hold a key twice."""
    found, problems = {}, []
    for file in sorted((SCRIPTS / "texts").glob("*.js")):
        content = file.read_text()
        entries = ENTRY.findall(content)
        if len(entries) != len(KEY.findall(content)):
            problems.append(f"{file.name}: {len(KEY.findall(content))} keys, {len(entries)} of them with a pair of texts")
        for key, chinese, english in entries:
            name = json.loads(key)
            if name in found:
                problems.append(f"{file.name}: {name} is there twice")
            found[name] = (plain(chinese), plain(english))
    return found, problems


def plain(literal):
    return literal[1:-1].replace('\\"', '"').replace("\\'", "'")


def scripts():
    return {file: file.read_text() for file in sorted(SCRIPTS.rglob("*.js")) if file.parent.name != "texts"}


def placeholders(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


def test_every_text_is_there_in_both_languages():
    found, problems = texts()
    assert len(found) > 700
    for key, (chinese, english) in found.items():
        if not chinese or not english:
            problems.append(f"{key}: a language is empty")
        if placeholders(chinese) != placeholders(english):
            problems.append(f"{key}: {placeholders(chinese)} in Chinese, {placeholders(english)} in English")
    assert not problems, "\n".join(problems)


def test_every_text_that_is_asked_for_is_there():
    found, _ = texts()
    problems = []
    for file, source in scripts().items():
        name = file.relative_to(SCRIPTS)
        problems += [f"{name}: no text for {key}" for key in CALL.findall(source) if key not in found]
        families = [family for family, _ in FAMILY.findall(source)] + [f"{family}." for family in WORD.findall(source)]
        problems += [f"{name}: no text begins with {family}" for family in families if not any(key.startswith(family) for key in found)]
    assert not problems, "\n".join(problems)


def test_no_text_is_left_over():
    """A text of a family counts as said when the rest of its key is a word in the scripts, or a code that services send."""
    found, _ = texts()
    sources = "\n".join(scripts().values())
    literals = set(LITERAL.findall(sources))
    words = {word for pair in QUOTED.findall(sources) for word in pair}
    families = FAMILY.findall(sources)
    codes = (*CODES, *(f"{family}." for family in WORD.findall(sources)))

    def is_said(key):
        if key in literals or key.startswith(codes):
            return True
        rests = [key.removeprefix(before).removesuffix(after) for before, after in families if key.startswith(before) and key.endswith(after)]
        return any(rest in words or rest.isdigit() for rest in rests)

    left = [key for key in found if not is_said(key)]
    assert not left, "nobody says " + ", ".join(left)
