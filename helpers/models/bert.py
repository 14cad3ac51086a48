"""BERT: an encoder that names masked tokens and says whether text B follows text A.

Built in notebooks/11_bert_input.ipynb and notebooks/12_bert_pretraining.ipynb.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.models.attention import padding_mask
from helpers.models.encoder import Encoder, EncoderSize
from helpers.models.layers import Embedding, check_batch, check_mask, linear
from helpers.models.tracing import Tap

EPS = 1e-12  # what BERT's LayerNorm adds to the variance


@dataclass(frozen=True)
class BERTSize:
    """How large a BERT is. BERT-base: 30,522 tokens, width 768, 12 heads, 12 layers.

    `weight_sd` is the standard deviation of all first weights; None takes
    1 / √(number of inputs), which small models need. The paper's 0.02 is for width 768.
    """

    vocab_size: int
    d_model: int = 64
    n_heads: int = 4
    d_ff: int = 256
    n_layers: int = 2
    longest: int = 128
    norm: str = "post"
    dropout: float = 0.0
    weight_sd: float | None = None

    def encoder(self) -> EncoderSize:
        """Return the size of the encoder inside."""
        return EncoderSize(
            self.d_model,
            self.n_heads,
            self.d_ff,
            self.n_layers,
            self.norm,
            dropout=self.dropout,
            positions="none",  # BERT adds them with the segments, before a norm
            eps=EPS,
        )


class Embeddings(nn.Module):
    """Token, position and segment vector, added, normalised: (B, T) → (B, T, C).

    Raises ValueError for more tokens than there are positions.
    Source: Devlin et al. 2019, fig. 2. Built in notebooks/11_bert_input.ipynb.
    """

    def __init__(self, size: BERTSize):
        super().__init__()
        self.tokens = Embedding(size.vocab_size, size.d_model)
        self.positions = Embedding(size.longest, size.d_model)
        self.segments = Embedding(2, size.d_model)  # text A and text B
        self.norm = nn.LayerNorm(size.d_model, EPS)
        self.drop = nn.Dropout(size.dropout)
        for table in (self.tokens, self.positions, self.segments):
            nn.init.normal_(table.weight, std=size.d_model**-0.5)

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        n = ids.shape[1]
        longest = self.positions.num_embeddings
        if n > longest:
            raise ValueError(
                f"{n} tokens, but this BERT has {longest} positions; cut the text"
            )
        x = self.tokens(ids) + self.positions.weight[:n]  # (B, T, C) + (T, C)
        x = x + self.segments(segments)  # (B, T, C)
        return self.drop(self.norm(x))


class BERT(nn.Module):
    """Ids in, a vector per token out, with the whole text in view on both sides.

    ids, segments (B, T), mask (B, T) True = real → (B, T, C). Without segments all
    tokens belong to the first text. With `positions` (B, A) only these tokens' vectors
    come back, (B, A, C), and the last block skips the work for all others. `pooled`
    turns the vector of [CLS] into (B, C). Source: Devlin et al. 2019, sec. 3.
    Built in notebooks/12_bert_pretraining.ipynb.
    """

    def __init__(self, size: BERTSize):
        super().__init__()
        self.size = size
        self.embeddings = Embeddings(size)
        self.encoder = Encoder(size.encoder())
        self.pooler = linear(size.d_model, size.d_model)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
        positions: Tensor | None = None,
    ) -> Tensor:
        check_batch(ids, mask)
        if segments is None:
            segments = torch.zeros_like(ids)
        if segments.shape != ids.shape:
            raise ValueError(
                f"segments {tuple(segments.shape)}, ids {tuple(ids.shape)}; give each "
                "token one segment, 0 or 1"
            )
        x = self.embeddings(ids, segments)  # (B, T, C)
        return self.encode(x, mask, positions)

    def encode(
        self, x: Tensor, mask: Tensor | None, positions: Tensor | None
    ) -> Tensor:
        """Pass embeddings (B, T, C) through the blocks: (B, T, C) or (B, A, C)."""
        if mask is not None:
            mask = padding_mask(mask)  # (B, 1, 1, T)
        return self.encoder(x, mask, positions=positions)

    def pooled(self, x: Tensor) -> Tensor:
        """Return tanh(W h + b) of the first token's vector: (B, T, C) → (B, C)."""
        return torch.tanh(self.pooler(x[:, 0]))


