"""Worked data for the drawings of notebook 08."""

from helpers.pictures.drawings.example import Example
from helpers.pictures.drawings.places import dials, where_they_act, word_and_position

PLACES = {
    "word_and_position": Example(
        word_and_position,
        "08",
        {
            "tokens": ["dog", "bites", "man"],
            "words": [
                [0.7, -0.2, -0.9, 0.4],
                [-0.6, 1.1, 0.3, -0.1],
                [0.2, 0.8, -0.4, -1.2],
            ],
            "places": [
                [0.0, 1.0, 0.0, 1.0],
                [0.84, 0.54, 0.01, 1.0],
                [0.91, -0.42, 0.02, 1.0],
            ],
            "title": "The same word at another position is another input",
        },
    ),
    "dials": Example(
        dials,
        "08",
        {
            "angles": [[0, 1, 2, 3, 4, 5], [0, 0.1, 0.2, 0.3, 0.4, 0.5]],
            "rows": ["hand 0", "hand 1"],
            "columns": ["0", "1", "2", "3", "4", "5"],
            "title": "Six positions, two hands",
        },
    ),
    "where_they_act": Example(
        where_they_act,
        "08",
        {
            "methods": {
                "input": {"sinusoids": "add sines and cosines of the position"},
                "query and key": {"RoPE": "turn both by angles that grow with it"},
                "score": {"T5": "add a learned number for each distance"},
            },
            "title": "Where each scheme puts positions in",
        },
    ),
}
