"""Weights on file: safetensors, a manifest with their hashes, never a pickle.

A shipped checkpoint is declared in weights/manifest.json: which command made it, from
which seed, in how many seconds. Built in notebooks/04_elmo.ipynb.
"""

import hashlib
import json
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from torch import Tensor, nn

FOLDER = Path(__file__).with_name("weights")


def save(model: nn.Module, name: str, about: dict, folder: Path = FOLDER) -> dict:
    """Write a model's weights and its line in the manifest, each in one step.

    `about` says how it was made (command, seed, seconds). Returns the whole entry, with
    file, sha256, parameters and date. An interrupted save leaves the last one intact.
    """
    from safetensors.torch import save as to_bytes

    folder.mkdir(parents=True, exist_ok=True)
    weights = {k: v.detach().contiguous() for k, v in weights_of(model).items()}
    raw = to_bytes(weights)
    write(folder / f"{name}.safetensors", raw)
    entry = {"file": f"{name}.safetensors", "sha256": hashlib.sha256(raw).hexdigest()}
    entry |= {"parameters": sum(p.numel() for p in model.parameters())}
    entry |= {"date": date.today().isoformat(), **about}
    entries = manifest(folder) | {name: entry}
    write(folder / "manifest.json", (json.dumps(entries, indent=1) + "\n").encode())
    return entry


def load(model: nn.Module, name: str, folder: Path = FOLDER) -> dict:
    """Put declared weights into a model, in place; return their manifest entry.

    Raises ValueError for a name that is not declared, a file whose sha256 differs from
    the manifest's, or weights that do not fit the model.
    """
    from safetensors.torch import load as from_bytes

    entries = manifest(folder)
    if name not in entries:
        known = ", ".join(entries) or "none"
        raise ValueError(f"no checkpoint {name!r} is declared; there are: {known}")
    entry = entries[name]
    path = folder / entry["file"]
    if not path.exists():
        raise ValueError(f"{path.name} is missing; make it: {entry['command']}")
    raw = path.read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if found != entry["sha256"]:
        raise ValueError(
            f"{path.name} has sha256 {found[:12]}…, not {entry['sha256'][:12]}…; "
            f"it was changed or cut off. Fetch it again, or make it: {entry['command']}"
        )
    fill(model, from_bytes(raw), name)
    return entry


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    """Return a model's weights by name; a tied one only under its first name."""
    first: dict[int, str] = {}
    everything = model.state_dict(keep_vars=True)
    for name, value in everything.items():
        first.setdefault(id(value), name)
    return {name: everything[name] for name in first.values()}


def fill(model: nn.Module, weights: dict[str, Tensor], name: str) -> None:
    """Put weights into a model, in place. Raises ValueError if they do not fit."""
    own = {k: tuple(v.shape) for k, v in weights_of(model).items()}
    given = {k: tuple(v.shape) for k, v in weights.items()}
    for k in sorted(own.keys() | given.keys()):
        if own.get(k) != given.get(k):
            raise ValueError(
                f"{name} does not fit this model: {k} has shape {given.get(k, 'none')} "
                f"on file, {own.get(k, 'none')} in the model; make it of the same size"
            )
    model.load_state_dict(weights, strict=False)  # a tied table comes with its first


def manifest(folder: Path = FOLDER) -> dict[str, dict]:
    """Return what is declared: name → file, sha256, command, seed, seconds, date."""
    path = folder / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write(path: Path, raw: bytes) -> None:
    """Write a file in one step: it holds what it held before, or all of the new."""
    write_by(path, lambda draft: draft.write_bytes(raw))


def write_by(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a draft, which then takes the file's place in one step."""
    draft = path.with_name(path.name + ".part")
    fill(draft)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())  # on the disk before it takes the old one's name
    os.replace(draft, path)
