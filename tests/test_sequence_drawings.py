"""Drawings of an encoder, a decoder and a look back."""

import pytest

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
    widths = [line.get_linewidth() for line in picture.axes[0].lines]
    assert widths[1] > widths[2] > widths[0]
    assert "b\nweight 0.70" in texts(picture)


def test_wrong_numbers_of_tokens_are_refused():
    with pytest.raises(ValueError, match="one token or more"):
        drawings.encoder_decoder([], ["x"], "t")
    with pytest.raises(ValueError, match="2 tokens need as many shares: 1"):
        drawings.attention_step(["a", "b"], [1.0], "t")
