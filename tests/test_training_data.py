"""What the reader is trained on: windows that hold what they say, drawn alike on every run."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.models import EMBEDDED
from qa_engine.squad import Reference, SquadRow
from qa_engine.tokens import Tokenizer
from qa_engine.windows import MAX_HEADING
from training.diet import AGAIN, ANEW, ON, Diet
from training.examples import Corpus, build_corpus, token_span, without_dev
from training.groups import Group, Groups
from training.invented import company
from training.negatives import MISSING, mine

TOKENIZER = Tokenizer(EMBEDDED / "vocab.txt")
SIZE = 128

PLACES = ["Bergen", "Porto", "Bristol", "Oslo", "Leith", "Turku", "Brest", "Ghent"]


def passage(number: int) -> str:
    place = PLACES[number % len(PLACES)]
    filler = f"The weather at pier {number} is wet in month {number}. " * (number % 9)
    return f"{filler}The library in {place} number {number} opens at {number} o'clock. {filler}Bring a coat."


def rows(count: int = 40, source: str = "squad11_du_test") -> list[SquadRow]:
    made = []
    for number in range(count):
        text, answer = passage(number), f"{number} o'clock"
        question = f"What are the hours of the library in {PLACES[number % 8]} number {number}?"
        place = (Reference(answer, text.index(answer)),)
        made.append(SquadRow(str(number), f"Library_{number}", text, question, place, source))
    return made


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    unanswerable = SquadRow("x", "", passage(3), "Who paints the library?", (), "squad2_unans_matched")
    return build_corpus([*rows(), unanswerable], TOKENIZER)


@pytest.fixture(scope="module")
def groups(corpus: Corpus) -> Groups:
    return Groups(corpus, mine(corpus), TOKENIZER, size=SIZE, seed=1, diet=Diet())


@given(
    st.text(max_size=40), st.sampled_from(["İstanbul", "$12.50", "naïve café", "25"]), st.text(max_size=40)
)
def test_a_span_s_tokens_hold_its_text(before: str, answer: str, after: str) -> None:
    """Whatever stands around it, the tokens from first to last cover the answer and begin and end in it."""
    text = f"{before} {answer} {after}"
    start = len(before) + 1
    tokens = TOKENIZER(text)
    span = token_span(tokens.offsets, start, answer)
    assert span is not None
    first, last = tokens.offsets[span[0]], tokens.offsets[span[1]]
    assert first[0] <= start < first[1]
    assert last[0] < start + len(answer) <= last[1]


def test_windows_hold_the_answer_they_point_at(corpus: Corpus, groups: Groups) -> None:
    """The first window of an answerable group points at its answer's very tokens, others at none; all are
    as the bot lays them, none too long, and nothing before `lead` may be answered from."""
    kinds = Counter[str]()
    for index, example in enumerate(corpus.examples):
        for seed in range(12):
            group = groups.group(index, random.Random(seed))
            for number, window in enumerate(group):
                assert len(window.ids) == len(window.types) <= SIZE
                assert window.ids[0] == TOKENIZER.cls
                assert window.ids[-1] == TOKENIZER.sep
                asked = 2 + len(example.question)
                assert window.types.tolist() == [0] * asked + [1] * (len(window.ids) - asked)
                assert asked <= window.lead <= asked + MAX_HEADING + 1
                kinds["titled" if window.lead > asked else "plain"] += 1
                if number or not example.spans:
                    assert window.span is None
                    continue
                assert window.span is not None
                assert window.lead <= window.span[0] <= window.span[1] < len(window.ids) - 1
                answer = TOKENIZER(corpus.rows[index].references[0].text).ids.tolist()
                assert window.ids[window.span[0] : window.span[1] + 1].tolist() == answer
    assert min(kinds["titled"], kinds["plain"]) > 0.3 * kinds.total()


def test_companies_pages_have_their_title() -> None:
    """Nearly always, as the bot has one for each; what a public paragraph's is, the reader shall do without."""
    own = [replace(row, id=f"some/Ourselves/0/{row.id}") for row in rows(source="invented_some")]
    corpus = build_corpus(own, TOKENIZER)
    groups = Groups(corpus, mine(corpus), TOKENIZER, size=SIZE, seed=1, diet=Diet())
    titled = [
        window.lead > 2 + len(example.question)
        for index, example in enumerate(corpus.examples)
        for seed in range(12)
        for window in groups.group(index, random.Random(seed))
    ]
    assert sum(titled) > 0.9 * len(titled)


