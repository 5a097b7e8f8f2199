"""What operators see is named in English: Django only appends an s."""

import re

from django.apps import apps

_NO_PLURAL = re.compile(r"(ch|sh|s|x|z)s$|[^aeiou]ys$")


def test_plurals_are_english() -> None:
    plurals = [str(model._meta.verbose_name_plural) for model in apps.get_models()]
    assert "dead man's switches" in plurals
    assert [plural for plural in plurals if _NO_PLURAL.search(plural)] == []
