"""The cloze test: what does a model write into each gap of a text?

Built in notebooks/12_bert_pretraining.ipynb.
"""

from torch import Tensor, nn

from helpers.models.layers import answering
from helpers.objectives.masking import Packed, one_by_one


def fill_masks(model: nn.Module, packed: Packed) -> Tensor:
    """Hide each token of one text alone; return the model's answers (T, V).

    `packed` holds one row, `model` is a BERTForPretraining. One batch for all tokens;
    rows of specials and padding are zeros. Raises ValueError for more rows, or a text
    with nothing to hide. Source: Devlin et al. 2019, sec. 3.1.
    Built in notebooks/12_bert_pretraining.ipynb.
    """
    if len(packed.ids) != 1:
        raise ValueError(f"{len(packed.ids)} texts; give one row: pack([text])")
    copies, _ = one_by_one(packed)  # n rows, for n ordinary tokens
    if not len(copies.ids):
        raise ValueError("the text holds only special tokens; give at least one word")
    hidden = copies.ids != packed.ids  # (n, T): one True in each row
    with answering(model):
        logits, _ = model(copies.ids, copies.mask, copies.segments, hidden)  # (n, V)
    answers = logits.new_zeros(packed.ids.shape[1], logits.shape[-1])  # (T, V)
    answers[hidden.any(0)] = logits.softmax(-1)
    return answers