def test_an_interrupted_training_goes_on_with_the_next_group(groups: Groups) -> None:
    """From any place on, the same groups come as in one go, over the end of a pass as well."""

    def ids(group: Group) -> list[list[int]]:
        return [window.ids.tolist() for window in group]

    whole = [(n, place, ids(group)) for n, place, group in islice(groups.from_(0, 0), 100)]
    for skip in (1, 7, 41):
        at = whole[skip][:2]  # the pass, and the place in it
        rest = [(n, place, ids(group)) for n, place, group in islice(groups.from_(*at), 100 - skip)]
        assert rest == whole[skip:]


def test_what_was_asked_is_told_question_by_question(groups: Groups) -> None:
    """Between any two places, over the end of a pass as well, as `from_` gives them."""
    read = [(number, place) for number, place, _ in islice(groups.from_(0, 0), 60)]
    ids = [groups.asked(at, (at[0], at[1] + 1))[0] for at in read]
    for start, end in ((0, 5), (3, 50), (40, 59), (7, 7)):
        assert groups.asked(read[start], read[end]) == ids[start:end]


def test_what_an_earlier_run_asked_is_asked_less() -> None:
    """At most by the shares for those, however often the run asks the others; a set of which nothing is said
    is told."""
    draw = random.Random(1)

    def often(source: str, diet: Diet) -> float:
        row = replace(rows(1)[0], source=source)
        return sum(diet.times(row, draw) for _ in range(2_000)) / 2_000

    before = Diet(ON).after(["0"])
    for source, share in (*AGAIN.items(), ("squad11_du", AGAIN["squad11"]), ("squad_written_squad", 0.04)):
        least = min(share, ON.get(source, share), ON["squad11"] if source == "squad11_du" else share)
        assert often(source, before) == pytest.approx(least, abs=0.04)
        assert often(source, before.after(["another"])) == pytest.approx(least, abs=0.04)
        assert often(source, Diet(AGAIN)) == pytest.approx(share, abs=0.04)
    for source in ON:
        assert often(source, Diet(ON)) == pytest.approx(ON[source], abs=0.04)
        assert often(source, Diet(ANEW)) > 0
    with pytest.raises(ValueError, match="how often to ask questions of trivia"):
        often("trivia", Diet())


def test_what_is_kept_for_the_calibration_is_never_asked(corpus: Corpus, groups: Groups) -> None:
    """In no pass; the others come in the order in which they come without it."""
    unseen = set(groups.order(0)[10:14])
    kept = Groups(corpus, mine(corpus), TOKENIZER, size=SIZE, seed=1, diet=Diet(), unseen=unseen)
    for number in range(3):
        assert kept.order(number) == [index for index in groups.order(number) if index not in unseen]


def test_a_negative_looks_like_the_passage_and_does_not_answer(corpus: Corpus) -> None:
    """Never the own passage, never one that holds the reference, as alike as BM25 finds; none for sets whose
    questions mean nothing without their passage."""
    found = mine(corpus)
    for number, example in enumerate(corpus.examples):
        wrong = [each for each in found[number].tolist() if each != MISSING]
        assert wrong
        assert example.passage not in wrong
        for reference in corpus.rows[number].references:
            assert all(f" {reference.text}" not in corpus.texts[each] for each in wrong)
    others = build_corpus(rows(source="squadshifts_amazon"), TOKENIZER)
    assert (mine(others) == MISSING).all()


