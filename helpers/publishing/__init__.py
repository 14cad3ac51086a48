"""Notebooks to what others open: stamped copies, decks of slides, one book.

publish, stamping  a repository's address into notebooks and README
setup_cell         the first code cell of every notebook
cells              a notebook as a dictionary: texts, hash of the sources
notebooks          found, read, executed, written            live  run for their views
long_texts         cuts texts that are too long for a slide
slide_plan         which cell begins a slide; writes it into the notebooks
lecture            cells to slides with minutes              slides  one deck a notebook
pages              cells to HTML; images  what they show, inside the page
formulas, math_font  TeX to MathML, and its letters
handout            one book of all, with index_of_terms
poster             the drawings on one sheet
"""
