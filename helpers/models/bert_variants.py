"""BERTs that lack something: what the paper's ablation takes away, and puts on top.

Source: Devlin et al. 2019, sec. 5.1 and table 5. Built in
notebooks/12_bert_pretraining.ipynb.
"""

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from helpers.models.attention import causal_mask, linear, padding_mask
from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.models.encoder import take


class LeftToRight(BERT):
    """A BERT that looks back only, as a GPT does; also when it is fine-tuned.

    Same call and weights as `BERT`. Looking back from [CLS] there is nothing to see, so
    its place returns the vector of the last token, which has seen everything.
    """

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        segments: Tensor | None = None,
        places: Tensor | None = None,
    ) -> Tensor:
        segments = torch.zeros_like(ids) if segments is None else segments
        mask = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
        may = padding_mask(mask) & causal_mask(ids.shape[1])  # (B, 1, T, T)
        x = self.encoder(self.embeddings(ids, segments), may)  # (B, T, C)
        last = mask.sum(1, keepdim=True) - 1  # (B, 1)
        x = torch.cat([take(x, last), x[:, 1:]], 1)  # (B, T, C)
        return x if places is None else take(x, places)


class WithBiLSTM(nn.Module):
    """An encoder with a fresh two-way LSTM on top; same call as `BERT`.

    The paper puts it on the left-to-right model when that is fine-tuned; on frozen
    weights it makes the features' own reader (Devlin et al. 2019, sec. 5.3).
    """

    def __init__(self, bert: nn.Module):
        super().__init__()
        self.bert, self.size, half = bert, bert.size, bert.size.d_model // 2
        self.lstm = nn.LSTM(2 * half, half, batch_first=True, bidirectional=True)
        self.pooler = linear(2 * half, 2 * half)

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor | None = None):
        x = self.bert(ids, mask, segments)  # (B, T, C)
        lengths = mask.sum(1).cpu()
        packed = pack_padded_sequence(x, lengths, True, enforce_sorted=False)
        return pad_packed_sequence(self.lstm(packed)[0], True, 0.0, x.shape[1])[0]

    def pooled(self, x: Tensor) -> Tensor:
        """Return tanh(W h + b) of the first place: (B, T, C) → (B, C)."""
        return torch.tanh(self.pooler(x[:, 0]))


def left_to_right(size: BERTSize) -> BERTForPretraining:
    """Return a BERT with its heads whose encoder looks back only."""
    model = BERTForPretraining(size)
    model.bert = LeftToRight(size)
    model.masked.table = model.bert.embeddings.tokens
    return model
