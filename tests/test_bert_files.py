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
    normalizer = {"type": "BertNormalizer", "lowercase": lower}
    whole = {"model": model, "normalizer": normalizer}
    whole["pre_tokenizer"] = {"type": "BertPreTokenizer"}
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


HEAD = "cls.predictions.decoder.weight"
QUERY = "bert.encoder.layer.0.attention.self.query.weight"


def put(folder: Path, changed: dict, **config) -> None:
    """Write other weights into a folder, and other lines of its config."""
    save_file(weights() | changed, folder / "model.safetensors", {"format": "pt"})
    rewrite(**config)(folder)


def answers(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the logits of hidden tokens: ours, and those of transformers."""
    transformers = pytest.importorskip("transformers")
    other = transformers.BertForPreTraining.from_pretrained(folder).eval()
    ids, mask, segments = files.load(folder).read(["the cranes eat", ("fish .", "the")])
    with torch.no_grad():
        ours, _ = files.load(folder).pretraining(ids, mask, segments)
        theirs = other(ids, attention_mask=mask.long(), token_type_ids=segments)
    return ours[mask], theirs.prediction_logits[mask]


@pytest.mark.parametrize("config", [{"tie_word_embeddings": False}, {}], ids=str)
@pytest.mark.parametrize("with_bias", [True, False])
def test_an_output_layer_of_its_own_is_the_one_that_answers(folder, config, with_bias):
    head = {HEAD: torch.randn(12, 12)}
    if with_bias:
        head[bert_names.DECODER_BIAS] = torch.randn(12)
    put(folder, head, **config)
    real = files.load(folder)
    assert torch.equal(real.pretraining.masked.table.weight, head[HEAD])
    table = weights()["bert.embeddings.word_embeddings.weight"]
    assert torch.equal(real.bert.embeddings.tokens.weight, table)
    if with_bias:  # without one transformers draws a new bias
        ours, theirs = answers(folder)
        assert (ours - theirs).abs().max() <= 1e-5


def test_an_output_layer_of_its_own_is_saved_again(folder, tmp_path):
    put(folder, {HEAD: torch.randn(12, 12)}, tie_word_embeddings=False)
    model = files.load(folder).pretraining
    files.save(model, TOKENS, True, tmp_path / "again")
    again = files.load(tmp_path / "again").pretraining
    assert torch.equal(again.masked.table.weight, model.masked.table.weight)
    ours, theirs = answers(tmp_path / "again")
    assert (ours - theirs).abs().max() <= 1e-5
    config = json.loads((tmp_path / "again" / "config.json").read_text())
    assert config["tie_word_embeddings"] is False
    assert config["pad_token_id"] == TOKENS.index("[PAD]")


def test_a_tied_copy_of_the_table_stays_tied(folder):
    put(folder, {HEAD: weights()["bert.embeddings.word_embeddings.weight"].clone()})
    real = files.load(folder)
    assert real.pretraining.masked.table is real.bert.embeddings.tokens


def test_an_untied_head_that_is_not_in_the_file_is_missing(folder):
    put(folder, {}, tie_word_embeddings=False)
    real = files.load(folder)
    assert real.fresh == ("masked head",) and real.pretraining is None


def lora() -> dict[str, torch.Tensor]:
    start = QUERY.removesuffix("weight")
    return {f"{start}lora_{x}": torch.ones(2, 12) for x in "AB"}


layer = {
    name.replace("layer.1", "layer.2"): tensor.clone()
    for name, tensor in weights().items()
    if "layer.1." in name
}
codes = torch.ones(12, 12, dtype=torch.int8)
broken = torch.full((12, 12), torch.nan)
adapter = {"base_model.model.bert.x": torch.ones(1)}
UNUSABLE = {
    f"{QUERY} in model.safetensors is torch.int8": ({QUERY: codes}, {}),
    "is torch.float8_e4m3fn": ({QUERY: codes.to(torch.float8_e4m3fn)}, {}),
    "is torch.int64": ({QUERY: codes.long()}, {}),
    "has a quantization_config": ({}, {"quantization_config": {"load_in_8bit": True}}),
    "query.SCB and 0 more": ({QUERY.replace("weight", "SCB"): torch.ones(12)}, {}),
    f"{QUERY} in model.safetensors holds NaN": ({QUERY: broken}, {}),
    "holds NaN or inf": ({"cls.predictions.bias": torch.full((12,), torch.inf)}, {}),
    r"bert.encoder.layer.2\..* and 15 more": (layer, {}),
    r"bert.encoder.layer.1\..* and 15 more": ({}, {"num_hidden_layers": 1}),
    r"query.lora_A and 1 more": (lora(), {}),
    "'base_model.model.bert.x' is no weight": (adapter, {}),
    "comes twice": ({"bert.embeddings.LayerNorm.gamma": torch.ones(12)}, {}),
    "size mismatch for bert.embeddings.pos": ({}, {"max_position_embeddings": 10**12}),
    "lacks bert.encoder.blocks.999999999": ({}, {"num_hidden_layers": 10**9}),
    r"lacks \['num_attention_heads'\]": ({}, {"num_attention_heads": 0}),
    r"lacks \['intermediate_size'\]": ({}, {"intermediate_size": True}),
}  # fmt: skip


@pytest.mark.parametrize("message", UNUSABLE)
def test_what_a_file_holds_is_used_or_refused(folder, message):
    changed, config = UNUSABLE[message]
    put(folder, changed, **config)
    with pytest.raises(ValueError, match=message) as error:
        files.load(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_other_floats_are_rounded_to_ours(folder, kind):
    save_file({k: v.to(kind) for k, v in weights().items()}, folder / files.WEIGHTS)
    table = files.load(folder).bert.embeddings.tokens.weight
    theirs = weights()["bert.embeddings.word_embeddings.weight"]
    assert torch.equal(table, theirs.to(kind).float())


@pytest.mark.parametrize("head", ["classifier", "qa_outputs"])
def test_of_a_fine_tuned_bert_the_encoder_is_read_and_a_line_says_so(
    folder, head, capsys
):
    encoder = {k: v for k, v in weights().items() if k.startswith("bert.")}
    task = {f"{head}.weight": torch.zeros(2, 12), f"{head}.bias": torch.zeros(2)}
    save_file(encoder | task, folder / files.WEIGHTS)
    real = files.load(folder)
    (line,) = capsys.readouterr().out.splitlines()
    assert (
        f"{head}.weight, {head}.bias" in line or f"{head}.bias, {head}.weight" in line
    )
    assert real.pretraining is None and real.fresh == ("masked head", "pair head")
    for name, tensor in bert_names.to_theirs(
        real.bert.state_dict(prefix="bert.")
    ).items():
        assert torch.equal(tensor, encoder[name]), name


TEXTS = ("Café 中文 Dog", "the cranes, eat\u200b fish\tagain", "x" * 101, "ÜBER中")
ODD = [
    *SPECIALS,
    "cafe",
    "café",
    "中",
    "文",
    "中文",
    "dog",
    "Dog",
    "the",
    "crane",
    "##s",
]


def tool(lower: bool = True, **changes):
    """Return a tokenizer of the library as BERT has it, with other parts."""
    tk = pytest.importorskip("tokenizers")
    model = changes.pop("model", {})
    normalizer = tk.normalizers.BertNormalizer(lowercase=lower)
    ids = {token: i for i, token in enumerate(ODD)}
    found = tk.Tokenizer(tk.models.WordPiece(ids, unk_token="[UNK]", **model))
    found.normalizer = changes.pop("normalizer", normalizer)
    found.pre_tokenizer = tk.pre_tokenizers.BertPreTokenizer()
    for name, value in changes.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize("lower", [True, False])
@pytest.mark.parametrize("special", [True, False])
def test_a_tokenizer_json_that_we_follow_gives_the_ids_of_the_library(
    tmp_path, lower, special
):
    other = tool(lower)
    if special:
        other.add_special_tokens(list(SPECIALS))
    (tmp_path / "tokenizer.json").write_text(other.to_str())
    ours = files.vocabulary(tmp_path)
    for text in TEXTS:
        assert ours.encode(text) == other.encode(text, add_special_tokens=False).ids
    (tmp_path / "vocab.txt").write_text("\n".join(ODD))  # beside it, and the same
    stated = {"do_lower_case": lower, "tokenizer_class": "BertTokenizer"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(stated))
    both = files.vocabulary(tmp_path)
    assert both.tokens == ODD and both.lower is lower


def other_tools() -> dict[str, Callable]:
    """Return tokenizers whose ids would be others, by what a refusal names."""
    tk = pytest.importorskip("tokenizers")
    norm, pre = tk.normalizers, tk.pre_tokenizers

    def added(special: bool):
        found = tool()
        found.add_tokens([tk.AddedToken("[E1]", special=special)])
        return found

    def template():
        marks = [("[CLS]", 2), ("[SEP]", 3)]
        pair = "$A [SEP] $B:1 [SEP]:1"
        end = tk.processors.TemplateProcessing("$A [SEP]", pair, marks)
        return tool(post_processor=end)

    return {
        "case and accents": lambda: tool(
            normalizer=norm.BertNormalizer(strip_accents=False)
        ),
        "case and accents apart": lambda: tool(
            normalizer=norm.BertNormalizer(lowercase=False, strip_accents=True)
        ),
        "handle_chinese_chars=False": lambda: tool(
            normalizer=norm.BertNormalizer(handle_chinese_chars=False)
        ),
        "clean_text=False": lambda: tool(
            normalizer=norm.BertNormalizer(clean_text=False)
        ),
        "type='NFC'": lambda: tool(normalizer=norm.NFC()),
        "type='Sequence'": lambda: tool(
            normalizer=norm.Sequence([norm.NFD(), norm.Lowercase()])
        ),
        "normalizer=None": lambda: tool(normalizer=None),
        "type='WhitespaceSplit'": lambda: tool(pre_tokenizer=pre.WhitespaceSplit()),
        "pre_tokenizer=None": lambda: tool(pre_tokenizer=None),
        "continuing_subword_prefix='@@'": lambda: tool(
            model={"continuing_subword_prefix": "@@"}
        ),
        "max_input_chars_per_word=7": lambda: tool(
            model={"max_input_chars_per_word": 7}
        ),
        r"token '\[E1\]' was added": lambda: added(False),
        r"the token '\[E1\]' was": lambda: added(True),
        "other marks": template,
    }


@pytest.mark.parametrize("message", list(other_tools()))
def test_a_tokenizer_json_that_we_do_not_follow_is_refused(tmp_path, message):
    (tmp_path / "tokenizer.json").write_text(other_tools()[message]().to_str())
    with pytest.raises(ValueError, match=message):
        files.vocabulary(tmp_path)
    (tmp_path / "vocab.txt").write_text("\n".join(ODD))
    with pytest.raises(ValueError, match=message):
        files.vocabulary(tmp_path)


@pytest.mark.parametrize(
    ("name", "stated", "message"),
    [
        ("tokenizer_config", {"tokenize_chinese_chars": False}, "chinese_chars=False"),
        ("tokenizer_config", {"strip_accents": True, "do_lower_case": False}, "apart"),
        ("tokenizer_config", {"do_lower_case": "yes"}, "do_lower_case='yes'"),
        ("tokenizer_config", {"do_basic_tokenize": False}, "do_basic_tokenize"),
        ("tokenizer_config", {"never_split": ["dog"]}, "never_split"),
        ("tokenizer_config", {"tokenizer_class": "BertJapaneseTokenizer"}, "Japanese"),
        ("tokenizer_config", {"word_tokenizer_type": "mecab"}, "mecab"),
        ("tokenizer_config", {"subword_tokenizer_type": "character"}, "character"),
        ("tokenizer_config", {"max_input_chars_per_word": 7}, "=7"),
        ("tokenizer_config", {"unk_token": {"content": "<unk>"}}, "<unk>"),
        (
            "tokenizer_config",
            {"added_tokens_decoder": {"16": {"content": "[E1]", "special": True}}},
            "was added",
        ),
        ("config", {"tokenizer_class": "BertJapaneseTokenizer"}, "Japanese"),
    ],
)
def test_settings_that_we_do_not_follow_are_refused(tmp_path, name, stated, message):
    (tmp_path / "vocab.txt").write_text("\n".join(ODD))
    (tmp_path / f"{name}.json").write_text(json.dumps(stated))
    with pytest.raises(ValueError, match=message):
        files.vocabulary(tmp_path)


def test_files_of_two_tokenizers_are_not_mixed(tmp_path):
    (tmp_path / "tokenizer.json").write_text(tool(lower=True).to_str())
    (tmp_path / "vocab.txt").write_text("\n".join([*ODD, "more"]))
    with pytest.raises(ValueError, match="name other tokens"):
        files.vocabulary(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text('{"do_lower_case": false}')
    with pytest.raises(ValueError, match="do_lower_case=False.*lowercase=True"):
        files.vocabulary(tmp_path)


def test_the_tokenizer_that_transformers_writes_is_read(tmp_path):
    transformers = pytest.importorskip("transformers")
    ids = {token: i for i, token in enumerate(ODD)}
    other = transformers.BertTokenizer(vocab=ids)
    other.save_pretrained(tmp_path)
    ours = files.vocabulary(tmp_path)
    for text in TEXTS:
        assert ours.encode(text) == other.encode(text, add_special_tokens=False)


def test_a_folder_with_files_of_a_model_is_not_overwritten_unasked(folder):
    model = files.load(folder).pretraining
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ValueError, match="give a new one, or replace=True"):
        files.save(model, TOKENS, True, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    files.save(model, TOKENS, False, folder, replace=True)
    assert files.load(folder).wordpiece.lower is False


def test_tokens_that_are_not_the_model_s_are_not_saved(folder, tmp_path):
    model = files.load(folder).pretraining
    with pytest.raises(ValueError, match="13 tokens, but vectors for 12"):
        files.save(model, [*TOKENS, "more"], True, tmp_path / "new")
    with pytest.raises(ValueError, match="holds a line's end"):
        files.save(model, [*TOKENS[:-1], "a\nb"], True, tmp_path / "new")
    stated = {token: i for i, token in reversed(list(enumerate(TOKENS)))}
    files.save(model, stated, True, tmp_path / "other")
    assert files.load(tmp_path / "other").wordpiece.tokens == TOKENS
