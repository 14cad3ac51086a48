"""Weights on file: safetensors, a manifest with their hashes, never a pickle.

A shipped checkpoint is declared in weights/manifest.json: which command made it, from
which seed, in how many seconds. Built in notebooks/04_elmo.ipynb.
"""

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn

from helpers import environment
from helpers.training.weights import fill, weights_of

FOLDER = Path(__file__).with_name("weights")
MANIFEST = "manifest.json"
NEEDED = ("file", "sha256", "command")  # what is read of an entry
FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16)


def save(model: nn.Module, name: str, about: dict, folder: Path = FOLDER) -> dict:
    """Write a model's weights and its line in the manifest, each in one step.

    `about` says how it was made (command, seed, seconds). Returns the whole entry, with
    file, sha256, parameters and date. An interrupted save leaves the last one intact.
    """
    from safetensors.torch import save as to_bytes

    # safetensors takes whole tensors, not views of others
    weights = {k: v.detach().contiguous() for k, v in weights_of(model).items()}
    raw = to_bytes(weights)
    entry = {
        "file": f"{name}.safetensors",
        "sha256": environment.sha256(raw),
        "parameters": sum(p.numel() for p in model.parameters()),
        "date": date.today().isoformat(),
        **about,
    }
    environment.write(folder / entry["file"], raw)
    entries = manifest(folder) | {name: entry}
    # The weights are there before the manifest names them.
    environment.write(folder / MANIFEST, json.dumps(entries, indent=1) + "\n")
    return entry


def load(model: nn.Module, name: str, folder: Path = FOLDER) -> dict:
    """Put declared weights into a model, in place; return their manifest entry.

    Raises ValueError for a name that is not declared, a file whose sha256 differs from
    the manifest's, or weights that do not fit the model.
    """
    entries = manifest(folder)
    if name not in entries:
        known = ", ".join(entries) or "none"
        raise ValueError(f"no checkpoint {name!r} is declared; there are: {known}")
    entry = entries[name]
    path = folder / entry["file"]
    if not path.is_file():
        raise ValueError(f"{path.name} is missing; make it: {entry['command']}")
    raw = path.read_bytes()
    declared = entry["sha256"]
    found = environment.sha256(raw)
    if found != declared:
        raise ValueError(
            f"{path.name} has sha256 {found[:12]}…, not {declared[:12]}…; it was "
            f"changed or cut off. Fetch it again, or make it: {entry['command']}"
        )
    own = weights_of(model)
    numbers = [key for key, value in own.items() if not value.is_floating_point()]
    weights = read_weights(raw, path.name, numbers)
    for key in numbers:  # computed from the vocabulary, not learned
        given = weights.get(key, own[key])
        if given.shape == own[key].shape and not torch.equal(given, own[key].cpu()):
            raise ValueError(
                f"{path.name} was made with other {key}; give a model of the same words"
            )
    fill(model, weights, name)
    return entry


def manifest(folder: Path = FOLDER) -> dict[str, dict]:
    """Return what is declared: name → file, sha256, command, seed, seconds, date.

    Raises ValueError for a manifest that is damaged.
    """
    path = folder / MANIFEST
    entries = read_json(path) if path.exists() else {}
    for name, entry in entries.items():
        stated = entry if isinstance(entry, dict) else {}
        lost = [key for key in NEEDED if not isinstance(stated.get(key), str)]
        if lost:
            raise ValueError(f"{MANIFEST} states no {lost} of {name!r}; fetch it again")
    return entries


def read_json(path: Path) -> dict:
    """Return what a JSON file holds by name; raise ValueError for a damaged one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} is not JSON ({error}); fetch it again") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__}; fetch it again")
    return found


def read_weights(
    raw: bytes, name: str, numbers: Collection[str] = ()
) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file: all floats but those of `numbers`.

    Raises ValueError for a damaged file, codes of quantised weights, and NaN or inf.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        weights = from_bytes(raw)
    except SafetensorError as error:
        reason = f"{name} cannot be read ({error}); fetch it again"
        raise ValueError(reason) from None
    for key, tensor in sorted(weights.items()):
        if key in numbers:
            continue
        if tensor.dtype not in FLOATS:
            raise ValueError(
                f"{key} in {name} is {tensor.dtype}; give weights in floats of 16 bits "
                "or more, not quantised"
            )
        if not tensor.float().isfinite().all():
            raise ValueError(f"{key} in {name} holds NaN or inf; give sound weights")
    return weights
