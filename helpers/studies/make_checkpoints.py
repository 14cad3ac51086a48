"""Make the shipped checkpoints anew: python -m helpers.studies NAME

elmo         a biLM on 30,000 fresh stories of the world (for notebook 04), some minutes
bert         a BERT of 120,000 fresh stories of the world (12, 13), about 12 minutes
bert_pydocs  a BERT on the documentation of installed packages (11), about 8 minutes;
             with --minutes 3 both BERTs stop after three, and the same command goes on
"""

import argparse
import sys
import time

import torch

from helpers import checkpoints, environment, training
from helpers.checkpoints import docs_bert, elmo, shipped, story_bert
from helpers.corpora import pydocs, world
from helpers.models.bert import BERTForPretraining
from helpers.models.elmo import BiLM
from helpers.models.layers import available, use_onednn
from helpers.objectives import language_modeling, masking
from helpers.training import resume

STORIES, STEPS, SEED = 30_000, 4500, 77


def make_elmo(_: float) -> tuple[BiLM, float]:
    """Train the biLM in one go; return it and the seconds that it took."""
    torch.manual_seed(SEED)
    words = elmo.vocabulary()
    tests = {d.tokens for part in world.splits()[1:] for d in part}
    stories = [d.tokens for d in world.documents(STORIES, seed=SEED)]
    coded = [words.encode_array(t) for t in stories if t not in tests]
    model, generator = elmo.new_model(words), torch.Generator().manual_seed(SEED)
    batches = language_modeling.both_directions_batches(coded, 32, generator)
    start = time.perf_counter()
    settings = training.Settings(steps=STEPS, lr=1e-2)
    training.train(model, batches, elmo.loss, settings)
    return model, time.perf_counter() - start


def make_bert_pydocs(seconds: float) -> tuple[BERTForPretraining, float] | None:
    """Train the BERT for documentation, for so many seconds; None: not done yet."""
    torch.manual_seed(SEED)
    known = [s for s in pydocs.load().sentences if not docs_bert.is_kept_back(s)]
    pieces = docs_bert.learn_vocabulary(known)
    text = "".join(f"{token}\n" for token in pieces.tokens)
    environment.write(shipped.FOLDER / f"{docs_bert.NAME}.txt", text.encode())
    coded = docs_bert.code(pieces, known)
    generator = torch.Generator().manual_seed(SEED)
    batches = docs_bert.batches(coded, len(pieces), generator)
    model = use_onednn(BERTForPretraining(docs_bert.size(pieces)), available())
    run = training.Run(model, docs_bert.SETTINGS)
    return _go_on(run, batches, docs_bert.loss, docs_bert.NAME, seconds)


def make_bert(seconds: float) -> tuple[BERTForPretraining, float] | None:
    """Train the BERT for stories, for so many seconds; None: not done yet."""
    torch.manual_seed(SEED)
    tests = {d.tokens for part in world.splits()[1:] for d in part}
    fresh = world.documents(4 * STORIES, seed=SEED)
    stories = [d for d in fresh if d.tokens not in tests]
    model = story_bert.new_model(story_bert.SHIPPED)
    run = training.Run(use_onednn(model, available()), story_bert.LONG)
    batches = story_bert.batches(stories, torch.Generator().manual_seed(SEED))
    return _go_on(run, batches, masking.pretraining_loss, "bert", seconds)


def _go_on(run, batches, loss, name: str, seconds: float):
    """Train from where the last call stopped; return None if not done in time."""
    state = pydocs.cache_folder() / f"{name}.state.safetensors"
    history = resume.train(run, resume.until(batches, seconds), loss, state)
    if history.interrupted:
        return None
    state.unlink()
    return run.model.half(), history.seconds


MAKERS = {"elmo": make_elmo, "bert": make_bert, "bert_pydocs": make_bert_pydocs}


def main(arguments: list[str]) -> None:
    """Make one checkpoint and declare it."""
    parser = argparse.ArgumentParser(prog="python -m helpers.studies")
    parser.add_argument("name", choices=MAKERS)
    parser.add_argument("--minutes", type=float, default=1e6)
    given = parser.parse_args(arguments)
    made = MAKERS[given.name](60 * given.minutes)
    if made is None:
        sys.exit("not done yet: the same command goes on")
    model, seconds = made
    command = f"python -m helpers.studies {given.name}"
    stored = str(next(model.parameters()).dtype).removeprefix("torch.")
    about = {"command": command, "seed": SEED, "seconds": round(seconds)}
    print(checkpoints.save(model, given.name, about | {"stored": stored}))


if __name__ == "__main__":
    main(sys.argv[1:])
