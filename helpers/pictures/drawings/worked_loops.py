"""Worked data for the drawings of notebooks 02 and 03, and of a pipeline."""

from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.first import pipeline
from helpers.pictures.drawings.gates import (
    GRU_VALUES,
    LSTM_VALUES,
    gru_cell,
    lstm_steps,
)
from helpers.pictures.drawings.lanes import lanes
from helpers.pictures.drawings.recurrent import lstm_cell
from helpers.pictures.drawings.stacks import both_ways, stack
from helpers.pictures.drawings.unrolled import (
    backprop_through_time,
    language_model,
    unrolled,
)
from helpers.pictures.drawings.windows import shape_zoo, window_network

TOKENS = ["the", "key", "to", "the"]
STATES = [
    [0.42, -0.71, 0.1, 0.05],
    [0.93, -0.2, 0.64, -0.38],
    [0.88, 0.31, -0.12, -0.57],
    [0.79, -0.66, 0.2, -0.09],
]

LOOPS = {
    "unrolled": Example(
        unrolled,
        "02",
        {
            "tokens": TOKENS,
            "states": STATES,
            "title": "A loop is many copies of one cell: a state for every token",
        },
    ),
    "language_model": Example(
        language_model,
        "02",
        {
            "tokens": TOKENS,
            "states": STATES,
            "targets": ["key", "to", "the", "cabinet"],
            "shares": [0.04, 0.31, 0.52, 0.08],
            "title": "A language model: at each token a guess and its loss",
        },
    ),
    "backprop_through_time": Example(
        backprop_through_time,
        "02",
        {
            "tokens": TOKENS,
            "states": STATES,
            "sizes": [0.02, 0.05, 0.11, 0.38],
            "shares": [0.0, 0.01, -0.04, 0.21],
            "loss": 1.36,
            "title": "Back-propagation through time: every step adds its share",
        },
    ),
    "lanes": Example(
        lanes,
        "02",
        {
            "text": "the keys to the cabinet are in there",
            "n_lanes": 3,
            "steps": 4,
            "title": "Truncated: the state goes on, the gradient stops",
        },
    ),
    "window_network": Example(
        window_network,
        "02",
        {
            "tokens": ["the", "key", "near", "the", "cages"],
            "size": 4,
            "widths": (64, 112, 636),
            "title": "An MLP reads a window of four tokens; what lies before is gone",
        },
    ),
    "shape_zoo": Example(
        shape_zoo,
        "02",
        {
            "shapes": {
                "one to many: write a text": (["the", "", ""], ["key", "is", "old"]),
                "many to one: judge it": (["a", "dull", "film"], ["", "", "bad"]),
                "many to many: tag it": (["Anna", "sees", "it"], ["N", "V", "P"]),
                "read it all, then answer": (
                    ["good", "day", "", ""],
                    ["", "", "guten", "Tag"],
                ),
            },
            "title": "One cell, four shapes of a task",
        },
    ),
    "pipeline": Example(
        pipeline,
        "11",
        {
            "boxes": ["two texts,\nsome words hidden", "word, position,\nsegment"]
            + ["blocks of\nattention", "which word\nwas it?", "does B\nfollow A?"]
            + ["two losses,\nadded up"],
            "title": "BERT reads a text with gaps and answers two questions",
            "here": 2,
        },
    ),
    "lstm_cell": Example(
        lstm_cell,
        "03",
        {"title": "One step of an LSTM: gates decide what the cell keeps"},
    ),
    "lstm_steps": Example(
        lstm_steps,
        "03",
        {
            "examples": {
                "forget": ("1  Forget", "after the verb: let the number go"),
                "input": ("2  Write", "at the subject: “keys” is plural"),
                "cell": ("3  Add up", "“near the cage”: nothing changes"),
                "output": ("4  Show", "before the verb: show the number"),
            },
            "values": dict(
                zip(LSTM_VALUES, (2, 0.79, 0.5, 0.69, 0.49, 1.92, 0.47), strict=True)
            ),
            "title": "One step of an LSTM, four times: what each gate decides",
        },
    ),
    "gru_cell": Example(
        gru_cell,
        "03",
        {
            "values": dict(zip(GRU_VALUES, (0.5, 0.79, 0.5, 0.69, 0.54), strict=True)),
            "title": "One step of a GRU: z slides between old and new",
        },
    ),
    "stack": Example(
        stack,
        "03",
        {
            "tokens": ["the", "key", "near", "the", "cages"],
            "n_layers": 2,
            "title": "A stack of two: the second layer reads the states of the first",
        },
    ),
    "both_ways": Example(
        both_ways,
        "03",
        {
            "tokens": ["the", "bank", "closes", "at", "noon"],
            "title": "Two readers, one from each side; they never meet inside",
        },
    ),
}
