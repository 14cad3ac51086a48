"""The checkpoints that come with the course, made anew on fresh text.

What a test asks is left out of the training. Built in notebooks/04_elmo.ipynb,
12_bert_pretraining.ipynb and 13_bert_finetuning.ipynb.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from helpers import checkpoints, environment
from helpers.checkpoints import docs_bert, story_bert
from helpers.checkpoints import elmo as world_elmo
from helpers.checkpoints.bert_files import write_tokens
from helpers.corpora import pydocs, world
from helpers.models.bert import BERTForPretraining
from helpers.models.layers import available, use_onednn
from helpers.objectives import language_modeling, masking
from helpers.studies.results import finished
from helpers.training import Run, Settings, resume

STORIES = 30_000  # for ELMo; BERT reads four times as many
SEED = 77


class Plan(NamedTuple):
    """What is trained, on what, how, and in which numbers the weights are kept."""

    model: nn.Module
    batches: Iterator
    loss: Callable[..., Tensor]
    settings: Settings
    stored: torch.dtype = torch.float16


def elmo(generator: torch.Generator) -> Plan:
    """Plan the biLM of the world."""
    words = world_elmo.vocabulary()
    stories = story_bert.unseen(world.documents(STORIES, SEED))
    coded = [words.encode_array(story.tokens) for story in stories]
    model = world_elmo.new_model(words)
    batches = language_modeling.both_directions_batches(coded, 32, generator)
    settings = Settings(steps=4500, lr=1e-2)
    return Plan(model, batches, world_elmo.loss, settings, torch.float32)


def bert(generator: torch.Generator) -> Plan:
    """Plan the BERT for stories."""
    stories = story_bert.unseen(world.documents(4 * STORIES, SEED))
    model = use_onednn(story_bert.new_model(story_bert.SHIPPED), available())
    batches = story_bert.batches(list(stories), generator)
    return Plan(model, batches, masking.pretraining_loss, story_bert.LONG)


def bert_pydocs(generator: torch.Generator) -> Plan:
    """Plan the BERT for documentation, and write the pieces that it reads."""
    known = [s for s in pydocs.load().sentences if not docs_bert.is_kept_back(s)]
    pieces = docs_bert.learn_vocabulary(known)
    write_tokens(docs_bert.VOCABULARY, pieces.tokens)
    coded = docs_bert.code(pieces, known)
    batches = docs_bert.batches(coded, len(pieces), generator)
    model = use_onednn(BERTForPretraining(docs_bert.size(pieces)), available())
    return Plan(model, batches, masking.masked_only_loss, docs_bert.SETTINGS)


MAKERS = {"elmo": elmo, "bert": bert, "bert_pydocs": bert_pydocs}


def make(name: str, seconds: float) -> dict:
    """Train one of MAKERS, write its weights and declare them; return their entry.

    It goes on from where the last call stopped. Raises KeyboardInterrupt if so many
    seconds were not enough.
    """
    torch.manual_seed(SEED)
    plan = MAKERS[name](torch.Generator().manual_seed(SEED))
    run = Run(plan.model, plan.settings)
    state = environment.cache_folder() / f"{name}.state.safetensors"
    batches = resume.until(plan.batches, seconds)
    history = resume.train(run, batches, plan.loss, state)
    finished(history)
    about = {
        "command": f"python -m helpers.studies {name}",
        "seed": SEED,
        "seconds": round(history.seconds),
        "stored": str(plan.stored).removeprefix("torch."),
    }
    if name == docs_bert.NAME:
        about["vocabulary"] = docs_bert.digest(docs_bert.vocabulary())
    entry = checkpoints.save(plan.model.to(plan.stored), name, about)
    state.unlink()
    return entry
