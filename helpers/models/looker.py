"""A table of vectors, one attention, one linear layer: no way around the attention.

Built in notebooks/07_self_attention.ipynb.
"""

from torch import Tensor, nn

from helpers.models.attention import MultiHeadAttention, attention
from helpers.models.layers import linear
from helpers.models.positions import Learned

N_POSITIONS = 32  # a looker reads texts of at most so many tokens


class Looker(nn.Module):
    """Answer at every token from what one attention brings: (B, T) → (B, T, answers).

    Token vector plus position vector, attention, a linear layer. Nothing leads around
    the attention, so an answer must come through its weights. `shared` is "K = V" or
    "Q = K": the two then have one matrix. Raises ValueError for another name.
    Built in notebooks/07_self_attention.ipynb.
    """

    def __init__(
        self,
        vocab_size: int,
        n_answers: int,
        d_model: int = 32,
        n_heads: int = 1,
        shared: str | None = None,
    ):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        self.positions = Learned(N_POSITIONS, d_model)
        self.attend = MultiHeadAttention(d_model, n_heads)
        self.output = nn.Linear(d_model, n_answers)
        if shared == "K = V":
            self.attend.value = self.attend.key
        elif shared == "Q = K":
            self.attend.query = self.attend.key
        elif shared is not None:
            raise ValueError(f"shared={shared!r}; use 'K = V', 'Q = K' or None")

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        x = self.positions(self.embed(ids))  # (B, T, C)
        x = self.attend(x, mask=mask)  # (B, T, C)
        return self.output(x)  # (B, T, answers)


class WideLooker(nn.Module):
    """A looker with one head whose queries and keys have `d_head` numbers.

    Its scores are divided by `divisor`. All else keeps the width C = d_model, so only
    queries and keys grow. (B, T) → (B, T, answers).
    Built in notebooks/07_self_attention.ipynb.
    """

    def __init__(
        self,
        vocab_size: int,
        n_answers: int,
        d_head: int,
        divisor: float,
        d_model: int = 32,
    ):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, d_model)
        self.positions = Learned(N_POSITIONS, d_model)
        self.query = linear(d_model, d_head)
        self.key = linear(d_model, d_head)
        self.value = linear(d_model, d_model)
        self.output = nn.Linear(d_model, n_answers)
        # `attention` divides by √D; what is left over is done to the queries
        self.factor = d_head**0.5 / divisor

    def forward(self, ids: Tensor) -> Tensor:
        x, weights = self.look(ids)
        return self.output(weights @ self.value(x))  # (B, T, answers)

    def look(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """Return token plus position vectors (B, T, C), and the weights (B, T, T)."""
        x = self.positions(self.embed(ids))  # (B, T, C)
        q = self.factor * self.query(x)  # (B, T, D)
        k = self.key(x)
        _, weights = attention(q, k, k)
        return x, weights
