"""Worked data for the drawings of notebooks 00 and 01."""

from helpers.pictures.drawings.descent import descent
from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.machines import two_paths
from helpers.pictures.drawings.maps import map_of_series
from helpers.pictures.drawings.sight import (
    what_each_model_believes,
    what_each_model_sees,
)
from helpers.pictures.drawings.skipgram import positive_and_negatives, skipgram_window
from helpers.pictures.drawings.words import neural_bigram, one_hot_lookup

SENTENCE = "the keys to the cabinet are on the table".split()
STATIONS = {
    "Start here": "How good can any model of this text be?",
    "Words as numbers": "What does a network see instead of a word?",
    "The recurrent network": "How can a network of fixed size read a text of any "
    "length?",
    "LSTM and GRU": "How can a network keep what it will need later?",
    "ELMo": "One word, two senses: can its vector depend on the sentence?",
    "Sequence to sequence": "How does a network answer with a sentence?",
    "Attention": "What if the whole sentence does not fit into one vector?",
    "Self-attention": "What are queries, keys and values when a text looks at itself?",
    "Positions": "If attention ignores order, where does order come from?",
    "The encoder": "What else does a block need, and why does it train?",
    "Decoder and GPT": "How does the same block write text?",
    "BERT's input": "What exactly does BERT read, and what is it asked?",
    "Pre-training": "Can a laptop pre-train a BERT that really learns?",
    "Fine-tuning": "How does one model serve four kinds of task?",
    "A real BERT": "Does all this hold for a real pre-trained BERT?",
    "Scaling up": "What changes between this laptop and a cluster?",
    "After BERT": "What did the years after BERT buy, and what does each model know?",
}
STATES = ["bird", "article", "machine", "what birds do", "what machines do"]
MOVES = [
    [0.0, 1.0, 0.0, 0.0, 0.0],  # the start
    [0.0, 0.0, 0.0, 1.0, 0.0],
    [0.4, 0.0, 0.6, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 1.0],
    [0.0, 1.0, 0.0, 0.0, 0.0],
    [0.0, 1.0, 0.0, 0.0, 0.0],
]
SAYS = {
    "the": [0.0, 1.0, 0.0, 0.0, 0.0],
    "crane": [0.1, 0.0, 0.3, 0.0, 0.0],
    "duck": [0.9, 0.0, 0.0, 0.0, 0.0],
    "drill": [0.0, 0.0, 0.7, 0.0, 0.0],
    "flies": [0.0, 0.0, 0.0, 0.7, 0.0],
    "rests": [0.0, 0.0, 0.0, 0.3, 0.2],
    "lifts": [0.0, 0.0, 0.0, 0.0, 0.8],
}

WORDS = {
    "map_of_series": Example(
        map_of_series,
        "00",
        {
            "titles": list(STATIONS),
            "questions": list(STATIONS.values()),
            "here": 0,
            "title": "From counting words to BERT: each notebook answers one question",
            "regions": {
                "Counting words": 2,
                "Reading word by word": 3,
                "From sentence to sentence": 2,
                "The Transformer": 4,
                "BERT": 4,
                "Beyond": 2,
            },
        },
    ),
    "what_each_model_sees": Example(
        what_each_model_sees,
        "00",
        {
            "sentence": SENTENCE,
            "focus": 5,
            "models": {
                "bigram": 1,
                "4-gram": 3,
                "RNN, LSTM": "state",
                "ELMo": "two states",
                "GPT": "before",
                "BERT": "both",
            },
            "title": "Six models predict the same word, and each sees other tokens",
        },
    ),
    "what_each_model_believes": Example(
        what_each_model_believes,
        "00",
        {
            "beliefs": {
                "bigram": {"bank": 0.1, "park": 0.3, "of": 0.05, "zoo": 0.2},
                "grammar": {"bank": 0.6, "desk": 0.4},
            },
            "allowed": ["bank", "desk"],
            "title": "Two models and the same gap",
        },
    ),
    "two_paths": Example(
        two_paths,
        "00",
        {
            "tokens": ["the", "crane"],
            "states": STATES,
            "moves": MOVES,
            "says": SAYS,
            "title": "Two paths fit “the crane”; the forward algorithm adds them up",
        },
    ),
    "one_hot_lookup": Example(
        one_hot_lookup,
        "01",
        {
            "index": 1,
            "matrix": [[0.1, -0.4, 1.3], [0.6, 0.9, -1.2], [-0.7, 0.2, 0.3]]
            + [[1.1, 0.0, -0.5], [0.4, -0.8, 0.7]],
            "tokens": ["the", "duck", "crane", "is", "old"],
            "title": "A one-hot vector times a table picks one row",
        },
    ),
    "skipgram_window": Example(
        skipgram_window,
        "01",
        {
            "tokens": "the old duck swims on the lake".split(),
            "centres": [0, 2, 3],
            "size": 2,
            "title": "Skip-gram: each word is paired with its neighbours",
        },
    ),
    "positive_and_negatives": Example(
        positive_and_negatives,
        "01",
        {
            "centre": "duck",
            "context": ["swims", "key", "of", "builder"],
            "products": [0.8, -0.5, 0.3, -1.4],
            "title": "One pair that occurred, three that were drawn at random",
        },
    ),
    "neural_bigram": Example(
        neural_bigram,
        "01",
        {
            "token": "the",
            "vector": [0.4, -0.9, 0.2, 0.7, -0.3, 0.1],
            "following": {"duck": 0.24, "key": 0.13, "old": 0.11, "is": 0.0},
            "widths": (636, 48),
            "title": "The smallest neural language model has two matrices",
        },
    ),
    "descent": Example(
        descent,
        "01",
        {
            "function": lambda x: (x - 1) ** 2 + 0.2,
            "path": [-1.5, 0.0, 0.6, 0.84, 0.936],
            "title": "Each step follows the slope downhill, and becomes smaller",
        },
    ),
    "descent_on_two_numbers": Example(
        descent,
        "01",
        {
            "function": lambda x, y: x**2 + 3 * y**2,
            "path": [[-2.0, 1.0], [-1.2, -0.2], [-0.72, 0.04], [-0.432, -0.008]],
            "title": "Two numbers: the step is straight down, not straight to the aim",
        },
    ),
}
