"""Make the shipped checkpoints anew: python -m helpers.make_checkpoints NAME

elmo    a biLM on 30,000 fresh stories of the world (for notebook 04), some minutes
"""

import argparse
import sys
import time

import torch

from helpers import checkpoints, objectives, training
from helpers.corpora import world
from helpers.models.characters import spell
from helpers.models.elmo import BiLM, ELMoSize
from helpers.tokenizers import Words

STORIES, STEPS, SEED = 30_000, 4500, 77


def elmo_words() -> Words:
    """Return the vocabulary of the biLM: the words of the training stories."""
    return Words.from_tokens([d.tokens for d in world.splits().train])


def elmo_model(words: Words) -> BiLM:
    """Return a biLM of our size, with random weights."""
    return BiLM(len(words), ELMoSize(), spell(words.tokens, 16))


def bilm_loss(model: BiLM, batch) -> torch.Tensor:
    """Return the joint loss of both directions, in nats per token."""
    return objectives.both_directions_loss(*model(*batch), *batch)


def make_elmo() -> tuple[BiLM, float]:
    """Train the biLM; return it and the seconds that it took."""
    torch.manual_seed(SEED)
    words = elmo_words()
    tests = {d.tokens for part in world.splits()[1:] for d in part}
    stories = [d.tokens for d in world.documents(STORIES, seed=SEED)]
    coded = [words.encode_array(t) for t in stories if t not in tests]
    model, generator = elmo_model(words), torch.Generator().manual_seed(SEED)
    batches = objectives.both_directions_batches(coded, 32, generator)
    start = time.perf_counter()
    settings = training.Settings(steps=STEPS, lr=1e-2)
    training.train(model, batches, bilm_loss, settings)
    return model, time.perf_counter() - start


MAKERS = {"elmo": make_elmo}


def main(arguments: list[str]) -> None:
    """Make one checkpoint and declare it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.make_checkpoints")
    parser.add_argument("name", choices=MAKERS)
    name = parser.parse_args(arguments).name
    model, seconds = MAKERS[name]()
    command = f"python -m helpers.make_checkpoints {name}"
    about = {"command": command, "seed": SEED, "seconds": round(seconds)}
    print(checkpoints.save(model, name, about))


if __name__ == "__main__":
    main(sys.argv[1:])
