"""How a translator errs alone: after a teacher, with own words mixed in, with beams.

One network, 128 units, trained for fewer and for more updates on texts of one to three
sentences; once with the right words as inputs, once with a quarter of them replaced by
its own (Bengio et al. 2015). Built in notebooks/05_seq2seq.ipynb.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor, nn

from helpers import training
from helpers.corpora import translation
from helpers.corpora.translation import Translation
from helpers.models import beams
from helpers.models.seq2seq import Seq2Seq, log_probabilities
from helpers.objectives import sequence_pairs
from helpers.objectives.sequence_pairs import Pairs
from helpers.probes import own_words
from helpers.studies import translating
from helpers.studies.results import finished
from helpers.tokenization import EOS_ID

MIXED = ", own words mixed in"
UPDATES = {
    "250 updates": 250,
    "500 updates": 500,
    "1000 updates": 1000,
    f"500 updates{MIXED}": 500,
}
ARMS = tuple(UPDATES)
SEEDS = (0, 1, 2, 3, 4)
RATES = (5e-3, 1e-2, 2e-2, 4e-2)
TUNED = "loss"
UNITS = 128
WIDTH = 64  # of the words' vectors
WARMUP = 0.2  # share of the updates in which the rate rises
TEXTS = 24000  # of one to three training sentences
SHARE = 0.25  # of the inputs that are the model's own words, where they are mixed in
SHOWN = 9  # places of a single sentence: few have more
BEAMS = (1, 2, 4, 8)
ALPHAS = (0.0, 0.6, 1.0)
LONGEST = 40  # tokens that a beam may write
SCORES = ("right", "length", "log P")
LENGTHS = {"one": 1, "two": 2}
PLACES = tuple(range(1, SHOWN + 1))
BY_PLACE = ("right by place, teacher", "right by place, alone")
CODE = (
    *translating.CODE,
    "helpers.models.beams",
    "helpers.probes.own_words",
)


def _curves() -> dict[str, Sequence[float]]:
    """Return the places on x of each score that is a curve."""
    found: dict[str, Sequence[float]] = dict.fromkeys(BY_PLACE, PLACES)
    for name in LENGTHS:
        for alpha in ALPHAS:
            for score in SCORES:
                found[f"{score}, {name}, alpha {alpha:g}"] = BEAMS
    return found


POINTS = _curves()


def make() -> Seq2Seq:
    """Return the network with its first weights."""
    words = translating.task()
    return Seq2Seq(len(words.sources), len(words.targets), WIDTH, UNITS)


@lru_cache(1)
def texts() -> list[Translation]:
    """Return the texts that all networks learn from."""
    return translation.texts(translating.task().train, TEXTS, seed=1)


def asked(part: str, n: int) -> list[Translation]:
    """Return the sentences of a part of the data, or texts of n of them, as many."""
    task = translating.task()
    sentences = task.test if part == "test" else task.validation
    found = []
    for i in range(len(sentences)):  # each stands once at every place of a text
        found.append(translation.join(sentences[i - k] for k in range(n)))
    return found


def mixed_loss(model: nn.Module, batch: Pairs) -> Tensor:
    """Return the mean loss of a token, a share of the words before it being its own."""
    inputs = own_words.mixed_inputs(model, batch, SHARE)
    return translating.loss_of(model, batch._replace(inputs=inputs))


def trained(arm: str, rate: float, seed: int) -> Seq2Seq:
    """Train one network."""
    torch.manual_seed(seed)
    model = make()
    order = torch.Generator().manual_seed(seed)
    coded = translating.coded(texts())
    batches = sequence_pairs.pair_batches(coded, translating.BATCH, order)
    settings = training.Settings(UPDATES[arm], lr=rate, warmup=WARMUP)
    loss = mixed_loss if arm.endswith(MIXED) else translating.loss_of
    finished(training.train(model, batches, loss, settings))
    return model


def measure(arm: str, rate: float, seed: int, part: str) -> dict:
    """Train one network; return its loss, and on test sentences how it errs."""
    model = trained(arm, rate, seed)
    found = {"loss": loss_of_texts(model, part)}
    if part != "test":
        return found
    batches = {}
    for name, n in LENGTHS.items():
        batches[name] = sequence_pairs.pair_batch(translating.coded(asked(part, n)))
    for name, batch in batches.items():
        written = translating.written(model, asked(part, LENGTHS[name]))
        found[f"errors with teacher, {name}"] = own_words.errors_with_teacher(
            model, batch
        )
        found[f"errors alone, {name}"] = own_words.errors_alone(written, batch)
        found |= searched(model, batch, name)
    found |= by_place(model, batches["one"]) | slips(model, batches["one"], seed)
    return found | endings(written, batches["two"]) | early(model, batches["two"])


def loss_of_texts(model: nn.Module, part: str) -> float:
    """Return the loss on new texts of one to three sentences, with a teacher."""
    task = translating.task()
    sentences = task.test if part == "test" else task.validation
    drawn = translation.texts(sentences, 300, seed=3)
    with torch.no_grad():
        batch = sequence_pairs.pair_batch(translating.coded(drawn))
        return float(translating.loss_of(model, batch))


def by_place(model: nn.Module, batch: Pairs) -> dict[str, np.ndarray]:
    """Return the shares of right tokens at each place, with a teacher and alone."""
    steps = batch.inputs.shape[1]
    own = own_words.alone(model, batch, batch.inputs[:, :1], steps)
    given = own_words.with_teacher(model, batch)
    found = {}
    for name, tokens in zip(BY_PLACE, (given, own), strict=True):
        right = (tokens == batch.targets)[:, :SHOWN].double()
        real = batch.mask[:, :SHOWN]
        found[name] = ((right * real).sum(0) / real.sum(0)).numpy()
    return found


def slips(model: nn.Module, batch: Pairs, seed: int) -> dict[str, float]:
    """Return how many errors follow one wrong word, in sentences it writes rightly."""
    right = own_words.errors_with_teacher(model, batch) == 0
    if not right.any():
        return {"errors after a likely slip": np.nan, "errors after any slip": np.nan}
    some = Pairs(*(part[torch.from_numpy(right)] for part in batch))
    generator = torch.Generator().manual_seed(seed)
    steps, likely, other = own_words.slips(model, some, generator)
    found = {}
    for name, words in (("a likely", likely), ("any", other)):
        errors = own_words.errors_after_a_slip(model, some, steps, words)
        found[f"errors after {name} slip"] = float(errors.mean())
    return found


def endings(written: Sequence[list[int]], batch: Pairs) -> dict[str, float]:
    """Return the share of texts of two sentences that end in each way."""
    stop = translating.task().targets.ids["."]
    found = dict.fromkeys(own_words.ENDINGS, 0.0)
    for ids, wanted in zip(written, own_words.targets(batch), strict=True):
        found[own_words.ENDINGS[own_words.ending(ids, wanted, stop)]] += 1 / len(
            written
        )
    return found


def early(model: nn.Module, batch: Pairs) -> dict[str, float]:
    """Return how often EOS is the likeliest token after a right first sentence."""
    is_stop = batch.targets == translating.task().targets.ids["."]
    after = is_stop.int().argmax(1) + 1  # the place behind the first full stop
    predicted = own_words.with_teacher(model, batch).gather(1, after[:, None])
    share = (predicted == EOS_ID).double().mean().item()
    return {"EOS after a right first sentence": share}


def searched(model: nn.Module, batch: Pairs, name: str) -> dict[str, list[float]]:
    """Return shares right, mean lengths and mean log P of what each beam finds."""
    greedy = _judged(model, batch, 1, 0.0)  # one beginning: nothing is ranked
    found = {}
    for alpha in ALPHAS:
        rows = [greedy]
        for width in BEAMS[1:]:
            rows.append(_judged(model, batch, width, alpha))
        for score, values in zip(SCORES, np.transpose(rows).tolist(), strict=True):
            found[f"{score}, {name}, alpha {alpha:g}"] = values
    return found


def _judged(
    model: nn.Module, batch: Pairs, width: int, alpha: float
) -> tuple[float, float, float]:
    """Return the share right, the mean length and the mean log P of a beam's texts."""
    source = batch.source, batch.source_mask
    texts = beams.search(model, *source, width, LONGEST, alpha)
    right = [a == b for a, b in zip(texts, own_words.targets(batch), strict=True)]
    nats = log_probabilities(model, *source, texts)
    length = np.mean([len(text) for text in texts])
    return float(np.mean(right)), float(length), float(nats.mean())


def about() -> dict:
    """Return how the runs were made, and what was asked."""
    task = translating.task()
    return {
        "updates": UPDATES,
        "units": UNITS,
        "training sentences": len(task.train),
        "training texts": TEXTS,
        "share of own words": SHARE,
        "test sentences": len(task.test),
    }
