"""Costs by formula equal those of real modules, for all released sizes."""

import pytest
import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from helpers.models import sizes
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.models.encoder import EncoderBlock, EncoderSize
from helpers.models.sizes import SIZES, sized
from helpers.models.tracing import recording

# of the released weights, encoder with pooler; Turc et al. 2019 print millions
TOTALS = {
    "tiny": 4_385_920,
    "mini": 11_170_560,
    "small": 28_763_648,
    "medium": 41_373_184,
    "base": 109_482_240,
    "large": 335_141_888,
}


def small(norm: str = "post") -> BERTSize:
    return BERTSize(50, 24, 3, 80, 2, longest=11, norm=norm)


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize("name", SIZES)
def test_parameters_are_those_of_the_released_sizes_and_of_our_modules(name):
    size = SIZES[name]
    with torch.device("meta"):
        model = BERTForPretraining(size)
    assert sum(sizes.parameters(size).values()) == TOTALS[name] == count(model.bert)
    assert sum(sizes.parameters(size, heads=True).values()) == count(model)


@pytest.mark.parametrize("name", SIZES)
def test_parameters_are_those_of_transformers(name):
    transformers = pytest.importorskip("transformers")
    size = SIZES[name]
    config = transformers.BertConfig(
        vocab_size=size.vocab_size,
        hidden_size=size.d_model,
        num_attention_heads=size.n_heads,
        num_hidden_layers=size.n_layers,
        intermediate_size=size.d_ff,
    )
    with torch.device("meta"):
        assert count(transformers.BertModel(config)) == TOTALS[name]


def test_the_heads_of_base_and_large_add_what_the_released_files_hold():
    for name, total in (("base", 110_106_428), ("large", 336_226_108)):
        assert sum(sizes.parameters(SIZES[name], heads=True).values()) == total


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_each_part_is_counted_where_it_stands(norm):
    size = small(norm)
    parts, model = sizes.parameters(size, heads=True), BERTForPretraining(size)
    block = model.bert.encoder.blocks[0]
    assert sizes.block_parameters(24, 80) == count(block)
    attention = count(block.attend) + count(block.norm_attend)
    assert parts["attention"] == size.n_layers * attention
    assert parts["feed-forward"] + parts["attention"] == size.n_layers * count(block)
    assert sum(parts.values()) == count(model)


def test_operations_are_those_that_pytorch_counts():
    size, seq_len = small(), 7
    model = BERTForPretraining(size)
    x, forward = torch.randn(5, seq_len, 24, requires_grad=True), 5 * seq_len
    forward *= sizes.forward_flops(size, seq_len)
    with recording(model):  # attention with its weights: its products are counted
        with FlopCounterMode(display=False) as counted:
            y = model.bert.encoder(x)
        assert counted.get_total_flops() == forward
        with FlopCounterMode(display=False) as counted:
            y.sum().backward()
        assert counted.get_total_flops() == 2 * forward
    with FlopCounterMode(display=False) as counted:
        model.masked(torch.randn(9, 24))
    assert counted.get_total_flops() == 9 * sizes.head_flops(size)


def test_base_as_in_the_paper_takes_2_4e19_operations():
    size = SIZES["base"]
    steps = ((900_000, 256, 128), (100_000, 256, 512))
    total = sum(n * b * t * sizes.training_flops(size, t) for n, b, t in steps)
    assert total == pytest.approx(2.4e19, rel=0.02)


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_activations_are_what_autograd_keeps(norm):
    size, batch, seq_len = small(norm), 5, 7
    block = EncoderBlock(EncoderSize(24, 3, 80, 1, norm))
    weights = {p.untyped_storage().data_ptr() for p in block.parameters()}
    kept = {}

    def keep(x):
        kept[x.untyped_storage().data_ptr()] = x
        return x

    with saved_tensors_hooks(keep, lambda x: x):
        block(torch.randn(batch, seq_len, 24, requires_grad=True))
    found = [x for at, x in kept.items() if at not in weights]
    found = [x for x in found if x.shape != (24, 72)]  # weights of q, k, v together
    total = sum(x.untyped_storage().nbytes() // 4 for x in found)
    assert total == batch * sizes.block_activations(size, seq_len)


def test_memory_in_mixed_precision_and_with_checkpointing():
    size, n = small(), sum(sizes.parameters(small(), heads=True).values())
    plain = sizes.memory(size, (5, 7))
    assert sum(plain.values()) == 16 * n + 4 * 5 * sizes.activations(size, 7)
    half = sizes.memory(size, (5, 7), "bf16")
    assert half["activations"] * 2 == plain["activations"]
    assert half["weights"] == plain["weights"] + 2 * n
    few = sizes.memory(size, (5, 7), checkpointing=True)["activations"]
    one = sizes.block_activations(size, 7)
    assert few == 4 * 5 * (size.n_layers * 7 * 24 + one)
    with pytest.raises(ValueError, match="int8"):
        sizes.memory(size, (5, 7), "int8")


def test_hours_by_hand_and_bad_rates():
    assert sizes.hours(3.6e15, 1e12, 2, 0.5) == pytest.approx(1.0)
    for rate, n, use in ((0, 1, 0.5), (1e12, 0, 0.5), (1e12, 1, 0), (1e12, 1, 1.1)):
        with pytest.raises(ValueError, match="utilisation"):
            sizes.hours(1e15, rate, n, use)


def test_checkpointing_costs_one_forward_pass_more():
    size = small()
    more = sizes.training_flops(size, 7, checkpointing=True)
    assert more - sizes.training_flops(size, 7) == sizes.forward_flops(size, 7)


def test_a_size_takes_another_vocabulary_and_length():
    size = sized("tiny", 600, 64)
    assert (size.vocab_size, size.longest) == (600, 64)
    assert (size.d_model, size.n_heads) == (128, 2)
    with pytest.raises(ValueError, match="size='huge'; choose one of tiny"):
        sized("huge", 600)
