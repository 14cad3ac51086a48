"""Drawings of the decoder: both towers, masks side by side, the KV cache."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from helpers.pictures import drawings
from helpers.pictures.picture import ROLES

READ, WROTE = ["Emma", "waits", "."], ["<bos>", "$x$"]


def words_of(picture):
    found = [t.get_text() for t in picture.axes[0].texts]
    return [text for text in found if text]


def test_both_towers_have_their_parts():
    picture = drawings.whole_transformer(READ, WROTE, 6, "t")
    shown = words_of(picture)
    counts = {
        "embedding": 2,
        "attention": 1,
        "masked attention": 1,
        "cross-attention": 1,
        "feed-forward": 2,
        "norm": 5,
        "× 6": 2,
        "linear, softmax": 1,
        "encoder": 1,
        "decoder": 1,
    }
    assert {name: shown.count(name) for name in counts} == counts
    assert "Emma waits ." in shown
    assert r"<bos> \$x\$" in shown  # a token is text


@pytest.mark.parametrize("wrong", [([], WROTE, 1), (READ, [], 1), (READ, WROTE, 0)])
def test_towers_without_tokens_or_layers_are_refused(wrong):
    with pytest.raises(ValueError, match="one or more"):
        drawings.whole_transformer(*wrong, "t")


def cells(picture):
    return [s for s in picture.axes[0].patches if type(s) is Rectangle]


def test_a_mask_hatches_what_is_forbidden():
    allowed = np.tril(np.ones((3, 3), bool))
    picture = drawings.masks({"decoder": (READ, READ, allowed)}, "t")
    hatched = [bool(cell.get_hatch()) for cell in cells(picture)]
    assert hatched == (~allowed).flatten().tolist()
    assert words_of(picture).count("waits") == 2


def test_rows_of_a_mask_ask_and_columns_are_looked_at():
    picture = drawings.masks({"cross": (WROTE, READ, [[1, 0, 0], [0, 1, 1]])}, "t")
    places = [cell.get_xy() for cell in cells(picture)]
    assert len({round(x, 3) for x, _ in places}) == len(READ)
    assert len({round(y, 3) for _, y in places}) == len(WROTE)
    open_ones = [not cell.get_hatch() for cell in cells(picture)]
    assert open_ones == [True, False, False, False, True, True]


@pytest.mark.parametrize(
    "maps, said",
    [({}, "no masks"), ({"a": (READ, READ, np.ones((2, 3)))}, "a row for each token")],
)
def test_masks_that_do_not_fit_are_refused(maps, said):
    with pytest.raises(ValueError, match=said):
        drawings.masks(maps, "t")


def test_a_cache_computes_one_key_and_one_value_a_step():
    picture = drawings.kv_cache(["<bos>", "the", "key"], "t")
    edges = [to_hex(s.get_edgecolor()) for s in picture.axes[0].patches]
    assert edges.count(to_hex(ROLES["key"])) == 3
    assert edges.count(to_hex(ROLES["value"])) == 3
    assert edges.count(to_hex(ROLES["baseline"])) == 2 * (0 + 1 + 2)  # kept
    assert "1 query, 1 score" in words_of(picture)
    assert "1 query, 3 scores" in words_of(picture)


@pytest.mark.parametrize("n", [0, 9])
def test_a_cache_of_no_step_or_too_many_is_refused(n):
    with pytest.raises(ValueError, match="one to 8"):
        drawings.kv_cache(["a"] * n, "t")
