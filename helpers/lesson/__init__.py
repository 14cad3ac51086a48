"""What a notebook says to its learner, and what it asks.

prepare      what the setup cell calls: seed, style, packages, a check of this computer
exercises    compares a learner's function with ours; shows real source
examples/    whose answer is right, and what to try it on
cards        questions to answer before the cell below has run
claims       a finding with its numbers, and whether it holds in this run
series       the notebooks in their order, and what each of them asks
sampling     how far a mean over tokens may be off
ladder       one table of all language models (ladder.json beside it), and its chart
"""

from helpers.lesson.cards import guesses, predict
from helpers.lesson.claims import claim
from helpers.lesson.exercises import check, show_source, use
from helpers.lesson.prepare import lecture, report, setup
