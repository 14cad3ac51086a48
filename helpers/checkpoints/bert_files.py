"""A BERT in the files in which models are passed on, read into our own classes.

config.json states the size, model.safetensors holds the weights, vocab.txt or
tokenizer.json the pieces. Never a pickle. Built in notebooks/14_real_bert.ipynb.
"""

import dataclasses
import hashlib
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

WEIGHTS, CONFIG = "model.safetensors", "config.json"
TOKENS = (
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
)  # one of the first two
# what our BERT computes; a config that says otherwise would give wrong vectors
FIXED = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "layer_norm_eps": 1e-12,
    "type_vocab_size": 2,
    "is_decoder": False,
}
SIZES = (
    "vocab_size",
    "hidden_size",
    "num_attention_heads",
    "intermediate_size",
    "num_hidden_layers",
    "max_position_embeddings",
)
DROPOUTS = ("hidden_dropout_prob", "attention_probs_dropout_prob")

# parts that some weights do not bring, and how their names begin
PARTS = {"pooler": "bert.pooler.", "masked head": "masked.", "pair head": "pair."}


class Real(NamedTuple):
    """A pre-trained BERT: its name, our BERT with its weights, its tokenizer.

    `pretraining` holds the same BERT with both heads, or is None where the weights
    bring no head for hidden tokens. `fresh` names the parts that they do not bring
    (of PARTS): these are new and know nothing. `folder` is where the files are.
    """

    name: str
    bert: BERT
    wordpiece: WordPiece
    pretraining: BERTForPretraining | None
    fresh: tuple[str, ...] = ()
    folder: Path | None = None

    def read(self, texts: Sequence[str | tuple[str, str]]) -> Packed:
        """Turn texts or pairs of texts into ids, segments and mask, each (B, T)."""
        ids, encode = self.wordpiece.ids, self.wordpiece.encode
        pairs = [isinstance(t, tuple) for t in texts]
        coded = [
            tuple(map(encode, t)) if pair else encode(t)
            for t, pair in zip(texts, pairs, strict=True)
        ]
        return pack(coded, (ids[CLS], ids[SEP]))


def kind_of(folder: Path) -> str | None:
    """Return the architecture that a folder's config.json names; None without one."""
    try:
        return _json(folder / CONFIG).get("model_type")
    except (OSError, ValueError):
        return None


def load(
    folder: str | Path, sha256: str | None = None, name: str | None = None
) -> Real:
    """Read config.json, model.safetensors and the vocabulary of one folder.

    Raises ValueError, with what would work, for a missing file, weights as a pickle
    only, a hash that is not `sha256`, or an architecture that is not our BERT's.
    """
    folder = Path(folder)
    _check_files(folder)
    size = size_of(_json(folder / CONFIG))
    raw = (folder / WEIGHTS).read_bytes()
    found = hashlib.sha256(raw).hexdigest()
    if sha256 is not None and found != sha256:
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
    model, fresh = _fill(size, _tensors(raw))
    both = None if "masked head" in fresh else model
    return Real(name or folder.name, model.bert, wordpiece, both, fresh, folder)


def _check_files(folder: Path) -> None:
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; give the one that holds {CONFIG}")
    if not (folder / CONFIG).exists():
        raise ValueError(f"{folder.name} has no {CONFIG}; give a model's whole folder")
    if (folder / WEIGHTS).exists():
        return
    pickled = [p.name for p in (*folder.glob("*.bin"), *folder.glob("*.pt"))]
    reason = (
        f"{pickled[0]} is a pickle, which could run code; save the model with "
        "safe_serialization=True, or download its safetensors"
        if pickled
        else f"download it beside {CONFIG} (one file, not several parts)"
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
    weights = {k: v.detach().cpu() for k, v in weights_of(model).items()}
    config = FIXED | dict(zip(SIZES, dataclasses.astuple(size), strict=False))
    config |= {"architectures": ["BertForPreTraining"], "pad_token_id": 0}
    config |= dict.fromkeys(DROPOUTS, size.dropout)
    settings = {"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}
    for name, about in ((CONFIG, config), (TOKENS[2], settings)):
        environment.write(folder / name, (json.dumps(about, indent=1) + "\n").encode())
    names = "".join(f"{token}\n" for token in tokens)
    environment.write(folder / TOKENS[0], names.encode())
    raw = to_bytes(bert_names.to_theirs(weights), metadata={"format": "pt"})
    environment.write(folder / WEIGHTS, raw)


def size_of(config: Mapping) -> BERTSize:
    """Return the size that a config.json states.

    Raises ValueError for a size that is missing and for another architecture.
    """
    for key, ours in FIXED.items():
        if config.get(key, ours) != ours:
            raise ValueError(
                f"{CONFIG} says {key}={config[key]!r}; our BERT computes {ours!r} only"
            )
    missing = [key for key in SIZES if not isinstance(config.get(key), int)]
    if missing or "model_type" not in config:
        raise ValueError(f"{CONFIG} lacks {missing or 'model_type'}; give a BERT's own")
    return BERTSize(*(config[key] for key in SIZES))


def vocabulary(folder: Path) -> WordPiece:
    """Return the tokenizer of vocab.txt, or of tokenizer.json where that is missing."""
    settings = folder / TOKENS[2]
    settings = _json(settings) if settings.exists() else {}
    lower = settings.get("do_lower_case", True)
    if settings.get("strip_accents") not in (None, lower):
        raise ValueError(f"{TOKENS[2]} treats case and accents apart; ours does not")
    if (path := folder / TOKENS[0]).exists():
        tokens = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        return WordPiece([t.removesuffix("\r") for t in tokens], lower)
    if not (path := folder / TOKENS[1]).exists():
        raise ValueError(f"{folder.name} has neither {TOKENS[0]} nor {TOKENS[1]}")
    whole = _json(path)
    if whole["model"].get("type", "WordPiece") != "WordPiece":
        raise ValueError(f"{TOKENS[1]} is no WordPiece; give a BERT's own")
    ids = whole["model"]["vocab"]
    lower = (whole.get("normalizer") or {}).get("lowercase", lower)
    return WordPiece(sorted(ids, key=ids.get), lower)


def _tensors(raw: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load as from_bytes

    try:
        return bert_names.to_ours(from_bytes(raw))
    except SafetensorError as error:
        raise ValueError(
            f"{WEIGHTS} cannot be read ({error}); fetch it again"
        ) from None


def _fill(size: BERTSize, weights: dict[str, Tensor]) -> tuple:
    """Return a model with these weights, and the parts that were not among them."""
    with torch.random.fork_rng(devices=[]):  # first weights, all of them replaced
        model = BERTForPretraining(size)
    try:
        missing, _ = model.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        reason = f"{error}".split("\n")[1].strip()
        raise ValueError(f"{CONFIG} and {WEIGHTS} do not fit: {reason}") from None
    missing = [name for name in missing if name != "masked.table.weight"]  # tied
    inside = [name for name in missing if not name.startswith((*PARTS.values(),))]
    if inside:
        raise ValueError(f"{WEIGHTS} lacks {inside[0]} and {len(inside) - 1} more")
    fresh = [
        p for p, start in PARTS.items() if any(n.startswith(start) for n in missing)
    ]
    return model.eval(), tuple(fresh)


def _json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name} is not JSON ({error}); fetch it again") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__}; fetch it again")
    return found
