"""Rules as data: how taps become a result, said once by an operation and read by everybody else.

tree.py       the expression, written with the signs of arithmetic
expand.py     as the formula of one output cell, and what it comes to there
calculate.py  over whole arrays
derive.py     its derivative, by its own tree
told.py       as JSON, for the page
"""
