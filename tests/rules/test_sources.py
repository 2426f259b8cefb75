"""Where a rule or figure stands: documents by their names, sentences in both languages."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from xiuhua.engine import load
from xiuhua.rulebook.models import Source, _source

# Words of a sentence about a source, not of a document's name.
SENTENCE = re.compile("自定|通行说法|由省定|没有定|省、县定|先核实")


def test_a_source_that_is_a_sentence_has_its_english() -> None:
    library = load()
    entries = [*library.rules.values(), *library.figures.values(), *library.measures.values()]
    values = [one for figure in library.figures.values() for one in (*figure.values, *figure.places)]
    sources = [one.source for one in (*entries, *values) if one.source]
    assert all(isinstance(one, Source) for one in sources)
    sentences = [one for one in sources if SENTENCE.search(one)]
    assert len(sentences) > 30
    for one in sentences:
        assert one.en != one and not SENTENCE.search(one.says("en")) and one.says("zh") == one


def test_a_source_is_a_text_with_two_languages_and_nothing_else_is_one() -> None:
    made = _source({"zh": "自定", "en": "Set here"})
    assert made == "自定" and made.says("en") == "Set here"
    for other in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (other, other.en) == (made, made.en)
    for wrong in ("", {"zh": "自定"}, {"zh": "自定", "en": ""}, 3, None):
        with pytest.raises(ValueError, match="source"):
            _source(wrong)
