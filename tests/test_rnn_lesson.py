"""What notebook 02 measures with: shares, reach, clipping, names, its two studies."""

import math

import numpy as np
import pytest
import torch

from helpers import studies
from helpers.corpora import tasks, world
from helpers.models import reach
from helpers.models.recurrent import RNN
from helpers.probes import names
from helpers.studies import agreement, lengths, verbs, wide_window, writing
from helpers.studies.agreement import Kind
from helpers.training.clipping import clip_by_norm
from helpers.widgets import rnn_unrolled

# ------------------------------------------------------------- gradients through time


@pytest.mark.parametrize("w", [0.0, 0.9, -1.7])
@pytest.mark.parametrize("xs", [[0.4], [0.5, -0.3, 0.8], [0.1] * 9])
def test_the_shares_sum_to_the_gradient_of_autograd(xs, w):
    weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    h = torch.zeros((), dtype=torch.float64)
    for x in xs:
        h = torch.tanh(x + weight * h)
    h.backward()
    shares = reach.bptt_shares(xs, w)
    assert len(shares) == len(xs)
    assert shares[0] == 0.0  # nothing came into the first step
    assert sum(shares) == pytest.approx(weight.grad.item(), abs=1e-12)


def test_each_share_is_that_of_a_weight_of_its_own():
    xs, w = [0.5, -0.3, 0.8, 0.2], 0.9
    weights = torch.full((4,), w, dtype=torch.float64, requires_grad=True)
    h = torch.zeros((), dtype=torch.float64)
    for x, weight in zip(xs, weights, strict=True):
        h = torch.tanh(x + weight * h)
    h.backward()
    assert reach.bptt_shares(xs, w) == pytest.approx(weights.grad.tolist(), abs=1e-12)


def test_the_spectral_radius_is_the_largest_eigenvalue():
    rotation = torch.tensor([[0.0, -2.0], [2.0, 0.0]])  # eigenvalues ±2i
    assert reach.spectral_radius(rotation) == pytest.approx(2.0)
    scaled = reach.with_spectral_radius(torch.randn(6, 6), 1.3)
    assert reach.spectral_radius(scaled) == pytest.approx(1.3, abs=1e-4)


def test_the_typical_reach_is_a_geometric_mean_and_counts_steps_back():
    rnn = RNN(3, 5)
    texts = [torch.randn(7, 3), 3 * torch.randn(7, 3)]
    found = reach.typical_reach(rnn, texts)
    one, other = (reach.state_gradients(rnn, text).flip(0) for text in texts)
    assert torch.allclose(found, (one * other).sqrt(), rtol=1e-4)
    assert found[0] == 1.0
    assert found[-1] < found[1]


def test_clipping_by_norm_is_joint_and_keeps_the_direction():
    gradients = [torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])]  # norm 5
    clipped = clip_by_norm(gradients, 1.0)
    assert [g.tolist() for g in clipped] == [
        pytest.approx([0.6, 0.0]),
        [pytest.approx([0.8])],
    ]
    assert gradients[0].tolist() == [3.0, 0.0]  # a new list
    same = clip_by_norm(gradients, 6.0)
    assert all(torch.equal(a, b) for a, b in zip(same, gradients, strict=True))


# --------------------------------------------------------------------------- names


def test_a_name_comes_again_after_so_many_tokens():
    again = names.names_again(world.documents(150, seed=21), 30, least=9)
    assert len(again) == 30
    for item in again:
        assert item.name == item.prefix[0]
        places = [i for i, token in enumerate(item.prefix) if token == item.name]
        assert list(item.earlier) == places
        assert item.distance == len(item.prefix) - places[-1] >= 9
    with pytest.raises(ValueError, match="500 asked for; give more stories"):
        names.names_again(world.documents(20, seed=21), 500, least=9)


def test_to_the_exact_reader_a_name_is_worth_much():
    again = names.names_again(world.documents(150, seed=21), 25, least=9)
    seen = names.exact_name_losses(again, hidden=False)
    hidden = names.exact_name_losses(again, hidden=True)
    assert seen.mean() < hidden.mean() - 1
    surprise = math.exp(-seen[0])  # the same as the world's own answer
    from helpers.corpora import truth

    wanted = truth.next_token(again[0].prefix)[again[0].name]
    assert surprise == pytest.approx(wanted)


