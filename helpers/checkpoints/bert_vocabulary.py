"""The pieces of a BERT in files: vocab.txt or tokenizer.json, and their settings.

A setting that our WordPiece does not follow is refused: the ids would be other ones
than those that the model was trained on. Built in notebooks/14_real_bert.ipynb.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers import environment
from helpers.checkpoints.shipped import read_json
from helpers.tokenization.wordpiece import (
    CLS,
    INSIDE,
    LONGEST_WORD,
    SEP,
    SPECIALS,
    UNK,
    WordPiece,
    in_order,
)
from helpers.tokenization.words import read_tokens

CONFIG = "config.json"
VOCABULARY = "vocab.txt"
TOKENIZER = "tokenizer.json"
SETTINGS = "tokenizer_config.json"
ALIKE = ("Bert", "DistilBert", "Electra")  # their tokenizers are the same
CLASSES = [f"{name}Tokenizer{kind}" for name in ALIKE for kind in ("", "Fast")]
ANY_CLASS = ("PreTrainedTokenizerFast", "TokenizersBackend")  # as tokenizer.json says
# What our WordPiece does; None stands where a file does not say.
CUTS = {
    "unk_token": (None, UNK),
    "max_input_chars_per_word": (None, LONGEST_WORD),
}
PARTS = {  # of tokenizer.json
    "normalizer": {
        "type": ("BertNormalizer",),
        "clean_text": (None, True),
        "handle_chinese_chars": (None, True),
        "lowercase": (None, True, False),
    },
    "pre_tokenizer": {"type": ("BertPreTokenizer",)},
    "model": {
        "type": (None, "WordPiece"),
        "continuing_subword_prefix": (None, INSIDE),
        **CUTS,
    },
}
STATED = {  # in tokenizer_config.json
    "tokenizer_class": (None, *CLASSES, *ANY_CLASS),
    "do_lower_case": (None, True, False),
    "tokenize_chinese_chars": (None, True),
    "do_basic_tokenize": (None, True),
    "never_split": (None, []),
    "word_tokenizer_type": (None, "basic"),
    "subword_tokenizer_type": (None, "wordpiece"),
    "wordpieces_prefix": (None, INSIDE),
    **CUTS,
}
MARKS = (CLS, "A", SEP, "B", SEP)  # around a pair; around one text the first three


def vocabulary(folder: Path) -> WordPiece:
    """Return the tokenizer of vocab.txt, or of tokenizer.json where that is missing.

    Raises ValueError for settings that our WordPiece does not follow, and for files
    that contradict each other.
    """
    config, settings, whole = (
        _found(folder / n) for n in (CONFIG, SETTINGS, TOKENIZER)
    )
    _check(CONFIG, {"tokenizer_class": config.get("tokenizer_class")}, STATED)
    _check(SETTINGS, _plain(settings), STATED)
    lower = settings.get("do_lower_case")
    tokens = None
    if (folder / TOKENIZER).exists():
        tokens, own = _of_json(whole)
        if lower not in (None, own):
            raise ValueError(
                f"{SETTINGS} says do_lower_case={lower}, {TOKENIZER} lowercase={own}; "
                "give the files of one model"
            )
        lower = own
    lower = True if lower is None else lower
    _check_accents(SETTINGS, settings, lower)
    if (folder / VOCABULARY).exists():
        listed = read_tokens(folder / VOCABULARY)
        if tokens not in (None, listed):
            raise ValueError(
                f"{VOCABULARY} and {TOKENIZER} name other tokens; give the files of "
                "one model"
            )
        tokens = listed
    if tokens is None:
        raise ValueError(f"{folder.name} has neither {VOCABULARY} nor {TOKENIZER}")
    _check_added(settings.get("added_tokens_decoder") or {}, tokens)
    return WordPiece(tokens, lower)


def _found(path: Path) -> dict:
    return read_json(path) if path.exists() else {}


def _plain(settings: Mapping) -> dict:
    """Return settings whose tokens are strings, not descriptions of tokens."""
    unknown = settings.get("unk_token")
    if isinstance(unknown, Mapping):
        return {**settings, "unk_token": unknown.get("content")}
    return dict(settings)


def _check(name: str, found: Mapping, known: Mapping[str, Sequence]) -> None:
    """Refuse what is set otherwise than as one of the known values."""
    for key, values in known.items():
        if found.get(key) not in values:
            able = " or ".join(repr(v) for v in values[:3] if v is not None)
            raise ValueError(
                f"{name} says {key}={found.get(key)!r}; our WordPiece does {able} only"
            )


def _check_accents(name: str, found: Mapping, lower: bool) -> None:
    if found.get("strip_accents") not in (None, lower):
        raise ValueError(f"{name} treats case and accents apart; ours does not")


def _check_added(added: Sequence | Mapping, tokens: Sequence[str]) -> None:
    """Refuse tokens that are found in a text before it is cut into pieces."""
    if isinstance(added, Mapping):
        added = list(added.values())
    for token in added:
        text = token.get("content") if isinstance(token, Mapping) else token
        known = text in SPECIALS or (text in tokens and token.get("special"))
        if not known:
            raise ValueError(
                f"the token {text!r} was added to the pieces; our WordPiece does not "
                "find it in a text, so give a BERT without added tokens"
            )


def _of_json(whole: Mapping) -> tuple[list[str], bool]:
    """Return the tokens of a tokenizer.json, and whether it takes case away."""
    for name, known in PARTS.items():
        part = whole.get(name)
        if not isinstance(part, Mapping):
            raise ValueError(
                f"{TOKENIZER} says {name}={part!r}; our WordPiece needs a BERT's own"
            )
        _check(f"{TOKENIZER}, {name},", part, known)
    ids = whole["model"].get("vocab")
    numbered = isinstance(ids, Mapping) and {type(i) for i in ids.values()} == {int}
    if not numbered:
        raise ValueError(f"{TOKENIZER} has no vocab {{token: id}}; give a BERT's own")
    tokens = in_order(ids)
    lower = whole["normalizer"].get("lowercase")
    lower = True if lower is None else lower
    _check_accents(TOKENIZER, whole["normalizer"], lower)
    _check_added(whole.get("added_tokens") or (), tokens)
    _check_marks(whole.get("post_processor"))
    return tokens, lower


def _check_marks(found: object) -> None:
    """Refuse a template of marks other than [CLS] A [SEP] and [CLS] A [SEP] B [SEP]."""
    if not isinstance(found, Mapping) or found.get("type") != "TemplateProcessing":
        return
    ours = []
    for name, segment in zip(MARKS, (0, 0, 0, 1, 1), strict=True):
        kind = "Sequence" if name in "AB" else "SpecialToken"
        ours.append({kind: {"id": name, "type_id": segment}})
    if found.get("single") != ours[:3] or found.get("pair") != ours:
        raise ValueError(
            f"{TOKENIZER} puts other marks around texts than {' '.join(MARKS)}; give a "
            "BERT's own"
        )


def write_tokens(path: Path, tokens: Sequence[str]) -> None:
    """Write a vocab.txt in one step; raise ValueError for a token with a line's end."""
    broken = [t for t in map(str, tokens) if "\n" in t or "\r" in t]
    if broken:
        raise ValueError(f"the token {broken[0]!r} holds a line's end; take it out")
    environment.write(path, "".join(f"{token}\n" for token in tokens))
