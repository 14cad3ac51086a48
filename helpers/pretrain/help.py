"""The command line of `python -m helpers.pretrain`: its --help is a lesson in itself.

Built in notebooks/15_scaling_up.ipynb.
"""

import argparse
from pathlib import Path

from helpers.models.sizes import PIECES, SIZES
from helpers.pretrain.distributed import LIMIT

STORY = """\
Pre-train a BERT on any text, on one core or on many GPUs: hidden words (15 %) and
"does B follow A?", as in Devlin et al. 2019. The result opens in transformers:
BertForPreTraining.from_pretrained("runs/x").
"""

LESSON = """\
FROM ONE CORE TO A CLUSTER
  one core, two minutes, our own little world:
    python -m helpers.pretrain --corpus world --size tiny --steps 500 --seq-len 64 \\
        --out runs/world
  your own text, one GPU (found by itself):
    python -m helpers.pretrain --corpus book.txt more.txt --size small --steps 20000 \\
        --out runs/books
  two processes on two cores (they talk by gloo), or 8 GPUs of one machine (by nccl):
    torchrun --nproc-per-node=2 -m helpers.pretrain --device cpu ... --out runs/two
    torchrun --nproc-per-node=8 -m helpers.pretrain --corpus wiki.txt --size base \\
        --steps 100000 --batch-size 2048 --accumulate 2 --out runs/base
  4 machines with 8 GPUs each: the same line on every machine; HOST is one of them, and
  --out lies on a disk that all of them see:
    torchrun --nnodes=4 --nproc-per-node=8 --rdzv-backend=c10d \\
        --rdzv-endpoint=HOST:29500 -m helpers.pretrain --corpus wiki.txt --size large \\
        --steps 100000 --batch-size 4096 --accumulate 2 --out runs/large
  stopped, killed, out of time? The same number of steps in all, where it stood:
    python -m helpers.pretrain --out runs/base --resume      (or torchrun ... as above)

WHAT HAPPENS
  1. The text is cut into pieces of words once and written to OUT/corpus (2 bytes per
     piece), which is looked at page by page: it may be larger than the memory.
  2. --batch-size counts the rows of a step over all ranks. So the number of processes
     and --accumulate change the time and the memory, not what is learned (but for
     rounding and dropout): the loss is the mean over all hidden tokens of a step. The
     mean of the ranks' means would give a rank with few hidden tokens too much weight.
  3. OUT/state.safetensors holds weights, AdamW's averages, learning rate, random state
     and place in the data; it is replaced in one go. OUT holds config.json,
     model.safetensors and vocab.txt for transformers, too.
  4. Ctrl+C and SIGTERM (what a cluster sends when your time is over) finish the step,
     save, and exit with 0; torchrun around them gives them 30 seconds for it, and then
     says that it was stopped. If a rank dies, the others end within a minute.

MEMORY, PER PARAMETER: 4 bytes for the weight, 4 for its gradient, 8 for AdamW's two
averages: 16 (base: 1.8 GB, large: 5.4 GB). The rest are activations: they grow with
rows × length; halve them by doubling --accumulate, or leave it to
--activation-checkpointing (on for base and large): less memory for a third more work.

ON WINDOWS torchrun needs libuv, which PyTorch's wheels there lack: use one process.
"""

_SIZES = ", ".join(f"{k} {v.n_layers}/{v.d_model}" for k, v in SIZES.items())
# name → what argparse is told; a default of None depends on others, see `decided`
TABLE = {
    "corpus": {
        "nargs": "+",
        "metavar": "TEXT",
        "help": "world (stories of our grammar), pydocs (documentation of installed "
        "packages), or text files in UTF-8; an empty line ends a document",
    },
    "size": {
        "choices": tuple(SIZES),
        "help": f"one of Google's, layers/width: {_SIZES}",
    },
    "steps": {"type": int, "help": "how often the weights are changed, in all"},
    "out": {"type": Path, "required": True, "help": "folder of this run"},
    "resume": {
        "action": "store_true",
        "help": "go on with the run in --out; it knows all other options",
    },
    "batch_size": {
        "type": int,
        "default": 64,
        "help": "rows of a step, over all ranks and parts together (default 64)",
    },
    "seq_len": {
        "type": int,
        "default": 128,
        "help": "pieces in a row, with [CLS] and [SEP] (default 128; 8 to 512)",
    },
    "accumulate": {
        "type": int,
        "default": 1,
        "help": "cut a rank's rows into so many parts, one after the other: less "
        "memory, the same gradient (default 1)",
    },
    "precision": {
        "choices": ("auto", "fp32", "bf16", "fp16"),
        "default": "auto",
        "help": "auto: bf16 where the device really has it, else fp32. bf16 has the "
        "range of fp32 and 8 bits of accuracy; fp16 needs its loss scaled, which is "
        "done",
    },
    "lr": {
        "type": float,
        "help": "highest learning rate (default 1e-4 for base and large, else 1e-3)",
    },
    "warmup": {
        "type": float,
        "default": 0.05,
        "help": "share of the steps in which the rate rises; then it falls to 0 "
        "(default 0.05)",
    },
    "dropout": {
        "type": float,
        "help": "share of numbers set to 0 while training (default 0.1 for base and "
        "large, else 0)",
    },
    "seed": {
        "type": int,
        "default": 0,
        "help": "decides first weights, order of the rows, hidden tokens (default 0)",
    },
    "stories": {
        "type": int,
        "default": 20_000,
        "help": "how many stories of the world (default 20000)",
    },
    "vocabulary": {
        "type": Path,
        "metavar": "FILE",
        "help": "a vocab.txt, instead of pieces learned from the text",
    },
    "vocab_size": {
        "type": int,
        "help": f"pieces to learn from files or pydocs (default {PIECES} for base and "
        "large, else 8000); the world has one piece per word",
    },
    "tokenised": {
        "type": Path,
        "metavar": "FOLDER",
        "help": "the text in pieces, which several runs may share (default OUT/corpus)",
    },
    "checkpoint_every": {
        "type": int,
        "default": 500,
        "help": "steps between two saved states (default 500)",
    },
    "activation_checkpointing": {
        "action": argparse.BooleanOptionalAction,
        "help": "keep only what goes into each block, and compute the rest again on "
        "the way back (default: on for base and large)",
    },
    "device": {
        "choices": ("auto", "cpu", "cuda"),
        "default": "auto",
        "help": "default auto: a GPU where there is one",
    },
    "silence": {
        "type": float,
        "default": LIMIT,
        "metavar": "SECONDS",
        "help": f"when a rank that says nothing is given up (default {LIMIT:.0f})",
    },
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(
        "python -m helpers.pretrain",
        description=STORY,
        epilog=LESSON,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for name, told in TABLE.items():
        found.add_argument("--" + name.replace("_", "-"), **told)
    return found
