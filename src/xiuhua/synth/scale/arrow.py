"""Columns of numbers as Arrow arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from .drawing import Flags, Numbers


def text(codes: np.ndarray, words: tuple[str, ...]) -> pa.Array:
    """Codes as dictionary-coded text; -1 is nothing. One type for every county, however many villages it has."""
    small = codes.astype(np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(small, mask=small < 0), pa.array(words, pa.string()))


def flags(values: Flags, known: Flags | None = None) -> pa.Array:
    """Yes and no; nothing where not known."""
    return pa.array(values, pa.bool_(), mask=None if known is None else ~known)


def whole(values: Numbers, kind: Any = None, known: Flags | None = None) -> pa.Array:
    """Whole numbers, of 32 bits unless said."""
    kind = kind or pa.int32()
    narrow = values.astype(np.int32) if kind == pa.int32() else values.astype(np.int64)
    return pa.array(narrow, kind, mask=None if known is None else ~known)


def dates(days: Numbers, known: Flags | None = None) -> pa.Array:
    """Days since 1970."""
    return whole(days, pa.int32(), known).view(pa.date32())


def decimal(hundredths: Numbers, known: Flags | None = None) -> pa.Array:
    """Numbers with two decimals from their hundredths."""
    n = len(hundredths)
    wide = np.empty((n, 2), "<i8")
    wide[:, 0], wide[:, 1] = hundredths, hundredths >> 63
    bits = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.decimal128(12, 2), n, [bits, pa.py_buffer(wide.tobytes())])
