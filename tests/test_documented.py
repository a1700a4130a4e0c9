"""What README, ARCHITECTURE and the rest tell one to type is there, and each figure has its command.

But: what a command prints is for whoever runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.__main__ import quoth

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Makefile")),
    *sorted((ROOT / "benchmarks").glob("*.md")),
    *sorted((ROOT / "training").glob("*.md")),
]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


def typed(path: Path) -> Iterator[str]:
    """What stands in backticks or on a line of a block of code, on one line each."""
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        yield from (line.partition("#")[0].strip() for line in block.splitlines())
    without = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    yield from (" ".join(each.split()) for each in re.findall(r"`([^`]+)`", without))
    if path.name == "Makefile":
        yield from re.findall(r"\bpython -m .*", text)


def named(beginning: str) -> list[str]:
    """All that begins so, each once."""
    return sorted({each for path in DOCUMENTS for each in typed(path) if each.startswith(beginning)})


@pytest.mark.parametrize("command", [each for each in named("python -m ") if "pip" not in each])
def test_every_script_is_there(command: str) -> None:
    """With the options that it is given."""
    module = command.split()[2]
    if module.partition(".")[0] not in ("benchmarks", "training"):
        return
    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
    assert 'if __name__ == "__main__":' in source
    assert [option for option in OPTION.findall(command) if f'"{option}"' not in source] == []


@pytest.mark.parametrize("line", named("quoth "))
def test_every_command_is_there(line: str) -> None:
    """With its options; of "ls | add" and "ls|add" each."""
    words = re.sub(r"\s*\|\s*", "|", line).split()[1:]
    commands: list[click.Command] = [quoth]
    while words and all(isinstance(each, click.Group) for each in commands):
        names = words[0].split("|")
        if not re.fullmatch(r"[a-z|-]+", words[0]):
            break
        group = commands[0]
        assert isinstance(group, click.Group)
        assert set(names) <= set(group.commands), line
        commands = [group.commands[name] for name in names]
        words = words[1:]
    known = {option for each in commands for param in each.params for option in param.opts} | {"--help"}
    assert set(OPTION.findall(line)) <= known


def test_every_target_is_there() -> None:
    """Of `make`."""
    targets = set(re.findall(r"^([\w./$()-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    wanted = {word.replace(".venv", "$(VENV)") for each in named("make ") for word in each.split()[1:]}
    assert wanted <= targets


def test_every_figure_has_a_command() -> None:
    """A figure comes from a command that anyone can run."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How good it is")[2]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 5
    assert [row[0] for row in rows if not re.search(r"`(?:quoth|python -m|make) ", row[-1])] == []
