"""What a BERT costs before it is trained: parameters, memory, operations, hours.

Built in notebooks/15_scaling_up.ipynb.
"""

from collections.abc import Mapping
from dataclasses import asdict

from helpers.pictures.picture import Picture
from helpers.pictures.plots import bars
from helpers.widgets.checks import one_of
from helpers.widgets.shell import View, finite, labels
from helpers.widgets.stills import plain

TEXTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
LENGTHS = (64, 128, 256, 512)
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
    The formulas are those of `helpers.models.sizes`; the page also carries the results
    of that module and tells the largest deviation. Raises ValueError for other counts.
    """
    names = _names("presets", presets)
    devices = _names("rates", rates)
    speeds = finite("rates", [float(rate) for rate in rates.values()])
    if speeds.min() <= 0:
        raise ValueError(f"rates hold {speeds.min():g}; give operations a second > 0")
    first = str(first) or names[0]
    choices = [one_of("texts", tokens[0], TEXTS), one_of("length", tokens[1], LENGTHS)]
    params = {
        "title": "What does it cost?",
        "idea": "Find a size that your own device trains in a day.",
        "names": names,
        "sizes": [_kept(size) for size in presets.values()],
        "first": one_of("first", first, names),
        "choices": [TEXTS, LENGTHS, READ, DEVICES],
        "tokens": choices,
        "devices": devices,
        "rates": speeds.tolist(),
        "checks": [],
        "samples": SAMPLES,
    }
    rows = [["size", "parameters", "with heads"]]
    for name, size in presets.items():
        costs = [_costs(size, sample) for sample in SAMPLES]
        params["checks"] += costs
        rows.append([name, *costs[0][:2]])
    still = _still_picture([*presets.values()][params["first"]], first, tokens)
    return View("size_calculator", params, {}, still, rows)


def _kept(size: object) -> dict[str, int]:
    fields = asdict(size)
    return {field: fields[field] for field in KEPT}


def _names(what: str, given: Mapping) -> list[str]:
    if not isinstance(given, Mapping):
        raise TypeError(f"{what} is a {type(given).__name__}; give {{name: value}}")
    return labels(what, given, 1, 8)


def _still_picture(
    size: object,
    name: str,
    tokens: tuple,
) -> Picture:
    """Draw what fills the memory in training."""
    _, n_parameters, _, *memory = _costs(size, (*tokens, "fp32", False))
    parts = ("weights", "gradients", "AdamW", "activations")
    title = plain(f"{name}: where the memory goes in training", 80)
    drawn = bars(parts, [n / 2**30 for n in memory], title, unit="GB, in fp32")
    n_texts, length = tokens
    return drawn.caption(
        f"{n_parameters:,} parameters; {n_texts} texts of {length} tokens."
    )


def _costs(size: object, sample: tuple) -> list[float]:
    """Return parameters without and with heads, operations per token, four memories.

    `sample` = (texts, tokens in a text, precision, checkpointing).
    """
    from helpers.models import sizes  # only here: it brings torch along

    n_texts, length, precision, checkpointing = sample
    without_heads = sum(sizes.parameters(size, False).values())
    with_heads = sum(sizes.parameters(size, True).values())
    work = sizes.training_flops(size, length, checkpointing=checkpointing)
    memory = sizes.memory(size, (n_texts, length), precision, checkpointing)
    return [without_heads, with_heads, work, *memory.values()]
