"""One example of every drawing: the atlas. Tests and the contact sheet share it.

`python3 start.py poster --atlas` draws all of them on one sheet. An example of a new
drawing goes into the module `worked_...` of its notebook, which is named here.
"""

from helpers.pictures.drawings.worked_loops import LOOPS
from helpers.pictures.drawings.worked_places import PLACES
from helpers.pictures.drawings.worked_sentences import SENTENCES
from helpers.pictures.drawings.worked_towers import TOWERS
from helpers.pictures.drawings.worked_views import VIEWS
from helpers.pictures.drawings.worked_words import WORDS
from helpers.pictures.drawings.worked_writers import WRITERS

EXAMPLES = WORDS | LOOPS | SENTENCES | VIEWS | TOWERS | PLACES | WRITERS
