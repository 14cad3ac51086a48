"""Look into a looker: its weights, its vectors, and what its heads speak for.

Built in notebooks/07_self_attention.ipynb.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.corpora.letter_games import Game
from helpers.models.looker import Looker
from helpers.models.tracing import recording


def weights_of(model: Looker, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the attention weights of each head: ids (B, T) → (B, H, T, T)."""
    with torch.no_grad(), recording(model.attend) as taps:
        model(ids, mask)
    return taps["tap_weights"]


def after_attention(model: Looker, ids: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the vectors that the attention hands on: ids (B, T) → (B, T, C)."""
    with torch.no_grad():
        x = model.positions(model.embed(ids))  # (B, T, C)
        return model.attend(x, mask=mask)


def cosines(vectors: Tensor, labels: Tensor) -> list[float]:
    """Return the mean cosine of two vectors of one label, and of two labels.

    Shapes: (n, C) and (n,); no vector is paired with itself.
    """
    unit = F.normalize(vectors, dim=-1)
    pairs = unit @ unit.T  # (n, n)
    same = labels[:, None] == labels
    other = ~torch.eye(len(labels), dtype=torch.bool)
    return [pairs[same & other].mean().item(), pairs[~same].mean().item()]


def job_hits(model: Looker, game: Game) -> Tensor:
    """Return how often the largest weight of each head is at each job's place.

    `game` is one of several jobs, places (J, T) → shares (H, J).
    """
    most = weights_of(model, game.ids).argmax(-1)  # (B, H, T)
    hits = most[:, :, None] == game.places  # (B, H, J, T)
    return hits.float().mean((0, 3))


def votes(model: Looker, n_jobs: int) -> Tensor:
    """Return how much a letter in a head's mix speaks for itself in each job: (J, H).

    It is what the letter adds to its own answer, by way of W_V, W_O and the output
    layer, less what it adds to an answer on average. Below 0 it speaks against itself.
    """
    n_heads = model.attend.n_heads
    with torch.no_grad():
        values = model.attend.value.weight @ model.embed.weight.T  # (C, letters)
        found = []
        for h in range(n_heads):
            brought = values.chunk(n_heads)[h]  # (D, letters)
            W = model.attend.output.weight.chunk(n_heads, 1)[h]  # (C, D)
            answers = model.output.weight @ W @ brought  # (J · answers, letters)
            by_job = answers.unflatten(0, (n_jobs, -1))  # (J, answers, letters)
            own = by_job.diagonal(dim1=1, dim2=2).mean(-1)  # (J,)
            found.append(own - by_job.mean((1, 2)))
    return torch.stack(found, 1)
