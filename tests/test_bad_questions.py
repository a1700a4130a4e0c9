"""Bad questions: an answer, an honest "I don't know", or a hint how to ask; never a traceback.

Each table reads: what it is called, how it is made, what becomes of it, and words of the line that tells.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retrieval.store import Store
from tests.command_line import call

# what, the question, exit code, words of standard output (code 0) or of the one line on standard error
QUESTIONS: list[tuple[str, str, int, str]] = [
    ("empty", "", 2, "Ask a question in words"),
    ("blanks", " \t\n ", 2, "Ask a question in words"),
    ("a mark only", "?", 2, "Ask a question in words"),
    ("nuls only", "\0\0", 2, "Ask a question in words"),
    ("surrogates only", "\udcff\ud800", 2, "Ask a question in words"),
    ("emoji only", "🦑👋🏽", 2, "Ask a question in words"),
    ("10,000 characters", "When are laptops replaced? " * 400, 0, "after four years"),
    ("one word of 10,000 letters", "x" * 10_000, 0, "I don't know"),
    ("syntax of a full text search", 'laptop "a" OR NEAR(b *', 0, "Equipment"),
    ("SQL", "'; DROP TABLE documents;--", 0, "I don't know"),
    ("a nul inside", "When are laptops\0 replaced?", 0, "after four years"),
    ("bytes that are no UTF-8", "When are laptops replaced\udcff?", 0, "after four years"),
    ("half a surrogate pair", "\ud83d When are laptops replaced?", 0, "after four years"),
    ("overrides", "\u202eWhen are laptops replaced?\u202c", 0, "after four years"),
    ("emoji inside", "When are 💻 laptops replaced? 🙏", 0, "after four years"),
    ("Chinese", "笔记本电脑什么时候更换？", 0, "I don't know"),
    ("an escape sequence", "\x1b[31m\x1b]0;title\x07When are laptops replaced?", 0, "after four years"),
    ("line breaks", "When are\nlaptops\r\nreplaced?", 0, "after four years"),
    ("a format string", "%s{0}{question}${HOME}`id`", 0, "I don't know"),
]


@pytest.fixture(scope="module")
def answering_home(tmp_path_factory: pytest.TempPathFactory, handbook_home: Path) -> Path:
    """The handbook again, so that what a hostile question might do stays here."""
    home = tmp_path_factory.mktemp("answering")
    shutil.copy(handbook_home / "store.db", home)
    (home / "cache").symlink_to(handbook_home / "cache")
    return home


@pytest.mark.parametrize(
    ("question", "code", "words"), [q[1:] for q in QUESTIONS], ids=[q[0] for q in QUESTIONS]
)
def test_questions(answering_home: Path, question: str, code: int, words: str) -> None:
    """Whatever the characters: an answer, an honest "I don't know", or a hint how to ask; nothing is harmed."""
    said = call("ask", question, "-k", "5", home=answering_home)
    assert said.code == code
    unmarked = said.out.replace("«", "").replace("»", "")  # where the span begins is the reader's business
    assert words in (said.complaint if code else unmarked)
    assert (said.out if code else said.err) == ""
    assert "\x1b" not in said.out
    with Store(answering_home / "store.db") as store:
        assert len(store.documents()) == 40


def test_questions_as_json_and_to_search(answering_home: Path) -> None:
    """The same questions to `search`, and one as JSON, which stays JSON."""
    for _, question, _, _ in QUESTIONS:
        said = call("search", question, "-k", "3", "--json", home=answering_home)
        assert said.code == 0
        assert isinstance(said.json, list)
    said = call("ask", "laptops \udcff\x1b[31m\u202e?", "--json", home=answering_home)
    assert said.code == 0
    assert said.json["question"].startswith("laptops")
    said = call("ask", "???", "--json", home=answering_home)
    assert (said.code, said.json["reason"]) == (2, "no question")
    assert said.complaint.startswith("quoth: Ask a question in words")


def test_a_chat_survives_every_question(answering_home: Path) -> None:
    """All of them in one conversation, bytes that are no UTF-8 among them; then a plain one is answered.

    Each is printed, also emoji, which are a nod to which nothing is said.
    """
    lines = [
        line.encode("utf-8", "surrogatepass")
        for _, question, _, _ in QUESTIONS
        for line in [question.replace("\n", " ").replace("\r", " ").strip()]
        if line
    ]
    said = call(
        "chat",
        "-k",
        "3",
        home=answering_home,
        stdin=b"\n".join([*lines, b"\xff\xfe\xfd", b"When are laptops replaced?"]),
    )
    assert (said.code, said.err) == (0, "")
    assert said.out.count("\n\n") == len(lines) + 2
    assert "after four years" in said.out.rstrip().rpartition("\n\n")[2]
