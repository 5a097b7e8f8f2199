"""The oracle measured: one aggregate, a stream of updates, and the way from a poll to a broadcast."""
