"""Compares freshly generated files with those in the tree, and puts them there. Files that did not change keep their times."""

import difflib
import pathlib


def _files(root: pathlib.Path) -> dict[str, pathlib.Path]:
    return {str(path.relative_to(root)): path for path in sorted(root.rglob("*")) if path.is_file()}


def differences(fresh: pathlib.Path, committed: pathlib.Path) -> str:
    """A unified diff from the committed files to the fresh ones; empty when they agree."""
    new, old = _files(fresh), _files(committed)
    parts: list[str] = []
    for name in sorted(new.keys() | old.keys()):
        before = old[name].read_text(encoding="utf-8").splitlines(keepends=True) if name in old else []
        after = new[name].read_text(encoding="utf-8").splitlines(keepends=True) if name in new else []
        if before == after and name in old and name in new:
            continue
        label = str(committed / name)
        parts += difflib.unified_diff(before, after, label, f"{label} (generated now)") or []
        if not before and not after:
            parts.append(f"{label}: {'missing' if name in new else 'left over'}\n")
    return "".join(parts)


def install(fresh: pathlib.Path, target: pathlib.Path) -> list[str]:
    """Writes what changed, removes what is no longer generated, and says which."""
    new, old = _files(fresh), _files(target)
    report: list[str] = []
    for name, path in new.items():
        content = path.read_bytes()
        destination = target / name
        if name in old and destination.read_bytes() == content:
            continue
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(content)
        report.append(f"wrote {name}")
    for name in old.keys() - new.keys():
        (target / name).unlink()
        report.append(f"removed {name}")
    return sorted(report)
