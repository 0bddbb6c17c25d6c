"""Networks trained: the way back on arrays, optimizers, losses, and the loop. The gradients are the operations' own.

passes.py      from a loss to the gradients of every weight, through the traces of the forward pass
optimizers.py  from a gradient to the next weights: SGD and Adam, as Keras and as PyTorch have them
goals.py       what a loss's name means after a network, and the measures beside it
samples.py     samples and targets as given, checked
fitting.py     batches, epochs, what is measured of them
best.py        the best weights so far, for a training that is stopped
trouble.py     where a number first became NaN, and why it may
telling.py     a bar on a terminal, a line for each epoch elsewhere
"""
