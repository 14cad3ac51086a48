"""Word forms: plurals, third persons, pasts and -ing forms of the world's words.

Built in notebooks/00_start_here.ipynb.
"""

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
DOUBLED = ("stop", "sit", "cut")
IRREGULAR_PLURAL = {"person": "people"}


def plural(noun: str) -> str:
    """Return the plural form of a noun: bench → benches, ferry → ferries."""
    if noun in IRREGULAR_PLURAL:
        return IRREGULAR_PLURAL[noun]
    if noun == "shelf":
        return "shelves"
    return _with_s(noun)


def third_person(verb: str) -> str:
    """Return the form that follows "she": watch → watches, carry → carries."""
    return _with_s(verb)


def past(verb: str) -> str:
    """Return the past form: carry → carried, stop → stopped, find → found."""
    if verb in IRREGULAR_PAST:
        return IRREGULAR_PAST[verb]
    if verb.endswith("e"):
        return verb + "d"
    if _ends_in_consonant_y(verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if verb in DOUBLED else verb) + "ed"


def progressive(verb: str) -> str:
    """Return the -ing form: use → using, stop → stopping, see → seeing."""
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return (verb + verb[-1] if verb in DOUBLED else verb) + "ing"


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    return word[:-1] + "ies" if _ends_in_consonant_y(word) else word + "s"


def _ends_in_consonant_y(word: str) -> bool:
    return word.endswith("y") and word[-2] not in "aeiou"
