"""Drafts a layout from a file of an operator.

    python -m scripts.layout FILE [ANTENNAS]

It looks at the first lines of a CDR file and at the antennas file, and writes the layout that fits
them best, with the open questions as comments. Neither the draft nor a message has an id or a row:
codes are told if they are short words, anything else by its shape.

sample.py reads the files, columns.py looks at each column, draft.py decides which column is what.
"""
