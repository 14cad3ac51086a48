"""A BERT in the files in which models are passed on, read into our own classes.

config.json states the size, model.safetensors holds the weights, vocab.txt or
tokenizer.json the pieces. Never a pickle. Built in notebooks/14_real_bert.ipynb.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from helpers import environment
from helpers.checkpoints import bert_names
from helpers.checkpoints.bert_vocabulary import (
    CONFIG,
    SETTINGS,
    TOKENIZER,
    VOCABULARY,
    vocabulary,
    write_tokens,
)
from helpers.checkpoints.bert_weights import WEIGHTS, filled, without_task_head
from helpers.checkpoints.shipped import read_json, read_weights
from helpers.models.bert import BERT, BERTForPretraining, BERTSize
from helpers.objectives.masking import Packed, pack
from helpers.tokenization.wordpiece import CLS, PAD, SEP, WordPiece
from helpers.tokenization.words import read_tokens as read_tokens
from helpers.training.weights import weights_of

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
        return read_json(folder / CONFIG).get("model_type")
    except (OSError, ValueError):
        return None


def load(
    folder: str | Path, sha256: str | None = None, name: str | None = None
) -> LoadedBERT:
    """Read config.json, model.safetensors and the vocabulary of one folder.

    Raises ValueError, with what would work, for a missing file, weights as a pickle
    only, a hash that is not `sha256`, an architecture that is not our BERT's, or
    weights that have no place in it. A line names the head of a task that is left out.
    """
    folder = Path(folder)
    _check_files(folder)
    config = read_json(folder / CONFIG)
    size = size_of(config)
    raw = (folder / WEIGHTS).read_bytes()
    found = environment.sha256(raw)
    if sha256 not in (None, found):
        raise ValueError(
            f"{WEIGHTS} has sha256 {found[:12]}…, not {sha256[:12]}…; it was changed "
            "or cut off, so fetch it again"
        )
    wordpiece = vocabulary(folder)
    _check_count(wordpiece, size)
    weights = read_weights(raw, WEIGHTS, bert_names.NUMBERS)
    weights = without_task_head(weights, folder.name)
    tied = config.get("tie_word_embeddings", True)
    model, fresh = filled(size, bert_names.to_ours(weights), tied)
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
    model: BERTForPretraining,
    tokens: Sequence[str] | Mapping[str, int],
    lower: bool,
    folder: str | Path,
    replace: bool = False,
) -> None:
    """Write a model with both heads, and its tokens, so that `transformers` reads them.

    Each file in one step. Raises ValueError for norm="pre", which BERT does not have,
    for tokens that are not the model's, and, unless `replace`, where such files lie.
    """
    from safetensors.torch import save as to_bytes

    folder = Path(folder)
    size = model.bert.size
    if size.norm != "post":
        raise ValueError(f"norm={size.norm!r}; a BERT's files hold norm='post' only")
    pieces = WordPiece(tokens, lower)
    _check_count(pieces, size)
    there = [name for name in FILES if (folder / name).exists()]
    if there and not replace:
        raise ValueError(f"{folder} holds {there}; give a new one, or replace=True")
    weights = {name: w.detach().cpu() for name, w in weights_of(model).items()}
    named = bert_names.to_theirs(weights)
    config = REQUIRED | {theirs: getattr(size, ours) for theirs, ours in SIZES.items()}
    config |= {
        "hidden_dropout_prob": size.dropout,
        "attention_probs_dropout_prob": size.dropout,
        "architectures": ["BertForPreTraining"],
        "pad_token_id": pieces.ids[PAD],
        "tie_word_embeddings": bert_names.DECODER_BIAS not in named,
    }
    settings = {"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}
    folder.mkdir(parents=True, exist_ok=True)
    write_tokens(folder / VOCABULARY, pieces.tokens)
    environment.write(folder / CONFIG, json.dumps(config, indent=1) + "\n")
    environment.write(folder / SETTINGS, json.dumps(settings, indent=1) + "\n")
    environment.write(folder / WEIGHTS, to_bytes(named, metadata={"format": "pt"}))


def _check_count(wordpiece: WordPiece, size: BERTSize) -> None:
    if len(wordpiece) != size.vocab_size:
        raise ValueError(
            f"{len(wordpiece)} tokens, but vectors for {size.vocab_size}; take "
            "vocabulary and weights of the same model"
        )


def size_of(config: Mapping) -> BERTSize:
    """Return the size that a config.json states.

    Raises ValueError for a size that is missing and for another architecture.
    """
    if config.get("quantization_config"):
        raise ValueError(
            f"{CONFIG} has a quantization_config; give the weights as floats, as they "
            "were before"
        )
    for key, ours in REQUIRED.items():
        if config.get(key, ours) != ours:
            raise ValueError(
                f"{CONFIG} says {key}={config[key]!r}; our BERT computes {ours!r} only"
            )
    missing = [key for key in SIZES if not _is_count(config.get(key))]
    if missing or "model_type" not in config:
        raise ValueError(f"{CONFIG} lacks {missing or 'model_type'}; give a BERT's own")
    return BERTSize(**{ours: config[theirs] for theirs, ours in SIZES.items()})


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0
