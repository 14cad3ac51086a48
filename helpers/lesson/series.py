"""The notebooks in their order: what each is called, and what it asks.

Built in notebooks/00_start_here.ipynb.
"""

QUESTIONS = {
    "Start here": "How good can any model of this text be?",
    "Words as numbers": "What does a network see instead of a word?",
    "The recurrent network": (
        "How can a network of fixed size read a text of any length?"
    ),
    "LSTM, GRU, two directions": "How can a network keep what it will need later?",
    "ELMo": "One word, two senses: can its vector depend on the sentence?",
    "Sequence to sequence": "How does a network answer with a sentence?",
    "Attention": "What if the whole sentence does not fit into one vector?",
    "Self-attention": "What are queries, keys and values, and why divide by √d?",
    "Positions": "If attention ignores order, where does order come from?",
    "The Transformer encoder": "What else does a block need, and why does it train?",
    "The decoder and GPT": "How does the same block write text?",
    "BERT's input and its questions": (
        "What exactly does BERT read, and what is it asked?"
    ),
    "BERT pre-training": "Can a laptop pre-train a BERT that really learns?",
    "Fine-tuning, four ways": "How does one model serve four kinds of task?",
    "A real BERT": "Does all this hold for a real pre-trained BERT?",
    "Scaling up": "What changes between this laptop and a cluster?",
}

# the parts of the way, and how many notebooks each of them has
PARTS = {
    "Counting words": 2,
    "Reading word by word": 3,
    "From sentence to sentence": 2,
    "The Transformer": 4,
    "BERT": 4,
    "Beyond": 1,
}
