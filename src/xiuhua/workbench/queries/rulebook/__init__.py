"""The page of standards and rules: browsed, searched, one rule, one figure, one fact, and a rule tried on a household."""
