"""A bot whose version has another encoder makes the old vectors anew while it answers."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from bot.background_encoding import BackgroundEncoding
from bot.composition import Workplace
from bot.settings import Settings
from retrieval.reindex import reindex
from tests.stores import LetterEncoder


@pytest.fixture
def home(tmp_path: Path, handbook_home: Path) -> Path:
    """The handbook as an older version of Quoth left it, but for one document without any vectors."""
    shutil.copytree(handbook_home, tmp_path / "home")
    with Workplace(Settings(home=tmp_path / "home")) as work:
        first, *others = work.store.documents()
        reindex(work.store, LetterEncoder("older"), only=[document.id for document in others])
        with work.store.database.writing() as db:
            db.execute(
                "DELETE FROM vectors WHERE passage_id IN (SELECT id FROM passages WHERE document_id = ?)",
                (first.id,),
            )
    return tmp_path / "home"


def test_old_vectors_are_made_anew(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """All but the document that was stored without on purpose; said when it is through, and done once."""
    with Workplace(Settings(home=home)) as work, caplog.at_level(logging.WARNING):
        first, *_ = work.store.documents()
        assert work.index.vectors == 0
        encoding = BackgroundEncoding(work)
        encoding.start()
        encoding.join()
        assert work.store.without_vectors(work.encoder.id) == [first.id]
        assert work.index.vectors == len(work.index) - len(work.store.passages_of(first.id))
        assert work.index.find("What if my laptop is nicked?", 5)[0].cosine is not None
        (*_, last) = caplog.messages
        assert last == f"encoded anew: {work.index.vectors:,} passages"
        caplog.clear()
        again = BackgroundEncoding(work)
        again.start()
        again.stop()
        assert caplog.messages == []


def test_it_stops_when_it_is_told_and_goes_on_another_time(home: Path) -> None:
    with Workplace(Settings(home=home)) as work:
        waiting = len(work.store.encoded_otherwise(work.encoder.id))
        told = iter([False, True])
        done = work.encode_anew(lambda: next(told))
        assert 0 < done.documents < waiting
        rest = work.encode_anew(lambda: False)
        assert done.documents + rest.documents == waiting
        assert work.store.encoded_otherwise(work.encoder.id) == []
