"""Invented people and workbooks at any scale, with faults on request. Pure Python; nobody in them is real."""
