"""What every room may use: terms, money, the one clock, sealed values, the shape of a workbook. No domain."""
