"""ELMo: two readings that do not see their answers, one that does, and the mix."""

import pytest
import torch
from torch import nn
from torch.nn.utils import rnn as packing

from helpers.models import characters as ch
from helpers.models import elmo
from helpers.models.bidirectional import reverse_real
from helpers.models.tracing import recording
from helpers.objectives import language_modeling as ob

V = 30
SIZES = [(4, 4, 1), (5, 7, 2), (6, 3, 3)]  # C, N, layers
WORDS = [f"w{chr(97 + i)}{'s' * (i % 5)}" for i in range(V)]


def small(c=5, n=7, layers=2) -> elmo.ELMoSize:
    return elmo.ELMoSize(c, n, layers, d_char=3, filters=((1, 4), (3, 5)))


def make(size=None, letters=True) -> elmo.BiLM:
    spellings = ch.spell(WORDS, 9) if letters else None
    return elmo.BiLM(V, size or small(), spellings).double()


def ragged(lengths=(6, 3, 8, 1)) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.randint(4, V, mask.shape) * mask, mask


# ---------------------------------------------------------------------- characters


def test_a_word_is_spelled_between_two_marks():
    found = ch.spell(["a!", "", "~é"], 5).tolist()
    assert found == [[1, 68, 4, 2, 0], [1, 2, 0, 0, 0], [1, 97, 3, 2, 0]]
    assert ch.N_CHARACTERS == max(map(max, found)) + 1
    assert ch.spell(["abcdef"], 5).equal(ch.spell(["abc"], 5))


def test_bad_spellings_are_refused():
    with pytest.raises(ValueError, match="list of words"):
        ch.spell("bank")
    with pytest.raises(ValueError, match="list of words"):
        ch.spell([])
    with pytest.raises(ValueError, match="width=2"):
        ch.spell(["bank"], 2)
    with pytest.raises(ValueError, match="filters="):
        ch.CharacterEncoder(9, 2, [], 4)
    with pytest.raises(ValueError, match="begins with padding"):
        ch.CharacterEncoder(9, 2, [(1, 2)], 4)(torch.tensor([[0, 1, 2]]))


def test_a_highway_carries_all_where_its_gate_is_shut_and_changes_all_where_open():
    highway, x = ch.Highway(6), torch.randn(4, 6)
    carried = torch.sigmoid(highway.gate(torch.zeros(6))).mean()
    assert carried.item() == pytest.approx(torch.sigmoid(torch.tensor(-2.0)).item())
    nn.init.zeros_(highway.gate.weight)
    nn.init.constant_(highway.gate.bias, -100)
    assert torch.allclose(highway(x), x)
    nn.init.constant_(highway.gate.bias, 100)
    assert torch.allclose(highway(x), torch.relu(highway.change(x)))


def test_the_character_encoder_equals_a_loop_over_windows():
    encoder = ch.CharacterEncoder(ch.N_CHARACTERS, 3, [(1, 4), (3, 5)], 6).double()
    found = encoder(ch.spell(["tiger", "a"], 11))
    for word, vector in zip(["tiger", "a"], found, strict=True):
        ids = ch.spell([word], len(word) + 4)[0]  # room for the widest window
        x, best = encoder.embed(ids), []
        for convolution in encoder.convolutions:
            width = convolution.kernel_size[0]
            windows = [x[i : i + width] for i in range(len(word) + 2)]
            w, b = convolution.weight, convolution.bias
            answers = [torch.einsum("fcw,wc->f", w, win) + b for win in windows]
            best.append(torch.stack(answers).amax(0))
        pooled = torch.relu(torch.cat(best))
        assert torch.allclose(encoder.project(encoder.highways(pooled)), vector)


def test_words_start_as_far_apart_as_rows_of_a_table():
    encoder = ch.CharacterEncoder(ch.N_CHARACTERS, 16, [(1, 16), (2, 32), (3, 48)], 64)
    words = ["bank", "river", "crane", "sings", "the", "Anna", ".", "keys", "old"]
    assert 0.3 < encoder(ch.spell(words)).std(0).mean() < 0.9


def test_more_room_for_letters_does_not_change_a_word():
    encoder = ch.CharacterEncoder(ch.N_CHARACTERS, 4, [(2, 5), (5, 3)], 6)
    words = ["a", "bank", "river"]
    narrow, wide = encoder(ch.spell(words, 7)), encoder(ch.spell(words, 20))
    assert torch.allclose(narrow, wide, atol=1e-6)


def test_an_unseen_word_gets_a_vector_of_its_own():
    model = make()
    more = torch.cat([model.spellings, ch.spell(["wazzle", "wizzle"], 9)])
    ids, unseen = torch.tensor([[5, 6, 7]]), torch.tensor([[5, V, 7]])
    assert torch.equal(model.layers(ids, spellings=more), model.layers(ids))
    found = model.layers(unseen, spellings=more)
    assert torch.isfinite(found).all()
    other = model.layers(torch.tensor([[5, V + 1, 7]]), spellings=more)
    assert not torch.allclose(found[0, 0, 1], other[0, 0, 1])
    with pytest.raises(ValueError, match="reads no letters"):
        make(letters=False).token_vectors(ids, more)
    with pytest.raises(ValueError, match="30 spellings for 31 words"):
        elmo.BiLM(31, small(), ch.spell(WORDS))


