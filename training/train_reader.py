"""Trains the embedded reader, and goes on where it was stopped: `make train`.

    python -m training.train_reader FOLDER [--start CHECKPOINT] [--tokens 24.5e6] [--teacher CHECKPOINT]

FOLDER keeps the state (weights, optimiser, averages, how far), the mined negatives, `asked.txt`, the ids of
the questions that were asked (which the next run should know: `--asked`), and `reader/`, the averaged weights
as a checkpoint for `training.export_reader`.  Everything random is drawn from the seed and
the place in the data, so a run that was stopped and resumed reads what an unbroken one reads; where questions
have been written since, it goes on with those.  Where the
folder was lost, `training.recover` makes a checkpoint to start from out of the shipped reader.

With `--teacher` the reader learns from the labels and from what a larger reader makes of the same windows
(`distillation.py`).  That one is made here, too: started from MPNet's checkpoint, the same command trains
it (`teacher.py`; `--rate 5e-5 --step 4096 --average 0.996`).

The learning rate rises, stays, and falls to nothing over the last part (`--cooldown`) of the tokens.  A
longer or shorter run may be decided on while it stays: start again with other `--tokens`.  The weights that
are kept are an exponential average (Polyak and Juditsky, 1992).

Matrices are multiplied in bfloat16 where the processor can (without AVX-512 it would be a hundred times
slower).  Word embeddings stay frozen: most of 30,522 words are too rare here to be learned.

But: dev questions are neither trained on nor looked at; the printed F1 is of up to 400 questions each about
public paragraphs, companies and countries that were kept out (`apart.py`).
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from qa_engine import squad
from qa_engine.reader import Reader
from qa_engine.runtime import Logits
from qa_engine.tokens import Tokenizer
from qa_engine.windows import SIZE, Window
from training.apart import QUESTIONS, judged_by, never_asked
from training.data import dev_rows, sample, train_rows
from training.diet import AGAIN, ANEW, ON, Diet
from training.distillation import divergence
from training.examples import Corpus, build_corpus, without_dev
from training.groups import Group, Groups, TrainingWindow
from training.invented import kind
from training.memory import keep_memory
from training.models import FROM_NOTHING, is_teacher, load_model, new_layers, vocabulary
from training.negatives import Passages, mine
from training.plan import SEED, Plan, batches
from training.shared_norm import loss

LONGEST = 256
SAVE_EVERY, REPORT_EVERY = 300.0, 30.0  # seconds
ASKED = "asked.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--start", type=Path, default=FROM_NOTHING, help="checkpoint that a new run starts from"
    )
    parser.add_argument("--tokens", type=float, default=24.5e6)
    parser.add_argument("--cooldown", type=float, default=0.3)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--step", type=int, default=8192, help="tokens a step")
    parser.add_argument(
        "--average", type=float, default=0.998, help="what stays of the averaged weights a step"
    )
    parser.add_argument("--dropout", type=float, default=0.1, help="of what each layer adds")
    parser.add_argument(
        "--old", type=float, default=1.0,
        help="the part of the rate with which old layers learn where `training.deepen` put in new ones",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=SEED, help="another one reads in another order")
    parser.add_argument(
        "--asked", type=Path, action="append", default=[],
        help="`asked.txt` of a run before this one; may be given several times",
    )  # fmt: skip
    parser.add_argument("--again", action="store_true", help="every question counts as asked before this run")
    parser.add_argument("--teacher", type=Path, help="checkpoint of a large reader to learn from")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    keep_memory()
    plan = Plan(
        tokens=int(arguments.tokens),
        cooldown=arguments.cooldown,
        rate=arguments.rate,
        step_tokens=arguments.step,
        average=arguments.average,
        dropout=arguments.dropout,
        old=arguments.old,
        seed=arguments.seed,
    )
    anew = is_teacher(arguments.start) or arguments.start == FROM_NOTHING
    diet = Diet(
        AGAIN if arguments.again else ANEW if anew else ON,
        {line for file in arguments.asked for line in file.read_text().split()},
    )
    Trainer(arguments.folder, arguments.start, plan, diet, teacher=arguments.teacher).run()


class Trainer:
    """One run in one folder; what it learns from beside the labels is `teacher`, if there is one."""

    def __init__(
        self,
        folder: Path,
        start: Path,
        plan: Plan,
        diet: Diet,
        *,
        teacher: Path | None = None,
    ) -> None:
        self.folder, self.start, self.plan, self.diet = folder, start, plan, diet
        folder.mkdir(parents=True, exist_ok=True)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        print(f"{plan} on {self.device}", flush=True)
        self.tokenizer = Tokenizer(vocabulary(start))
        on_card = self.device.type == "cuda"
        bfloat16 = on_card or torch.ops.mkldnn._is_mkldnn_bf16_supported()
        self.precision = torch.bfloat16 if bfloat16 else torch.float32
        self.fused = on_card or not bfloat16
        self.model = self._load(start, dropout=plan.dropout)
        # Kept in the type that it computes in: else its weights are converted at every step.
        self.teacher = None if teacher is None else self._load(teacher, dropout=0.0).to(self.precision)
        self.learned = {n: p for n, p in self.model.named_parameters() if p.requires_grad}
        new, parts = new_layers(start), dict[tuple[float, float], list[Tensor]]()
        for name, p in self.learned.items():
            decay = plan.decay if p.dim() > 1 else 0.0
            parts.setdefault((decay, plan.share_of(name, new)), []).append(p)
        self.shares = [share for _, share in parts]
        self.optimiser = torch.optim.AdamW(
            [{"params": its, "weight_decay": decay} for (decay, _), its in parts.items()],
            lr=plan.rate, betas=(0.9, 0.98), fused=True,
        )  # fmt: skip
        self.averages = {name: p.detach().clone() for name, p in self.learned.items()}
        self.step = self.tokens = 0
        self.at = self.noted = (0, 0)  # pass, groups of it that were read; up to where `asked` tells of them
        self.asked: list[str] = []
        self.drawn_after = 0  # so many of them were asked before the present pass was drawn
        self.corpus = ""  # the checksum of what it was drawn from
        self._resume()

    def run(self) -> None:
        """Train until the plan's tokens are read."""
        judged, groups = self._data()
        self.groups = groups
        print(f"{len(groups.order(0)):,} groups a pass", flush=True)
        begun = saved = reported = time.monotonic()
        counted, sums = self.tokens, [0.0, 0.0, 0.0]
        for at, batch in batches(groups, self.at, self.plan.step_tokens):
            if self.tokens >= self.plan.tokens:
                break
            value, right = self._step(batch)
            self.at = at
            sums = [sums[0] + value, sums[1] + right, sums[2] + 1]
            now = time.monotonic()
            if now - reported > REPORT_EVERY:
                speed = (self.tokens - counted) / (now - begun)
                print(
                    f"step {self.step} tokens {self.tokens / 1e6:.2f}M loss {sums[0] / sums[2]:.3f} "
                    f"right {sums[1] / sums[2]:.3f} rate {self.plan.rate_at(self.step, self.tokens):.2e} "
                    f"{speed:.0f} tokens/s",
                    flush=True,
                )
                reported, sums = now, [0.0, 0.0, 0.0]
            if now - saved > SAVE_EVERY:
                self._save()
                saved = time.monotonic()
        self._save()
        for about, rows in groupby(sorted(judged, key=kind), key=kind):
            answerable = [row for row in rows if row.answerable]
            exact, overlap = self._measure(sample(answerable, QUESTIONS, seed=SEED))
            print(f"held-out, {about}: EM {exact:.1%} F1 {overlap:.1%}", flush=True)

    def _step(self, batch: list[Group]) -> tuple[float, float]:
        rate = self.plan.rate_at(self.step, self.tokens)
        for part, share in zip(self.optimiser.param_groups, self.shares, strict=True):
            part["lr"] = rate * share
        windows = [(number, window) for number, group in enumerate(batch) for window in group]
        torch.manual_seed(self.plan.seed + self.step)  # what drops out is the same in a resumed run
        self.model.train()
        logits, allowed, targets, groups, taught = self._forward(windows)
        value, right = loss(logits, allowed, targets, groups, shared=self.plan.shared)
        if taught is not None:
            value = torch.lerp(value, divergence(logits, taught, allowed), self.plan.taught)
        self.optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.learned.values(), 1.0)
        self.optimiser.step()
        self.model.eval()
        self.step += 1
        self.tokens += sum(len(window.ids) for _, window in windows)
        kept = min(self.plan.average, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.averages.values()), list(self.learned.values()), 1 - kept)
        return float(value.detach()), float(right)

    def _forward(
        self, windows: list[tuple[int, TrainingWindow]]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor | None]:
        """Logits of all windows, what `loss` needs beside them, the teacher's logits."""
        ids, types, mask = _filled_up([window for _, window in windows])
        allowed = np.zeros(ids.shape, bool)
        for row, (_, window) in enumerate(windows):
            allowed[row, window.lead : len(window.ids) - 1] = True
        taught = None
        if self.teacher is not None:
            with torch.no_grad():
                taught = self._logits(self.teacher, ids, types, mask)
        return (
            self._logits(self.model, ids, types, mask),
            torch.from_numpy(allowed).to(self.device),
            torch.tensor([window.span or (0, 0) for _, window in windows], device=self.device),
            torch.tensor([number for number, _ in windows], device=self.device),
            taught,
        )

    def _load(self, checkpoint: Path, *, dropout: float) -> torch.nn.Module:
        model = load_model(checkpoint, dropout=dropout, precision=self.precision, fused=self.fused)
        return model.to(self.device).eval()

    def _logits(self, model: torch.nn.Module, *windows: np.ndarray) -> Tensor:
        logits: Tensor = model(*(torch.from_numpy(each).to(self.device) for each in windows))
        return logits

    def _data(self) -> tuple[list[squad.SquadRow], Groups]:
        """The questions by which the run is judged, and the groups that it reads."""
        rows = without_dev(train_rows(), dev_rows())
        judged, unasked = judged_by(rows), {row.id for row in never_asked(rows)}
        aside = {row.context for row in judged}
        corpus = build_corpus([row for row in rows if row.context not in aside], self.tokenizer)
        print(f"{len(corpus.examples):,} questions, {len(corpus.texts):,} passages", flush=True)
        if self.corpus not in {"", corpus.checksum()}:
            print(f"the questions are others now; {len(self.asked):,} count as asked before", flush=True)
            self.at = self.noted = (self.at[0] + 1, 0)
            self.drawn_after = len(self.asked)
        self.corpus = corpus.checksum()
        return judged, Groups(
            corpus, self._negatives(corpus), self.tokenizer, size=LONGEST, seed=self.plan.seed,
            diet=self.diet.after(self.asked[: self.drawn_after]),
            unseen={i for i, row in enumerate(corpus.rows) if row.id in unasked},
        )  # fmt: skip

    def _negatives(self, corpus: Corpus) -> Passages:
        """Mined once for the same data."""
        file = self.folder / f"negatives-{corpus.checksum()}.npy"
        if not file.exists():
            for old in self.folder.glob("negatives*.npy"):
                old.unlink()
            fresh = self.folder / "negatives.new"
            with fresh.open("wb") as out:
                np.save(out, mine(corpus))
            fresh.replace(file)
        negatives: Passages = np.load(file)
        return negatives

    def _resume(self) -> None:
        file = self.folder / "state.pt"
        if not file.exists():
            return
        state = torch.load(file, map_location=self.device, weights_only=True)
        with torch.no_grad():
            for name, values in state["learned"].items():
                self.learned[name].copy_(values)
        self.averages = state["averages"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.tokens, self.at = state["step"], state["tokens"], tuple(state["at"])
        self.noted, self.corpus, self.drawn_after = self.at, state["corpus"], state["drawn_after"]
        self.asked = (self.folder / ASKED).read_text().split("\n")[: state["asked"]]
        print(f"resumed at step {self.step}, {self.tokens / 1e6:.2f}M tokens", flush=True)

    def _save(self) -> None:
        """Keep the state and what was asked, and write the averaged weights as a checkpoint."""
        self.asked += self.groups.asked(self.noted, self.at)
        self.noted = self.at
        (self.folder / ASKED).write_text("".join(f"{each}\n" for each in self.asked))
        state = {
            "learned": {name: p.detach() for name, p in self.learned.items()},
            "averages": self.averages,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step, "tokens": self.tokens, "at": list(self.at),
            "corpus": self.corpus, "asked": len(self.asked), "drawn_after": self.drawn_after,
        }  # fmt: skip
        fresh = self.folder / "state.pt.new"
        torch.save(state, fresh)
        fresh.replace(self.folder / "state.pt")
        with self._averaged():
            self._write_checkpoint()
        print(f"saved at step {self.step}, {self.tokens / 1e6:.2f}M tokens, pass {self.at[0]}", flush=True)

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The model with its averaged weights for a while."""
        current = [p.detach().clone() for p in self.learned.values()]
        with torch.no_grad():
            torch._foreach_copy_(list(self.learned.values()), list(self.averages.values()))
        yield
        with torch.no_grad():
            torch._foreach_copy_(list(self.learned.values()), current)

    def _write_checkpoint(self) -> None:
        out = self.folder / "reader"
        out.mkdir(exist_ok=True)
        for file in (self.start / "config.json", vocabulary(self.start)):
            (out / file.name).write_bytes(file.read_bytes())
        tensors = {name: p.detach().cpu().contiguous() for name, p in self.model.state_dict().items()}
        save_file(tensors, out / "model.safetensors.new")
        (out / "model.safetensors.new").replace(out / "model.safetensors")

    def _measure(self, rows: list[squad.SquadRow]) -> tuple[float, float]:
        """Exact match and F1 of the averaged weights: slow, a window at a time."""
        reader = Reader(self.tokenizer, _TorchRuntime(self))
        answers = []
        with self._averaged():
            for row in rows:
                best = reader.read(row.question, [row.context]).candidates[:1]
                answers.append((row.context[best[0].start : best[0].end] if best else "", 0.0))
        result = squad.evaluate(rows, answers)
        exact, overlap = (math.nan if each is None else each for each in (result.exact, result.f1))
        return exact, overlap


class _TorchRuntime:
    """The model in training, as the bot's own reader wants to see it."""

    size = SIZE

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def infer(self, windows: Iterable[Window]) -> list[Logits]:
        found = []
        with torch.no_grad():
            for window in windows:
                logits = self._trainer._logits(self._trainer.model, *_filled_up([window]))[0].cpu().numpy()
                found.append(Logits(logits[:, 0].copy(), logits[:, 1].copy()))
        return found


def _filled_up(windows: Sequence[Window | TrainingWindow]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids, types and mask of windows, [windows, length of the longest] each, 0 behind a window's tokens."""
    shape = len(windows), max(len(window.ids) for window in windows)
    ids, types, mask = (np.zeros(shape, np.int64) for _ in range(3))
    for row, window in enumerate(windows):
        n = len(window.ids)
        ids[row, :n], types[row, :n], mask[row, :n] = window.ids, window.types, 1
    return ids, types, mask


if __name__ == "__main__":
    main()
