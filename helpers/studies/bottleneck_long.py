"""The narrow vector of `bottleneck` again, trained three times as long.

A quarter of the vector, 6,000 updates, the learning rate of the study `bottleneck`.
Built in notebooks/05_seq2seq.ipynb.
"""

from helpers.studies import bottleneck, free_running, translating
from helpers.studies.reading import read

UPDATES = 6000
ARM = f"{bottleneck.WIDTH} numbers, {UPDATES} updates"
ARMS = (ARM,)
UNTRAINED = ARMS  # no rate is tried: it has the one of the shorter runs
SEEDS = bottleneck.SEEDS
RATES = ()
TUNED = "loss"
CODE = (*bottleneck.CODE, "helpers.studies.bottleneck", "helpers.studies.free_running")


def measure(arm: str, rate: float | None, seed: int, part: str) -> dict:
    """Train one network; return its loss and which test texts are right."""
    chosen = read("bottleneck").rate(bottleneck.ARMS[-1])
    model = bottleneck.trained(bottleneck.WIDTH, UPDATES, chosen, seed)
    found = {"loss": free_running.loss_of_texts(model, "test")}
    for n in bottleneck.SENTENCES:
        right = translating.exact(model, free_running.asked("test", n))
        found[f"right, {n}"] = right.astype(float)
    return found


def about() -> dict:
    """Return how the runs were made."""
    return bottleneck.about() | {"updates": UPDATES}
