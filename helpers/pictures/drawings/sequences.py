"""Drawings of a network that reads and one that writes, and of a look back.

Built in notebooks/05_seq2seq.ipynb and 06_attention.ipynb.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers.pictures.drawings.shapes import INK, PALE, arrow, box, rise, stage
from helpers.pictures.picture import TINTS, Picture, numbers, plain

STEP = 1.35  # from one copy of a network to the next
TOKEN = (1.2, 0.5)
CELL = (1.0, 0.6)


def encoder_decoder(
    source: Sequence[str], target: Sequence[str], title: str
) -> Picture:
    """Draw an encoder over the source and a decoder over the target, unrolled.

    The decoder reads BOS and the target; it writes the target and EOS. Everything that
    it gets from the encoder is one box between the two.
    Raises ValueError for an empty source or target.
    """
    if not len(source) or not len(target):
        raise ValueError("source and target need one token or more each")
    steps = len(source) + len(target) + 2  # one for the vector, one for the marks
    figure, axes = stage(title, 3.2, (-0.9, STEP * steps - 0.45), (-1.5, 1.55))
    for i, token in enumerate(source):
        _copy(axes, STEP * i, token, TINTS[0])
    middle = STEP * len(source)
    box(axes, middle, 0, "one\nvector", TINTS[1], (1.0, 0.9))
    for i, token in enumerate(["BOS", *target]):
        x = middle + STEP * (i + 1)
        _copy(axes, x, token, TINTS[2])
        arrow(axes, (x - STEP + 0.52, 0), (x - 0.52, 0))
    for i, token in enumerate([*target, "EOS"]):
        x = middle + STEP * (i + 1)
        rise(axes, x, 0.32, 0.78)
        box(axes, x, 1.05, plain(token), "white", TOKEN)
    return figure


def _copy(axes: Axes, x: float, token: str, tint: str) -> None:
    """Draw one step of a network: a token goes in, the state goes on to the right."""
    box(axes, x, 0, "LSTM", tint, CELL)
    box(axes, x, -1.1, plain(token), PALE, TOKEN)
    rise(axes, x, -0.83, -0.32)
    if tint == TINTS[0]:  # the encoder hands its state on to the next copy
        arrow(axes, (x + 0.52, 0), (x + STEP - 0.52, 0))


def attention_step(
    tokens: Sequence[str], shares: Sequence[float], title: str
) -> Picture:
    """Draw one step of attention: the thicker a line, the larger the token's share.

    Raises ValueError if tokens and shares are not as many, or a share is negative.
    """
    if len(tokens) != len(shares) or not len(tokens):
        raise ValueError(f"{len(tokens)} tokens need as many shares: {len(shares)}")
    shares = numbers("shares", shares, 1)
    if shares.min() < 0:
        raise ValueError(f"a share is {shares.min():g}; give shares from 0 to 1")
    wide = 1.9 * (len(tokens) - 1)
    right = wide + 2.4  # where the decoder stands
    figure, axes = stage(title, 3.5, (-1.0, right + 1.7), (-0.5, 2.6))
    middle = wide / 2
    for i, (token, share) in enumerate(zip(tokens, shares, strict=True)):
        x = 1.9 * i
        width = 0.5 + 14 * float(share)
        axes.plot([x, middle], [0.38, 1.72], color=INK, linewidth=width, alpha=0.35)
        box(axes, x, 0, f"{plain(token)}\nweight {share:.2f}", TINTS[0], (1.6, 0.7))
    box(axes, middle, 2.1, "context:\nweighted mean", TINTS[1], (1.8, 0.7))
    arrow(axes, (middle + 0.95, 2.1), (right - 0.75, 2.1))
    box(axes, right, 2.1, "next word", "white", (1.4, 0.7))
    box(axes, right, 0, "decoder\nstate", TINTS[2], (1.4, 0.7))
    rise(axes, right, 0.38, 1.72)
    return figure
