"""A BERT in the files in which models are passed on, read into our own classes.

config.json states the size, model.safetensors holds the weights, vocab.txt or
tokenizer.json the pieces. Never a pickle. Built in notebooks/14_real_bert.ipynb.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from helpers import environment
from helpers.checkpoints import bert_names
from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.objectives.masking import Packed, pack
from helpers.tokenization.wordpiece import CLS, SEP, WordPiece
from helpers.training.weights import weights_of

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
VOCABULARY = "vocab.txt"
TOKENIZER = "tokenizer.json"  # serves where there is no vocab.txt
SETTINGS = "tokenizer_config.json"
FILES = (CONFIG, WEIGHTS, VOCABULARY, TOKENIZER, SETTINGS)
# What our BERT computes: with a config that says otherwise its vectors would be wrong.
REQUIRED = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "layer_norm_eps": 1e-12,
    "type_vocab_size": 2,
    "is_decoder": False,
}
SIZES = {  # their name in config.json → ours in BERTSize
    "vocab_size": "vocab_size",
    "hidden_size": "d_model",
    "num_attention_heads": "n_heads",
    "intermediate_size": "d_ff",
    "num_hidden_layers": "n_layers",
    "max_position_embeddings": "longest",
}
# Parts that some weights do not bring, and how the names of their weights begin.
OPTIONAL_PARTS = {
    "pooler": "bert.pooler.",
    "masked head": "masked.",
    "pair head": "pair.",
}


class LoadedBERT(NamedTuple):
    """A pre-trained BERT: its name, our BERT with its weights, its tokenizer.

    `pretraining` holds the same BERT with both heads, or is None where the weights
    bring no head for masked tokens. `fresh` names the parts that they do not bring (of
    OPTIONAL_PARTS): these are new and know nothing. `folder` is where the files are.
    """

    name: str
    bert: BERT
    wordpiece: WordPiece
    pretraining: BERTForPretraining | None
    fresh: tuple[str, ...] = ()
    folder: Path | None = None

    def read(self, texts: Sequence[str | tuple[str, str]]) -> Packed:
        """Turn texts or pairs of texts into ids, mask and segments, each (B, T)."""
        encode = self.wordpiece.encode
        coded = []
        if isinstance(texts, str):
            raise ValueError("one string given; give [text] or several texts")
        for text in texts:
            pair = isinstance(text, tuple | list)
            if pair and [type(part) for part in text] != [str, str]:
                raise ValueError(f"{text!r} given; a pair is two texts: (a, b)")
            coded.append(tuple(map(encode, text)) if pair else encode(text))
        ids = self.wordpiece.ids  # another vocabulary has other ids for the marks
        return pack(coded, (ids[CLS], ids[SEP]))


def kind_of(folder: Path) -> str | None:
    """Return the architecture that a folder's config.json names; None without one."""
    try:
        return _json(folder / CONFIG).get("model_type")
    except (OSError, ValueError):
        return None


def load(
    folder: str | Path, sha256: str | None = None, name: str | None = None
) -> LoadedBERT:
    """Read config.json, model.safetensors and the vocabulary of one folder.

    Raises ValueError, with what would work, for a missing file, weights as a pickle
    only, a hash that is not `sha256`, or an architecture that is not our BERT's.
    """
    folder = Path(folder)
    _check_files(folder)
    size = size_of(_json(folder / CONFIG))
    raw = (folder / WEIGHTS).read_bytes()
    found = environment.sha256(raw)
    if sha256 not in (None, found):
        raise ValueError(
            f"{WEIGHTS} has sha256 {found[:12]}…, not {sha256[:12]}…; it was changed "
            "or cut off, so fetch it again"
        )
    wordpiece = vocabulary(folder)
    if len(wordpiece) != size.vocab_size:
        raise ValueError(
            f"{len(wordpiece)} tokens, but vectors for {size.vocab_size}; take "
            "vocabulary and weights of the same model"
        )
    model, fresh = _filled(size, _tensors(raw))
    both = None if "masked head" in fresh else model
    return LoadedBERT(name or folder.name, model.bert, wordpiece, both, fresh, folder)


def _check_files(folder: Path) -> None:
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; give the one that holds {CONFIG}")
    if not (folder / CONFIG).exists():
        raise ValueError(f"{folder.name} has no {CONFIG}; give a model's whole folder")
    if (folder / WEIGHTS).exists():
        return
    reason = f"download it beside {CONFIG} (one file, not several parts)"
    # What a pickle holds may run as code, so it is named, but not read.
    for pickled in [*folder.glob("*.bin"), *folder.glob("*.pt")]:
        reason = (
            f"{pickled.name} is a pickle, which could run code; save the model with "
            "safe_serialization=True, or download its safetensors"
        )
    raise ValueError(f"{folder.name} has no {WEIGHTS}: {reason}")


