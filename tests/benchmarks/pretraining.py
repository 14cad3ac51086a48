"""How good after how many seconds: three ways to pre-train a BERT of the same size.

`python -m tests.benchmarks.pretraining [--seconds 90] [--threads N]`: the world's
stories, the same batches, the same held-out questions with their exact floors.

ours            weights of sd 1/√inputs, pre-norm, AdamW, warm-up and decay, no dropout
transformers    BertForPreTraining as it comes (sd 0.02, post-norm, dropout 0.1), with
                our AdamW, warm-up and decay
d2l-like        PyTorch's default weights, post-norm, Adam at 0.01 without warm-up

They take turns of ten seconds, so that what else the machine does hits all alike; the
seconds are those of training alone. Then, for a larger size (width 128, 4 layers,
T = 64, B = 32): tokens per second of whole training steps, in turns, too.
"""

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from helpers import training
from helpers.checkpoints import story_bert
from helpers.corpora import world
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.layers import available, use_onednn
from helpers.objectives import masking
from helpers.objectives.masking import IGNORE_INDEX, Packed, Pretraining
from tests.benchmarks.encoders import Torch

TURN = 10  # seconds
LARGE = BERTSize(1000, 128, 4, 512, 4, longest=64)
LENGTH, BATCH = 64, 32


def hugging_face(size: BERTSize, dropout: float = 0.1) -> nn.Module:
    """Return BertForPreTraining with its own first weights, called like ours."""
    from transformers import BertConfig, BertForPreTraining

    config = BertConfig(
        vocab_size=size.vocab_size,
        hidden_size=size.d_model,
        num_hidden_layers=size.n_layers,
        num_attention_heads=size.n_heads,
        intermediate_size=size.d_ff,
        max_position_embeddings=size.longest,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    return Called(BertForPreTraining(config))


class Called(nn.Module):
    """Hugging Face's model under our call."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, segments, asked=None):
        given = {"attention_mask": mask.long(), "token_type_ids": segments}
        out = self.model(ids, **given)
        tokens = out.prediction_logits
        return tokens if asked is None else tokens[asked], out.seq_relationship_logits


class Plain(nn.Module):
    """PyTorch's encoder with both heads: every token is scored, as in tutorials."""

    def __init__(self):
        super().__init__()
        self.encoder = Torch(0.0)
        self.tokens, self.pair = nn.Linear(128, LARGE.vocab_size), nn.Linear(128, 2)

    def forward(self, ids, mask, segments, asked=None):
        x = self.encoder(ids)
        return self.tokens(x)[asked], self.pair(x[:, 0])


def default_weights(model: nn.Module) -> nn.Module:
    """Draw all weights as PyTorch does where nobody says anything."""
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            module.reset_parameters()
    return model


@dataclass
class Run:
    """A model in training: its optimiser, its seconds so far."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    rate: Callable[
        [float], float
    ]  # learning rate by the share of the time that is over
    batches: Iterator
    seconds: float = 0.0
    steps: int = 0
    scores: list = field(default_factory=list)

    def step(self, total: float) -> None:
        start = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(min(self.seconds / total, 1.0))
        self.optimizer.zero_grad()
        masking.pretraining_loss(self.model, next(self.batches)).backward()
        training.clip_gradients(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.seconds += time.perf_counter() - start
        self.steps += 1


def our_rate(share: float) -> float:
    s = story_bert.SETTINGS
    return training.learning_rate(share * s.steps, s.steps, s.lr, s.warmup)


def runs(documents: list) -> dict[str, Run]:
    """Return the three, each with the same stream of batches."""
    size = story_bert.SIZE
    post = dataclasses.replace(size, norm="post")
    models = {
        "ours": BERTForPretraining(size),
        "transformers": hugging_face(post),
        "d2l-like": default_weights(BERTForPretraining(post)),
    }
    out = {}
    for name, model in models.items():
        adam = torch.optim.Adam if name == "d2l-like" else torch.optim.AdamW
        rate = (lambda _: 0.01) if name == "d2l-like" else our_rate
        stream = story_bert.batches(documents, torch.Generator().manual_seed(0))
        out[name] = Run(model.train(), adam(model.parameters()), rate, stream)
    return out


def race(seconds: float, documents: list, held_out) -> dict[str, Run]:
    """Train all, in turns; keep their scores after each third of the time."""
    every = runs(documents)
    for run in every.values():
        run.model.train()
    marks = [seconds / 3, seconds * 2 / 3, seconds]
    for mark in marks:
        while any(run.seconds < mark for run in every.values()):
            for run in every.values():
                stop = min(run.seconds + TURN, mark)
                while run.seconds < stop:
                    run.step(seconds)
        for run in every.values():
            run.scores.append(held_out.measure(run.model))
    return every


def throughput(rounds: int) -> dict[str, list[float]]:
    """Return seconds per training step of the larger size, one step each in turn."""
    fast = BERTForPretraining(LARGE)
    models = {
        "ours": use_onednn(fast) if available() else fast,
        "ours, MKL": BERTForPretraining(LARGE),
        "transformers": hugging_face(LARGE, 0.0),
        "transformers, 0.1": hugging_face(LARGE, 0.1),
        "torch.nn": Plain(),
    }
    stream = iter(lambda: random_batch(), None)
    all_runs = {
        name: Run(
            model.train(), torch.optim.AdamW(model.parameters()), our_rate, stream
        )
        for name, model in models.items()
    }
    seconds: dict[str, list[float]] = {name: [] for name in models}
    for i in range(rounds + 3):
        for name, run in all_runs.items():
            before = run.seconds
            run.step(1e9)
            if i >= 3:
                seconds[name].append(run.seconds - before)
    return seconds


def random_batch() -> Pretraining:
    """Return a full batch of random tokens, 15 % asked."""
    ids: Tensor = torch.randint(5, LARGE.vocab_size, (BATCH, LENGTH))
    segments = (torch.arange(LENGTH) > LENGTH // 2).long().expand(BATCH, LENGTH)
    packed = Packed(ids, torch.ones_like(ids, dtype=torch.bool), segments)
    hidden, targets = masking.hide(
        packed, LARGE.vocab_size, torch.Generator().manual_seed(0)
    )
    assert (targets != IGNORE_INDEX).any()
    return Pretraining(hidden, packed.mask, segments, targets, ids[:, 0] % 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    seconds = throughput(given.rounds)
    print(f"width 128, 4 layers, T={LENGTH}, B={BATCH}, {given.threads} threads")
    print(f"{'whole steps, dropout':22} {'tokens/s':>9} {'ours faster':>12}")
    for name, all_of in seconds.items():
        pairs = zip(all_of, seconds["ours"], strict=True)
        ratio = statistics.median(other / mine for other, mine in pairs)
        rate = BATCH * LENGTH / statistics.median(all_of)
        print(f"{name:22} {rate:9,.0f} {ratio:11.2f}×")
    held_out = story_bert.HeldOut(world.splits().test)
    print("\nafter … s of training: nats per hidden word (15 %; one) and pairs right")
    print(f"{'floor':14}", *(f"{s:.2f}" for s in held_out.floors()))
    every = race(given.seconds, world.documents(40_000, seed=11), held_out)
    for name, run in every.items():
        for i, scores in enumerate(run.scores):
            after = given.seconds * (i + 1) / 3
            print(f"{name:14} {after:4.0f} s", *(f"{s:.2f}" for s in scores))
        print(f"{name:14} {run.steps} steps")


if __name__ == "__main__":
    main()
