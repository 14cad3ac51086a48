"""Tokens per second, and the share of the device's peak, of whole training steps.

`python -m tests.benchmarks.scaling [--size base] [--device cpu] [--rounds 20]`: our
`helpers.pretrain` step beside transformers' BertForPreTraining, in turns, in one run:
the same size, random full rows, 15 % of the tokens asked, both losses, AdamW. In bf16
where the device has it. Ours asks the masked head for the hidden tokens only, as
`helpers.pretrain` does; transformers' computes all, as it comes.

model FLOPs    what training needs by the formula of helpers.models.sizes, both alike:
               6 · weights + the attention's term, per token
use            model FLOPs per second, divided by the peak: of the data sheet where the
               device is known, else the best of large matrix products, measured here

Without a GPU it says that it was not run; --size tiny --device cpu shows that it works.
"""

import argparse
import datetime
import statistics
import sys
import time
from typing import NamedTuple

import torch
from torch import nn

from helpers.models import sizes
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.sizes import SIZES, sized
from helpers.objectives import masking
from helpers.objectives.masking import Packed, Pretraining
from helpers.pretrain.step import PretrainingRun, precision, prepared, summed_losses
from helpers.training import Settings
from tests.benchmarks.pretraining import hugging_face

# dense bf16 products per second, by data sheet; the longest name that fits counts
PEAKS = {"H200": 989e12, "H100": 989e12, "A100": 312e12, "L4": 121e12, "A10": 125e12}
WARM = 3  # rounds that are not counted
ROWS = {"cuda": 256, "cpu": 8}  # of a batch


def random_rows(size: BERTSize, batch_size: int, seq_len: int) -> Pretraining:
    """Return full rows of random tokens, 15 % of them asked."""
    ids = torch.randint(5, size.vocab_size, (batch_size, seq_len))
    segments = (torch.arange(seq_len) > seq_len // 2).long().expand(ids.shape)
    packed = Packed(ids, torch.ones_like(ids, dtype=torch.bool), segments)
    dice = torch.Generator().manual_seed(0)
    hidden, targets = masking.hide(packed, size.vocab_size, dice)
    return Pretraining(hidden, packed.mask, segments, targets, ids[:, 0] % 2)


def runs(size: BERTSize, device: torch.device, half: str, saving: bool) -> dict:
    """Return both models in training, by name."""
    models: dict[str, nn.Module] = {
        "ours": prepared(BERTForPretraining(size), device, saving),
        "transformers": hugging_face(size, size.dropout).to(device).train(),
    }
    if saving:
        models["transformers"].model.gradient_checkpointing_enable()
    settings = Settings(10**6, lr=1e-4, fused=device.type == "cuda")
    return {n: PretrainingRun(m, settings, half) for n, m in models.items()}


def measure(every: dict, batch: Pretraining, rounds: int) -> dict[str, list[float]]:
    """Return seconds per step; all take one step a round."""
    seconds: dict[str, list[float]] = {name: [] for name in every}
    for i in range(WARM + rounds):
        for name, run in every.items():
            start = time.perf_counter()
            run.step(summed_losses, [batch])  # reads the loss: waits for the device
            if i >= WARM:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def peak(device: torch.device, half: str) -> tuple[float, str]:
    """Return the device's best operations per second, and where that is from."""
    name = device_name(device)
    known = [rate for part, rate in PEAKS.items() if part in name and half != "fp32"]
    if known:
        return known[0], "data sheet"
    kind = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(half, torch.float32)
    a, rates = torch.randn(2048, 2048, device=device, dtype=kind), []
    for _ in range(6):
        start = time.perf_counter()
        (a @ a)[0, 0].item()
        rates.append(2 * 2048**3 / (time.perf_counter() - start))
    return max(rates), "measured"


def device_name(device: torch.device) -> str:
    """Return what the machine calls the device."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads"


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="base")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--batch-size", type=int, default=0)
    parser.add_argument("--seq-len", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--activation-checkpointing", action="store_true")
    return parser.parse_args(arguments)


class Rate(NamedTuple):
    """What a model reached: medians over the rounds."""

    tokens: float  # per second
    seconds: float  # per step
    flops: float  # model FLOPs per second


def rates(given: argparse.Namespace, half: str) -> dict[str, Rate]:
    """Return what both models reach."""
    device = torch.device(given.device)
    torch.manual_seed(0)
    size = sized(given.size, SIZES[given.size].vocab_size)
    n_rows = given.batch_size or ROWS[given.device]
    batch = random_rows(size, n_rows, given.seq_len)
    every = runs(size, device, half, given.activation_checkpointing)
    tokens = n_rows * given.seq_len
    flops = tokens * sizes.training_flops(size, given.seq_len)
    found = measure(every, batch, given.rounds)
    middle = {name: statistics.median(seconds) for name, seconds in found.items()}
    return {n: Rate(tokens / s, s, flops / s) for n, s in middle.items()}


def main() -> None:
    given = parsed(sys.argv[1:])
    if given.device == "cuda" and not torch.cuda.is_available():
        sys.exit("scaling: not run, no GPU here (--size tiny --device cpu shows it)")
    device = torch.device(given.device)
    half = precision("auto", device)
    best, source = peak(device, half)
    print(
        f"{datetime.date.today()}  {device_name(device)}, PyTorch {torch.__version__}: "
        f"BERT-{given.size} in {half}, "
        f"{given.batch_size or ROWS[given.device]} rows of {given.seq_len}, "
        f"peak {best / 1e12:.3g} TFLOP/s ({source})"
    )
    print(f"{'':14} {'tokens/s':>10} {'ms/step':>9} {'TFLOP/s':>9} {'use':>6}")
    for name, rate in rates(given, half).items():
        print(
            f"{name:14} {rate.tokens:10,.0f} {rate.seconds * 1e3:9.1f} "
            f"{rate.flops / 1e12:9.3g} {rate.flops / best:6.1%}"
        )


if __name__ == "__main__":
    main()
