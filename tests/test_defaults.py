"""What a caller leaves out: the papers' numbers, PyTorch's, and the course's sizes.

Notebooks, checkpoints and tables of runs were made with them.
"""

import dataclasses
import inspect

import pytest
import torch
from torch import nn

from helpers.finetuning import answers
from helpers.models import (
    bert,
    characters,
    elmo,
    elmo_tasks,
    encoder,
    gated,
    positions,
    sizes,
    vectors,
)
from helpers.models.attention import Cache
from helpers.objectives import batching, masking
from helpers.tokenization import wordpiece
from helpers.training import loop, resume

SMALL = {"d_model": 64, "n_heads": 4, "d_ff": 256, "n_layers": 2, "dropout": 0.0}
T5 = {"n_buckets": 32, "farthest": 128}  # Raffel et al. 2020, sec. 2.1
BASE = {"base": 10_000.0}  # Vaswani et al. 2017, sec. 3.5; Su et al. 2021
FILTERS = ((1, 16), (2, 32), (3, 48), (4, 48))
DEFAULTS = [
    (encoder.EncoderSize, SMALL | {"longest": 512, "eps": nn.LayerNorm(1).eps}),
    (bert.BERTSize, SMALL | {"longest": 128, "weight_sd": None}),
    (encoder.layer_norm, {"eps": nn.LayerNorm(1).eps}),
    (elmo.ELMoSize, {"d_model": 64, "d_hidden": 128, "n_layers": 2, "d_char": 16}),
    (elmo.ELMoSize, {"filters": FILTERS, "n_highway": 1}),
    (elmo.StackedBidirectional, {"n_layers": 2, "apart": False}),
    (characters.CharacterEncoder, {"n_highway": 1}),
    (characters.spell, {"width": 16}),
    (elmo_tasks.TaskSize, {"d_elmo": 2 * 64, "n_layers": 1 + 2}),  # of an ELMoSize
    (elmo_tasks.TaskSize, {"d_model": 32, "d_hidden": 32}),
    (gated.LSTM, {"forget_bias": 1.0}),  # Jozefowicz et al. 2015, sec. 4
    (positions.bucket, T5),
    (positions.RelativeBias, T5),
    (positions.RelativeKeys, {"farthest": 16}),  # Shaw et al. 2018, sec. 4.1
    (positions.sinusoid, BASE),
    (positions.frequencies, BASE),
    (positions.sinusoids, BASE),
    (positions.Sinusoidal, BASE),
    (positions.Rotary, BASE),
    (sizes.sized, {"longest": 512}),
    (sizes.parameters, {"heads": False}),
    (sizes.activations, {"checkpointing": False}),
    (sizes.training_flops, {"masked": 0.15, "checkpointing": False}),
    (sizes.hours, {"n_devices": 1, "utilisation": 0.4}),
    (vectors.neighbours, {"k": 5}),
    (vectors.analogy, {"k": 1}),
    (vectors.pmi, {"positive": True}),
    (vectors.ngrams_of, {"low": 3, "high": 6}),  # Bojanowski et al. 2017, sec. 3.2
    (vectors.train_skipgram, {"lr": 0.01}),
    (masking.Shares, {"chosen": 0.15, "hidden": 0.8, "random": 0.1}),  # Devlin et al.
    (loop.Settings, {"lr": 3e-3, "warmup": 0.05, "clip": 1.0, "weight_decay": 0.01}),
    (loop.Settings, {"every": 100, "fused": False}),
    (loop.History, {"seconds": 0.0, "interrupted": False}),
    (loop.adamw_step, {"lr": torch.optim.AdamW([torch.ones(1)]).defaults["lr"]}),
    (loop.progress, {"done": 0, "shown": True}),
    (resume.train, {"every": 100}),
    (answers.best_span, {"longest": 8}),
    (wordpiece.normalise, {"lower": True}),
    (wordpiece.WordPiece, {"lower": True}),
    (wordpiece.train, {"frequent": False}),
]
FROZEN = [
    encoder.EncoderSize(),
    bert.BERTSize(9),
    elmo.ELMoSize(),
    elmo_tasks.TaskSize(2),
    loop.Settings(1),
]


def named(thing) -> str:
    """Return a name that is the same in every process."""
    return "-".join(thing) if isinstance(thing, dict) else thing.__name__


@pytest.mark.parametrize(("thing", "wanted"), DEFAULTS, ids=named)
def test_what_is_left_out_has_its_known_value(thing, wanted):
    given = inspect.signature(thing).parameters
    assert {name: given[name].default for name in wanted} == wanted


@pytest.mark.parametrize("one", FROZEN, ids=lambda x: type(x).__name__)
def test_sizes_and_settings_cannot_change_under_a_model(one):
    name = dataclasses.fields(one)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(one, name, 7)
    assert hash(one) == hash(dataclasses.replace(one))


def test_numbers_that_others_fixed():
    assert batching.IGNORE_INDEX == nn.CrossEntropyLoss().ignore_index
    assert vectors.N_NEGATIVES == 5  # Mikolov et al. 2013, sec. 2.2
    assert bert.EPS == 1e-12  # of the released weights
    assert (sizes.D_HEAD, sizes.PAPER_SD, sizes.PIECES) == (64, 0.02, 30_522)
    assert sizes.BYTES == {"fp32": 4, "bf16": 2, "fp16": 2}


def test_a_cache_is_itself_alone():
    full = Cache(torch.ones(2), torch.ones(2))
    assert full != Cache(full.keys, full.values) and {full: 1}[full] == 1
