"""The exercises: whose answer is right, and on which examples it is tried.

The answer is always a helper's own function; no solution stands here.

words      the world, counts, vectors, pieces of words    recurrent  RNN to ELMo
sequences  read one, write another                        attention  attention to GPT
bert       training, BERT                                 tensors    random numbers
"""

from helpers.lesson.examples import attention, bert, recurrent, sequences, words

# name: (path of our own function, the inputs of each example)
EXERCISES: dict[str, tuple[str, list[tuple]]] = {
    **words.EXERCISES,
    **recurrent.EXERCISES,
    **sequences.EXERCISES,
    **attention.EXERCISES,
    **bert.EXERCISES,
}
