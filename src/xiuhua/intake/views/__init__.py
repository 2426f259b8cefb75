"""Pages of intake: batches on their way in, and a batch taken back."""
