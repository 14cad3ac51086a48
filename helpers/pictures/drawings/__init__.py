"""Pictures of networks: boxes and arrows.

shapes       the canvas, cards of tokens, layers, arrows
vectors      strips and grids of numbers, plus signs, braces, brackets
first        a pipeline, a one-hot lookup, a network with a window
recurrent    a loop and its unrolled copies, the cell of an LSTM
sequences    an encoder and a decoder, a look back from one to the other
transformer  the block of an encoder in two orders, one body with many heads
"""

from helpers.pictures.drawings.first import lookup, pipeline, window
from helpers.pictures.drawings.recurrent import folded_and_unfolded, lstm_cell
from helpers.pictures.drawings.sequences import attention_step, encoder_decoder
from helpers.pictures.drawings.transformer import encoder_blocks, one_body
