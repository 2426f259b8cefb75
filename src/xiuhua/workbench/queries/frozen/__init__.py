"""Figures of freezes, opened to the households behind them, and two freezes held against each other."""
