"""Weights on file: safetensors, a manifest with their hashes, never a pickle.

A shipped checkpoint is declared in weights/manifest.json: which command made it, from
which seed, in how many seconds. Built in notebooks/04_elmo.ipynb.
"""

import json
from datetime import date
from pathlib import Path

from torch import nn

from helpers import environment
from helpers.training.weights import fill, weights_of

FOLDER = Path(__file__).with_name("weights")
MANIFEST = "manifest.json"


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
    declared = entry["sha256"]
    found = environment.sha256(raw)
    if found != declared:
        raise ValueError(
            f"{path.name} has sha256 {found[:12]}…, not {declared[:12]}…; it was "
            f"changed or cut off. Fetch it again, or make it: {entry['command']}"
        )
    fill(model, from_bytes(raw), name)
    return entry


def manifest(folder: Path = FOLDER) -> dict[str, dict]:
    """Return what is declared: name → file, sha256, command, seed, seconds, date."""
    path = folder / MANIFEST
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
