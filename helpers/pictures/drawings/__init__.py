"""Drawings of networks and of what they do: one atlas for the whole series.

Each is a function of data, so that a learner can redraw it for other words. All of
them on one sheet: `python3 start.py poster --atlas`.

canvas       the sheet that all are drawn on
shapes       cards of tokens, layers, arrows, gradients
vectors      strips and grids of numbers, plus signs, braces, brackets
maps         the series as a road with stations
sight        what each model sees of a sentence, what each expects in a gap
machines     a finite-state machine and the forward algorithm
words        a row of a table, a network of two matrices
skipgram     its sliding window with its pairs, and one step of negative sampling
descent      gradient descent on a curve and on two numbers
unrolled     a loop and its copies with real states, a loss at each, the gradients back
lanes        a text cut into lanes, read a few steps at a time
windows      a network with a window of fixed size, and the shapes of tasks
first        a pipeline of boxes
recurrent    the cell of an LSTM (gates: a path at a time; the cell of a GRU)
stacks       layers of LSTMs, and two that read in opposite directions
bilm         two towers that never meet and their mix; the leak of a stack
letters      filters that slide over the letters of a word
sequences    an encoder and a decoder, unrolled; a teacher, or none (columns: its steps;
             handover: the vector between them)
beams        a beam search as a tree
attention    one step of attention as ways to a mean (blocks: a vector as cells; shares:
             its weights)
wiring       its place between the word before and the next word
alignments   all steps of attention as a map, with the gold alignment
projections  X → Q, K, V with numbers; many heads side by side
lines        who looks at whom as lines over a text; the way of a signal
tower        the encoder with a lane per token
places       word + position, hands of clocks, where positions act in attention
transformer  the block of an encoder in two orders, one body with many heads
whole        encoder and decoder, and the way between them
masks        who may look at whom, side by side
caching      the keys and values that a KV cache keeps
examples     an example of each, from worked_words, worked_loops, worked_towers,
             worked_sentences, worked_views, worked_places and worked_writers (example:
             what one is)
"""

from helpers.pictures.drawings.alignments import alignment_map
from helpers.pictures.drawings.attention import attention_step
from helpers.pictures.drawings.beams import beam_tree
from helpers.pictures.drawings.bilm import leak, two_towers
from helpers.pictures.drawings.caching import kv_cache
from helpers.pictures.drawings.descent import descent
from helpers.pictures.drawings.first import pipeline
from helpers.pictures.drawings.gates import gru_cell, lstm_steps
from helpers.pictures.drawings.lanes import lanes
from helpers.pictures.drawings.letters import letter_filters
from helpers.pictures.drawings.lines import attention_lines, way_of_a_signal
from helpers.pictures.drawings.machines import two_paths
from helpers.pictures.drawings.maps import map_of_series
from helpers.pictures.drawings.masks import masks
from helpers.pictures.drawings.places import dials, where_they_act, word_and_position
from helpers.pictures.drawings.projections import many_heads, projections
from helpers.pictures.drawings.recurrent import lstm_cell
from helpers.pictures.drawings.sequences import encoder_decoder, teacher_and_free
from helpers.pictures.drawings.sight import (
    what_each_model_believes,
    what_each_model_sees,
)
from helpers.pictures.drawings.skipgram import positive_and_negatives, skipgram_window
from helpers.pictures.drawings.stacks import both_ways, stack
from helpers.pictures.drawings.tower import encoder_tower
from helpers.pictures.drawings.transformer import encoder_blocks, one_body
from helpers.pictures.drawings.unrolled import (
    backprop_through_time,
    language_model,
    unrolled,
)
from helpers.pictures.drawings.whole import whole_transformer
from helpers.pictures.drawings.windows import shape_zoo, window_network
from helpers.pictures.drawings.wiring import attention_wiring
from helpers.pictures.drawings.words import neural_bigram, one_hot_lookup
