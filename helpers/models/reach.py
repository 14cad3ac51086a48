"""How far a recurrent network remembers: the size of ∂h_T / ∂h_t for earlier t.

Built in notebooks/02_rnn.ipynb and notebooks/03_lstm.ipynb.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.func import jacrev

from helpers.models.gated import GRU, LSTM, gru_step, lstm_step
from helpers.models.recurrent import RNN, rnn_step

Stretch = Callable[[Tensor], Tensor]  # a matrix (N, N) → a number


def with_spectral_radius(W_h: Tensor, radius: float) -> Tensor:
    """Return the matrix scaled so that its largest eigenvalue has this size."""
    if radius < 0:
        raise ValueError(f"radius={radius}; the size of an eigenvalue is not negative")
    return W_h * (radius / spectral_radius(W_h))


def spectral_radius(W_h: Tensor) -> float:
    """Return the size of the largest eigenvalue: the growth per step in the long run.

    Shape (N, N). Built in notebooks/02_rnn.ipynb.
    """
    return float(torch.linalg.eigvals(W_h.detach()).abs().max())


def bptt_shares(xs: Sequence[float], w: float) -> list[float]:
    """Return each step's share of dh_T/dw, for one unit: h_t = tanh(x_t + w h_{t−1}).

    The share of step t is h_{t−1} (1 − h_t²), times w (1 − h_k²) for each later step k.
    The first step comes first; the sum is the whole gradient.
    Source: Rumelhart, Hinton & Williams 1986. Built in notebooks/02_rnn.ipynb.
    """
    h = [0.0]
    for x in xs:
        h.append(math.tanh(x + w * h[-1]))
    shares = []
    back = 1.0  # dh_T/dh_t, from the last step on
    for t in range(len(xs), 0, -1):
        slope = 1 - h[t] ** 2
        shares.append(back * slope * h[t - 1])
        back *= w * slope
    return shares[::-1]


def slopes(rnn: RNN, inputs: Tensor) -> Tensor:
    """Return the slope of every tanh while a text is read, 1 − h²: (T, C) → (T, N)."""
    with torch.no_grad():
        return 1 - rnn(inputs[None])[0] ** 2


def products(W_h: Tensor, slopes: Tensor) -> Iterator[Tensor]:
    """Yield ∂h_T / ∂h_t (N, N) from t = T back to 1; the first is the unit matrix.

    Each factor is diag(slopes) W_h. The two need not come from one network, so that
    either can be exchanged alone. Shapes: W_h (N, N), slopes (T, N).
    Source: Pascanu, Mikolov & Bengio 2013, eq. 5. Built in notebooks/02_rnn.ipynb.
    """
    product = torch.eye(len(W_h)).to(W_h)
    yield product
    for slope in slopes[1:].flip(0):  # ∂h_t/∂h_{t−1}, from the last step back
        product = product @ (slope[:, None] * W_h)
        yield product


def largest(product: Tensor) -> Tensor:
    """Return by how much a matrix stretches the vector that it stretches most."""
    return torch.linalg.matrix_norm(product, 2)


def usual(product: Tensor) -> Tensor:
    """Return the root mean square of a matrix's stretch over all directions.

    Shape (N, N): the root of the sum of all squares over N.
    """
    return product.norm() / math.sqrt(product.shape[1])


def stretches(
    W_h: Tensor, slopes: Sequence[Tensor], stretch: Stretch = largest
) -> Tensor:
    """Return the stretch of the products by steps back: geometric mean over texts.

    Shapes: W_h (N, N), the slopes of each text (T, N) → (T,). The mean is taken of
    logarithms, so that one text does not outweigh all others.
    """
    W_h = W_h.detach()
    rows = []
    for some in slopes:
        rows.append(torch.stack([stretch(each) for each in products(W_h, some)]))
    return torch.stack(rows).clamp(min=1e-30).log().mean(0).exp()


def state_gradients(rnn: RNN, inputs: Tensor) -> Tensor:
    """Return ‖∂h_T / ∂h_t‖, the largest stretch (spectral norm), for t = 1 … T.

    Shapes: inputs (T, C) → (T,). Built in notebooks/02_rnn.ipynb.
    """
    return stretches(rnn.W_h, [slopes(rnn, inputs)]).flip(0)


def typical_reach(rnn: RNN, texts: Sequence[Tensor]) -> Tensor:
    """Return ‖∂h_T / ∂h_t‖ by the steps back, 0 … T − 1: geometric mean over texts.

    Shapes: each text (T, C), all equally long → (T,). Built in notebooks/02_rnn.ipynb.
    """
    return stretches(rnn.W_h, [slopes(rnn, text) for text in texts])


def state_reach(cell: RNN | LSTM | GRU, inputs: Tensor) -> Tensor:
    """Return ‖∂h_T / ∂s_t‖ (spectral norm) for t = 1 … T; the last is 1.

    s_t is all that a step hands on: h for RNN and GRU, h and c for the LSTM. Each
    step's Jacobian by autograd, multiplied from the last step back.
    Shapes: inputs (T, C) → (T,). For the RNN the same as `state_gradients`.
    Raises ValueError for another cell or a batch. Built in notebooks/03_lstm.ipynb.
    """
    if not isinstance(cell, (RNN, LSTM, GRU)) or inputs.ndim != 2:
        given = f"{type(cell).__name__}, inputs {tuple(inputs.shape)}"
        raise ValueError(f"{given}; use our RNN, LSTM or GRU and (T, C), no batch")

    def step(state: Tensor, x: Tensor) -> Tensor:
        return _step(cell, state, x)

    n = cell.W_h.shape[1]
    size = 2 * n if isinstance(cell, LSTM) else n
    state = inputs.new_zeros(size)  # (S,)
    states = []
    with torch.no_grad():
        for x in inputs:
            state = step(state, x)
            states.append(state)
        product = torch.eye(n, size).to(state)  # ∂h_T/∂s_T: h is a part of s
        norms = [torch.linalg.matrix_norm(product, 2)]
        for t in range(len(inputs) - 1, 0, -1):  # from the last step back
            jacobian = jacrev(step)(states[t - 1], inputs[t])  # (S, S)
            product = product @ jacobian  # (N, S)
            norms.append(torch.linalg.matrix_norm(product, 2))
    return torch.stack(norms).flip(0)


def _step(cell: RNN | LSTM | GRU, state: Tensor, x: Tensor) -> Tensor:
    """Take one step; the state is one vector, for the LSTM h, then c."""
    weights = list(cell.parameters())  # as the functions of a step take them
    if isinstance(cell, LSTM):
        h, c = state.chunk(2)
        return torch.cat(lstm_step(x, h, c, *weights))
    if isinstance(cell, GRU):
        return gru_step(x, state, *weights)
    return rnn_step(x, state, *weights)
