"""What a trace tells when it is asked: where a number comes from, its gradients, its counts."""
