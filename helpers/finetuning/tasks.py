"""Four kinds of task for one BERT: what is read, and what the right answer is.

Built in notebooks/13_bert_finetuning.ipynb.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from helpers.corpora import tasks

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


@dataclass(frozen=True)
class Task:
    """What a task asks: `kind` "class", "span" or "tags", its labels, its examples.

    `text(example)` returns its words, or a pair (words, words); `answer(example)` its
    label: one of `classes`; (start, end) in the second text; or a class per word.
    `make(n, seed)` writes examples.
    """

    name: str
    kind: str
    classes: tuple
    make: Callable[[int, int], list]
    text: Callable
    answer: Callable


SENTIMENT = Task(
    "sentiment",
    "class",
    (-1, 1),
    tasks.sentiment,
    lambda e: e.tokens,
    lambda e: e.label,
)
ENTAILMENT = Task(
    "entailment",
    "class",
    tasks.ENTAILMENT,
    tasks.entailment,
    lambda e: (e.premise, e.hypothesis),
    lambda e: e.label,
)
QUESTIONS = Task(
    "questions",
    "span",
    ("start", "end"),
    tasks.questions,
    lambda e: (e.question, e.passage),
    lambda e: (e.start, e.end),
)
NAMES = Task("names", "tags", TAGS, tasks.names, lambda e: e.tokens, lambda e: e.labels)
FOUR = (SENTIMENT, ENTAILMENT, QUESTIONS, NAMES)


class Split(NamedTuple):
    """Examples to learn from, and others to be asked; they share no text."""

    learned: list
    asked: list


def split(task: Task, n_learned: int, n_asked: int, seed: int = 12) -> Split:
    """Write examples to learn from and to be asked, the same for the same seed."""
    asked = task.make(n_asked, seed)
    kept_back = {task.text(e) for e in asked}
    made = task.make(n_learned + n_learned // 4 + 50, seed + 1)
    learned = [e for e in made if task.text(e) not in kept_back]
    return Split(learned[:n_learned], asked)
