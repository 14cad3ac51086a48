"""Worked data for the drawings of notebook 04."""

from helpers.pictures.drawings.bilm import leak, two_towers
from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.letters import letter_filters

TOWERS = {
    "two_towers": Example(
        two_towers,
        "04",
        {
            "tokens": ["the", "bank", "is", "muddy"],
            "at": 1,
            "layers": [
                [0.4, -0.7, 0.1, 0.4, -0.7, 0.1],
                [0.9, 0.2, -0.6, -0.3, 0.5, 0.1],
                [-0.2, 0.8, 0.3, 0.6, -0.1, -0.9],
            ],
            "shares": [0.2, 0.3, 0.5],
            "gamma": 1.1,
            "title": "Two readers that never meet, and one mix of three layers",
        },
    ),
    "leak": Example(
        leak,
        "04",
        {
            "tokens": ["the", "bank", "is", "near", "the", "river"],
            "target": 3,
            "sizes": [0.01, 0.02, 0.05, 0.42, 0.03, 0.01],
            "title": "Two directions, stacked: the answer reaches its own prediction",
        },
    ),
    "letter_filters": Example(
        letter_filters,
        "04",
        {
            "letters": ["‹", "b", "a", "n", "k", "›"],
            "responses": {
                "filter of 1": [0.1, 0.8, -0.3, 0.2, 0.4, 0.0],
                "filter of 2": [-0.2, 0.1, 0.6, 0.9, -0.5, 0.3],
                "filter of 3": [0.2, 0.7, 0.5, -0.8, 0.1, -0.1],
            },
            "vector": [0.4, -0.7, 0.1, 0.9],
            "title": "One word by its letters: each filter keeps its largest answer",
        },
    ),
}
