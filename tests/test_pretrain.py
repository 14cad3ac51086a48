"""The same training in one process, in two, stopped and gone on with."""

import ast
import json
import os
import re
import signal
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from helpers.checkpoints import bert_files
from helpers.corpora import world
from helpers.pretrain import command, help, options, shards
from tests import ranks
from tests.test_shards import sentence

SMALL = ["--corpus", "world", "--stories", "60", "--size", "tiny", "--device", "cpu"]
SMALL += ["--steps", "5", "--seq-len", "24", "--batch-size", "6", "--lr", "1e-2"]

# In float64 rounding is too small to be seen through AdamW, which divides gradients by
# their own size: even a key's bias, whose gradient is nothing but rounding, moves.
TWO = """
import os, signal, sys, torch
torch.set_default_dtype(torch.float64)
from helpers.pretrain import command, distributed, keeper as keeping, step as stepping

folder, ports, *options = sys.argv[1:]
ports, counted = ports.split(), []

def train(*options):  # each in a new world: the last one's door may still be open
    os.environ["MASTER_PORT"] = ports.pop()
    assert command.main([*options]) == 0

def noted(parts, counts=stepping.counts):
    counted.append(counts(parts)[:2])
    return counts(parts)

stepping.counts = noted
train(*options, "--out", f"{folder}/two")
print(counted)

def interrupted(keeper, step, model, call=keeping.Keeper.__call__):
    if step == 2 and os.environ["RANK"] == "1":  # one rank is told, all stop
        signal.raise_signal(signal.SIGTERM)
    call(keeper, step, model)

dropout = ["--dropout", "0.2"]
train(*options, *dropout, "--out", f"{folder}/whole")
again = keeping.Keeper.__call__
keeping.Keeper.__call__ = interrupted
train(*options, *dropout, "--out", f"{folder}/left")
keeping.Keeper.__call__ = again
torch.manual_seed(99)
train("--out", f"{folder}/left", "--resume")

def own_mean(values, total=distributed.total):
    \"\"\"Planted: every rank divides by its own number of hidden tokens.\"\"\"
    sums, values = total(values), list(values)
    return [2 * v for v in values[:3]] + sums[3:] if len(values) == 4 else sums

distributed.total = own_mean
train(*options, "--out", f"{folder}/wrong")
"""

# A rank that says which process it is.
NAMED = """
import os, pathlib, sys
from helpers.pretrain import command
folder, *options = sys.argv[1:]
name = "rank" + os.environ["RANK"]
pathlib.Path(folder, name).write_text(str(os.getpid()))
sys.exit(command.main(options))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The runs of two ranks; beside them the same of one, in parts or not."""
    folder = tmp_path_factory.mktemp("runs")
    options = [*SMALL, "--tokenised", f"{folder}/corpus"]
    torch.set_default_dtype(torch.float64)
    try:
        assert command.main([*options, "--out", f"{folder}/one"]) == 0
        parts = ["--accumulate", "4", "--activation-checkpointing"]
        assert command.main([*options, *parts, "--out", f"{folder}/parts"]) == 0
    finally:
        torch.set_default_dtype(torch.float32)
    ports = " ".join(str(ranks.free_port()) for _ in range(5))
    found = ranks.finish(ranks.start(["-c", TWO, folder, ports, *options], 2))
    assert [status for status, _, _ in found] == [0, 0], found
    (folder / "said").write_text(json.dumps([out for _, out, _ in found]))
    return folder


def weights(folder, name):
    return load_file(folder / name / "model.safetensors")


def difference(folder, one, other):
    a, b = weights(folder, one), weights(folder, other)
    assert a.keys() == b.keys()
    return max((a[k] - b[k]).abs().max().item() for k in a)


def test_two_processes_are_one_process_on_the_joined_batch(folder):
    assert difference(folder, "two", "one") < 1e-6
    before = weights(folder, "one")["bert.embeddings.word_embeddings.weight"]
    assert before.dtype == torch.float64


def test_the_ranks_had_unequal_numbers_of_hidden_tokens_and_pairs(folder):
    said = json.loads((folder / "said").read_text())
    found = [re.search(r"\[\(.*\)\]", out)[0] for out in said]
    counts = [ast.literal_eval(text) for text in found]
    assert len(counts[0]) == 5
    assert sum(a[0] != b[0] for a, b in zip(*counts, strict=True)) >= 3
    assert any(a[1] != b[1] for a, b in zip(*counts, strict=True))
    assert "loss" in said[0] and "loss" not in said[1]  # rank 0 speaks for all


def test_the_mean_of_the_ranks_means_is_another_training(folder):
    assert difference(folder, "wrong", "one") > 1e-3


