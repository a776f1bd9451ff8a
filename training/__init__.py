"""Learns what the package ranks and judges by: the weights in `retrieval/ranking`, from question sets."""
