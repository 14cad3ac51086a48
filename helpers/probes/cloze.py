"""The cloze test: what does a model write into each gap of a text?"""

import torch
from torch import nn

from helpers.objectives.masking import Packed
from helpers.tokenization.wordpiece import MASK_ID, SPECIALS


def fill_masks(model: nn.Module, packed: Packed) -> torch.Tensor:
    """Hide each token of one text alone; return the model's answers (T, V).

    `packed` holds one row, `model` is a BERTForPretraining. One batch for all tokens;
    rows of specials and padding are zeros. Raises ValueError for more rows, or a text
    with nothing to hide. Source: Devlin et al. 2019, sec. 3.1.
    Built in notebooks/12_bert_pretraining.ipynb.
    """
    ids, segments, mask = packed
    if len(ids) != 1:
        raise ValueError(f"{len(ids)} texts; give one row: pack([text])")
    asked = mask[0] & (ids[0] >= len(SPECIALS))
    n = int(asked.sum())
    if not n:
        raise ValueError("the text holds only special tokens; give at least one word")
    hidden = torch.diag(asked)[asked]  # (n, T)
    copies = ids.repeat(n, 1).masked_fill(hidden, MASK_ID)  # (n, T)
    model.eval()
    with torch.no_grad():
        rows = [x.repeat(n, 1) for x in (mask, segments)]
        logits, _ = model(copies, *rows, asked=hidden)  # (n, V)
    out = logits.new_zeros(ids.shape[1], logits.shape[-1])  # (T, V)
    out[asked] = logits.softmax(-1)
    return out
