"""quoth calibrate and quoth eval open: one's own questions, and what they change."""

from __future__ import annotations

import codecs
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot import messages, own_calibration
from bot.commands.calibrate import LEAST_QUESTIONS, read_questions
from bot.commands.demo import sample_questions
from bot.composition import Workplace
from bot.errors import UsageError
from bot.settings import Settings, read_settings
from qa_engine.calibration import Calibration
from qa_engine.models import EMBEDDED, read_manifest
from tests.command_line import call

RUNNING = "a bot that runs uses it once it is started again"
LABELLED = [{"question": sample.question, "answer": sample.answer} for sample in sample_questions()]


def lines(rows: Sequence[object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def home(handbook_home: Path, tmp_path: Path) -> Path:
    """A home with the sample handbook that may be changed."""
    shutil.copytree(handbook_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines(LABELLED[:25] + LABELLED[-8:]))
    return file


def test_what_is_fitted_is_used_until_it_is_reset(home: Path, labelled: Path) -> None:
    """A dry run changes nothing; a real one changes the very next question's confidence; --reset goes back."""
    question = sample_questions()[0].question

    def confidence() -> float:
        said = call("ask", question, "--threshold", "0", "--json", home=home)
        return float(said.json["answer"]["confidence"])

    before = confidence()
    dry = call("calibrate", labelled, "--dry-run", "--json", home=home)
    assert (dry.code, dry.err) == (0, "")
    assert confidence() == before
    said = call("calibrate", labelled, "--json", home=home)
    assert said.json == dry.json
    assert "every question from now on uses it" in said.complaint
    assert RUNNING in said.complaint
    assert confidence() != before
    gone_back = call("calibrate", "--reset", "--json", home=home)
    assert gone_back.complaint.startswith("Back to")
    assert RUNNING in gone_back.complaint
    assert gone_back.json == {"reset": True}
    assert confidence() == before
    assert call("calibrate", "--reset", home=home).complaint.startswith("There was none")


def test_the_figures_of_a_calibration(home: Path, labelled: Path, tmp_path: Path) -> None:
    """How many questions, how sure, how right; a curve whose last point is "always answer"; a picture."""
    plot = tmp_path / "curve.svg"
    figures = call("calibrate", labelled, "--dry-run", "--plot", plot, "--json", home=home).json
    assert (figures["questions"], figures["without_an_answer"]) == (33, 8)
    last = figures["curve"][-1]
    assert last["coverage"] == 1.0
    assert last["risk"] == pytest.approx(1 - figures["best_answer_right"] / 100, abs=1e-4)
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")


def test_answers_that_stand_nowhere_change_nothing(home: Path, tmp_path: Path) -> None:
    """Told in other words, or asked of another home: a bot that learned from this would fall silent."""
    file = tmp_path / "questions.jsonl"
    file.write_text(lines([{**row, "answer": "as the wind blows"} for row in LABELLED[:25]]))
    said = call("calibrate", file, home=home)
    assert (said.code, said.out) == (2, "")
    assert "only 0 of 25 questions were found" in said.complaint
    assert not (home / "calibrations").exists()


def test_a_picture_that_has_no_folder_is_told_first(home: Path, labelled: Path, tmp_path: Path) -> None:
    """Not after all has been asked."""
    for command in (("calibrate", labelled), ("eval", "open", labelled), ("eval", "retrieval", labelled)):
        said = call(*command, "--plot", tmp_path / "none" / "curve.svg", home=home)
        assert (said.code, said.out) == (2, "")
        assert f"there is no folder {tmp_path / 'none'}" in said.complaint
    assert not (home / "calibrations").exists()


def test_the_picture_tells_what_the_figures_tell(home: Path, labelled: Path, tmp_path: Path) -> None:
    """How many are answered and how many of these wrong, judged by a threshold that was found on others."""
    plot = tmp_path / "curve.svg"
    figures = call("calibrate", labelled, "--dry-run", "--plot", plot, "--json", home=home).json
    wrong = 1 - figures["right_of_answers_given"] / 100
    words = f"{figures['answer_rate'] / 100:.0%} answered, {wrong:.0%} of them wrong"
    assert words in plot.read_text()


def test_how_sure_is_said_once(home: Path) -> None:
    """Two options that both say it may contradict one another."""
    said = call("ask", "When?", "--threshold", "0", "--max-wrong", "1%", home=home)
    assert (said.code, said.complaint) == (2, f"quoth: {messages.THRESHOLD_TWICE}")


def test_doctor_says_whose_confidence_it_is(home: Path, tmp_path: Path) -> None:
    """A reader without a calibration, and a calibration whose reader was replaced, are worth a word."""
    model = read_manifest(EMBEDDED)
    older = home / "calibrations" / f"{model.name}-0123456789ab.json"
    older.parent.mkdir()
    older.write_text("{}")
    assert f"{older} is of other weights" in call("doctor", home=home).out
    own_calibration.write(home / "calibrations", model, Calibration())
    assert "calibrated here" in call("doctor", home=home).out
    bare = shutil.copytree(EMBEDDED, tmp_path / "bare")
    manifest = json.loads((bare / "manifest.json").read_text())
    (bare / "manifest.json").write_text(json.dumps({**manifest, "name": "bare", "calibration": None}))
    said = call("doctor", "--model", bare, home=home)
    assert messages.NOT_CALIBRATED in said.out


def test_a_stricter_share_gives_fewer_answers(home: Path, labelled: Path) -> None:
    """What a person asks for is what the threshold is set by."""
    loose, strict = (
        call("calibrate", labelled, "--dry-run", "--json", "--max-wrong", share, home=home).json
        for share in ("50%", "1%")
    )
    assert strict["threshold"] > loose["threshold"]
    assert strict["answer_rate"] <= loose["answer_rate"]


def test_the_share_is_a_setting_here_too(home: Path, labelled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are those of the bot, which reads the same environment."""
    asked = call("calibrate", labelled, "--dry-run", "--json", "--max-wrong", "1%", home=home).json
    monkeypatch.setenv("QUOTH_MAX_WRONG", "1%")
    assert call("calibrate", labelled, "--dry-run", "--json", home=home).json == asked


GOOD = {"question": "When?", "answer": "at nine"}
BAD_FILES: list[tuple[bytes, str]] = [
    (b"", "has 0 questions; at least 20"),
    (lines([GOOD] * (LEAST_QUESTIONS - 1)).encode(), "has 19 questions; at least 20"),
    (lines([GOOD, {"question": "When?"}]).encode(), "line 2: expected"),
    (lines([GOOD, {"question": " ", "answer": None}]).encode(), "line 2: expected"),
    (lines([GOOD, {"question": "When?", "answer": ""}]).encode(), "line 2: expected"),
    (lines([GOOD, {"question": "When?", "answer": ["nine", 9]}]).encode(), "line 2: expected"),
    (lines([GOOD, {"question": "When?", "answer": 9}]).encode(), "line 2: expected"),
    (lines([GOOD, "When?"]).encode(), "line 2: expected"),
    (b"no json\n", "line 1: expected"),
    (b"\xff\xfe", "is not UTF-8"),
]


@pytest.mark.parametrize(("content", "words"), BAD_FILES, ids=[words for _, words in BAD_FILES])
def test_a_file_that_is_no_list_of_questions(
    handbook_home: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    """One line that names the line, and exit code 2."""
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)
    said = call("calibrate", file, home=handbook_home)
    assert (said.code, said.out) == (2, "")
    assert words in said.complaint


def test_a_mark_before_the_first_line_is_none_of_it(labelled: Path) -> None:
    """Some editors begin UTF-8 with one."""
    before = read_questions(labelled)
    labelled.write_bytes(codecs.BOM_UTF8 + labelled.read_bytes())
    assert read_questions(labelled) == before


def test_a_damaged_calibration_is_told_and_can_be_reset(home: Path) -> None:
    """Never passed over in silence: confidences would mean something else from one day to the next."""
    model = read_manifest(EMBEDDED)
    path = own_calibration.write(home / "calibrations", model, Calibration())
    for damage in (b"", b"[]", b'{"reader": "high"}', b'{"risk": [[1]]}'):
        path.write_bytes(damage)
        said = call("ask", "When are laptops replaced?", home=home)
        assert said.code == 1
        assert "run quoth calibrate again, or with --reset" in said.complaint
    assert call("calibrate", "--reset", home=home).code == 0
    assert call("ask", "When are laptops replaced?", home=home).code == 0


def test_going_back_goes_with_nothing_else(home: Path, labelled: Path) -> None:
    """A dry run and a file ask for something else: refused, and the calibration stays."""
    path = own_calibration.write(home / "calibrations", read_manifest(EMBEDDED), Calibration())
    for other in ("--dry-run", str(labelled)):
        said = call("calibrate", "--reset", other, home=home)
        assert (said.code, said.complaint) == (2, f"quoth: {messages.CALIBRATE_RESET_ALONE}")
        assert path.exists()


def test_a_calibration_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    """Numbers and measured shares alike; another reader's is another file."""
    model = read_manifest(EMBEDDED)
    kept = Calibration(reader=0.5, retrieval=2.0, nothing=1.5, threshold=0.4, risk=((0.1, 0.6), (0.2, 0.3)))
    own_calibration.write(tmp_path, model, kept)
    assert own_calibration.read(tmp_path, model) == kept
    assert own_calibration.path_of(tmp_path, model).name.startswith("quoth-minilm-l9-")


@pytest.mark.parametrize(
    ("wished", "threshold"),
    [
        ({}, 0.3),
        ({"QUOTH_THRESHOLD": "0.7"}, 0.7),
        ({"QUOTH_MAX_WRONG": "20%"}, 0.35),
        ({"QUOTH_MAX_WRONG": "0.15"}, 0.6),
        ({"QUOTH_MAX_WRONG": "5%"}, 0.95),
        ({"QUOTH_MAX_WRONG": "20%", "QUOTH_THRESHOLD": "0.7"}, 0.35),
    ],
    ids=str,
)
def test_when_to_answer_is_a_setting(wished: dict[str, str], threshold: float, handbook_home: Path) -> None:
    """By the share that may be wrong, as it was measured or, for a smaller one, answer by answer; else by a
    confidence; else as the reader's calibration says."""
    answers = read_settings(environment=wished).answers
    with Workplace(Settings(home=handbook_home, answers=answers)) as work:
        work.__dict__["calibration"] = Calibration(threshold=0.3, risk=((0.1, 0.6), (0.2, 0.35)))
        assert work.threshold == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("name", "value"),
    [("QUOTH_MAX_WRONG", "many"), ("QUOTH_MAX_WRONG", "120%"), ("QUOTH_THRESHOLD", "nan"), ("QUOTH_SECONDS", "0"),
     ("QUOTH_SECONDS", "inf")],
)  # fmt: skip
def test_settings_that_are_none(name: str, value: str) -> None:
    """One line that says what was found and what was expected."""
    with pytest.raises(UsageError, match=f"{name} is '{value}'; expected"):
        read_settings(environment={name: value})


def test_open_questions_are_judged_by_stage(tmp_path: Path) -> None:
    """Whether the passage was read, whether the reader then found the answer, and what a threshold does."""
    contexts = [
        "The library in Bergen opens at nine and has forty chairs.",
        "The canteen in Porto serves soup on Fridays only.",
        "Laptops are replaced after four years, telephones after three.",
    ]
    asked = [("When does the library open?", 0, "nine"), ("Which day is soup day in the canteen?", 1, "Fridays"),
             ("After how many years are laptops replaced?", 2, "four years")]  # fmt: skip
    rows = [
        {"id": n, "title": "", "context": contexts[c], "question": q,
         "answers": [{"text": a, "answer_start": contexts[c].index(a)}]}
        for n, (q, c, a) in enumerate(asked)
    ]  # fmt: skip
    rows.append(
        {
            "id": 9,
            "title": "",
            "context": contexts[0],
            "question": "Who is king?",
            "answers": [],
            "is_impossible": True,
        }
    )
    file, plot = tmp_path / "rows.jsonl", tmp_path / "curve.svg"
    file.write_text(lines(rows))
    figures = call("eval", "open", file, "--answerable", "--threshold", "0", "--plot", plot, "--json").json
    assert (figures["questions"], figures["answerable"], figures["passages"]) == (3, 3, 3)
    assert figures["answer_passage_read"] == figures["answer_rate"] == 100.0
    assert figures["right"] == figures["right_of_answers_given"] == figures["right_when_read"] >= 66
    assert figures["f1"] >= figures["exact_match"]
    assert plot.exists()
    everything = call("eval", "open", file, "--threshold", "0", "--json").json
    assert (everything["questions"], everything["answerable"]) == (4, 3)
    assert everything["right_of_answers_given"] < figures["right_of_answers_given"]
    assert everything["f1"] == figures["f1"]
    assert call("eval", "open", file, "--sample", "2", "--json").json["questions"] == 2
