"""Does a GPT keep the subject of a verb? Rotary and sinusoidal positions, many seeds.

`python -m tests.benchmarks.agreement [--seeds 0 1 2] [--steps N]`: notebook 10's GPT on
its fresh stories, trained anew for each seed and encoding. Per row: the loss above the
floor on the test stories, in nats, and the share of right verbs behind 0, 1, 2 and 3
nouns of the other number. About half a minute a row with one thread.
"""

import argparse
import os

import torch

from helpers import training
from helpers.corpora import tasks, truth, world
from helpers.models.decoder import GPT
from helpers.models.encoder import EncoderSize
from helpers.objectives import language_modeling
from helpers.probes.agreement import verb_choices
from helpers.probes.shares import share_by
from helpers.tokenization import Words

POSITIONS = ("rotary", "sinusoidal")


def loss_of(model: GPT, batch) -> torch.Tensor:
    return language_modeling.next_token_loss(
        model(batch.inputs), batch.targets, batch.mask
    )


class Stories:
    """Stories to learn from, the test stories with their floor, questions of verbs."""

    def __init__(self):
        train, _, test = world.splits()
        self.words = Words.from_tokens([d.tokens for d in train])
        known = {d.tokens for d in test}
        fresh = (d.tokens for d in world.documents(26_000, seed=9))
        self.coded = [self.words.encode_array(t) for t in fresh if t not in known]
        encoded = [self.words.encode_array(d.tokens) for d in test]
        self.test = language_modeling.next_token_batch(encoded)
        floor = truth.losses(test)
        self.floor = sum(floor) / len(floor)
        asked = [(k, i) for k in range(4) for i in tasks.agreement(300, 9, k)]
        self.items = [i for k, i in asked if i.n_opposite == k]

    def trained(self, positions: str, seed: int, steps: int) -> GPT:
        """Return a GPT that has read new stories for this many steps."""
        torch.manual_seed(seed)
        model = GPT(len(self.words), EncoderSize(positions=positions))
        order = torch.Generator().manual_seed(seed)
        batches = language_modeling.next_token_batches(self.coded, 16, order)
        training.train(model, batches, loss_of, training.Settings(steps, lr=1.5e-2))
        return model

    def measured(self, model: GPT) -> tuple[float, list[float]]:
        """Return the loss above the floor, and the shares of right verbs."""
        with torch.no_grad():
            above = loss_of(model, self.test).item() - self.floor
        choices = verb_choices(model, self.words.ids, self.items)
        found = share_by(choices, self.items, lambda i: i.n_attractors)
        return above, [found[k].mean for k in range(4)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--steps", type=int, default=1500)
    given = parser.parse_args()
    os.environ.setdefault("COURSE_VIEWS", "static")
    stories = Stories()
    print(f"{'positions':12} seed  above floor  right verbs behind 0 1 2 3 attractors")
    for seed in given.seeds:
        for positions in POSITIONS:
            model = stories.trained(positions, seed, given.steps)
            above, right = stories.measured(model)
            shares = " ".join(f"{share:5.2f}" for share in right)
            print(f"{positions:12} {seed:4} {above:12.3f}  {shares}", flush=True)


if __name__ == "__main__":
    main()
