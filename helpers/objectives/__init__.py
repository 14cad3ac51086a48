"""What a model has to predict, and how wrong it is: batches and losses.

RNN, ELMo and BERT differ less in what they are than in what they have to predict.
Padding and masks are made here and nowhere else. Losses are means in nats per token
that has a target; IGNORE_INDEX (in `batching`) marks tokens that have none.

batching           sequences of different lengths: padding, packing, similar lengths
language_modeling  the next token; the neighbours on both sides
sequence_pairs     a target, token by token, given a source
tagging            a label for each token
masking            BERT's two: which token is hidden, and does B follow A?
"""

from helpers.objectives.batching import pad
from helpers.objectives.language_modeling import (
    both_directions_batch,
    both_directions_batches,
    both_directions_loss,
    both_directions_losses,
    next_token_batch,
    next_token_batches,
    next_token_loss,
    stream_batches,
    token_losses,
)
