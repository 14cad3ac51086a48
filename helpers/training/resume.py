"""Leave a training and take it up again, as if it had never stopped.

One file, the state, holds all that the next step depends on: weights, AdamW's averages,
the step (it decides the learning rate), PyTorch's random state, the history. Batches
are not stored: the same stream is made anew, and those already used are skipped.
(`weights` knows only the weights; `checkpoints` are finished models.)
Built in notebooks/12_bert_pretraining.ipynb.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from helpers.environment import write_by
from helpers.training.loop import Evaluate, History, Loss, Run, go_on
from helpers.training.weights import fill, weights_of

# How the names of the tensors begin in a state file.
MODEL, OPTIMIZER, RANDOM = "model.", "optimizer.", "chance."


def train(
    run: Run,
    batches: Iterable,
    loss: Loss,
    path: Path,
    every: int = 100,
    evaluate: Evaluate | None = None,
) -> History:
    """Train to the end of the run, from what lies at `path` if there is something.

    The state is kept there every `every` steps and at the end. After an interrupt or a
    crash, call it again with a fresh run: at most `every` steps are trained anew.
    `batches` must be the same stream from its beginning, with a random generator of
    its own; `loss` and `evaluate` are those of `training.train`.
    """
    if every < 1:
        raise ValueError(f"every={every}; keep the state every 1 step or more")
    stream = Stream(batches)
    if path.exists():  # an earlier call was stopped
        steps, mark = load(run, path)
        stream.skip(steps, mark)

    def keep(step: int, _: nn.Module) -> None:
        if step % every == 0 or step == run.settings.steps:
            save(run, path, stream.mark())

    return go_on(run, stream, loss, evaluate, keep)


class Stream(Iterator):
    """Batches, and a memory of the last one; a batch is a tuple of tensors."""

    def __init__(self, batches: Iterable):
        self.batches = iter(batches)
        self.last: tuple[Tensor, ...] = ()

    def __next__(self) -> tuple[Tensor, ...]:
        self.last = next(self.batches)
        return self.last

    def mark(self) -> str:
        """Return a short hash of the last batch, which tells two streams apart."""
        named = {str(i): part for i, part in enumerate(self.last)}
        return digest(named)[:16]

    def skip(self, n: int, mark: str) -> None:
        """Draw n batches. Raises ValueError if the n-th is not the one marked."""
        before = torch.get_rng_state()
        drawn = sum(1 for _ in itertools.islice(self, n))
        torch.set_rng_state(before)  # what a training draws is another stream
        if drawn < n:
            raise ValueError(
                f"{drawn} batches given, but the kept training read {n}; give the same "
                "stream from its beginning"
            )
        if n and self.mark() != mark:
            raise ValueError(
                f"batch {n} is not the one that the kept training read; give the same "
                "texts, batch size and seed, in a generator of the batches' own"
            )


def until(batches: Iterator, seconds: float) -> Iterator:
    """Yield batches until the time is over, then interrupt the training."""
    end = time.monotonic() + seconds
    for batch in batches:
        if time.monotonic() > end:
            raise KeyboardInterrupt  # as the stop button does
        yield batch


def save(run: Run, path: Path, mark: str) -> None:
    """Write the state of a run between two steps: one file, in one step.

    `mark` names the last batch. Whoever reads while it is written, or after the
    program was killed in the middle of it, finds the state before, whole.
    """
    about = {
        "settings": asdict(run.settings),
        "history": asdict(run.history),
        "mark": mark,
    }
    # What is no tensor becomes one, so that the digest covers it too.
    text = bytearray(json.dumps(about).encode())
    tensors = {"about": torch.frombuffer(text, dtype=torch.uint8)}
    for name, value in run.random_states().items():
        tensors[RANDOM + name] = value
    for name, value in weights_of(run.model).items():
        tensors[MODEL + name] = value
    for name, parameter in run.model.named_parameters():
        for kind, value in run.optimizer.state.get(parameter, {}).items():
            tensors[f"{OPTIMIZER}{name}.{kind}"] = value
    for name, value in tensors.items():
        tensors[name] = value.detach().cpu().contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    # The header is no part of what it describes.
    header = {"sha256": digest(tensors)}
    write_by(path, lambda draft: save_file(tensors, draft, header))


def digest(tensors: dict[str, Tensor]) -> str:
    """Return the sha256 of tensors: of their names, kinds, shapes and bytes."""
    found = hashlib.sha256()
    for name, value in sorted(tensors.items()):  # whatever their order in a file
        found.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        found.update(value.reshape(-1).view(torch.uint8).numpy())  # its bytes
    return found.hexdigest()


def load(run: Run, path: Path) -> tuple[int, str]:
    """Put a kept state into a run; return its steps and the mark of its last batch.

    The run must be fresh, of the same model and settings. Raises ValueError for a file
    that was cut or changed, for another model and for other settings.
    """
    tensors = read(path)
    about = json.loads(tensors["about"].numpy().tobytes())
    _require_same_settings(about["settings"], asdict(run.settings), path)
    fill(run.model, _part(tensors, MODEL), path.name)
    averages = _part(tensors, OPTIMIZER)
    state = run.optimizer.state_dict()  # it numbers the parameters in their order
    for index, (name, _) in enumerate(run.model.named_parameters()):
        state["state"][index] = _part(averages, f"{name}.")
    run.optimizer.load_state_dict(state)  # moves them to the model's device
    run.history = History(**about["history"])
    # JSON knows lists, no tuples.
    run.history.evaluations = [(step, v) for step, v in run.history.evaluations]
    run.restore_random_states(_part(tensors, RANDOM))
    return len(run.history.losses), about["mark"]


def read(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a kept state. Raises ValueError if it is not whole."""
    try:
        with safe_open(path, "pt") as file:
            names = file.keys()
            tensors = {name: file.get_tensor(name) for name in names}
            wanted = (file.metadata() or {}).get("sha256")
    except SafetensorError as error:
        raise ValueError(f"{path.name} is cut off or no state: {error}") from None
    if digest(tensors) != wanted:
        raise ValueError(f"{path.name} was changed since it was kept; delete it")
    return tensors


def _part(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with `start`, without it."""
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}


def _require_same_settings(kept: dict, given: dict, path: Path) -> None:
    other = [f"{k}={given[k]}, kept {v}" for k, v in kept.items() if given[k] != v]
    if other:
        raise ValueError(
            f"other settings ({'; '.join(other)}): go on with those of the kept "
            f"training, or delete {path.name} and begin anew"
        )
