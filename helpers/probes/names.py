"""A name that comes again: what is it worth to have read it long before?

The exact reader answers both ways, with the earlier mentions and without them, so what
they are worth is known in nats. Built in notebooks/02_rnn.ipynb.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from helpers.corpora import world
from helpers.corpora.grammar.forward_backward import Passes
from helpers.corpora.world import Document, first
from helpers.models.bidirectional import last_real
from helpers.models.layers import answering
from helpers.objectives.batching import pad
from helpers.tokenization import BOS_ID


class Again(NamedTuple):
    """A text before a person's name, the name, and where it stood before."""

    prefix: tuple[str, ...]
    name: str
    earlier: tuple[int, ...]

    @property
    def distance(self) -> int:
        """How many tokens the last mention lies back."""
        return len(self.prefix) - self.earlier[-1]


def names_again(stories: Iterable[Document], n: int, least: int) -> list[Again]:
    """Return n times the name a story begins with, last read `least` tokens before.

    They are the first; `least` is the fewest tokens back. Raises ValueError if the
    stories hold fewer than n.
    """
    found = first(n, _names_again(stories, least))
    if len(found) < n:
        raise ValueError(f"{len(found)} such names, {n} asked for; give more stories")
    return found


def _names_again(stories: Iterable[Document], least: int) -> Iterator[Again]:
    for story in stories:
        name = story.tokens[0]
        places = [i for i, token in enumerate(story.tokens) if token == name]
        if {story.entities[i] for i in places} != {"B-PER"}:  # some names are cities
            continue
        for n, i in enumerate(places[1:], start=1):
            if i - places[n - 1] >= least:
                yield Again(story.tokens[:i], name, tuple(places[:n]))


def exact_name_losses(items: Sequence[Again], hidden: bool) -> np.ndarray:
    """Return −log P(name | text before) of the best reader of all, in nats; (n,).

    With `hidden` the earlier mentions of this name are hidden from it: any token may
    have stood there. Built in notebooks/02_rnn.ipynb.
    """
    losses = []
    for item in items:
        masked = item.earlier if hidden else ()
        text = (*item.prefix, item.name)
        passes = Passes(world.machine(), text, masked, closed=False)
        losses.append(-math.log(passes.scales[-1]))
    return np.array(losses)


def name_losses(
    model: nn.Module, ids: dict[str, int], items: Sequence[Again]
) -> np.ndarray:
    """Return −log q(name | text before) of a language model, in nats; (n,).

    `model(ids, mask)` returns logits (B, T, V). Built in notebooks/02_rnn.ipynb.
    """
    prefixes = []
    for item in items:
        prefixes.append(np.array([BOS_ID, *(ids[token] for token in item.prefix)]))
    batch, mask = pad(prefixes)  # (B, T) each
    with answering(model):
        logits = last_real(model(batch, mask), mask)  # (B, V): what comes next
    names = torch.tensor([ids[item.name] for item in items])  # (B,)
    return nn.functional.cross_entropy(logits, names, reduction="none").numpy()


def renamed(items: Sequence[Again]) -> list[Again]:
    """Return the same texts about somebody else: each earlier mention is another name.

    The other name is the next one, by the alphabet, with which the world could have
    written the text. What is asked for is still the old name.
    """
    everybody = sorted({item.name for item in items})
    return [_renamed(item, everybody) for item in items]


def _renamed(item: Again, everybody: Sequence[str]) -> Again:
    at = everybody.index(item.name)
    for other in (*everybody[at + 1 :], *everybody[:at]):
        text = list(item.prefix)
        for place in item.earlier:
            text[place] = other
        if all(Passes(world.machine(), text, closed=False).scales):
            return item._replace(prefix=tuple(text))
    raise ValueError(f"nobody else fits into {' '.join(item.prefix)!r}")