def test_parts_and_activation_checkpointing_change_nothing(folder):
    assert difference(folder, "parts", "one") < 1e-6


def test_resumed_equals_uninterrupted_under_two_processes(folder):
    assert difference(folder, "left", "whole") < 1e-9
    assert difference(folder, "whole", "two") > 1e-4  # dropout, with its own chance
    said = json.loads((folder / "said").read_text())[0]
    assert "saved after step 2 of 5; go on" in said or "step 3 of 5; go on" in said


def test_saved_weights_open_in_transformers_with_the_same_outputs(folder):
    transformers = pytest.importorskip("transformers")
    theirs, about = transformers.BertForPreTraining.from_pretrained(
        folder / "whole", output_loading_info=True, dtype=torch.float32
    )
    assert not any(about[k] for k in ("missing_keys", "unexpected_keys"))
    real = bert_files.load(folder / "whole")
    ours = real.pretraining.eval()
    packed = real.read([("the seal swims .", "it rests ."), ("the crane", "is new .")])
    with torch.no_grad():
        tokens, pair = ours(packed.ids, packed.mask, packed.segments)
        found = theirs.eval()(
            packed.ids,
            attention_mask=packed.mask.long(),
            token_type_ids=packed.segments,
        )
    real_ones = packed.mask
    error = (found.prediction_logits - tokens)[real_ones].abs().max()
    assert error < 1e-5
    assert (found.seq_relationship_logits - pair).abs().max() < 1e-5
    assert theirs.config.hidden_dropout_prob == 0.2
    tool = transformers.AutoTokenizer.from_pretrained(folder / "whole")
    text = "Henry remembers the old crane ."
    assert tool(text)["input_ids"][1:-1] == real.wordpiece.encode(text)


@ranks.posix
def test_sigterm_saves_and_exits_with_0(tmp_path):
    options = [*SMALL, "--steps", "100000", "--out", tmp_path / "run"]
    [process] = ranks.start(["-m", "helpers.pretrain", *options])
    lines = []
    while not lines or "loss" not in lines[-1]:
        lines.append(process.stdout.readline())
    process.terminate()
    [(status, out, err)] = ranks.finish([process])
    assert status == 0 and not err
    step = int(re.search(r"saved after step (\d+) of 100000; go on", out)[1])
    assert step >= 1
    assert (tmp_path / "run" / "model.safetensors").exists()


@ranks.posix
def test_a_killed_rank_ends_the_job_with_a_message(tmp_path):
    out = tmp_path / "run"
    options = [*SMALL, "--steps", "100000", "--out", out, "--checkpoint-every", "50"]
    command = ["-m", "torch.distributed.run", "--nproc-per-node=2", "--no-python"]
    command += [f"--master-port={ranks.free_port()}", sys.executable, "-c", NAMED]
    [job] = ranks.start([*command, tmp_path, *options])
    until = time.monotonic() + 100
    while not (out / "state.safetensors").exists() and time.monotonic() < until:
        time.sleep(0.2)
    os.kill(int((tmp_path / "rank1").read_text()), signal.SIGKILL)
    since = time.monotonic()
    [(status, _, err)] = ranks.finish([job])
    assert status != 0 and time.monotonic() - since < 60
    assert "SIGKILL" in err and "rank 0: another rank ended or is silent" in err
    assert "Traceback" not in err.split("rank 0:")[0]


def refused(capsys, *options):
    """Run in vain; return the one sentence that says why."""
    status = command.main([str(option) for option in options])
    said = capsys.readouterr().err
    assert status == 1 and said.startswith("pretrain: ") and "Traceback" not in said
    return said


def texts(folder):
    """Files that cannot be read."""
    (folder / "empty.txt").write_text("\n\n")
    (folder / "latin.txt").write_bytes("Grüße aus Köln. Schöne Tage.".encode("latin-1"))
    (folder / "one.txt").write_text("One sentence. Another one.")
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\na\nb\n")
    return folder


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--corpus", "{}/mising.txt"], "'mising.txt' is not in '.*did you mean"),
        (["--corpus", "{}/empty.txt"], "is empty; give a file with some lines"),
        (["--corpus", "{}/latin.txt"], "is not UTF-8; it is most likely cp1252"),
        (["--corpus", "{}/one.txt"], "makes 1 documents.*an empty line ends"),
        (["--corpus", "{}"], "is a folder"),
        (["--corpus", "world", "{}/one.txt"], "world is a corpus of its own"),
        (["--corpus", "{}/one.txt", "--vocab-size", "9"], "the text has 11 letters"),
        (["--vocabulary", "{}/vocab.txt"], r"lacks \['\[CLS\]'"),
        (["--seq-len", "1000"], "--seq-len 1000: give 8 to 512"),
        (["--accumulate", "9", "--batch-size", "8"], "--accumulate 9: give 1 to 8"),
        (["--steps", "0"], "--steps 0: give 1 or more"),
        (["--lr", "-1"], "--lr -1.0: give a rate above 0"),
        (["--precision", "bf16"], "cpu only emulates it; try auto"),
        (["--resume"], "holds no state to go on from; leave out --resume"),
        (["--out", "{}"], "holds other files; choose a new folder"),
        (["--out", "{}/one.txt"], "is a file; give a folder"),
    ],
)
def test_bad_input_is_answered_in_a_sentence(tmp_path, capsys, options, reason):
    given = [option.format(texts(tmp_path)) for option in options]
    base = ["--out", tmp_path / "new"]
    said = refused(capsys, *SMALL, "--vocab-size", "200", *base, *given)
    assert re.search(reason, said), said