# ---------------------------------------------------------------------------- biLM


def test_turning_reverses_the_real_part_and_undoes_itself():
    x = torch.tensor([[1, 2, 3, 0], [4, 0, 0, 0], [5, 6, 7, 8]])[..., None]
    wanted = [[3, 2, 1, 0], [4, 0, 0, 0], [8, 7, 6, 5]]
    assert reverse_real(x, x[..., 0] > 0)[..., 0].tolist() == wanted
    _, mask = ragged()
    states = torch.randn(*mask.shape, 3)
    assert torch.equal(reverse_real(reverse_real(states, mask), mask), states)
    with pytest.raises(ValueError, match="pad on the right"):
        reverse_real(states, ~mask)


@pytest.mark.parametrize("size", SIZES)
def test_a_stack_of_one_width_equals_torch_layer_by_layer(size):
    c, n, layers = size
    stack, x = elmo.LSTMStack(c, n, layers).double(), torch.randn(3, 6, c).double()
    below = x
    for i, found in enumerate(stack(x)):
        lstm = nn.LSTM(c, n, batch_first=True).double()
        lstm.load_state_dict(stack.lstms[i].state_dict())
        wanted = stack.projections[i](lstm(below)[0]) + (below if i else 0)
        assert torch.allclose(found, wanted)
        below = found
    assert i == layers - 1


def test_forget_gates_start_open():
    for lstm in elmo.LSTMStack(4, 3, 2).lstms:
        assert lstm.bias_ih_l0.chunk(4)[1].tolist() == [1.0] * 3  # gates i, f, g, o
        assert lstm.bias_hh_l0.abs().max() < 1


@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize("size", SIZES)
def test_padding_does_not_change_what_is_real(size, letters):
    model, (ids, mask) = make(small(*size), letters), ragged()
    both, layers = model(ids, mask), model.layers(ids, mask)
    assert layers.shape == (size[2] + 1, *ids.shape, 2 * size[0])
    assert both[0].shape == both[1].shape == (*ids.shape, V)
    for row, real in enumerate(mask.sum(1).tolist()):
        alone = ids[row : row + 1, :real]
        for found, wanted in zip(both, model(alone), strict=True):
            assert torch.allclose(found[row, :real], wanted[0], atol=1e-9)
        wanted = model.layers(alone)[:, 0]
        assert torch.allclose(layers[:, row, :real], wanted, atol=1e-9)


@pytest.mark.parametrize("size", SIZES)
def test_backward_is_forward_on_the_reversed_sentence_with_swapped_weights(size):
    model, (ids, mask) = make(small(*size)), ragged()
    swapped = make(small(*size))
    swapped.load_state_dict(model.state_dict())
    swapped.to_right, swapped.to_left = swapped.to_left, swapped.to_right
    reverse = reverse_real(ids[..., None], mask)[..., 0]
    forward, backward = swapped(reverse, mask)
    assert torch.allclose(reverse_real(forward, mask), model(ids, mask)[1], atol=1e-6)
    assert torch.allclose(reverse_real(backward, mask), model(ids, mask)[0], atol=1e-6)


def influence(model: nn.Module, ids: torch.Tensor, t: int, which=None) -> list[bool]:
    """Return which positions' token vectors the logits at t depend on."""
    leaves = []

    def cut(_, __, x):
        leaves.append(x.detach().requires_grad_())
        return leaves[-1]

    hook = model.tap_tokens.register_forward_hook(cut)
    logits = model(ids)
    hook.remove()
    logits = logits if which is None else logits[which]
    logits[0, t].pow(2).sum().backward()
    return (leaves[0].grad[0] != 0).any(-1).tolist()


@pytest.mark.parametrize("t", [0, 3, 6])
def test_no_direction_sees_its_answer(t):
    model, ids = make(), torch.randint(4, V, (1, 7))
    assert influence(model, ids, t, 0) == [i <= t for i in range(7)]
    assert influence(model, ids, t, 1) == [i >= t for i in range(7)]


def test_the_layers_of_elmo_see_both_sides():
    model, ids = make(), torch.randint(4, V, (1, 7))
    changed = ids.clone()
    changed[0, [0, 6]] = (ids[0, [0, 6]] - 3) % 26 + 4
    gaps = model.layers(ids) - model.layers(changed)
    differs = (gaps.abs() > 1e-12).any(-1)[:, 0]  # (L + 1, T)
    assert differs[0].tolist() == [True] + [False] * 5 + [True]
    assert differs[1:].all()


