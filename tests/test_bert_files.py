"""Files of a BERT are read into our classes, or it is said why they cannot be."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file

from helpers.checkpoints import bert_files as files
from helpers.checkpoints import bert_names
from helpers.models.bert import BERTForPretraining, BERTSize
from helpers.tokenization.wordpiece import SPECIALS
from tests.test_encoder import near

WORDS = ["the", "crane", "##s", "eat", "fish", ".", "[unused1]"]
TOKENS = [WORDS[-1], *SPECIALS, *WORDS[:-1]]  # [PAD] is not 0 here
CONFIG = {
    "model_type": "bert",
    "vocab_size": len(TOKENS),
    "hidden_size": 12,
    "num_attention_heads": 3,
    "intermediate_size": 20,
    "num_hidden_layers": 2,
    "max_position_embeddings": 9,
}


def weights(seed: int = 0) -> dict[str, torch.Tensor]:
    """Return the weights of a small BERT under the names of `transformers`."""
    torch.manual_seed(seed)
    model = BERTForPretraining(BERTSize(len(TOKENS), 12, 3, 20, 2, 9))
    return bert_names.to_theirs(model.state_dict())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "vocab.txt").write_text("\n".join(TOKENS) + "\n")
    save_file(weights(), tmp_path / "model.safetensors")
    return tmp_path


def test_a_folder_becomes_our_bert_with_its_weights_and_heads(folder):
    real = files.load(folder)
    assert real.name == folder.name and real.fresh == ()
    assert real.bert.size == BERTSize(len(TOKENS), 12, 3, 20, 2, 9)
    assert real.pretraining.bert is real.bert and not real.bert.training
    for name, tensor in bert_names.to_theirs(real.pretraining.state_dict()).items():
        assert torch.equal(tensor, weights()[name]), name


def test_reading_leaves_the_dice_alone(folder):
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    files.load(folder)
    assert torch.equal(torch.rand(2), wanted)


def test_texts_are_packed_with_the_marks_of_this_vocabulary(folder):
    real = files.load(folder)
    ids, mask, segments = real.read(["The cranes", ("eat fish", "zebra .")])
    pieces = [[TOKENS[i] for i in row] for row in ids]
    assert pieces[0][:5] == ["[CLS]", "the", "crane", "##s", "[SEP]"]
    second = "[CLS] eat fish [SEP] [UNK] . [SEP]".split()
    assert pieces[1] == second and segments[1].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert mask.tolist() == [[True] * 5 + [False] * 2, [True] * 7]
    alone = real.read(["The cranes"])
    near(
        real.bert(ids, mask, segments)[0, :5],
        real.bert(alone.ids, alone.mask, alone.segments)[0],
    )


@pytest.mark.parametrize(
    ("without", "fresh"),
    [
        ("cls.seq_relationship", ("pair head",)),
        ("cls.predictions", ("masked head",)),
        ("bert.pooler", ("pooler",)),
        ("cls.", ("masked head", "pair head")),
    ],
)
def test_parts_that_the_weights_do_not_bring_are_named(folder, without, fresh):
    left = {k: v for k, v in weights().items() if not k.startswith(without)}
    save_file(left, folder / "model.safetensors")
    real = files.load(folder)
    assert real.fresh == fresh
    assert (real.pretraining is None) == ("masked head" in fresh)


def test_weights_in_half_precision_become_floats_of_32_bits(folder):
    half = {k: v.half() for k, v in weights().items()}
    save_file(half, folder / "model.safetensors")
    table = files.load(folder).bert.embeddings.tokens.weight
    assert table.dtype == torch.float32
    theirs = half["bert.embeddings.word_embeddings.weight"]
    assert torch.equal(table, theirs.float())


@pytest.mark.parametrize("lower", [True, False])
def test_tokenizer_json_serves_where_vocab_txt_is_missing(folder, lower):
    (folder / "vocab.txt").unlink()
    ids = {token: i for i, token in enumerate(TOKENS)}
    model = {"type": "WordPiece", "vocab": dict(reversed(ids.items()))}
    whole = {"model": model, "normalizer": {"lowercase": lower}}
    (folder / "tokenizer.json").write_text(json.dumps(whole))
    found = files.load(folder).wordpiece
    assert found.tokens == TOKENS and found.lower is lower


def test_a_vocabulary_with_case_keeps_it(folder):
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    assert files.vocabulary(folder).pieces("The fish") == ["[UNK]", "fish"]


def test_odd_line_breaks_inside_a_vocabulary_are_tokens(folder):
    odd = [*TOKENS, "\u2028", "\x85"]
    (folder / "vocab.txt").write_text("\n".join(odd) + "\n", encoding="utf-8")
    assert files.vocabulary(folder).tokens == odd


def test_the_right_hash_is_accepted_and_another_is_not(folder):
    right = sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert files.load(folder, right, "mine").name == "mine"
    with pytest.raises(ValueError, match="fetch it again"):
        files.load(folder, "0" * 64)


def rewrite(**changes) -> Callable[[Path], None]:
    """Return what writes another config.json."""
    return lambda f: (f / "config.json").write_text(json.dumps(CONFIG | changes))


def only_a_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def lost(name: str) -> Callable[[Path], None]:
    """Return what takes a weight away."""

    def spoil(folder: Path) -> None:
        left = {k: v for k, v in weights().items() if name not in k}
        (folder / "model.safetensors").write_bytes(save(left))

    return spoil


BAD = {
    "has no config.json": lambda f: (f / "config.json").unlink(),
    "has no model.safetensors: download": lambda f: (f / files.WEIGHTS).unlink(),
    "is a pickle, which could run code": only_a_pickle,
    "model_type='roberta'": rewrite(model_type="roberta"),
    "hidden_act='gelu_new'": rewrite(hidden_act="gelu_new"),
    "layer_norm_eps=1e-05": rewrite(layer_norm_eps=1e-5),
    "relative_key": rewrite(position_embedding_type="relative_key"),
    r"lacks \['hidden_size'\]": rewrite(hidden_size=None),
    "lacks model_type": lambda f: (f / "config.json").write_text(
        json.dumps({k: v for k, v in CONFIG.items() if k != "model_type"})
    ),
    "config.json is not JSON": lambda f: (f / "config.json").write_text("<html>"),
    "holds a list": lambda f: (f / "config.json").write_text("[]"),
    "do not fit: size mismatch": rewrite(intermediate_size=24),
    "lacks bert.encoder.blocks.1.attend": lost("layer.1."),
    "equal heads": rewrite(num_attention_heads=5),
    "cannot be read": lambda f: (f / files.WEIGHTS).write_bytes(b"version https"),
    "12 tokens, but vectors for 13": rewrite(vocab_size=13),
    "neither vocab.txt nor": lambda f: (f / "vocab.txt").unlink(),
    "case and accents apart": lambda f: (f / "tokenizer_config.json").write_text(
        '{"strip_accents": false}'
    ),
}


@pytest.mark.parametrize("message", BAD)
def test_what_cannot_be_read_is_explained(folder, message):
    BAD[message](folder)
    with pytest.raises(ValueError, match=message):
        files.load(folder)


def test_a_folder_that_is_none_is_named(tmp_path):
    with pytest.raises(ValueError, match="is no folder"):
        files.load(tmp_path / "nowhere")


def test_one_string_where_texts_are_expected_is_refused(folder):
    with pytest.raises(ValueError, match="one string given; give"):
        files.load(folder).read("the crane")


def test_a_pair_may_be_a_list_and_is_two_texts(folder):
    real = files.load(folder)
    as_tuple, as_list = real.read([("the", "fish")]), real.read([["the", "fish"]])
    for first, second in zip(as_tuple, as_list, strict=True):
        assert torch.equal(first, second)
    for wrong in (("the",), ("the", "fish", "."), ["the", 3]):
        with pytest.raises(ValueError, match="a pair is two texts"):
            real.read([wrong])
