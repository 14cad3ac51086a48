"""Recurrent networks with gates: the LSTM and the GRU.

Built in notebooks/03_lstm.ipynb.
"""

import torch
from torch import Tensor, nn

from helpers.models.layers import check_choice
from helpers.models.recurrent import Recurrent, RecurrentLanguageModel
from helpers.models.tracing import Tap

Gates = tuple[Tensor, ...]
LSTMState = tuple[Tensor, Tensor]  # h, c
GATES = ("input", "forget", "output")


def lstm_gates(
    x: Tensor,
    h: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
) -> Gates:
    """Return the gates i, f, o = σ(W x + U h + b) and the candidate g = tanh(…).

    Rows, and results, in the order i, f, g, o. Shapes and source as `lstm_step` → four
    of (…, N); gates in [0, 1], candidate in [−1, 1]. Built in notebooks/03_lstm.ipynb.
    """
    sums = x @ W.T + h @ U.T + b  # (…, 4N)
    i, f, g, o = sums.chunk(4, -1)  # (…, N) each
    i = torch.sigmoid(i)
    f = torch.sigmoid(f)
    g = torch.tanh(g)
    o = torch.sigmoid(o)
    return i, f, g, o


def lstm_step(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    W: Tensor,
    U: Tensor,
    b: Tensor,
) -> LSTMState:
    """Return the next state and cell: c ← f ⊙ c + i ⊙ g, then h = o ⊙ tanh(c).

    Shapes: x (…, C), h and c (…, N), W (4N, C), U (4N, N), b (4N,) → h, c (…, N).
    Source: Hochreiter & Schmidhuber 1997; f: Gers, Schmidhuber & Cummins 2000. Rows
    in the order of torch.nn.LSTM: i, f, g, o. Built in notebooks/03_lstm.ipynb.
    """
    i, f, g, o = lstm_gates(x, h, W, U, b)
    c = f * c + i * g  # keep some of the old, write some of the new
    h = o * torch.tanh(c)  # show some of it
    return h, c


def gru_gates(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b_x: Tensor, b_h: Tensor
) -> Gates:
    """Return the gates r, z = σ(W x + b_x + U h + b_h) and the candidate n.

    n = tanh(W x + b_x + r ⊙ (U h + b_h)); rows, and results, in the order r, z, n.
    Shapes and source as `gru_step` → three of (…, N); gates in [0, 1], candidate in
    [−1, 1]. Built in notebooks/03_lstm.ipynb.
    """
    of_input = x @ W.T + b_x  # (…, 3N)
    of_state = h @ U.T + b_h
    r_x, z_x, n_x = of_input.chunk(3, -1)  # (…, N) each
    r_h, z_h, n_h = of_state.chunk(3, -1)
    r = torch.sigmoid(r_x + r_h)
    z = torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + r * n_h)  # r says how much of the old state to read
    return r, z, n


def gru_step(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b_x: Tensor, b_h: Tensor
) -> Tensor:
    """Return the next state: h ← (1 − z) ⊙ n + z ⊙ h.

    Shapes: x (…, C), h (…, N), W (3N, C), U (3N, N), b_x and b_h (3N,) → (…, N).
    Source: Cho et al. 2014, eq. 5–8; as torch.nn.GRU we reset after the product,
    r ⊙ (U h + b_h), the paper before it, U (r ⊙ h). Built in notebooks/03_lstm.ipynb.
    """
    _, z, n = gru_gates(x, h, W, U, b_x, b_h)
    return (1 - z) * n + z * h