def test_another_run_in_the_folder_is_kept_safe(folder, capsys):
    state = folder / "one" / "state.safetensors"
    before = state.stat()
    again = [*SMALL, "--out", folder / "one"]
    assert "holds a run already; add --resume" in refused(capsys, *again)
    other = ["--resume", "--out", folder / "one", "--lr", "0.5"]
    assert "lr is 0.5, was 0.01" in refused(capsys, *other)
    assert state.stat() == before
    wanted = ["--corpus", "world", "--size", "tiny"]
    assert "--steps is missing" in refused(capsys, *wanted, "--out", folder / "x")
    corpus = ["--tokenised", folder / "corpus", "--out", folder / "x"]
    said = refused(capsys, *SMALL, "--stories", "61", *corpus)
    assert "holds another text or other pieces" in said


def test_own_text_is_learned_cut_and_trained_on(tmp_path, capsys):
    stories = [d.text for d in world.documents(30, seed=5)]
    (tmp_path / "a.txt").write_text("\n\n".join(stories), encoding="utf-8")
    (tmp_path / "b.txt").write_text("고래가 헤엄친다. 새가 난다.\n\nZürich!", "utf-8")
    names = [tmp_path / "a.txt", tmp_path / "b.txt"]
    options = ["--size", "tiny", "--steps", "3", "--batch-size", "4", "--seq-len", "16"]
    options = ["--corpus", *names, *options, "--vocab-size", "300", "--device", "cpu"]
    options = [str(option) for option in options]
    assert command.main([*options, "--out", f"{tmp_path}/x"]) == 0
    said = capsys.readouterr().out
    assert re.search(
        r"tiny: [\d,]+ parameters.*step 3/3 .*tokens/s  0 s left", said, re.S
    )
    corpus = shards.Shards(tmp_path / "x" / "corpus")
    assert corpus.manifest["documents"] == 32
    real = bert_files.load(tmp_path / "x")
    assert real.wordpiece.tokens == corpus.pieces() and len(corpus.pieces()) == 300
    assert (
        real.wordpiece.decode(sentence(corpus, 0))
        == "".join(
            " . " if c == "." else c for c in stories[0].split(".")[0].lower() + "."
        ).strip()
    )


def test_help_is_a_lesson(capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(["--help"])
    said = capsys.readouterr().out
    assert stopped.value.code == 0
    for word in ("--nproc-per-node=8", "--nnodes=4", "--resume", "SIGTERM", "libuv"):
        assert word in said
    assert max(map(len, said.split("FROM ONE CORE")[1].splitlines())) <= 88
    flags = {"--" + name.replace("_", "-") for name in help.TABLE}
    assert all(flag in said for flag in flags)
    assert options.KEPT.endswith(".json")


def test_a_folder_of_a_user_named_as_tokenised_or_out_is_left_alone(tmp_path, capsys):
    text, mine = tmp_path / "a.txt", tmp_path / "mine"
    text.write_text("One is here. Two is here.\n\nThree is here. Four is here.\n")
    mine.mkdir()
    (mine / "thesis.txt").write_text("three years of work")
    out = tmp_path / "out"
    out.mkdir()
    (out / "options.json").write_text('{"theme": "dark"}')
    begin = ["--corpus", str(text), "--size", "tiny", "--steps", "1", "--out"]
    options_are_mine = [*begin, str(out)]
    folder_is_mine = [*begin, str(tmp_path / "new"), "--tokenised", str(mine)]
    for arguments in (options_are_mine, folder_is_mine):
        assert command.main(arguments) == 1
        assert "choose a new folder" in capsys.readouterr().err
    assert (mine / "thesis.txt").read_text() == "three years of work"
    assert (out / "options.json").read_text() == '{"theme": "dark"}'