def test_a_renamed_story_is_possible_and_without_the_old_name():
    again = names.names_again(world.documents(150, seed=21), 25, least=9)
    for old, new in zip(again, names.renamed(again), strict=True):
        assert new.name == old.name
        assert old.name not in new.prefix
        changed = [i for i in range(len(old.prefix)) if old.prefix[i] != new.prefix[i]]
        assert tuple(changed) == old.earlier


def test_the_loss_on_names_is_that_of_the_last_logits():
    again = names.names_again(world.documents(150, seed=21), 4, least=9)
    words = agreement.vocabulary()
    model = agreement.make("RNN", len(words))
    found = names.name_losses(model, words.ids, again)
    for item, loss in zip(again, found, strict=True):
        ids = torch.tensor([[words.ids["<bos>"], *words.encode(item.prefix)]])
        with torch.no_grad():
            logp = model(ids)[0, -1].log_softmax(0)
        assert loss == pytest.approx(-logp[words.ids[item.name]].item(), abs=1e-4)


# ------------------------------------------------------------------------- studies


def test_the_two_networks_are_of_equal_size():
    sizes = []
    for arm in agreement.ARMS:
        model = agreement.make(arm, len(agreement.vocabulary()))
        sizes.append(sum(p.numel() for p in model.parameters()))
    assert abs(sizes[0] / sizes[1] - 1) < 0.01


def test_verbs_are_grouped_by_distance_and_attractors():
    items = tasks.agreement(3000, seed=4)
    groups = agreement.by_kind(items, each=7)
    assert list(groups) == sorted(groups)
    sizes = {}
    for kind, some in groups.items():
        assert len(some) <= 7
        assert {(item.distance, item.n_opposite) for item in some} <= {tuple(kind)}
        assert all(item.n_opposite in (0, item.n_attractors) for item in some)
        assert 2 * sum(item.plural for item in some) == len(some)  # half of them
        sizes.setdefault(kind.distance, set()).add(len(some))
    assert all(len(each) == 1 for each in sizes.values())  # alike at one distance
    assert len(groups[Kind(4, 1)]) == 6  # three of each number
    assert str(Kind(7, 2)) == "verbs 7 tokens on, 2 attractors"


def test_what_was_written_comes_back_from_numbers():
    text = "a “new”\nline 🙂"
    assert writing.text_of([float(ord(letter)) for letter in text]) == text


def test_no_mark_is_ever_written():
    logits = torch.zeros(1, 6)
    kept = writing.without_marks(logits)
    assert torch.isinf(kept[0, :4]).all()
    assert kept[0, 4:].tolist() == [0, 0]
    assert not torch.isinf(logits).any()  # a copy


# --------------------------------------------------------------------------- view


def test_the_still_says_how_one_unit_comes_about():
    rng = np.random.default_rng(2)
    inputs, W_x = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    W_h, b = rng.normal(size=(5, 5)), rng.normal(size=5)
    view = rnn_unrolled(list("abcd"), inputs, W_x, W_h, b, unit=2)
    states = RNN(3, 5).double()
    for name, value in (("W_x", W_x), ("W_h", W_h), ("b", b)):
        getattr(states, name).data = torch.from_numpy(value)
    h = states(torch.from_numpy(inputs)[None])[0].detach().numpy()  # (T, N)
    values = h[:, 2]
    t = 1 + int(np.abs(np.diff(values)).argmax())
    parts = [W_x[2] @ inputs[t], W_h[2] @ h[t - 1], b[2]]
    wanted = (
        f"tanh({parts[0]:.2f} from the input + ({parts[1]:.2f}) from the old state "
        f"+ ({parts[2]:.2f})) = {values[t]:.2f}"
    )
    picture = view.picture
    assert wanted in picture.axes[1].get_title(loc="left")
    assert not any(digit in picture.alt.partition(".")[2] for digit in "0123456789")
    drawn = [text.get_text() for text in picture.axes[0].texts]
    assert [f"{value:.2f}" for value in values] == [x for x in drawn if "." in x]


