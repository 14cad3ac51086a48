"""Interactive views: arrays in, one self-contained output out; no server, no network.

Every number on screen is a number of the arrays; the static picture says the same.
NAME.py checks the arrays of a view, NAME.js beside it draws them.

shell            parameters, arrays, picture, table → one output (core.js is shared)
recompute        `ask`: a text box that makes a view anew
live_training    TrainingMonitor: training_monitor while a training runs
predict_card     what lesson.predict shows
checks           refusals that several views share; attention_input, fill_mask_input
                 and shape_parts check what one view is given
stills           what several still pictures share: names, panels, heat maps
training_curves  curves of a history, thinned; a small SVG of them
registry         the one list of views, each with its example
gallery          every example on one page (gallery_inputs: what they show)
"""

from helpers.widgets.alignment import alignment
from helpers.widgets.attention_explorer import attention_explorer
from helpers.widgets.attention_steps import attention_steps
from helpers.widgets.bertviz_offline import bertviz_offline
from helpers.widgets.embedding_map import embedding_map
from helpers.widgets.fill_mask import fill_mask
from helpers.widgets.gradient_reach import gradient_reach
from helpers.widgets.ladder_chart import ladder_chart
from helpers.widgets.layer_mix import layer_mix
from helpers.widgets.live_training import TrainingMonitor
from helpers.widgets.lstm_gates import lstm_gates
from helpers.widgets.masking_lab import masking_lab
from helpers.widgets.position_explorer import position_explorer
from helpers.widgets.recompute import ask
from helpers.widgets.rnn_unrolled import rnn_unrolled
from helpers.widgets.sense_map import sense_map
from helpers.widgets.shape_tour import shape_tour
from helpers.widgets.size_calculator import size_calculator
from helpers.widgets.tokenizer_view import tokenizer_view
from helpers.widgets.training_monitor import training_monitor
from helpers.widgets.world_explorer import world_explorer