def save(
    model: BERTForPretraining, tokens: Sequence[str], lower: bool, folder: Path
) -> None:
    """Write a model with both heads, and its tokens, so that `transformers` reads them.

    Each file in one step. Raises ValueError for norm="pre", which BERT does not have.
    """
    from safetensors.torch import save as to_bytes

    size = model.bert.size
    if size.norm != "post":
        raise ValueError(f"norm={size.norm!r}; a BERT's files hold norm='post' only")
    config = REQUIRED | {theirs: getattr(size, ours) for theirs, ours in SIZES.items()}
    config |= {
        "hidden_dropout_prob": size.dropout,
        "attention_probs_dropout_prob": size.dropout,
        "architectures": ["BertForPreTraining"],
        "pad_token_id": 0,
    }
    settings = {"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}
    environment.write(folder / CONFIG, json.dumps(config, indent=1) + "\n")
    environment.write(folder / SETTINGS, json.dumps(settings, indent=1) + "\n")
    write_tokens(folder / VOCABULARY, tokens)
    weights = {name: w.detach().cpu() for name, w in weights_of(model).items()}
    raw = to_bytes(bert_names.to_theirs(weights), metadata={"format": "pt"})
    environment.write(folder / WEIGHTS, raw)


def size_of(config: Mapping) -> BERTSize:
    """Return the size that a config.json states.

    Raises ValueError for a size that is missing and for another architecture.
    """
    for key, ours in REQUIRED.items():
        if config.get(key, ours) != ours:
            raise ValueError(
                f"{CONFIG} says {key}={config[key]!r}; our BERT computes {ours!r} only"
            )
    missing = [key for key in SIZES if not isinstance(config.get(key), int)]
    if missing or "model_type" not in config:
        raise ValueError(f"{CONFIG} lacks {missing or 'model_type'}; give a BERT's own")
    return BERTSize(**{ours: config[theirs] for theirs, ours in SIZES.items()})


def vocabulary(folder: Path) -> WordPiece:
    """Return the tokenizer of vocab.txt, or of tokenizer.json where that is missing."""
    settings = _json(folder / SETTINGS) if (folder / SETTINGS).exists() else {}
    lower = settings.get("do_lower_case", True)
    if settings.get("strip_accents") not in (None, lower):
        raise ValueError(f"{SETTINGS} treats case and accents apart; ours does not")
    if (folder / VOCABULARY).exists():
        return WordPiece(read_tokens(folder / VOCABULARY), lower)
    if not (folder / TOKENIZER).exists():
        raise ValueError(f"{folder.name} has neither {VOCABULARY} nor {TOKENIZER}")
    whole = _json(folder / TOKENIZER)
    if whole["model"].get("type", "WordPiece") != "WordPiece":
        raise ValueError(f"{TOKENIZER} is no WordPiece; give a BERT's own")
    ids = whole["model"]["vocab"]
    normalizer = whole.get("normalizer") or {}
    return WordPiece(ids, normalizer.get("lowercase", lower))


def read_tokens(path: Path) -> list[str]:
    """Return the tokens of a vocab.txt, one a line, in the order of their ids."""
    lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    return [line.removesuffix("\r") for line in lines]


def write_tokens(path: Path, tokens: Sequence[str]) -> None:
    """Write a vocab.txt in one step."""
    environment.write(path, "".join(f"{token}\n" for token in tokens))


def _tensors(raw: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        return bert_names.to_ours(from_bytes(raw))
    except SafetensorError as error:
        reason = f"{WEIGHTS} cannot be read ({error}); fetch it again"
        raise ValueError(reason) from None


def _filled(
    size: BERTSize, weights: dict[str, Tensor]
) -> tuple[BERTForPretraining, tuple[str, ...]]:
    """Return a model with these weights, and the parts that were not among them."""
    with torch.random.fork_rng(devices=[]):  # the first weights are replaced
        model = BERTForPretraining(size)
    try:
        missing, _ = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        reason = f"{error}".split("\n")[1].strip()
        raise ValueError(f"{CONFIG} and {WEIGHTS} do not fit: {reason}") from None
    missing.remove("masked.table.weight")  # it is tied to the token table
    inside = [n for n in missing if not n.startswith(tuple(OPTIONAL_PARTS.values()))]
    if inside:
        raise ValueError(f"{WEIGHTS} lacks {inside[0]} and {len(inside) - 1} more")
    fresh = []
    for part, start in OPTIONAL_PARTS.items():
        if any(name.startswith(start) for name in missing):
            fresh.append(part)
    return model.eval(), tuple(fresh)


def _json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name} is not JSON ({error}); fetch it again") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__}; fetch it again")
    return found
