"""SimCLR in PyTorch, written for comparison: an independent peer, never used by the studio itself."""
