"""Drawings of an encoder, a decoder and a look back."""

import pytest
from matplotlib.patches import PathPatch

from helpers.pictures import drawings


def texts(picture):
    return [text.get_text() for text in picture.axes[0].texts]


def test_the_decoder_reads_bos_and_the_target_and_writes_the_target_and_eos():
    shown = texts(drawings.encoder_decoder(["a", "b"], ["x", "y", "z"], "t"))
    assert shown.count("BOS") == shown.count("EOS") == 1
    assert all(shown.count(word) == 2 for word in "xyz")  # written, then read
    assert all(shown.count(word) == 1 for word in "ab")
    assert shown.count("LSTM") == 2 + 4


def test_a_larger_share_has_a_thicker_line():
    picture = drawings.attention_step(["a", "b", "c"], [0.1, 0.7, 0.2], "t")
    ways = [p for p in picture.axes[0].patches if type(p) is PathPatch]
    assert [way.get_linewidth() for way in ways] == pytest.approx([7.2, 50.4, 14.4])
    assert [text for text in texts(picture) if text[:2] == "0."] == [
        "0.10",
        "0.70",
        "0.20",
    ]


def test_wrong_numbers_of_tokens_are_refused():
    with pytest.raises(ValueError, match="one token or more"):
        drawings.encoder_decoder([], ["x"], "t")
    with pytest.raises(ValueError, match="2 tokens need as many shares: 1"):
        drawings.attention_step(["a", "b"], [1.0], "t")
