"""Experiments that take longer than a lesson: `python -m helpers.studies NAME`.

How arms are compared: `studies.read(NAME)` returns what is on file, without torch
study      choose each arm's learning rate, then measure arms × seeds
registry   what makes a module a study; which ones there are
table      the file while it is filled, cell by cell
reading    the file when it is read: values, curves, paired differences
intervals  a difference with its 95 % interval, over seeds and over items
sources    which code made a table

Studies of arms and seeds
agreement  an RNN and a window of equal size: loss, verbs, names, reach
wide_window  a window that sees every subject: loss, verbs, names
lengths    both after 225 to 1,800 updates: loss, and verbs behind attractors
verbs      reads of agreement: right verbs by distance and by nouns between
cells      RNN, LSTM and GRU of equal size: loss, verbs, names, units held
gates      two changes to the LSTM: forget bias 0, and no outer tanh
directions senses named by one direction or two, at equal size
leak       two directions in one stack: how far the loss falls
sense_labels    labels needed to choose between two senses, with ELMo and without
sense_ablation  which of ELMo's layers, and where they join
sense_choice    reads for both: labelled stories, frozen vectors, the loss
towers     a biLM of two GPTs beside one of two LSTM stacks
writing    an RNN on documentation, read once or four times
analogies  six kinds of word vectors, and the arithmetic of plurals
new_pairs  counts, a table of scores and vectors on pairs of words never met
ngrams     one to six tokens, counted in little, some and much text
free_running  how a translator errs alone, and what beams find
bottleneck  a narrower vector, on texts of one to three sentences, trained longer
translating  what studies of translation share: sentences, training, exact match
attention  a translator with three scores, with one vector; lengths, gold, hiding
plain_mean  the same with all weights equal: looking back without choosing
every_step  the same with the one vector again at every step, and nothing else
longer_texts  reads for attention: four sentences where three were trained
looks      reads for attention: the token of the largest weight, and without it
cove       a translator's states on the senses, beside ELMo
cove_long  the same translators, on the stories that ELMo has read
sense_heads  reads for cove: a linear classifier on frozen states
heads      one, two, four heads at equal size; Q = K and K = V, on letter games
widths     scores divided by √D, by D, or not, at three widths, and why
games      teaches both their letter games
linking    texts whose pronouns, words or ambiguous forms have an answer
positions  seven ways to tell positions, three tasks, up to 4 × the trained length
positions_rates  T5 and RoPE on one of them, at four learning rates each
block_parts  two blocks without one part, or with another, on senses and on facts
deep_stacks  twelve blocks with and without skips and norms; attention alone
warm_up    norm before or after the sum, begun in three ways, at three rates
blocks     teaches all three their tasks
writers    GPTs by positions, stories and output table: loss, verbs
tied_table the same with one table for words and output, scaled as in the paper
translators  a Transformer with sinusoids, one with rotary positions, and LSTMs

Tables of rows and columns
ablations     BERTs that were pre-trained in other ways, on four tasks
label_curves  scores against the number of labels
four_heads    four tasks, each with enough labels
reviews       real film reviews, against their number
scaling       four widths, each trained for four numbers of steps
tuned         what the first three share: fine-tune, then score
results       the tables that they fill (results/*.json)

weights       the checkpoints that come with the course, made anew
"""

from helpers.studies.reading import read
