"""Windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from qa_engine.models import EMBEDDED
from qa_engine.tokens import Tokenizer, Tokens
from qa_engine.windows import MAX_HEADING, MAX_QUESTION, SHORTEST, SIZE, SPECIAL, STRIDE, stretches, windows

TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
LIBRARY = BertWordPieceTokenizer(str(EMBEDDED / "vocab.txt"), lowercase=True)

ROOMS = st.integers(1, 60).flatmap(lambda room: st.tuples(st.just(room), st.integers(1, room)))
SENTENCE = "The office in Bristol opens at nine, and Skerryvane's people get 25 days of leave a year. "


def numbered(length: int, first: int = 1000) -> Tokens:
    """Tokens whose ids tell their places."""
    ids = np.arange(first, first + length, dtype=np.int32)
    return Tokens(ids, np.stack([ids, ids + 1], axis=1))


@given(st.integers(0, 300), ROOMS)
def test_every_token_lies_in_some_stretch(length: int, sizes: tuple[int, int]) -> None:
    """The first law; stretches are in order, inside the text, never longer than the room, and the last
    one is needed."""
    room, stride = sizes
    found = stretches(length, room=room, stride=stride)
    assert {i for start, stop in found for i in range(start, stop)} == set(range(length))
    assert all(0 <= start < stop <= min(start + room, length) for start, stop in found)
    assert [start for start, _ in found] == [n * stride for n in range(len(found))]
    assert [stop for _, stop in found].count(length) == bool(length)


@given(st.integers(0, 200), ROOMS)
def test_every_short_span_lies_whole_in_one_stretch(length: int, sizes: tuple[int, int]) -> None:
    """The second law: spans of up to room - stride + 1 tokens; and where there are several stretches, a
    longer one is torn, so that the bound is exact."""
    room, stride = sizes
    bound = room - stride + 1
    found = stretches(length, room=room, stride=stride)

    def whole(first: int, size: int) -> bool:
        return any(start <= first and first + size <= stop for start, stop in found)

    for size in range(1, min(bound, length) + 1):
        assert all(whole(first, size) for first in range(length - size + 1))
    if length > room + stride:
        assert not all(whole(first, bound + 1) for first in range(length - bound))


@pytest.mark.parametrize(("room", "stride"), [(10, 0), (10, -1), (10, 11), (0, 0)])
def test_a_stride_that_would_lose_tokens_is_refused(room: int, stride: int) -> None:
    """Neither standing still nor jumping over what no window has read."""
    with pytest.raises(ValueError, match="stride must lie between 1 and room"):
        stretches(100, room=room, stride=stride)


@given(
    st.integers(0, 90),
    st.lists(st.integers(0, 900), max_size=4),
    st.sampled_from([(SIZE, STRIDE), (SHORTEST, STRIDE), (100, 20)]),
)
@example(asked=64, lengths=[317, 318, 0, 1], sizes=(SIZE, STRIDE))
def test_windows_hold_what_they_say(asked: int, lengths: list[int], sizes: tuple[int, int]) -> None:
    """[CLS] question [SEP] stretch [SEP]: position lead + i holds token first + i of its passage; types
    are 0 up to and with the first [SEP]; the question is cut at 64 tokens; no window is too long."""
    size, stride = sizes
    question = numbered(asked, 500)
    passages = [numbered(length) for length in lengths]
    made = windows(question, passages, TOKENIZER, size=size, stride=stride)
    kept = min(asked, MAX_QUESTION)
    for window in made:
        passage = passages[window.passage]
        assert window.lead == kept + 2
        assert len(window) == window.lead + window.count + 1 <= size
        assert window.ids.tolist() == [
            TOKENIZER.cls,
            *question.ids[:kept],
            TOKENIZER.sep,
            *passage.ids[window.first : window.first + window.count],
            TOKENIZER.sep,
        ]
        assert window.types.tolist() == [0] * window.lead + [1] * (window.count + 1)
        assert window.ids.dtype == window.types.dtype == np.int32
    for number, length in enumerate(lengths):
        mine = [(w.first, w.first + w.count) for w in made if w.passage == number]
        assert mine == stretches(length, room=size - kept - SPECIAL, stride=stride)
    assert [window.passage for window in made] == sorted(window.passage for window in made)


@given(st.integers(0, 40), st.text(max_size=40))
def test_the_laws_hold_for_real_tokens(times: int, text: str) -> None:
    """With a real vocabulary, too: every token in some window, every span of 30 tokens whole in one."""
    passage = TOKENIZER(f"{text} " + SENTENCE * times)
    made = windows(TOKENIZER("How many days of leave?"), [passage], TOKENIZER)
    covered = [(window.first, window.first + window.count) for window in made]
    for first in range(len(passage)):
        last = min(first + 30, len(passage))
        assert any(start <= first and last <= stop for start, stop in covered)
    for window in made:
        inside = window.ids[window.lead : window.lead + window.count]
        assert inside.tolist() == passage.ids[window.first : window.first + window.count].tolist()


@given(
    st.integers(0, 90),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 40)), max_size=4),
    st.sampled_from([SIZE, SHORTEST + 10, SHORTEST]),
)
def test_a_heading_stands_before_every_stretch_of_its_passage(
    asked: int, drawn: list[tuple[int, int]], size: int
) -> None:
    """heading : stretch, in windows that are no longer for it, laid as without one in what room is left; a
    heading is cut, and left out where it would take the room of a stride."""
    question = numbered(asked, 500)
    passages = [numbered(length) for length, _ in drawn]
    headings = [numbered(length, 9000) for _, length in drawn]
    made = windows(question, passages, TOKENIZER, size=size, headings=headings)
    head = min(asked, MAX_QUESTION) + 2
    for number, passage in enumerate(passages):
        before = headings[number].ids[:MAX_HEADING].tolist()
        before += TOKENIZER.colon.tolist() if before else []
        if size - head - len(before) - 1 < STRIDE:
            before = []
        mine = [window for window in made if window.passage == number]
        room = size - head - len(before) - 1
        found = [(window.first, window.first + window.count) for window in mine]
        assert found == stretches(len(passage), room=room, stride=STRIDE)
        for window in mine:
            assert len(window) <= size
            assert window.ids[head : window.lead].tolist() == before
            assert window.types.tolist() == [0] * head + [1] * (len(window) - head)
            inside = window.ids[window.lead : window.lead + window.count]
            assert inside.tolist() == passage.ids[window.first : window.first + window.count].tolist()


def test_an_empty_passage_has_no_window() -> None:
    """Neither has one of blanks only; its neighbours keep their numbers."""
    passages = [TOKENIZER(text) for text in ("", "One.", " \n", "Two.")]
    assert [window.passage for window in windows(TOKENIZER("Which?"), passages, TOKENIZER)] == [1, 3]


def test_the_shortest_model_still_has_room_for_the_longest_question() -> None:
    """A model of SHORTEST tokens reads a cut question and one stride of the passage; a shorter one cannot."""
    long = numbered(500)
    assert windows(long, [long], TOKENIZER, size=SHORTEST)[0].count == STRIDE
    with pytest.raises(ValueError, match="stride"):
        windows(long, [long], TOKENIZER, size=SHORTEST - 1)


@pytest.mark.parametrize("times", [1, 5, 16, 17, 18, 25, 60])
@pytest.mark.parametrize("asked", ["Why?", "How many days of paid annual leave do people get in Bristol?"])
def test_windows_are_those_of_the_tokenizers_library(asked: str, times: int) -> None:
    """The oracle: the library's own truncation of pairs makes the same windows, id by id and type by type.

    What it calls `stride` is the overlap: here, room less stride.
    """
    question, passage = TOKENIZER(asked), TOKENIZER(SENTENCE * times)
    ours = windows(question, [passage], TOKENIZER)
    room = SIZE - len(question) - SPECIAL
    LIBRARY.enable_truncation(SIZE, stride=room - STRIDE, strategy="only_second")
    encoding = LIBRARY.encode(asked, SENTENCE * times)
    theirs = [encoding, *encoding.overflowing]
    assert [window.ids.tolist() for window in ours] == [each.ids for each in theirs]
    assert [window.types.tolist() for window in ours] == [each.type_ids for each in theirs]
