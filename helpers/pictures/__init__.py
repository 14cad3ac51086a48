"""Arrays to still figures.

picture      what every figure is; colours by role (lesson.mplstyle beside it)
letters      fonts for what the pictures' own font lacks
plots        charts; bars are in bar_chart, points and words in scatter
token_plots  tokens with their labels, dependency trees, lists of words
drawings/    networks: boxes and arrows
"""