class MaskedHead(nn.Module):
    """Name the masked token: dense, GELU, LayerNorm, then the token table, transposed.

    x (…, C) → logits (…, V). The table is the input's own (tied); only a bias is new.
    Source: google-research/bert, get_masked_lm_output.
    Built in notebooks/12_bert_pretraining.ipynb.
    """

    def __init__(self, size: BERTSize, table: nn.Embedding):
        super().__init__()
        self.dense = linear(size.d_model, size.d_model)
        self.norm = nn.LayerNorm(size.d_model, EPS)
        self.table = table
        self.bias = nn.Parameter(torch.zeros(size.vocab_size))

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(F.gelu(self.dense(x)))  # (…, C)
        return F.linear(x, self.table.weight, self.bias)  # (…, V)


class BERTForPretraining(nn.Module):
    """BERT with both heads: which token is masked, and does B follow A?

    ids, segments, mask (B, T) → token logits (B, T, V), pair logits (B, 2), where
    class 0 says "B follows A". With `masked` (B, T) bool, True = a masked token, the
    token logits are computed only there, (n, V), and so is the last block, unless
    somebody records: the same numbers, sooner. Source: Devlin et al. 2019, sec. 3.1.
    Built in notebooks/12_bert_pretraining.ipynb.
    """

    def __init__(self, size: BERTSize):
        super().__init__()
        self.bert = BERT(size)
        self.tap_hidden = Tap()
        self.masked = MaskedHead(size, self.bert.embeddings.tokens)
        self.pair = linear(size.d_model, 2)
        if size.weight_sd is not None:
            draw_weights(self, size.weight_sd)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
        masked: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        if masked is not None:
            check_mask(masked, ids.shape)
        if masked is None or self.tap_hidden.heard:
            x = self.tap_hidden(self.bert(ids, mask, segments))  # (B, T, C)
            hidden = x if masked is None else x[masked]  # (n, C)
        else:
            positions, real = masked_positions(masked)
            x = self.bert(ids, mask, segments, positions)  # (B, 1 + A, C)
            hidden = x[:, 1:][real]  # (n, C)
        tokens = self.masked(hidden)  # (n, V)
        pair = self.pair(self.bert.pooled(x))  # (B, 2)
        return tokens, pair


def masked_positions(masked: Tensor) -> tuple[Tensor, Tensor]:
    """Return the position of [CLS] and of each masked token, and which are no filler.

    masked (B, T) bool → positions (B, 1 + A), real (B, A). A is the largest number of
    masked tokens in a row; rows with fewer are filled up with other positions.
    """
    most = int(masked.sum(1).max())
    order = (~masked).long().argsort(dim=1, stable=True)  # (B, T): masked ones first
    order = order[:, :most]  # (B, A)
    real = masked.gather(1, order)  # (B, A)
    return F.pad(order, (1, 0)), real  # [CLS] stands at position 0


def draw_weights(model: nn.Module, sd: float) -> None:
    """Draw all matrices anew from a normal distribution with this deviation."""
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=sd)


class SentenceHead(nn.Module):
    """A class for a text or a pair: BERT's pooled [CLS], then one matrix.

    ids, mask, segments (B, T) → logits (B, n_classes).
    Source: Devlin et al. 2019, fig. 4. Built in notebooks/13_bert_finetuning.ipynb.
    """

    def __init__(self, bert: BERT, n_classes: int):
        super().__init__()
        self.bert = bert
        self.output = linear(bert.size.d_model, n_classes)

    def forward(
        self, ids: Tensor, mask: Tensor, segments: Tensor | None = None
    ) -> Tensor:
        x = self.bert(ids, mask, segments)  # (B, T, C)
        return self.output(self.bert.pooled(x))  # (B, n_classes)


class TokenHead(SentenceHead):
    """A class for each token: one matrix on each vector.

    ids, mask, segments (B, T) → logits (B, T, n_classes). With two classes, read as
    "begins here" and "ends here" over the tokens, it marks a span.
    Source: Devlin et al. 2019, sec. 4.2 and fig. 4. Built in 13_bert_finetuning.ipynb.
    """

    def forward(
        self, ids: Tensor, mask: Tensor, segments: Tensor | None = None
    ) -> Tensor:
        return self.output(self.bert(ids, mask, segments))  # (B, T, n_classes)
