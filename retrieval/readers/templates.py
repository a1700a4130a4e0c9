"""Template tags in the sources of static sites (Liquid, Nunjucks, Jekyll, Eleventy): out of the text.

A page's source holds tags that its site would have rendered; unrendered they are rubbish in a quote.

- `{% comment %}...{% endcomment %}` and `{# ... #}` go, with what they enclose;
- `{% raw %}` and `{% endraw %}` go, and what they enclose stays untouched;
- a tag that controls, includes or decorates (see `_SILENT`) goes, and what such a pair encloses stays;
- any other tag becomes its last quoted argument, if it has one: `{% page "/leave" %}` is `/leave`, and
  `{% slack_channel "people-ops" %}` is `#people-ops`;
- `{{ ... }}` goes, and so does a tag whose arguments make no sense; `${{ secrets.TOKEN }}` stays, since it is
  what a page about GitHub's workflows speaks of.

Code fences and code spans keep their tags, since there they are what the page is about; only the raw
tags, which no reader of the site ever sees, go there too.  Newlines inside a tag stay, so that line
numbers hold.

But: nothing is evaluated, so both branches of an `{% if %}` stay and the value of a variable is missing.
"""

from __future__ import annotations

import re
from urllib.parse import quote

# Words of a tag's name that say that its arguments are no text for a person.
_SILENT = frozenset({
    "alert", "assign", "block", "break", "call", "capture", "case", "continue", "cycle", "data",
    "decrement", "else", "elsif", "elseif", "extends", "filter", "for", "form", "from", "highlight",
    "icon", "if", "ifchanged", "image", "img", "import", "include", "increment", "layout", "liquid",
    "macro", "paginate", "render", "section", "set", "tablerow", "toc", "unless", "usa", "uswds",
    "when", "with", "figure", "video",
})  # fmt: skip
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_RAW_TAG = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")

# subtle: the order of the alternatives decides what a brace belongs to: code first, then raw, then tags.
# An unclosed fence, raw or comment runs to the end, as in Markdown, and all else has a greatest length:
# without these two a search through a hostile page would take time quadratic in its size.
_TOKEN = re.compile(
    r"""
      (?P<fence>   ^[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)* (?P<ticks>`{3,}|~{3,}) (?P<info>[^\n]*)
                   (?: \n (?:.*\n)*? [ \t>]* (?P=ticks)[`~]* [ \t]*$ | [\s\S]*\Z ) )
    | (?P<span>    (?<!`) (?P<tick>`+) (?!`) (?:(?!\n[ \t]*\n)[\s\S])+? (?<!`) (?P=tick) (?!`) )
    | (?P<raw>     \{%-?\s*raw\s*-?%\} (?P<inner>[\s\S]*?) (?:\{%-?\s*endraw\s*-?%\}|\Z) )
    | (?P<comment> \{%-?\s*comment\b[^%]{0,500}%\} [\s\S]*? (?:\{%-?\s*endcomment\s*-?%\}|\Z)
                   | \{\#\s (?:(?!\n[ \t]*\n)[\s\S]){0,2000}? \#\} )
    | (?P<tag>     \{%[-~+]? \s* (?P<name>[\w-]*)
                   (?P<arguments> (?:"[^"]{0,500}"|'[^'\n]{0,500}'|[^%"']|%(?!\})){0,500}? ) %\} )
    | (?P<action>  \$\{\{ \s{0,9} (?:!\s{0,9}|[\w.]{1,60}\(){0,5}
                   (?:secrets|github|env|vars|matrix|steps|needs|inputs|runner|jobs?|strategy)
                   \b (?:[^{}\n]|\}(?!\})){0,500} \}\} )
    | (?P<output>  \{\{ (?:[^{}\n]|\}(?!\})){0,500} \}\} | \{%[^%\n]{0,500}%\} )
    """,
    re.MULTILINE | re.VERBOSE,
)
_DESTINATION = re.compile(r"\]\(\s*[^\s()]*\Z")


def without_templates(text: str) -> str:
    """`text` with its template tags resolved as far as that goes, line for line."""
    if "{%" not in text and "{{" not in text and "{#" not in text:
        return text
    return _TOKEN.sub(_resolved, text)


def _resolved(match: re.Match[str]) -> str:
    kept = ""
    if match["fence"] is not None or match["span"] is not None:
        kept = _RAW_TAG.sub("", match[0])
    elif match["action"] is not None:
        kept = match[0]
    elif match["raw"] is not None:
        kept = match["inner"]
    elif match["tag"] is not None:
        kept = _argument(match["name"], match["arguments"])
        if kept and _DESTINATION.search(match.string[max(match.start() - 500, 0) : match.start()]):
            kept = quote(kept, safe="/#:?&=%@+,;~!*'$")  # a blank or bracket would end the destination
    return kept + "\n" * (match[0].count("\n") - kept.count("\n"))


def _argument(name: str, arguments: str) -> str:
    name = name.lower()
    if name.startswith("end") or not _SILENT.isdisjoint(re.split(r"[_-]", name)):
        return ""
    quoted = [str(double or single) for double, single in _QUOTED.findall(arguments)]
    if not quoted:
        return ""
    channel = "channel" in name and re.fullmatch(r"[\w-]+", quoted[-1])
    return "#" + quoted[-1] if channel else quoted[-1].strip()
