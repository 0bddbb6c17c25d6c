"""What can be said in letters: sizes as formulas, what fits a size, receptive fields, convolutions as matrices, proofs.

    sizes.py       the size after every layer, in n
    receptive.py   how much of the input one output cell sees, how far apart, and where
    fits.py        the windows, strides and paddings that take one size to another
    matrix.py      a convolution as one matrix
    linear.py      expressions as sums of maxima of sums: what two functions must agree in
    search.py      counterexamples, and the smallest of them
    equivalent.py  whether two chains of layers are one function

To add a question: a module here that answers it with a small record, and a narrator in `lessons/`.
"""
