"""CoVe: does a translator's encoder know which sense a word has? Beside ELMo.

A translator learns from the training stories, three sentences at a time; the biLM on
file has read more stories than these. The other language has one word for both senses
of a form, or two. Then the encoder is frozen, and a linear classifier learns senses
from its states, as in `sense_labels`: the same labels, the same stories asked about.
Built in notebooks/06_attention.ipynb.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from helpers import objectives, training
from helpers.corpora import translation, world
from helpers.corpora.translation import Translation
from helpers.models.layers import answering
from helpers.models.seq2seq import Seq2Seq
from helpers.objectives import sequence_pairs
from helpers.studies import sense_choice, sense_heads, sense_labels, translating
from helpers.studies.results import finished
from helpers.studies.sense_choice import UNLABELLED, Story
from helpers.tokenization import Words

ONE = "translator, one word"
TWO = "translator, two words"
STATIC = "its word vectors"
RANDOM = "random translator"
ELMO = "ELMo, three sentences"
ARMS = (ONE, TWO, STATIC, RANDOM, ELMO)
UNTRAINED = (RANDOM, ELMO)  # in this study
SEEDS = (0, 1, 2, 3, 4)
RATES = (4e-3, 8e-3, 1.6e-2, 3.2e-2)  # of the translator
TUNED = "loss"
UPDATES = 600
SENTENCES = 3  # read at a time
D_MODEL = 64
WIDTH = 128  # of a state, as ELMo's
LABELS = tuple(sense_labels.STEPS)
TUNING = sense_labels.TUNING_LABELS
HEAD_RATES = sense_labels.RATES
POINTS = {"right": LABELS}
CODE = (
    *translating.CODE,
    "helpers.studies.sense_choice",
    "helpers.studies.sense_heads",
    "helpers.studies.sense_labels",
    "helpers.models.elmo",
    "helpers.models.elmo_tasks",
    "helpers.models.characters",
)
Reader = Callable[[Sequence[np.ndarray]], list[Tensor]]  # ids → layers (L, T, C)


def windows(document: world.Document) -> list[tuple[int, int]]:
    """Return where three sentences begin and end: the parts that are read at a time."""
    ends = document.sentences
    parts = [ends[i : i + SENTENCES] for i in range(0, len(ends), SENTENCES)]
    return [(part[0][0], part[-1][1]) for part in parts]


def translate(document: world.Document, two: bool) -> list[Translation]:
    """Translate a story, three sentences a text; `two`: each sense has its own word."""
    sentences = []
    for start, end in document.sentences:
        pair = translation.translate(document, start, end)
        target = list(pair.target)
        for j, i in enumerate(pair.alignment):
            sense = None if i is None else document.senses[start + i]
            if two and sense:
                target[j] += "/" + sense.partition("/")[2]
        sentences.append(pair._replace(target=tuple(target)))
    starts = range(0, len(sentences), SENTENCES)
    return [translation.join(sentences[i : i + SENTENCES]) for i in starts]


def translated(stories: Sequence, two: bool) -> list[Translation]:
    """Translate stories."""
    return [text for story in stories for text in translate(story, two)]


@lru_cache(2)
def targets(two: bool) -> Words:
    """Return the words of the language that is translated into."""
    return Words.from_tokens(
        [text.target for text in translated(world.splits().train, two)]
    )


@lru_cache(2)
def coded(part: str, two: bool) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the translated stories of the world's "train" or "valid", as ids."""
    found = []
    for text in translated(getattr(world.splits(), part), two):
        source = sense_choice.vocabulary().encode_array(text.source)
        found.append((source, targets(two).encode_array(text.target)))
    return found


