"""Tasks on top of ELMo: the mix of layers, where it joins, the frozen biLM."""

import pytest
import torch

from helpers.models import elmo
from helpers.models import elmo_tasks as et

V = 30


def layers_of(n=3, b=2, t=5, c=8) -> torch.Tensor:
    return torch.randn(n, b, t, c, dtype=torch.float64)


def size(**changes) -> et.TaskSize:
    plain = {"n_labels": 4, "d_elmo": 8, "n_layers": 3, "d_model": 6, "d_hidden": 5}
    return et.TaskSize(**plain | changes)


def ragged(lengths=(4, 2, 6)) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.randint(4, V, mask.shape) * mask, mask


@pytest.mark.parametrize("n", [1, 3, 4])
def test_a_uniform_mix_is_the_mean_and_a_top_mix_the_last_layer(n):
    layers = layers_of(n)
    uniform, top = (et.ScalarMix(n, mode).double() for mode in ("uniform", "top"))
    assert torch.allclose(uniform(layers), layers.mean(0))
    assert torch.allclose(top(layers), layers[-1])
    assert torch.allclose(et.ScalarMix(n).double()(layers), layers.mean(0))  # at first


@pytest.mark.parametrize("j", [0, 1, 2])
def test_a_one_hot_mix_is_that_layer_times_gamma(j):
    mix, layers = et.ScalarMix(3).double(), layers_of()
    with torch.no_grad():
        mix.w[j], mix.gamma[...] = 100, 2.5
    assert torch.allclose(mix(layers), 2.5 * layers[j])


def test_equation_one_by_hand():
    mix = et.ScalarMix(2)
    with torch.no_grad():
        mix.w.copy_(torch.tensor([0.0, 3.0]).log1p())  # s = 1/5, 4/5
        mix.gamma[...] = 10
    layers = torch.tensor([1.0, 2.0])[:, None, None, None]
    assert mix.shares.tolist() == pytest.approx([0.2, 0.8])
    assert mix(layers).item() == pytest.approx(10 * (0.2 * 1 + 0.8 * 2))


@pytest.mark.parametrize("mode, learned", [("learned", 4), ("uniform", 1), ("top", 1)])
def test_the_mix_has_one_weight_per_layer_and_gamma(mode, learned):
    mix = et.ScalarMix(3, mode)
    mix(layers_of().float()).pow(2).sum().backward()
    trained = [p for p in mix.parameters() if p.grad is not None]
    assert sum(p.numel() for p in trained) == learned
    assert mix.shares.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("kind", et.KINDS)
@pytest.mark.parametrize("where", et.PLACES)
def test_padding_does_not_change_a_task_model(where, kind):
    model, (ids, mask) = et.TaskModel(V, size(where=where, kind=kind)), ragged()
    layers = layers_of(3, *ids.shape).float()
    found = model(ids, mask, layers)
    assert found.shape == ((3, 4) if kind == "sentence" else (3, 6, 4))
    for row, real in enumerate(mask.sum(1).tolist()):
        one = slice(row, row + 1)
        alone = model(ids[one, :real], None, layers[:, one, :real])[0]
        batched = found[row] if kind == "sentence" else found[row, :real]
        assert torch.allclose(batched, alone, atol=1e-5)


@pytest.mark.parametrize("where", et.PLACES)
def test_elmo_joins_only_where_it_was_asked_to(where):
    model, (ids, mask) = et.TaskModel(V, size(where=where)), ragged()
    layers = layers_of(3, *ids.shape).float()
    first, second = model(ids, mask, layers), model(ids, mask, layers + 1)
    assert torch.equal(first, second) == (where == "none")
    mixes = [n for n, m in model.named_children() if isinstance(m, et.ScalarMix)]
    wanted = {"none": [], "both": ["mix_input", "mix_output"]}
    assert mixes == wanted.get(where, [f"mix_{where}"])
    extra = 8 * 5 * 4 * 2 * (where in ("input", "both"))  # C · 4N, two directions
    extra += 8 * 4 * (where in ("output", "both")) + 4 * len(mixes)
    plain = et.TaskModel(V, size(where="none"))
    assert weights(model) == weights(plain) + extra


def weights(model: torch.nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def test_the_output_mix_reaches_the_head_of_its_own_position_only():
    model, (ids, mask) = et.TaskModel(V, size(where="output")), ragged()
    layers = layers_of(3, *ids.shape).float()
    changed = layers.clone()
    changed[:, 0, 2] += 1
    differs = (model(ids, mask, layers) != model(ids, mask, changed)).any(-1)
    assert differs.nonzero().tolist() == [[0, 2]]


def test_the_bilm_stays_frozen_and_the_mix_is_learned():
    bilm = elmo.BiLM(V, elmo.ELMoSize(4, 4))
    model, (ids, mask) = et.TaskModel(V, size(where="both")), ragged()
    model(ids, mask, bilm.layers(ids, mask)).pow(2).sum().backward()
    assert all(p.grad is None for p in bilm.parameters())
    for mix in (model.mix_input, model.mix_output):
        assert mix.w.grad.abs().sum() > 0 and mix.gamma.grad.abs() > 0


def test_a_framed_reading_lies_in_line_with_the_sequences():
    from helpers.objectives import batching, language_modeling

    bilm, docs = elmo.BiLM(V, elmo.ELMoSize(4, 4)), [[7, 8, 9], [5]]
    ids, mask = batching.pad(docs)
    framed = language_modeling.both_directions_batch(docs)
    layers = bilm.layers(*framed)[:, :, 1:-1]
    assert layers.shape[1:3] == ids.shape
    doubled = torch.cat([bilm.embed(ids)] * 2, -1)
    assert torch.equal(layers[0][mask], doubled[mask])
    assert et.TaskModel(V, size())(ids, mask, layers).shape == (2, 3, 4)


def test_pooling_looks_at_real_positions_only():
    states = torch.tensor([[[1.0], [3.0], [99.0]]])
    mask = torch.tensor([[True, True, False]])
    assert et.pool(states, mask).tolist() == [[2.0, 3.0]]
    with pytest.raises(ValueError, match="only padding"):
        et.pool(states, ~mask & mask)


def test_wrong_words_and_shapes_are_named():
    with pytest.raises(ValueError, match="mode='best'; choose one of learned"):
        et.ScalarMix(3, "best")
    with pytest.raises(ValueError, match="n_layers=0"):
        et.ScalarMix(0)
    with pytest.raises(ValueError, match="2 layers given; this mixes 3"):
        et.ScalarMix(3)(layers_of(2))
    for wrong in ({"where": "left"}, {"mix": "none"}, {"kind": "spans"}):
        with pytest.raises(ValueError, match="choose one of"):
            size(**wrong)
    with pytest.raises(ValueError, match="1 or more"):
        size(n_labels=0)
    ids, mask = ragged()
    with pytest.raises(ValueError, match="layers None do not fit; where='input'"):
        et.TaskModel(V, size())(ids, mask)
    with pytest.raises(ValueError, match=r"needs \(3, 3, 6, 8\)"):
        et.TaskModel(V, size())(ids, mask, layers_of(3, 3, 5).float())
