"""Leave a training and take it up again, as if it had never stopped.

One file holds all that the next step depends on: weights, AdamW's averages, the step
(it decides the learning rate), PyTorch's random state, the history. Batches are not
stored: the same stream is made anew, and those already used are skipped.
Built in notebooks/12_bert_pretraining.ipynb.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from helpers.environment import write_by
from helpers.training.loop import History, Run, go_on
from helpers.training.weights import fill, weights_of


def train(
    run: Run,
    batches: Iterator,
    loss: Callable[[nn.Module, object], Tensor],
    path: Path,
    every: int = 100,
    evaluate: Callable[[], float] | None = None,
) -> History:
    """Train to the end of the run, from what lies at `path` if there is something.

    The state is kept there every `every` steps and at the end. After an interrupt or a
    crash, call it again with a fresh run: at most `every` steps are trained anew.
    `batches` must be the same stream from its beginning, with a random generator of
    its own; `loss` and `evaluate` are those of `training.train`.
    """
    stream = Counted(batches)
    if path.exists():
        stream.skip_to(*load(run, path))

    def keep(step: int, _: nn.Module) -> None:
        if step % every == 0 or step == run.settings.steps:
            save(run, path, stream.mark())

    return go_on(run, stream, loss, evaluate, keep)


class Counted:
    """A stream of batches that knows how many it gave, and the last one."""

    def __init__(self, batches: Iterator):
        self.batches, self.n, self.last = batches, 0, None

    def __iter__(self) -> Iterator:
        return self

    def __next__(self):
        self.last = next(self.batches)
        self.n += 1
        return self.last

    def mark(self) -> str:
        """Return a short hash of the last batch: two streams differ, so do these."""
        return hashlib.sha256(_bytes(self.last)).hexdigest()[:16]

    def skip_to(self, n: int, mark: str) -> None:
        """Draw n batches. Raises ValueError if the n-th is not the one marked."""
        drawn_before = torch.get_rng_state()
        for _ in range(n):
            next(self)
        torch.set_rng_state(drawn_before)
        if n and self.mark() != mark:
            raise ValueError(
                f"batch {n} is not the one that the kept training read; give the same "
                "texts, batch size and seed, in a generator of the batches' own"
            )


def until(batches: Iterator, seconds: float) -> Iterator:
    """Yield batches until the time is over; then stop as the stop button does."""
    end = time.monotonic() + seconds
    for batch in batches:
        if time.monotonic() > end:
            raise KeyboardInterrupt
        yield batch


def _bytes(batch) -> bytes:
    if isinstance(batch, Tensor):
        return str(tuple(batch.shape)).encode() + batch.contiguous().numpy().tobytes()
    if isinstance(batch, list | tuple):
        return b"(" + b",".join(_bytes(part) for part in batch) + b")"
    return repr(batch).encode()


def save(run: Run, path: Path, mark: str) -> None:
    """Write the state of a run between two steps: one file, in one step.

    `mark` names the last batch. Whoever reads while it is written, or after the
    program was killed in the middle of it, finds the state before, whole.
    """
    from safetensors.torch import save_file

    history = asdict(run.history) | {"interrupted": False}
    about = {"settings": asdict(run.settings), "history": history, "mark": mark}
    tensors = {f"chance.{name}": value for name, value in run.chance().items()}
    for name, value in weights_of(run.model).items():
        tensors[f"model.{name}"] = value.contiguous()
    for name, p in run.model.named_parameters():
        for kind, value in run.optimizer.state.get(p, {}).items():
            tensors[f"optimizer.{name}.{kind}"] = value
    text = bytearray(json.dumps(about).encode())
    tensors["about"] = torch.frombuffer(text, dtype=torch.uint8)
    tensors = {name: value.detach().cpu() for name, value in tensors.items()}
    about = {"sha256": digest(tensors)}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_by(path, lambda draft: save_file(tensors, draft, about))


def digest(tensors: dict[str, Tensor]) -> str:
    """Return the sha256 of tensors: of their names, kinds, shapes and bytes."""
    found = hashlib.sha256()
    for name, value in sorted(tensors.items()):
        found.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        found.update(value.reshape(-1).view(torch.uint8).numpy())
    return found.hexdigest()


def load(run: Run, path: Path) -> tuple[int, str]:
    """Put a kept state into a run; return its steps and the mark of its last batch.

    The run must be fresh, of the same model and settings. Raises ValueError for a file
    that was cut or changed, for another model and for other settings.
    """
    tensors = read(path)
    about = json.loads(tensors.pop("about").numpy().tobytes())
    _same_settings(about["settings"], asdict(run.settings), path)
    weights, moments = _part(tensors, "model."), _part(tensors, "optimizer.")
    fill(run.model, weights, path.name)
    for name, p in run.model.named_parameters():
        found = _part(moments, f"{name}.")
        if found:
            place = {k: p.device for k, v in found.items() if v.shape == p.shape}
            run.optimizer.state[p] = {k: v.to(place.get(k)) for k, v in found.items()}
    run.history = History(**about["history"])
    run.history.evaluations = [(s, v) for s, v in run.history.evaluations]
    run.take_chance(_part(tensors, "chance."))
    return len(run.history.losses), about["mark"]


def read(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a kept state. Raises ValueError if it is not whole."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
            wanted = (file.metadata() or {}).get("sha256")
    except SafetensorError as error:
        raise ValueError(f"{path.name} is cut off or no state: {error}") from None
    if digest(tensors) != wanted:
        raise ValueError(f"{path.name} was changed since it was kept; delete it")
    return tensors


def _part(tensors: dict[str, Tensor], start: str) -> dict[str, Tensor]:
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}


def _same_settings(kept: dict, given: dict, path: Path) -> None:
    other = [f"{k}={given[k]}, kept {v}" for k, v in kept.items() if given[k] != v]
    if other:
        raise ValueError(
            f"other settings ({'; '.join(other)}): go on with those of the kept "
            f"training, or delete {path.name} and begin anew"
        )
