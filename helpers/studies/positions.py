"""Seven ways to tell positions, three tasks, up to four times the trained length.

Each reader is one attention layer that was trained on texts of 16 words. Beyond: the
same networks where distances above 15 may not be looked at, RoPE with other bases,
positions shifted at random in training, and training on texts of 64 words.
Built in notebooks/08_positions.ipynb.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers import training
from helpers.corpora import place_games
from helpers.corpora.place_games import FIRST, TASKS, WORDS, Texts
from helpers.models import positions, relative
from helpers.models.attention import MultiHeadAttention, causal_mask
from helpers.models.layers import linear
from helpers.models.tracing import recording

WIDTH = 64
HEADS = 4
SHORT = 16  # words in a text of the training
LONG = 64
LENGTHS = (16, 24, 32, 64)  # words in a text of the test
PLACES = range(FIRST, 32)
BASES = (1e2, 3e2, 1e3, 3e3, 1e4, 3e4, 1e5, 1e6)
SCHEMES = (
    "none",
    "none, causal",
    "sinusoids",
    "learned",
    "Shaw",
    "T5",
    "ALiBi",
    "ALiBi, causal",
    "DeBERTa",
    "RoPE",
)
UPDATES = 300
TEXTS = 16  # in a batch, of 16 words; of longer ones fewer
ASKED = 200  # texts of the test


class Arm(NamedTuple):
    """How a reader is made and trained."""

    scheme: str
    task: str = "two back"
    base: float = 1e4
    shifted: bool = False
    length: int = SHORT

    def __str__(self) -> str:
        name = f"{self.scheme}, {self.task}"
        if self.base != 1e4:
            name = f"RoPE, base {self.base:,.0f}"
        if self.shifted:
            name = f"{self.scheme}, shifted"
        return f"{self.scheme}, trained on 64" if self.length == LONG else name


KINDS = [Arm(scheme, task) for task in TASKS for scheme in SCHEMES]
KINDS += [Arm("RoPE", base=base) for base in BASES if base != 1e4]
KINDS += [Arm(scheme, shifted=True) for scheme in ("sinusoids", "learned")]
KINDS += [Arm(s, length=LONG) for s in ("sinusoids", "learned", "T5", "RoPE")]
BY_NAME = {str(kind): kind for kind in KINDS}
ARMS = tuple(BY_NAME)
SEEDS = (0, 1, 2, 3, 4)
RATES = (3e-3, 1e-2, 3e-2, 1e-1)
TUNED = "loss"
SOLVED = 0.01  # below this loss a rate is good enough: the smallest one is taken
CURVES = ("right", "new places", "window", "new places, window", "far weight")
POINTS = dict.fromkeys(CURVES, LENGTHS) | {"by place": PLACES}
CODE = (
    "helpers.corpora.place_games",
    "helpers.models.attention",
    "helpers.models.layers",
    "helpers.models.positions",
    "helpers.models.relative",
    "helpers.training.loop",
)


class Reader(nn.Module):
    """Word vectors, one attention layer, one linear layer: ids (B, T) → (B, T, V)."""

    def __init__(self, added: nn.Module, inside: nn.Module | None, causal: bool):
        super().__init__()
        self.embed = nn.Embedding(len(WORDS), WIDTH)
        nn.init.normal_(self.embed.weight, std=0.5)
        self.added = added  # acts on the input
        self.attend = MultiHeadAttention(WIDTH, HEADS, inside)  # acts on the scores
        self.output = linear(WIDTH, len(WORDS))
        self.causal = causal

    def forward(self, ids: Tensor, window: int = LONG, start: int = 0) -> Tensor:
        x = self.added(self.embed(ids), start=start)  # (B, T, C)
        away = positions.distances(ids.shape[1], ids.shape[1])
        mask = away.abs() < window  # (T, T): who may look at whom
        if self.causal:
            mask = mask & causal_mask(ids.shape[1])
        seen = self.attend(x, mask=None if mask.all() else mask)
        return self.output(seen)  # (B, T, V)


def make(kind: Arm) -> Reader:
    """Return a reader with its first weights."""
    d_head = WIDTH // HEADS
    added = {
        "sinusoids": lambda: positions.Sinusoidal(WIDTH),
        "learned": lambda: positions.Learned(LONG, WIDTH),
    }
    inside = {
        "Shaw": lambda: positions.RelativeKeys(d_head),
        "T5": lambda: positions.RelativeBias(HEADS),
        "ALiBi": lambda: relative.Alibi(HEADS),
        "DeBERTa": lambda: relative.Disentangled(WIDTH, HEADS),
        "RoPE": lambda: positions.Rotary(d_head, kind.base),
    }
    scheme, _, causal = kind.scheme.partition(", ")
    return Reader(
        added.get(scheme, positions.NoPositions)(),
        inside[scheme]() if scheme in inside else None,
        causal=bool(causal),
    )


def trained(kind: Arm, rate: float, seed: int) -> Reader:
    """Train a reader; every batch has equally many words."""
    torch.manual_seed(seed)
    reader = make(kind)
    dice = torch.Generator().manual_seed(seed)
    n = TEXTS * SHORT // kind.length
    starts = torch.randint(LONG - SHORT + 1, (UPDATES,), generator=dice).tolist()
    texts = (place_games.draw(n, kind.length, dice) for _ in range(UPDATES))
    asked = (place_games.ask(kind.task, ids) for ids in texts)
    batches = zip(asked, starts if kind.shifted else [0] * UPDATES, strict=True)
    settings = training.Settings(steps=UPDATES, lr=rate)
    training.train(reader, batches, lambda r, batch: loss_of(r, *batch), settings)
    return reader


def loss_of(reader: Reader, texts: Texts, start: int = 0) -> Tensor:
    """Return the mean loss of the answers, in nats."""
    logits = reader(texts.ids, start=start)
    return nn.functional.cross_entropy(logits.flatten(0, 1), texts.answers.flatten())


@lru_cache(1)
def test_ids() -> Tensor:
    """Return the texts that all readers are asked; short ones are their beginnings."""
    return place_games.draw(ASKED, LONG, torch.Generator().manual_seed(99))


def right(reader: Reader, task: str, length: int, window: int = LONG) -> Tensor:
    """Return the share of right answers at each position from the third on."""
    texts = place_games.ask(task, test_ids()[:, :length])
    with torch.no_grad():
        said = reader(texts.ids, window).argmax(-1)
    asked = (texts.answers >= 0)[:, FIRST:]
    hits = (said == texts.answers)[:, FIRST:]
    return hits.sum(0) / asked.sum(0)


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one reader; return its loss, or its right answers by length."""
    kind = BY_NAME[arm]
    reader = trained(kind, rate, seed)
    if part == "validation":
        dice = torch.Generator().manual_seed(98)
        ids = place_games.draw(500, kind.length, dice)
        with torch.no_grad():
            loss = loss_of(reader, place_games.ask(kind.task, ids)).item()
        return {"loss": max(loss, SOLVED)}
    found: dict[str, list] = {name: [] for name in CURVES}
    for length in LENGTHS:
        for window, name in ((LONG, ""), (SHORT, "window")):
            shares = right(reader, kind.task, length, window)
            new = shares[SHORT - FIRST :] if length > SHORT else shares
            found[name or "right"].append(shares.mean().item())
            found["new places" + (name and f", {name}")].append(new.mean().item())
        found["far weight"].append(far_weight(reader, length))
    return found | {"by place": right(reader, kind.task, PLACES.stop).tolist()}


def far_weight(reader: Reader, length: int) -> float:
    """Return the share of the weight at distances that 16 words do not have."""
    with torch.no_grad(), recording(reader) as seen:
        reader(test_ids()[:50, :length])
    weights = seen["attend.tap_weights"].mean((0, 1))  # (T, T)
    far = positions.distances(length, length).abs() >= SHORT
    return float((weights * far).sum() / length)


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": UPDATES,
        "texts of 16 words in a batch": TEXTS,
        "width and heads": [WIDTH, HEADS],
        "words": len(WORDS),
        "texts asked": ASKED,
        "loss that counts as solved": SOLVED,
    }
