"""Money is a whole number of fen. Yuan exist only where people read or type them."""

from __future__ import annotations

from decimal import Decimal

FEN_PER_YUAN = 100


def fen(yuan: Decimal) -> int:
    """Yuan to fen; refuses parts of a fen rather than round them away (ValueError)."""
    amount = yuan * FEN_PER_YUAN
    if amount != amount.to_integral_value():
        raise ValueError(f"{yuan} yuan has parts of a fen")
    return int(amount)


def yuan(amount_fen: int) -> Decimal:
    """Fen to yuan, exact, two places."""
    return (Decimal(amount_fen) / FEN_PER_YUAN).quantize(Decimal("0.01"))