class LSTM(Recurrent):
    """Read a sequence with a cell that gates write, keep and show.

    Shapes: inputs (B, T, C) → states h (B, T, N); a state to start from is (h, c), each
    (B, N). The forget gate's bias starts at `forget_bias`, so that the cell keeps at
    first (Gers et al. 2000; 1 since Jozefowicz et al. 2015); the other biases at 0.
    A `recording` of `forward` has gates, cell, state over time: (T, B, N) for T > 1.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int, forget_bias: float = 1.0):
        super().__init__(d_model, d_hidden, n_gates=4)
        b = torch.zeros(4 * d_hidden)  # i, f, g, o
        b[d_hidden : 2 * d_hidden] = forget_bias
        self.b = nn.Parameter(b)
        self.tap_input = Tap()
        self.tap_forget = Tap()
        self.tap_output = Tap()
        self.tap_candidate = Tap()
        self.tap_cell = Tap()
        self.tap_state = Tap()

    def start(self, batch_size: int) -> LSTMState:
        """Return the state before anything is read: zeros (B, N), twice."""
        zeros = super().start(batch_size)
        return zeros, zeros

    def forward(
        self,
        inputs: Tensor,
        state: LSTMState | None = None,
        clamp: dict[str, float] | None = None,
    ) -> Tensor:
        """Return the states; `clamp` holds input, forget or output: {"forget": 1.0}.

        Raises ValueError for another name and for a value outside [0, 1].
        """
        clamp = clamp or {}
        for name, value in clamp.items():
            if name not in GATES or not 0 <= value <= 1:
                known = ", ".join(GATES)
                raise ValueError(f"clamp={{{name!r}: {value}}}; use {known}: 0 … 1")
        h, c = self.start(len(inputs)) if state is None else state  # (B, N) each
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            i, f, g, o = lstm_gates(x, h, self.W_x, self.W_h, self.b)
            i = self.tap_input(_clamped(i, clamp.get("input")))  # (B, N), as all below
            f = self.tap_forget(_clamped(f, clamp.get("forget")))
            o = self.tap_output(_clamped(o, clamp.get("output")))
            g = self.tap_candidate(g)
            c = self.tap_cell(f * c + i * g)
            h = self.tap_state(self.shown(o, c))
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def shown(self, o: Tensor, c: Tensor) -> Tensor:
        """Return the new state, what the output gate shows of the cell."""
        return o * torch.tanh(c)

    def read(
        self, inputs: Tensor, state: LSTMState | None = None
    ) -> tuple[Tensor, LSTMState]:
        """Return the states (B, T, N), and (h, c) after the last, to read on from."""
        h, c = self.start(len(inputs)) if state is None else state
        biases = [self.b, torch.zeros_like(self.b)]
        state = (h[None], c[None])  # (1, B, N): PyTorch can stack layers
        states, h, c = self.compiled(torch.lstm, inputs, state, biases)
        return states, (h[0], c[0])


class OpenLSTM(LSTM):
    """An LSTM without the outer tanh: h = o ⊙ c. It shows what that tanh is for.

    Slow, since PyTorch has no compiled loop for it: `fast` runs `forward`.
    Built in notebooks/03_lstm.ipynb.
    """

    def shown(self, o: Tensor, c: Tensor) -> Tensor:
        return o * c

    def fast(self, inputs: Tensor, state: LSTMState | None = None) -> Tensor:
        return self.forward(inputs, state)


def _clamped(gate: Tensor, value: float | None) -> Tensor:
    return gate if value is None else torch.full_like(gate, value)


class GRU(Recurrent):
    """Read a sequence with one gate to reset and one to keep (update), no cell.

    Shapes: inputs (B, T, C) → states (B, T, N); a state to start from is (B, N).
    A `recording` of `forward` has gates and state over time: (T, B, N) for T > 1.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int):
        super().__init__(d_model, d_hidden, n_gates=3)
        self.b_x = nn.Parameter(torch.zeros(3 * d_hidden))  # r, z, n
        self.b_h = nn.Parameter(torch.zeros(3 * d_hidden))
        self.tap_reset = Tap()
        self.tap_update = Tap()
        self.tap_candidate = Tap()
        self.tap_state = Tap()

    def forward(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        h = self.start(len(inputs)) if h is None else h  # (B, N)
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            r, z, n = gru_gates(x, h, self.W_x, self.W_h, self.b_x, self.b_h)
            self.tap_reset(r)  # (B, N), heard only: n holds it already
            z = self.tap_update(z)  # (B, N)
            n = self.tap_candidate(n)
            h = self.tap_state((1 - z) * n + z * h)  # (B, N)
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def read(self, inputs: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the states (B, T, N), and h after the last, to read on from."""
        h = self.start(len(inputs)) if h is None else h
        biases = [self.b_x, self.b_h]
        states, h = self.compiled(torch.gru, inputs, h[None], biases)
        return states, h[0]


CELLS = {"lstm": LSTM, "gru": GRU}


class GatedLanguageModel(RecurrentLanguageModel):
    """The language model with another cell: "lstm" (Sundermeyer et al. 2012) or "gru".

    ids (B, T) → logits (B, T, V). Raises ValueError for another cell.
    Built in notebooks/03_lstm.ipynb.
    """

    def __init__(
        self, vocab_size: int, d_model: int, d_hidden: int, cell: str = "lstm"
    ):
        super().__init__(vocab_size, d_model, d_hidden)
        check_choice("cell", cell, CELLS)
        self.cell = CELLS[cell](d_model, d_hidden)