def make(two: bool, seed: int) -> Seq2Seq:
    """Return a translator with its first weights; no other random stream moves."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        words = sense_choice.vocabulary()
        return Seq2Seq(len(words), len(targets(two)), D_MODEL, WIDTH, "general")


@lru_cache(6)
def translator(two: bool, rate: float, seed: int) -> Seq2Seq:
    """Train a translator on the stories, with one word for two senses or with two."""
    model = make(two, seed)
    order = torch.Generator().manual_seed(seed)
    pairs = coded("train", two)
    batches = sequence_pairs.pair_batches(pairs, translating.BATCH, order)
    settings = training.Settings(steps=UPDATES, lr=rate, warmup=0.1)
    finished(training.train(model, batches, translating.loss_of, settings))
    return model


def judged(model: Seq2Seq, two: bool) -> dict[str, float]:
    """Return the loss of a target token on new stories, and the share of right ones."""
    losses, right, ambiguous = [], [], []
    senses = [i for i, word in enumerate(targets(True).tokens) if "/" in word]
    for batch in map(sequence_pairs.pair_batch, _parts(coded("valid", two), 64)):
        with answering(model):
            logits = model(batch.source, batch.source_mask, batch.inputs)
        losses.append(objectives.token_losses(logits, batch.targets, batch.mask))
        hit = (logits.argmax(-1) == batch.targets)[batch.mask].float()
        right.append(hit)
        of_senses = torch.isin(batch.targets, torch.tensor(senses))
        ambiguous.append(hit[of_senses[batch.mask]])
    found = {"loss": torch.cat(losses).mean().item()}
    found["words right"] = torch.cat(right).mean().item()
    found["senses right"] = torch.cat(ambiguous).mean().item() if two else np.nan
    return found


def _parts(pairs: Sequence, n: int) -> list[Sequence]:
    return [pairs[i : i + n] for i in range(0, len(pairs), n)]


def read_by(model: Seq2Seq, static: bool = False) -> Reader:
    """Return what reads texts with an encoder: (1, T, N) each, or its word vectors."""

    def read(texts: Sequence[np.ndarray]) -> list[Tensor]:
        nothing = np.array([], dtype=int)  # no target
        batch = sequence_pairs.pair_batch([(ids, nothing) for ids in texts])
        with answering(model):
            if static:
                found = model.source_embed(batch.source)  # (B, S, C)
            else:
                found, _ = model.read(batch.source, batch.source_mask)  # (B, S, N)
        return [row[None, : len(ids)] for row, ids in zip(found, texts, strict=True)]

    return read


def elmo(texts: Sequence[np.ndarray]) -> list[Tensor]:
    """Read texts with the biLM on file: (3, T, 128) each."""
    batch = objectives.both_directions_batch(texts)
    with torch.no_grad():
        layers = sense_choice.trained().layers(*batch)[:, :, 1:]  # without the mark
    return [layers[:, row, : len(ids)] for row, ids in enumerate(texts)]


def reader(arm: str, rate: float | None, seed: int) -> Reader:
    """Return what reads texts in an arm."""
    if arm == ELMO:
        return elmo
    if arm == RANDOM:
        return read_by(make(False, 1000 + seed))
    return read_by(translator(arm == TWO, rate, seed), static=arm == STATIC)


def stories(documents: Sequence, read: Reader) -> list[Story]:
    """Read stories, three sentences at a time; keep the ambiguous words."""
    encode = sense_choice.vocabulary().encode_array
    cut = [windows(document) for document in documents]
    texts = []
    for document, parts in zip(documents, cut, strict=True):
        texts += [encode(document.tokens[start:end]) for start, end in parts]
    layers = iter([each for some in _parts(texts, 64) for each in read(some)])
    found = []
    for document, parts in zip(documents, cut, strict=True):
        whole = torch.cat([next(layers) for _ in parts], 1)  # (L, T, C)
        numbers = [sense_choice.senses().get(s, UNLABELLED) for s in document.senses]
        wanted = torch.tensor(numbers)
        at = wanted != UNLABELLED
        ids = torch.zeros(int(at.sum()), dtype=torch.long)  # no arm looks at them
        found.append(Story(ids, whole[:, at].clone(), wanted[at]))
    return found


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Train a translator; return its loss, and on the test what its states tell."""
    found = dict.fromkeys(("loss", "words right", "senses right"), np.nan)
    if arm not in UNTRAINED:
        found = judged(translator(arm == TWO, rate, seed), arm == TWO)
    if part == "validation":
        return {"loss": found["loss"]}
    read = reader(arm, rate, seed)
    learned, validated, asked = [stories(each, read) for each in documents(seed)]
    shares = {
        r: sense_heads.right_of(learned, validated, TUNING, r, seed) for r in HEAD_RATES
    }
    best = max(HEAD_RATES, key=shares.__getitem__)
    right = [sense_heads.right_of(learned, asked, n, best, seed) for n in LABELS]
    return found | {"right": right, "rate of the classifier": best}


def documents(seed: int) -> tuple[Sequence, Sequence, Sequence]:
    """Return stories to learn senses from, to choose with, and to be asked about.

    They are those of `sense_labels`.
    """
    known = sense_choice.ambiguous(world.splits().train)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(known), generator=generator)[:1800]
    asked = sense_labels.ASKED
    fresh = sense_choice.fresh()
    kept = fresh[len(sense_labels.SEEDS) * asked :]
    return [known[i] for i in order], kept, fresh[seed * asked : (seed + 1) * asked]


def about() -> dict:
    """Return how the runs were made."""
    return {
        "updates": UPDATES,
        "sentences read at a time": SENTENCES,
        "texts to translate": len(coded("train", False)),
        "words with a sense in them": sum(
            sense is not None for d in world.splits().train for sense in d.senses
        ),
    }
