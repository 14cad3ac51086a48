"""Weights go from transformers to our BERT and back without a change."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from helpers.checkpoints import bert_names as names
from helpers.models.bert import BERTForPretraining
from tests.test_bert import SIZES, batch, theirs
from tests.test_encoder import near, shaken

transformers = pytest.importorskip("transformers")


def loaded(weights) -> tuple:
    """Return our model with these weights, and what it lacks."""
    model = BERTForPretraining(SIZES[2])
    return model, model.load_state_dict(names.to_ours(weights), strict=False)


def test_weights_of_transformers_give_the_same_answers():
    other = theirs(SIZES[2], torch.float32)
    model, report = loaded(other.state_dict())
    assert report.missing_keys == ["masked.table.weight"]  # the tied token table
    ids, mask, segments, _ = batch(SIZES[2])
    wanted = other(ids, attention_mask=mask.long(), token_type_ids=segments)
    tokens, pair = model(ids, mask, segments)
    near(tokens[mask], wanted.prediction_logits[mask])
    near(pair, wanted.seq_relationship_logits)


def test_our_weights_open_in_transformers(tmp_path):
    torch.manual_seed(0)
    model = shaken(BERTForPretraining(SIZES[2]), sd=0.1)
    other = theirs(SIZES[2], torch.float32)
    other.config.save_pretrained(tmp_path)
    named = names.to_theirs(model.state_dict())
    save_file(named, tmp_path / "model.safetensors", {"format": "pt"})
    again = transformers.BertForPreTraining.from_pretrained(tmp_path).eval()
    ids, mask, segments, _ = batch(SIZES[2])
    wanted = again(ids, attention_mask=mask.long(), token_type_ids=segments)
    near(model(ids, mask, segments)[0][mask], wanted.prediction_logits[mask])
    back = names.to_ours(load_file(tmp_path / "model.safetensors"))
    for name, tensor in back.items():
        assert torch.equal(tensor, model.state_dict()[name]), name


def test_an_encoder_alone_and_old_names_are_understood():
    assert names.our_name("embeddings.LayerNorm.gamma") == "bert.embeddings.norm.weight"
    inner = "encoder.layer.11.attention.output.LayerNorm.beta"
    assert names.our_name(inner) == "bert.encoder.blocks.11.norm_attend.bias"
    assert names.our_name("embeddings.position_ids") is None
    assert names.our_name("cls.predictions.bias") == "masked.bias"


def test_every_name_survives_both_ways():
    for name in BERTForPretraining(SIZES[1]).state_dict():
        theirs_ = names.their_name(name)
        assert theirs_ is None or names.our_name(theirs_) == name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: names.our_name("gpt.wte.weight"), "no weight of BERT"),
        (lambda: names.their_name("lstm.weight"), "no weight of our BERT"),
    ],
)
def test_mistakes_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        change()
