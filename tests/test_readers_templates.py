"""Template tags of static sites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.templates import without_templates

PARTS = st.sampled_from(
    [
        "{%",
        "%}",
        "{{",
        "}}",
        " raw ",
        " endraw ",
        " comment ",
        " endcomment ",
        "```",
        "`",
        "\n",
        '"',
        "'",
        "a ",
        "](",
        ")",
        "{# ",
        "#}",
    ]
)


@given(st.lists(PARTS, max_size=40).map("".join))
def test_the_number_of_lines_stays(text: str) -> None:
    """A removed tag leaves its newlines, so that a citation's line is that of the file."""
    assert without_templates(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('[a]( {% page "/x y" %})', "[a]( /x%20y)"),
        ("[a]({{ site.base }}/b)", "[a](/b)"),
        ('Ask in {% slack_channel "people-ops" %}.', "Ask in #people-ops."),
        ('{% slack_channel "x" "The X people" %}', "The X people"),
        ("a{% comment %}b\n{% x %}{% endcomment %}c", "a\nc"),
        ("a {# b #}c", "a c"),
        ("# Head {#anchor}", "# Head {#anchor}"),
        ('{% alert "Heads up" %}body{% endalert %}', "body"),
        ('{% include "a.html"\n  steps: 2 %}x', "\nx"),
        ('{% image "a.png" "alt" %}', ""),
        ("{% if a %}b{% endif %}{{ c }}", "b"),
        ("{% broken ' %}x", "x"),
        ("Use ${{ secrets.TOKEN }}, not ${{ price }}.", "Use ${{ secrets.TOKEN }}, not $."),
        ("${{ !contains(github.ref, 'x') }}", "${{ !contains(github.ref, 'x') }}"),
        ('{% raw %}{% page "x" %}{% endraw %}', '{% page "x" %}'),
        ('`{% raw %}{% page "x" %}{% endraw %}`', '`{% page "x" %}`'),
        ('```\n{% page "x" %} {{ y }}\n```\n{{ z }}', '```\n{% page "x" %} {{ y }}\n```\n'),
        ('<a href="{% page "/about/" %}">', '<a href="/about/">'),
    ],
)
def test_examples(source: str, text: str) -> None:
    """Each rule of the module's docstring, by an example."""
    assert without_templates(source) == text
