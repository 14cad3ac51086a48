"""BERTs that lack something: what the paper's ablation takes away, and puts on top.

Source: Devlin et al. 2019, sec. 5.1 and table 5. Built in
notebooks/12_bert_pretraining.ipynb.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers.models.attention import causal_mask, padding_mask
from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.models.encoder import vectors_at
from helpers.models.layers import linear, no_padding


class LeftToRight(BERT):
    """A BERT that looks back only, as a GPT does; also when it is fine-tuned.

    Same call and weights as `BERT`. Looking back from [CLS] there is nothing to see, so
    its position returns the vector of the last token, which has seen everything.
    """

    def encode(
        self, x: Tensor, mask: Tensor | None, positions: Tensor | None
    ) -> Tensor:
        mask = no_padding(x[..., 0]) if mask is None else mask  # (B, T)
        before = causal_mask(x.shape[1]).to(x.device)  # (T, T)
        look_back = padding_mask(mask) & before  # (B, 1, T, T)
        x = self.encoder(x, look_back)  # (B, T, C)
        last = mask.sum(1, keepdim=True) - 1  # (B, 1)
        x = torch.cat([vectors_at(x, last), x[:, 1:]], 1)  # (B, T, C)
        return x if positions is None else vectors_at(x, positions)


class WithBiLSTM(nn.Module):
    """An encoder with a fresh two-way LSTM on top; same call as `BERT`.

    The paper puts it on the left-to-right model when that is fine-tuned; on frozen
    weights it makes the features' own reader (Devlin et al. 2019, sec. 5.3).
    """

    def __init__(self, bert: nn.Module):
        super().__init__()
        self.bert = bert
        self.size = bert.size
        half = bert.size.d_model // 2  # for each direction
        self.lstm = nn.LSTM(2 * half, half, batch_first=True, bidirectional=True)
        self.pooler = linear(2 * half, 2 * half)

    def forward(
        self, ids: Tensor, mask: Tensor, segments: Tensor | None = None
    ) -> Tensor:
        x = self.bert(ids, mask, segments)  # (B, T, C)
        lengths = mask.sum(1).cpu()  # packed by length, no direction reads padding
        packed = pack_padded_sequence(x, lengths, True, enforce_sorted=False)
        states, _ = self.lstm(packed)
        return pad_packed_sequence(states, True, 0.0, x.shape[1])[0]  # (B, T, C)

    def pooled(self, x: Tensor) -> Tensor:
        """Return tanh(W h + b) of the first position: (B, T, C) → (B, C)."""
        return torch.tanh(self.pooler(x[:, 0]))


def left_to_right(size: BERTSize) -> BERTForPretraining:
    """Return a BERT with its heads whose encoder looks back only."""
    model = BERTForPretraining(size)
    model.bert = LeftToRight(size)
    model.masked.table = model.bert.embeddings.tokens  # tied to the new table
    return model
