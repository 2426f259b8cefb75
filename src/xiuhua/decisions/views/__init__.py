"""Pages of decisions: cases, and pairs laid side by side."""
