"""What can be said in letters: sizes as formulas, what fits a size, receptive fields, convolutions as matrices, proofs.

    sizes.py       the size after every layer, in n
    receptive.py   how much of the input one output cell sees, how far apart, and where
    fits.py        the windows, strides and paddings that take one size to another
    matrix.py      a convolution as one matrix
    equivalent.py  whether two chains of layers are one function
    question.py    one such question on its way to its answer, a `Proof` (proofs.py)
    sides.py       the two functions, and the weights that nobody gave
    search.py      counterexamples, and the smallest of them
    pieces.py      expressions as maxima of sums: what two functions must agree in
    weights.py     the weights for which they do, or inputs on which none do

To add a question: a module here that answers it with a small record, and a narrator in `lessons/`.
"""
