"""Finding somebody: by name, reading, initials, a number, a sealed number's blind index, or a village. Never by a part of an ID."""

from xiuhua.registry.queries.search.found import COUNTED, MOST, Found, Hit, How, Understood, search
from xiuhua.registry.queries.search.words import clean, private

__all__ = ["COUNTED", "MOST", "Found", "Hit", "How", "Understood", "clean", "private", "search"]
