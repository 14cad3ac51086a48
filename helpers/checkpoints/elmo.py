"""The shipped biLM: its vocabulary, its size and its loss."""

from torch import Tensor

from helpers.corpora import world
from helpers.models.characters import spell
from helpers.models.elmo import BiLM, ELMoSize
from helpers.objectives import language_modeling
from helpers.tokenization import Words


def vocabulary() -> Words:
    """Return the vocabulary of the biLM: the words of the training stories."""
    return Words.from_tokens([d.tokens for d in world.splits().train])


def new_model(words: Words) -> BiLM:
    """Return a biLM of our size, with random weights."""
    return BiLM(len(words), ELMoSize(), spell(words.tokens, 16))


def loss(model: BiLM, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Return the joint loss of both directions, in nats per token."""
    ids, mask = batch  # (B, T) each
    forward, backward = model(ids, mask)  # (B, T, V) each
    return language_modeling.both_directions_loss(forward, backward, ids, mask)
