"""Word forms: plurals, verb forms and comparatives of the world's words.

Built in notebooks/00_start_here.ipynb.
"""

IRREGULAR_PLURAL = {"person": "people", "shelf": "shelves"}
IRREGULAR_PAST = {
    "buy": "bought",
    "cut": "cut",
    "draw": "drew",
    "eat": "ate",
    "feed": "fed",
    "find": "found",
    "hear": "heard",
    "keep": "kept",
    "know": "knew",
    "read": "read",
    "see": "saw",
    "sit": "sat",
    "sleep": "slept",
    "stand": "stood",
    "come": "came",
}
DOUBLED = ("stop", "sit", "cut", "big")  # stopping, bigger


def plural(noun: str) -> str:
    """Return the plural form of a noun: bench → benches, ferry → ferries."""
    return IRREGULAR_PLURAL.get(noun) or _with_s(noun)


def third_person(verb: str) -> str:
    """Return the form that follows "she": watch → watches, carry → carries."""
    return _with_s(verb)


def past(verb: str) -> str:
    """Return the past form: carry → carried, stop → stopped, find → found."""
    return IRREGULAR_PAST.get(verb) or _before_e(verb) + "ed"


def progressive(verb: str) -> str:
    """Return the -ing form: use → using, stop → stopping, see → seeing."""
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return _doubled(verb) + "ing"


def comparative(adjective: str) -> str:
    """Return the comparative: old → older, heavy → heavier, big → bigger."""
    return _before_e(adjective) + "er"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if _ends_in_consonant_y(word) else word + "s"


def _before_e(word: str) -> str:
    """Return the stem to which -ed and -er are added: use → us, carry → carri."""
    if word.endswith("e"):
        return word[:-1]
    return word[:-1] + "i" if _ends_in_consonant_y(word) else _doubled(word)


def _doubled(word: str) -> str:
    return word + word[-1] if word in DOUBLED else word


def _ends_in_consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"
