"""Four kinds of task for one BERT: what is read, and what the right answer is.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from helpers.corpora import entailment, questions, tasks
from helpers.models.layers import check_choice

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@dataclass(frozen=True)
class Task:
    """What a task asks: `kind` "class", "span" or "tags", its labels, its examples.

    `text(example)` returns its words or, for a `pair`, two texts. `answer(example)`
    returns its label: one of `classes`, (start, end) in the second text, or a class per
    word. `make(n, seed)` writes examples. Raises ValueError for another kind, a span
    without a second text, or tags of a pair.
    """

    name: str
    kind: str
    classes: tuple
    make: Callable[[int, int], list]
    text: Callable[..., tuple]
    answer: Callable
    pair: bool = False

    def __post_init__(self):
        check_choice("kind", self.kind, ("class", "span", "tags"))
        if self.kind != "class" and self.pair != (self.kind == "span"):
            raise ValueError(
                f"kind={self.kind!r} with pair={self.pair}; a span lies in the second "
                "of two texts, tags belong to one"
            )

    def texts(self, example: NamedTuple) -> tuple:
        """Return the texts of an example: one, or two for a pair."""
        text = self.text(example)
        return text if self.pair else (text,)


SENTIMENT = Task(
    "sentiment",
    "class",
    (-1, 1),
    tasks.sentiment,
    attrgetter("tokens"),
    attrgetter("label"),
)
ENTAILMENT = Task(
    "entailment",
    "class",
    entailment.ENTAILMENT,
    entailment.entailment,
    attrgetter("premise", "hypothesis"),
    attrgetter("label"),
    pair=True,
)
QUESTIONS = Task(
    "questions",
    "span",
    ("start", "end"),
    questions.questions,
    attrgetter("question", "passage"),
    attrgetter("start", "end"),
    pair=True,
)
NAMES = Task(
    "names",
    "tags",
    TAGS,
    tasks.names,
    attrgetter("tokens"),
    attrgetter("labels"),
)
FOUR = (SENTIMENT, ENTAILMENT, QUESTIONS, NAMES)


class Split(NamedTuple):
    """Examples to learn from, and others to be asked; they share no text."""

    learned: list
    asked: list


def split(task: Task, n_learned: int, n_asked: int, seed: int = 12) -> Split:
    """Write examples to learn from and to be asked, the same for the same seed.

    Raises ValueError where too few are left that share no text with those asked.
    """
    asked = task.make(n_asked, seed)
    kept_back = {task.text(example) for example in asked}
    made = task.make(n_learned + n_learned // 4 + 50, seed + 1)  # some will go
    learned = [example for example in made if task.text(example) not in kept_back]
    if len(learned) < n_learned:
        raise ValueError(
            f"{task.name} has {len(learned)} examples that are not asked, not "
            f"{n_learned}; ask for fewer"
        )
    return Split(learned[:n_learned], asked)
