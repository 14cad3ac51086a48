"""Tokens per second of our encoder beside PyTorch's and Hugging Face's, in one run.

`python -m tests.benchmarks.encoders [--threads N] [--rounds N]`: width 128, 4 layers,
4 heads, T = 64, B = 32, the same AdamW; forward, backward, step. The others run twice:
without dropout, as ours does, and with the dropout 0.1 that they come with. All models
take turns, so that what else the machine does hits all alike. Ours multiplies by oneDNN
and, in a second row, by MKL as the others do.
"""

import argparse
import statistics
import time

import torch
from torch import Tensor, nn

from helpers.models.encoder import EncoderSize, TokenEncoder
from helpers.models.layers import available, use_onednn

VOCAB, WIDTH, HEADS, LAYERS, LENGTH, BATCH = 1000, 128, 4, 4, 64, 32


class Torch(nn.Module):
    """PyTorch's encoder with token and position vectors."""

    def __init__(self, dropout: float):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH)
        self.positions = nn.Embedding(LENGTH, WIDTH)
        layer = nn.TransformerEncoderLayer(
            WIDTH, HEADS, 4 * WIDTH, dropout, "gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, LAYERS)

    def forward(self, ids: Tensor) -> Tensor:
        return self.encoder(self.embed(ids) + self.positions.weight)


def hugging_face(dropout: float) -> nn.Module:
    """Return BertModel without its pooler."""
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=VOCAB,
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=4 * WIDTH,
        max_position_embeddings=LENGTH,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    return BertModel(config, add_pooling_layer=False)


def ours() -> nn.Module:
    size = EncoderSize(
        WIDTH, HEADS, 4 * WIDTH, LAYERS, "post", positions="learned", longest=LENGTH
    )
    return TokenEncoder(VOCAB, size)


def steps(model: nn.Module):
    """Yield after each training step; the seconds that it took."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    ids = torch.randint(VOCAB, (BATCH, LENGTH))
    wanted = torch.randn(BATCH, LENGTH, WIDTH)
    model.train()
    while True:
        start = time.perf_counter()
        out = model(ids)
        out = out if isinstance(out, Tensor) else out.last_hidden_state
        optimizer.zero_grad()
        (out - wanted).pow(2).mean().backward()
        optimizer.step()
        yield time.perf_counter() - start


def measure(models: dict[str, nn.Module], rounds: int) -> dict[str, list[float]]:
    """Return seconds per step; every model takes one step a round."""
    running = {name: steps(model) for name, model in models.items()}
    for _ in range(3):
        for each in running.values():
            next(each)
    seconds = {name: [] for name in models}
    for _ in range(rounds):
        for name, each in running.items():
            seconds[name].append(next(each))
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    models = {"ours": use_onednn(ours()) if available() else ours()}
    models |= {
        "ours, MKL": ours(),
        "torch.nn": Torch(0.0),
        "transformers": hugging_face(0.0),
    }
    models |= {"torch.nn, 0.1": Torch(0.1), "transformers, 0.1": hugging_face(0.1)}
    seconds = measure(models, given.rounds)
    print(f"{given.threads} threads, {given.rounds} rounds, width {WIDTH}, T={LENGTH}")
    print(f"{'encoder, dropout':18} {'tokens/s':>9} {'ms/step':>8} {'ours faster':>12}")
    for name, all_of in seconds.items():
        pairs = zip(all_of, seconds["ours"], strict=True)
        ratio = statistics.median(other / mine for other, mine in pairs)
        middle = statistics.median(all_of)
        rate = BATCH * LENGTH / middle
        print(f"{name:18} {rate:9,.0f} {middle * 1e3:8.1f} {ratio:14.2f}×")


if __name__ == "__main__":
    main()
