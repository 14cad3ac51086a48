"""A pre-trained BERT learns a task.

tasks      sentence, pair, span, tags: what is read, and what is right
cutting    words → pieces, and where each word begins
tuning     their batches and losses; a copy of a BERT with a head, trained
answers    spans and names from scores; exact match, F1
baselines  the usual answer, the bag of words, the best possible score
reviews    film reviews, read by a real BERT
"""

from helpers.finetuning.cutting import cut_words
from helpers.finetuning.tuning import (
    batches,
    fine_tune,
    first_pieces,
    loss,
    make_batch,
    passage_mask,
    score,
    with_head,
)
