"""Our BERT is BERT: the same numbers and gradients as in transformers."""

import pytest
import torch
from torch.nn import functional as F

from helpers.models.bert import BERTForPretraining, BERTSize, SentenceHead, TokenHead
from tests.test_encoder import TOLERANCE, near, shaken

transformers = pytest.importorskip("transformers")

SIZES = (
    BERTSize(50, 12, 3, 20, 1, 16),
    BERTSize(37, 8, 1, 40, 3, 9),
    BERTSize(120, 32, 4, 64, 2, 30),
)


def theirs(size: BERTSize, kind: torch.dtype):
    config = transformers.BertConfig(
        vocab_size=size.vocab_size,
        hidden_size=size.d_model,
        num_attention_heads=size.n_heads,
        intermediate_size=size.d_ff,
        num_hidden_layers=size.n_layers,
        max_position_embeddings=size.longest,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    torch.manual_seed(0)
    return shaken(transformers.BertForPreTraining(config).to(kind), 5, 0.1).eval()


def pairs(mine, other) -> list[tuple]:
    """Return which part of ours is which part of theirs."""
    ours, bert = mine.bert, other.bert
    table = bert.embeddings
    found = [
        (ours.embeddings.tokens, table.word_embeddings),
        (ours.embeddings.positions, table.position_embeddings),
        (ours.embeddings.segments, table.token_type_embeddings),
        (ours.embeddings.norm, table.LayerNorm),
        (ours.pooler, bert.pooler.dense),
        (mine.masked.dense, other.cls.predictions.transform.dense),
        (mine.masked.norm, other.cls.predictions.transform.LayerNorm),
        (mine.pair, other.cls.seq_relationship),
    ]
    for block, layer in zip(ours.encoder.blocks, bert.encoder.layer, strict=True):
        attention = layer.attention
        found += [
            (block.attend.query, attention.self.query),
            (block.attend.key, attention.self.key),
            (block.attend.value, attention.self.value),
            (block.attend.output, attention.output.dense),
            (block.norm_attend, attention.output.LayerNorm),
            (block.feed.widen, layer.intermediate.dense),
            (block.feed.narrow, layer.output.dense),
            (block.norm_feed, layer.output.LayerNorm),
        ]
    return found


def same(size: BERTSize, kind: torch.dtype):
    mine, other = BERTForPretraining(size).to(kind), theirs(size, kind)
    with torch.no_grad():
        for ours, their in pairs(mine, other):
            ours.load_state_dict(their.state_dict())
        mine.masked.bias.copy_(other.cls.predictions.bias)
    return mine, other


def batch(size: BERTSize):
    make = torch.Generator().manual_seed(1)
    t = size.longest - 1
    ids = torch.randint(1, size.vocab_size, (3, t), generator=make)  # 0 is padding
    mask = torch.arange(t) < torch.tensor([t, t // 2, 3])[:, None]
    segments = (torch.arange(t) > t // 3).long().expand(3, t)
    targets = ids.where(torch.rand(3, t, generator=make) < 0.4, -100)
    return ids, mask, segments, targets.where(mask, -100)


@pytest.mark.parametrize("kind", TOLERANCE, ids=str)
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s.n_layers}x{s.d_model}")
def test_states_logits_loss_and_gradients_are_those_of_transformers(size, kind):
    mine, other = same(size, kind)
    ids, mask, segments, targets = batch(size)
    labels = torch.tensor([0, 1, 0])
    given = {"attention_mask": mask.long(), "token_type_ids": segments}
    wanted = other(
        ids,
        **given,
        labels=targets,
        next_sentence_label=labels,
        output_hidden_states=True,
    )
    tokens, pair = mine(ids, mask, segments)
    near(mine.bert(ids, mask, segments)[mask], wanted.hidden_states[-1][mask], kind)
    near(tokens[mask], wanted.prediction_logits[mask], kind)
    near(pair, wanted.seq_relationship_logits, kind)
    asked, _ = mine(ids, mask, segments, targets >= 0)
    near(asked, tokens[targets >= 0], kind)
    loss = F.cross_entropy(asked, targets[targets >= 0]) + F.cross_entropy(pair, labels)
    near(loss, wanted.loss, kind)
    loss.backward()
    wanted.loss.backward()
    for ours, their in pairs(mine, other):
        for a, b in zip(ours.parameters(), their.parameters(), strict=True):
            near(a.grad, b.grad, kind)


def test_padding_and_what_is_in_it_change_nothing():
    size = SIZES[2]
    torch.manual_seed(0)
    model = BERTForPretraining(size)
    ids = torch.randint(5, size.vocab_size, (2, 7))
    mask = (torch.arange(12) < 7).expand(2, 12)
    longer = F.pad(ids, (0, 5), value=9)
    tokens, pair = model(ids)
    padded, padded_pair = model(longer, mask)
    near(padded[:, :7], tokens)
    near(padded_pair, pair)


def test_the_token_table_serves_both_ends():
    model = BERTForPretraining(SIZES[0])
    assert model.masked.table is model.bert.embeddings.tokens
    n = sum(p.numel() for p in model.parameters())
    assert n == sum(p.numel() for p in theirs(SIZES[0], torch.float32).parameters())


def test_the_papers_weights_are_drawn_on_request():
    torch.manual_seed(0)
    small = BERTForPretraining(BERTSize(500, weight_sd=0.02))
    fit = BERTForPretraining(BERTSize(500))
    for model, sd in ((small, 0.02), (fit, 64**-0.5)):
        for weight in (
            model.bert.embeddings.tokens.weight,
            model.bert.encoder.blocks[0].attend.query.weight,
        ):
            assert weight.std().item() == pytest.approx(sd, rel=0.1)


def test_heads_have_one_answer_per_text_or_per_token():
    bert = BERTForPretraining(SIZES[0]).bert
    ids, mask = torch.randint(50, (2, 6)), torch.ones(2, 6, dtype=torch.bool)
    assert SentenceHead(bert, 3)(ids, mask).shape == (2, 3)
    assert TokenHead(bert, 4)(ids, mask).shape == (2, 6, 4)


def test_too_many_tokens_are_refused():
    with pytest.raises(ValueError, match="20 tokens, but this BERT has 16 positions"):
        BERTForPretraining(SIZES[0])(torch.zeros(1, 20, dtype=torch.long))


def test_as_many_tokens_as_positions_are_read():
    torch.manual_seed(0)
    ids = torch.randint(5, 50, (1, 16))
    tokens, pair = BERTForPretraining(SIZES[0])(ids)
    assert tokens.shape == (1, 16, 50) and pair.shape == (1, 2)
