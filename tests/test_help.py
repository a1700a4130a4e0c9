"""`--help` of every command: each option is explained, and each example is a command that would run.

But: whether a command does what its help says is for the command's own tests.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
import pytest

from bot.__main__ import quoth


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below, by what is typed for it."""
    for each, command in group.commands.items():
        yield f"{name} {each}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {each}")


ALL = dict(commands(quoth, "quoth"))
EXAMPLES = [
    line.strip()
    for command in ALL.values()
    for line in (command.help or "").splitlines()
    if line.strip().startswith("quoth ")
]


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained(name: str) -> None:
    """In words, not only by its default."""
    options = [param for param in ALL[name].params if isinstance(param, click.Option)]
    assert [option.name for option in options if not (option.help or "").partition("[")[0]] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_can_be_typed(example: str) -> None:
    """It names a command that there is, with options and arguments that it takes."""
    words = shlex.split(example)
    length = next(n for n in range(len(words), 1, -1) if " ".join(words[:n]) in ALL)
    ALL[" ".join(words[:length])].make_context("quoth", words[length:])