def test_halves_stand_side_by_side_and_can_be_recorded():
    model, (ids, mask) = make(), ragged()
    with recording(model) as seen:
        layers = model.layers(ids, mask)
    assert torch.equal(seen["tap_layers"], layers[1:])
    assert torch.equal(torch.cat([seen["tap_tokens"]] * 2, -1), layers[0])
    top = layers[-1].chunk(2, -1)
    for half, logits in zip(top, model(ids, mask), strict=True):
        assert torch.allclose(model.output(half), logits)


def test_both_directions_train_the_shared_parts_and_each_its_own_lstms():
    model = make()
    ids, mask = ob.both_directions_batch(
        [torch.randint(4, V, (n,)).numpy() for n in (5, 2)]
    )
    logits = model(ids, mask)
    forward, _ = ob.both_directions_losses(*logits, ids, mask)
    forward.mean().backward(retain_graph=True)
    assert all(p.grad is None for p in model.to_left.parameters())
    assert all(p.grad is not None for p in model.to_right.parameters())
    alone = model.output.weight.grad.clone()
    model.zero_grad()
    ob.both_directions_loss(*logits, ids, mask).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert not torch.allclose(alone / 2, model.output.weight.grad)


def test_sizes_below_one_are_refused():
    with pytest.raises(ValueError, match="every size is 1 or more"):
        elmo.ELMoSize(d_hidden=0)
    with pytest.raises(ValueError, match="n_layers=0"):
        elmo.StackedBidirectional(V, 4, 4, 0)


# ----------------------------------------------------------------------- the cheat


def packed(lstm: nn.LSTM, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    lengths = mask.sum(1)
    options = {"batch_first": True, "enforce_sorted": False}
    out, _ = lstm(packing.pack_padded_sequence(x, lengths, **options))
    return packing.pad_packed_sequence(out, batch_first=True)[0]


def test_stacked_bidirectional_layers_match_torch_on_packed_sequences():
    cheat, (ids, mask) = elmo.StackedBidirectional(V, 5, 3).double(), ragged()
    lstm = nn.LSTM(5, 3, 2, batch_first=True, bidirectional=True).double()
    with torch.no_grad():
        for i, layer in enumerate(cheat.layers):
            cells = ((layer.forward_cell, ""), (layer.backward_cell, "_reverse"))
            for cell, end in cells:
                getattr(lstm, f"weight_ih_l{i}{end}").copy_(cell.W_x)
                getattr(lstm, f"weight_hh_l{i}{end}").copy_(cell.W_h)
                getattr(lstm, f"bias_ih_l{i}{end}").copy_(cell.b)
                getattr(lstm, f"bias_hh_l{i}{end}").zero_()
    wanted = cheat.output(packed(lstm, cheat.embed(ids), mask))
    assert torch.allclose(cheat(ids, mask)[mask], wanted[mask])


@pytest.mark.parametrize("n_layers", [1, 2])
def test_the_cheat_sees_its_answer(n_layers):
    cheat = elmo.StackedBidirectional(V, 5, 3, n_layers).double()
    assert influence(cheat, torch.randint(4, V, (1, 7)), 3) == [True] * 7


def test_halves_apart_are_honest_until_they_are_stacked():
    ids = torch.randint(4, V, (1, 7))
    honest = elmo.StackedBidirectional(V, 5, 3, 1, apart=True).double()
    assert influence(honest, ids, 3) == [True] * 4 + [False] + [True] * 2
    stacked = elmo.StackedBidirectional(V, 5, 3, 2, apart=True).double()
    assert influence(stacked, ids, 3)[4]


@pytest.mark.parametrize("apart", [True, False])
def test_the_cheat_does_not_see_padding(apart):
    cheat = elmo.StackedBidirectional(V, 5, 3, apart=apart).double()
    ids, mask = ragged()
    for row, real in enumerate(mask.sum(1).tolist()):
        wanted = cheat(ids[row : row + 1, :real])[0]
        assert torch.allclose(cheat(ids, mask)[row, :real], wanted)


def test_only_the_forget_gates_of_a_stack_start_open():
    torch.manual_seed(0)
    for lstm in elmo.LSTMStack(4, 9, 2).lstms:
        for i, gate in enumerate(lstm.bias_ih_l0.chunk(4)):
            assert (gate == 1).all() if i == 1 else (gate.abs() <= 9**-0.5).all()


def test_vectors_from_letters_start_with_the_promised_spread():
    torch.manual_seed(0)
    encoder = ch.CharacterEncoder(20, 4, [(1, 100), (3, 300)], 200)
    assert encoder.project.weight.std().item() == pytest.approx(2 / 20, rel=0.02)


def test_the_smallest_sizes_are_allowed():
    model = elmo.BiLM(V, elmo.ELMoSize(1, 1, 1, 1, ((1, 1),)), ch.spell(WORDS, 3))
    assert model.layers(torch.tensor([[5, 6]])).shape == (2, 1, 2, 2)
    with pytest.raises(ValueError, match="filters="):
        ch.CharacterEncoder(9, 2, [(1, 0)], 4)
