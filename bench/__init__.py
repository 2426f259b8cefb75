"""Times of the product, each as a ratio to a plain job measured in the same run on the same machine."""
