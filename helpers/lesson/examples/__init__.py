"""The exercises: whose answer is right, and on which examples it is tried.

The answer is always a helper's own function; no solution stands here.

counting   counts, writing, a small machine
words      vectors, pieces of words      recurrent  RNN to ELMo
neighbours pairs of a window, skip-gram, unseen words
sequences  read one, write another                        attention  attention to GPT
bert       training, BERT                                 tensors    random numbers
"""

from helpers.lesson.examples import (
    attention,
    bert,
    counting,
    neighbours,
    recurrent,
    sequences,
    words,
)

# name: (path of our own function, the inputs of each example)
EXERCISES: dict[str, tuple[str, list[tuple]]] = {
    **counting.EXERCISES,
    **words.EXERCISES,
    **neighbours.EXERCISES,
    **recurrent.EXERCISES,
    **sequences.EXERCISES,
    **attention.EXERCISES,
    **bert.EXERCISES,
}