def test_a_company_s_own_pages_are_its_hard_negatives() -> None:
    """They stand first; no other company's page is called wrong, since it may answer in its own way."""
    pages = [
        SquadRow(
            f"office/{name}/{number}/0",
            f"Leave {number}",
            f"{name}, page {number}: of the {kind} leave there are {number + 3} weeks.",
            f"how many weeks of {kind} leave",
            (),
            "invented_office",
        )
        for name in ("Larch", "Aspen", "Rowan")
        for number, kind in enumerate(("parental", "annual", "study"))
    ]
    corpus = build_corpus([*rows(), *pages], TOKENIZER)
    found = mine(corpus)
    for number, row in enumerate(corpus.rows):
        if company(row):
            names = [corpus.texts[each].split(",")[0] for each in found[number] if each != MISSING]
            assert names[:2] == [company(row)] * 2
            assert {"Larch", "Aspen", "Rowan"}.isdisjoint(names[2:])


def test_a_row_without_a_token_leaves_no_trace() -> None:
    """Neither an example nor a passage, which would belong to nobody."""
    own = rows(3)
    empty = SquadRow("n", "", "\u200b\u200b of Oslo.", "What?", (Reference("\u200b", 0),), "squad11")
    assert build_corpus([empty, *own], TOKENIZER).texts == build_corpus(own, TOKENIZER).texts
    assert build_corpus([empty, *own], TOKENIZER).checksum() == build_corpus(own, TOKENIZER).checksum()
    asked_otherwise = [*own[:-1], replace(own[-1], question="Who, then?")]
    assert build_corpus(asked_otherwise, TOKENIZER).checksum() != build_corpus(own, TOKENIZER).checksum()


def test_nothing_of_dev_is_trained_on() -> None:
    """Neither its questions, however they are spelled, nor its passages, nor most of one."""
    own = rows(20)
    dev = [
        SquadRow("d", "", passage(4)[:-10], "What else?", (), "dev"),
        SquadRow(
            "e",
            "",
            "Something else altogether, of no importance at all to anybody.",
            own[7].question.upper(),
            (),
            "dev",
        ),
    ]
    kept = {row.id for row in without_dev(own, dev)}
    assert kept == {row.id for row in own} - {"4", "7"}
    whole = replace(
        own[0], context=f"{passage(9)} " + "Then it goes on, with other words at every turn. " * 9
    )
    assert without_dev([whole], [replace(dev[0], context=passage(9))]) == []


def test_the_loss_is_its_definition() -> None:
    """Both terms in plain numpy: each window by itself, and all windows of a question together."""
    torch = pytest.importorskip("torch", reason="PyTorch is for training only")
    from training.shared_norm import loss

    generator = np.random.default_rng(3)
    logits = generator.normal(0, 2, (5, 6, 2)).astype(np.float32)
    allowed = np.zeros((5, 6), bool)
    allowed[:, 2:5] = True
    targets = np.array([[2, 3], [0, 0], [4, 4], [0, 0], [0, 0]])
    groups = np.array([0, 0, 1, 1, 2])
    value, right = loss(*(torch.from_numpy(each) for each in (logits, allowed, targets, groups)), shared=0.5)
    expected = 0.0
    for side in (0, 1):
        alone = []
        for row in range(5):
            entries = np.exp(logits[row, [0, 2, 3, 4], side])
            alone.append(-np.log(np.exp(logits[row, targets[row, side], side]) / entries.sum()))
        together = []
        for number in range(3):
            mine_ = [row for row in range(5) if groups[row] == number]
            odds = {(row, i): logits[row, i, side] - logits[row, 0, side] for row in mine_ for i in (2, 3, 4)}
            mass = np.log(1 + sum(np.exp(each) for each in odds.values()))
            gold = [odds[row, targets[row, side]] for row in mine_ if targets[row, side]]
            together.append(mass - (gold[0] if gold else 0.0))
        expected += np.mean(alone) + 0.5 * np.mean(together)
    assert float(value) == pytest.approx(expected / 2, rel=1e-5)
    assert 0 <= float(right) <= 1
