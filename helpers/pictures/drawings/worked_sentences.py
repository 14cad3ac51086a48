"""Worked data for the drawings of notebooks 05, 06, 09 and 13.

Texts, weights and log P are those of the models of notebooks 05 and 06 with seed 0,
rounded; a step of attention has the numbers that notebook 06 works by hand. Lengths and
numbers of parameters are those of an encoder of width 64 with six blocks, untrained.
"""

from helpers.pictures.drawings.alignments import alignment_map
from helpers.pictures.drawings.attention import attention_step
from helpers.pictures.drawings.beams import beam_tree
from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.sequences import encoder_decoder, teacher_and_free
from helpers.pictures.drawings.tower import encoder_tower
from helpers.pictures.drawings.transformer import encoder_blocks, one_body
from helpers.pictures.drawings.wiring import attention_wiring

SOURCE = ["he", "stands", "again", "."]
TARGET = ["sose", "doho", "ga", "zabare", "."]
VECTOR = [
    *[0.7, -0.1, -0.6, -0.2, -0.4, -0.2, -0.8, 0.0, -0.8, 0.2, -0.1, 0.3, 0.1, -0.5],
    *[0.1, -0.1, -0.6, -0.9, 0.8, -0.8, 0.2, -0.8, 0.9, 0.0, -0.5, -0.4, -0.4, 0.4],
    *[0.1, 0.0, -0.5, 0.1, -1.0, 0.9, -0.9, -0.9, 0.3, -0.6, -0.9, 0.0, 0.6, 0.6],
    *[0.9, 0.2, 0.6, 0.1, -0.9, 0.5, -0.5, -0.1, 0.5, -0.6, -0.9, -0.7, -0.9, 0.7],
    *[-0.5, 0.2, -0.9, 0.6, 0.9, -0.7, -0.7, -0.3],
]
WEIGHTS = [
    [0.023, 0.006, 0.970, 0.001, 0.0],
    [0.998, 0.001, 0.001, 0.0, 0.0],
    [0.278, 0.704, 0.016, 0.002, 0.0],
    [0.019, 0.978, 0.003, 0.0, 0.0],
    [0.144, 0.095, 0.609, 0.050, 0.102],
    [0.016, 0.035, 0.071, 0.302, 0.576],
]
BEGINNINGS = [
    {"gukuho": -0.103, "patido": -2.981, "sose": -4.310},
    {"gukuho ga": -0.121, "patido ga": -3.426, "patido jetobu": -4.845},
    {"gukuho ga hokuga": -1.455, "gukuho ga vaduti": -2.611, "gukuho ga pavu": -2.707},
    {
        "gukuho ga vaduti raribu": -2.638,
        "gukuho ga hokuga vaduti": -3.329,
        "gukuho ga hokuga mumuro": -3.894,
    },
    {
        "gukuho ga vaduti raribu .": -2.655,
        "gukuho ga hokuga vaduti raribu": -3.349,
        "gukuho ga vaduti raribu ga": -7.801,
    },
    {
        "gukuho ga vaduti raribu . EOS": -3.068,
        "gukuho ga hokuga vaduti raribu .": -3.378,
        "gukuho ga vaduti raribu . budi": -5.117,
    },
]
STEPS = [[(log_p, text.split()) for text, log_p in step.items()] for step in BEGINNINGS]

SENTENCES = {
    "encoder_decoder": Example(
        encoder_decoder,
        "05",
        {
            "source": SOURCE,
            "target": TARGET,
            "title": "Read all, keep one vector, write until EOS",
            "vector": VECTOR,
        },
    ),
    "both_last_states": Example(
        encoder_decoder,
        "05",
        {
            "source": SOURCE,
            "target": TARGET,
            "title": "The last state of each direction is a half of the vector",
            "vector": VECTOR,
            "both": True,
        },
    ),
    "teacher_and_free": Example(
        teacher_and_free,
        "05",
        {
            "target": ["raba", "ga", "zuzoti", "lo", "dozose", "."],
            "forced": ["raba", "ga", "medoko", "lo", "dozose", ".", "EOS"],
            "free": ["raba", "ga", "medoko", "zuzoti", "ne", "mufako", "."],
            "title": "With a teacher a mistake ends at once; without, it is read",
        },
    ),
    "beam_tree": Example(
        beam_tree,
        "05",
        {
            "steps": STEPS,
            "width": 2,
            "title": "A beam of two: the first favourite loses in the end",
        },
    ),
    "attention_step": Example(
        attention_step,
        "06",
        {
            "tokens": ["he", "stands", "again"],
            "shares": [0.1554, 0.4223, 0.4223],
            "title": "One step of attention: a weighted mean of the states",
            "query": [1.0, 2.0],
            "keys": [[3.0, -1.0], [0.0, 1.0], [1.0, 0.5]],
        },
    ),
    "query_key_value": Example(
        attention_step,
        "06",
        {
            "tokens": ["crane", "fish"],
            "shares": [0.982, 0.018],
            "title": "The query finds a key and brings its value",
            "query": [4.0, 0.0],
            "keys": [[1.0, 0.0], [0.0, 1.0]],
            "values": [[0.2, 0.9, 0.5], [0.7, 0.1, 0.3]],
        },
    ),
    "attention_wiring": Example(
        attention_wiring,
        "06",
        {
            "source": [*SOURCE, "EOS"],
            "shares": WEIGHTS[3],
            "before": TARGET[2],
            "after": TARGET[3],
            "title": "One step: the decoder looks at “stands” and writes “zabare”",
        },
    ),
    "alignment_map": Example(
        alignment_map,
        "06",
        {
            "weights": WEIGHTS,
            "source": [*SOURCE, "EOS"],
            "target": [*TARGET, "EOS"],
            "gold": [2, 0, None, 1, 3, None],
            "title": "The decoder looks at most words when it writes them",
        },
    ),
    "encoder_tower": Example(
        encoder_tower,
        "09",
        {
            "tokens": ["the", "bank", "is", "old"],
            "n_layers": 6,
            "title": "The encoder: only attention lets tokens meet",
            "parameters": {"attention": 16640, "feed-forward": 33088, "norm": 128},
        },
    ),
    "encoder_blocks": Example(
        encoder_blocks,
        "09",
        {
            "title": "Two orders: in pre-norm nothing rescales the road of the sums",
            "lengths": {"post": [8.0, 8.0, 8.0], "pre": [12.82, 14.38, 15.19]},
        },
    ),
    "one_body": Example(
        one_body,
        "13",
        {
            "heads": {
                "sentence": "good or bad?",
                "pair": "does A say B?",
                "span": "where is\nthe answer?",
                "tags": "which words\nare names?",
            },
            "tokens": [
                "[CLS]",
                "who",
                "waits",
                "?",
                "[SEP]",
                "Emma",
                "waits",
                ".",
                "[SEP]",
            ],
            "title": "One pre-trained body, four heads",
        },
    ),
}