# ------------------------------------------------------------------ verbs on file


def test_verbs_asked_now_stand_in_the_order_of_distances():
    groups = agreement.by_kind(tasks.agreement(6000, seed=4), each=20)
    groups.pop(Kind(11, 3), None)
    trained_wrong = verbs.asked(lambda items: np.zeros(len(items)), groups, True)
    assert np.isnan(trained_wrong[-1])
    assert not trained_wrong[:-2].any()
    sizes = verbs.asked(lambda items: np.array([len(items)]), groups, False)
    assert sizes[0] == len(groups[Kind(1, 0)])
    assert sizes[1] == len(groups[Kind(4, 0)])


def test_shares_on_file_are_those_of_their_kind():
    race = studies.read("agreement")
    found = verbs.on_file(race, "RNN", attractors=True)
    assert found.shape == (len(race.seeds), len(verbs.NOUNS))
    [place] = [i for i, distance in enumerate(verbs.NOUNS) if distance == 7]
    right = race.curve("verbs 7 tokens on, 2 attractors")["RNN"]
    assert np.allclose(found[:, place], right.mean(1))
    control = verbs.on_file(race, "RNN", attractors=False)
    assert np.allclose(control[:, 0], found[:, 0])  # nothing in between


def test_the_likelier_form_is_chosen():
    items = tasks.agreement(6, seed=4)

    def by_letters(prefix, token):
        return len(token)

    wanted = [len(item.good) > len(item.bad) for item in items]
    assert verbs.likelier(by_letters, items).tolist() == wanted


def test_the_wide_window_is_as_large_as_the_rnn_and_sees_every_subject():
    size = {"RNN": agreement.make("RNN", len(agreement.vocabulary()))}
    size["window"] = wide_window.make()
    counted = {name: sum(p.numel() for p in m.parameters()) for name, m in size.items()}
    assert counted["window"] == pytest.approx(counted["RNN"], rel=0.05)
    asked = [item.distance for group in agreement.verbs().values() for item in group]
    assert size["window"].window >= max(asked)


def _with(model, given):
    model.append(given[-1])  # the updates that it was trained for
    return model


def test_the_wide_window_is_measured_at_its_best_length(monkeypatch):
    lengths = list(agreement.LENGTHS)
    monkeypatch.setattr(wide_window, "make", list)  # [] stands for a window
    monkeypatch.setattr(wide_window.cells, "trained", lambda m, *given: _with(m, given))
    losses = {n: 3.0 - k for k, n in enumerate(lengths)}
    losses[lengths[-1]] = 9.0  # the longest is worst, the one before it best
    monkeypatch.setattr(wide_window.cells, "loss_on", lambda m, _: losses[m[0]])
    monkeypatch.setattr(wide_window.cells, "verbs", lambda m: {"of": m[0]})
    monkeypatch.setattr(wide_window.cells, "names_of", lambda m: {})
    found = wide_window.measure(wide_window.ARM, 0.01, 0, "test")
    assert found["updates"] == found["of"] == lengths[-2]
    assert found["validation"] == [losses[n] for n in lengths]
    losses[agreement.TUNING_LENGTH] = 2.5
    tuning = wide_window.measure(wide_window.ARM, 0.01, 0, "validation")
    assert tuning == {"loss": 2.5}


def test_the_study_of_lengths_uses_the_rates_of_its_arms_and_means_over_far_verbs():
    kept = studies.read("lengths")
    assert tuple(kept.arms) == lengths.ARMS
    right = {str(Kind(d, n)): np.array([n / 10]) for d, n in verbs.NOUNS.items()}
    right |= {str(Kind(d, 0)): np.array([0.9]) for d, n in verbs.NOUNS.items() if n}
    far = [n / 10 for n in verbs.NOUNS.values() if n]
    assert lengths._mean(right, attractors=True) == pytest.approx(np.mean(far))
    assert lengths._mean(right, attractors=False) == pytest.approx(0.9)


def test_on_file_the_rnn_learns_the_subject_and_the_window_does_not():
    right = studies.read("lengths").curve("right, attractors")
    assert right["RNN"][:, -1].min() > 0.8
    assert right[wide_window.ARM].max() < 0.5
