"""Xiuhua 绣花: the working system for targeted poverty reduction."""

__version__ = "0.1.0"
