"""What a BERT costs before it is trained: parameters, memory, operations, hours.

Built in notebooks/15_scaling_up.ipynb.
"""

from collections.abc import Mapping
from dataclasses import asdict

from helpers.pictures.picture import Picture
from helpers.pictures.plots import bars
from helpers.widgets.shell import View, labels

TEXTS, LENGTHS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512), (64, 128, 256, 512)
READ = (1e6, 1e7, 1e8, 1e9, 1e10, 42.6e9, 1e12)  # tokens; BERT's paper: 42.6 billion
DEVICES = (1, 2, 4, 8, 16, 64, 256, 1024)
SAMPLES = ((32, 128, "fp32", False), (8, 512, "bf16", True))  # checked in the page
KEPT = ("d_model", "n_heads", "d_ff", "n_layers", "vocab_size", "longest", "norm")


def size_calculator(
    presets: Mapping[str, object],
    rates: Mapping[str, float],
    first: str = "",
    tokens: tuple[int, int] = (32, 128),
) -> View:
    """Show what training a BERT costs; sliders change its size and the devices.

    `presets` names 1 to 8 BERTSize; `rates` 1 to 8 devices, with operations per second
    at best; `first` is the size shown first, with `tokens` = (texts, tokens in a text).
    The formulas are those of `helpers.models.sizes`; the page also carries that module's
    results and tells the largest deviation. Raises ValueError for other counts.
    """
    names = labels("presets", presets, 1, 8)
    labels("rates", rates, 1, 8)
    first = first or names[0]
    if first not in names or tokens[0] not in TEXTS or tokens[1] not in LENGTHS:
        raise ValueError(
            f"first={first!r}, tokens={tokens}; give one of {names}, texts from "
            f"{TEXTS} and a length from {LENGTHS}"
        )
    shapes = [{k: asdict(size)[k] for k in KEPT} for size in presets.values()]
    params = {
        "title": "What does it cost?",
        "idea": "Find a size that your own device trains in a day.",
        "names": names,
        "sizes": shapes,
        "first": names.index(first),
        "choices": [list(TEXTS), list(LENGTHS), list(READ), list(DEVICES)],
        "tokens": [TEXTS.index(tokens[0]), LENGTHS.index(tokens[1])],
        "devices": [str(name) for name in rates],
        "rates": [float(rate) for rate in rates.values()],
        "checks": [costs(size, s) for size in presets.values() for s in SAMPLES],
        "samples": [list(sample) for sample in SAMPLES],
    }
    drawn = _still(first, costs(presets[first], (*tokens, "fp32", False)), tokens)
    rows = [["size", "parameters", "with heads"]]
    rows += [[name, *costs(size, SAMPLES[0])[:2]] for name, size in presets.items()]
    return View("size_calculator", params, {}, drawn, rows)


def _still(name: str, shown: list[float], tokens: tuple[int, int]) -> Picture:
    parts = ("weights", "gradients", "AdamW", "activations")
    title = f"{name}: where the memory goes in training".replace("$", r"\$")
    drawn = bars(parts, [b / 2**30 for b in shown[3:]], title, unit="GB, in fp32")
    texts, length = tokens
    return drawn.caption(f"{shown[1]:,} parameters; {texts} texts of {length} tokens.")


def costs(size, sample: tuple) -> list[float]:
    """Return parameters without and with heads, operations per token, four memories."""
    from helpers.models import sizes  # only here: it brings torch along

    n_texts, length, precision, again = sample
    counts = [sum(sizes.parameters(size, heads).values()) for heads in (False, True)]
    work = sizes.training_flops(size, length, checkpointing=again)
    memory = sizes.memory(size, (n_texts, length), precision, again)
    return [*counts, work, *memory.values()]
