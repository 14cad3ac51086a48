"""Models that read from left to right: a fixed window, then the recurrent network.

Built in notebooks/02_rnn.ipynb.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models.tracing import Tap


def rnn_step(x: Tensor, h: Tensor, W_x: Tensor, W_h: Tensor, b: Tensor) -> Tensor:
    """Return the next state: tanh(W_x x + W_h h + b).

    Shapes: x (…, C), h (…, N), W_x (N, C), W_h (N, N), b (N,) → (…, N).
    Source: Elman 1990 (Cognitive Science 14). Built in notebooks/02_rnn.ipynb.
    """
    return torch.tanh(x @ W_x.T + h @ W_h.T + b)


class RNN(nn.Module):
    """Read a sequence one step after the other with the same weights.

    Shapes: inputs (B, T, C) → states (B, T, N). With padding on the right the states of
    real positions do not depend on it. The recurrent weights start orthogonal (they
    keep the length of the state: Saxe et al. 2014), the others small.
    Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, d_model: int, d_hidden: int):
        super().__init__()
        if d_model < 1 or d_hidden < 1:
            raise ValueError(f"d_model={d_model}, d_hidden={d_hidden}; use 1 or more")
        self.W_x = nn.Parameter(torch.randn(d_hidden, d_model) * d_model**-0.5)
        self.W_h = nn.Parameter(nn.init.orthogonal_(torch.empty(d_hidden, d_hidden)))
        self.b = nn.Parameter(torch.zeros(d_hidden))

    def forward(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        if h is None:
            h = inputs.new_zeros(len(inputs), len(self.b))  # (B, N)
        states = []
        for x in inputs.unbind(1):  # (B, C), step by step
            h = rnn_step(x, h, self.W_x, self.W_h, self.b)
            states.append(h)
        return torch.stack(states, 1)  # (B, T, N)

    def fast(self, inputs: Tensor, h: Tensor | None = None) -> Tensor:
        """Return the same as `forward`, by PyTorch's compiled loop."""
        if h is None:
            h = inputs.new_zeros(len(inputs), len(self.b))
        weights = [self.W_x, self.W_h, self.b, torch.zeros_like(self.b)]
        options = (True, 1, 0.0, self.training, False, True)  # biases … batch first
        return torch.rnn_tanh(inputs, h[None], weights, *options)[0]


class LanguageModel(nn.Module):
    """Token vectors in, one row of logits per position out; what is between differs."""

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        nn.init.normal_(self.embed.weight, std=0.5)
        self.tap_hidden = Tap()
        self.output = nn.Linear(d_hidden, vocab_size)
        nn.init.normal_(self.output.weight, std=d_hidden**-0.5)
        nn.init.zeros_(self.output.bias)

    def features(self, ids: Tensor) -> Tensor:
        """Return a state for each position: ids (B, T) → (B, T, N)."""
        raise NotImplementedError

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return logits for the token after each position: (B, T) → (B, T, V).

        `mask` (B, T), True = real, is accepted as by all our language models; a model
        that reads from left to right does not need it when padding is on the right.
        """
        return self.output(self.tap_hidden(self.features(ids)))


class RNNLanguageModel(LanguageModel):
    """The recurrent network as a language model (Mikolov et al. 2010).

    ids (B, T) → logits (B, T, V). Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int):
        super().__init__(vocab_size, d_model, d_hidden)
        self.rnn = RNN(d_model, d_hidden)

    def features(self, ids: Tensor, h: Tensor | None = None) -> Tensor:
        return self.rnn.fast(self.embed(ids), h)

    def start(self, batch_size: int) -> Tensor:
        """Return the state before anything is read: zeros (B, N)."""
        return torch.zeros(batch_size, len(self.rnn.b))

    def step(self, ids: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
        """Read on from a state: ids (B, T), h (B, N) → logits, new h (B, N)."""
        states = self.features(ids, h)
        return self.output(self.tap_hidden(states)), states[:, -1]


class WindowMLP(LanguageModel):
    """Predict from the last `window` tokens, side by side (Bengio et al. 2003).

    ids (B, T) → logits (B, T, V); before the start stands token `first` (BOS).
    Built in notebooks/02_rnn.ipynb.
    """

    def __init__(self, vocab_size: int, d_model: int, d_hidden: int, window: int):
        super().__init__(vocab_size, d_model, d_hidden)
        if window < 1:
            raise ValueError(f"window={window}; the model sees at least 1 token")
        self.window, self.first = window, 2
        self.hidden = nn.Linear(window * d_model, d_hidden)

    def features(self, ids: Tensor) -> Tensor:
        padded = F.pad(ids, (self.window - 1, 0), value=self.first)
        windows = padded.unfold(1, self.window, 1)  # (B, T, W)
        side_by_side = self.embed(windows).flatten(2)  # (B, T, W·C)
        return torch.tanh(self.hidden(side_by_side))


def sample(
    model: RNNLanguageModel,
    prompt: Sequence[int],
    n: int,
    temperature: float,
    generator: torch.Generator,
) -> list[int]:
    """Write n more ids after the prompt, each drawn from softmax(logits / temperature).

    Raises ValueError for an empty prompt or a temperature that is not above 0.
    """
    if temperature <= 0:
        raise ValueError(f"temperature={temperature}; use more than 0, such as 0.7")
    if not len(prompt):
        raise ValueError("an empty prompt; begin with at least one id, such as BOS")

    def draw(logits: Tensor) -> Tensor:
        p = torch.softmax(logits / temperature, -1)
        return torch.multinomial(p, 1, generator=generator)  # (1, 1)

    return write_on(model, torch.tensor([list(prompt)]), model.start(1), n, draw)[0]


def write_on(
    model: nn.Module,
    ids: Tensor,
    state,
    n: int,
    choose: Callable[[Tensor], Tensor],
    end: int | None = None,
) -> list[list[int]]:
    """Read ids (B, T), then write up to n tokens, each read in turn: B lists.

    Works with any model that has `step`. `choose` takes the logits of the next token
    (B, V) and returns ids (B, 1). A text stops before its first `end`, if one is given.
    """
    written = ids[:, :0]
    with torch.no_grad():
        for _ in range(n):
            logits, state = model.step(ids, state)
            ids = choose(logits[:, -1])  # (B, 1)
            written = torch.cat([written, ids], 1)
            if end is not None and (written == end).any(1).all():
                break
    return [until(row, end) for row in written.tolist()]


def until(ids: list[int], end: int | None) -> list[int]:
    """Return the ids before the first `end`; all of them where there is none."""
    return ids[: ids.index(end)] if end in ids else ids


def with_spectral_radius(W_h: Tensor, radius: float) -> Tensor:
    """Return the matrix scaled so that its largest eigenvalue has this size."""
    if radius < 0:
        raise ValueError(f"radius={radius}; the size of an eigenvalue is not negative")
    return W_h * (radius / torch.linalg.eigvals(W_h).abs().max())


def state_gradients(rnn: RNN, inputs: Tensor) -> Tensor:
    """Return ‖∂h_T / ∂h_t‖, the largest stretch (spectral norm), for t = 1 … T.

    Shapes: inputs (T, C) → (T,). Each factor is a matrix, diag(1 − h²) W_h.
    Source: Pascanu, Mikolov & Bengio 2013, eq. 5. Built in notebooks/02_rnn.ipynb.
    """
    with torch.no_grad():
        states = rnn(inputs[None])[0]  # (T, N)
        product = torch.eye(states.shape[1], dtype=states.dtype)
        norms = [1.0]
        for h in states[1:].flip(0):  # ∂h_t/∂h_{t−1}, from the last step back
            product = product @ ((1 - h**2)[:, None] * rnn.W_h)
            norms.append(float(torch.linalg.matrix_norm(product, 2)))
    return torch.tensor(norms[::-1])
