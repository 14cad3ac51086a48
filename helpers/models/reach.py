"""How far a recurrent network remembers: the size of ∂h_T / ∂h_t for earlier t.

Built in notebooks/02_rnn.ipynb and notebooks/03_lstm.ipynb.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.func import jacrev

from helpers.models.gated import GRU, LSTM, gru_step, lstm_step
from helpers.models.recurrent import RNN, rnn_step


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


def state_gradients(rnn: RNN, inputs: Tensor) -> Tensor:
    """Return ‖∂h_T / ∂h_t‖, the largest stretch (spectral norm), for t = 1 … T.

    Shapes: inputs (T, C) → (T,). Each factor is a matrix, diag(1 − h²) W_h.
    Source: Pascanu, Mikolov & Bengio 2013, eq. 5. Built in notebooks/02_rnn.ipynb.
    """
    with torch.no_grad():
        states = rnn(inputs[None])[0]  # (T, N)
        product = torch.eye(states.shape[1]).to(states)  # ∂h_T/∂h_T
        norms = [1.0]
        for h in states[1:].flip(0):  # ∂h_t/∂h_{t−1}, from the last step back
            slopes = 1 - h**2  # (N,): of tanh
            product = product @ (slopes[:, None] * rnn.W_h)  # (N, N)
            norms.append(float(torch.linalg.matrix_norm(product, 2)))
    return torch.tensor(norms[::-1])


def typical_reach(rnn: RNN, texts: Sequence[Tensor]) -> Tensor:
    """Return ‖∂h_T / ∂h_t‖ by the steps back, 0 … T − 1: geometric mean over texts.

    Shapes: each text (T, C), all equally long → (T,). The mean is taken of logarithms,
    so that one text does not outweigh all others. Built in notebooks/02_rnn.ipynb.
    """
    each = torch.stack([state_gradients(rnn, text).flip(0) for text in texts])
    return each.clamp(min=1e-30).log().mean(0).exp()


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
