"""What a page is made of, read strictly: every element closed in order, ids unique, references kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "br", "hr", "img", "link", "input", "col", "wbr", "area", "base", "source", "embed", "track"})


@dataclass
class Element:
    """One element, with what stands in it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    content: list[Element | str] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        """Every element of this kind below, in order."""
        found = []
        for child in self.children:
            found += [child] if child.tag == tag else []
            found += child.all(tag)
        return found

    def text(self) -> str:
        """All that a reader sees of it, but no style or script."""
        if self.tag in ("style", "script"):
            return ""
        return " ".join(" ".join(part if isinstance(part, str) else part.text() for part in self.content).split())


class Page(HTMLParser):
    """A page as a tree; raises where it is not well-formed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {})
        self.elements: list[Element] = []
        self.feed(source)
        self.close()
        assert self.open is self.root, f"<{self.open.tag}> is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        self.open.content.append(element)
        self.elements.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.tag, f"</{tag}> closes <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.texts.append(data)
        self.open.content.append(data)

    def all(self, tag: str) -> list[Element]:
        """Every element of this kind, in order."""
        return self.root.all(tag)

    def text(self) -> str:
        """All that a reader sees."""
        return self.root.text()


def check_page(source: str) -> Page:
    """Read a page and check what must hold of every one."""
    page = Page(source)
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for element in page.elements:
        for name in ("aria-labelledby", "aria-describedby"):
            for reference in element.attributes.get(name, "").split():
                assert reference in ids, f"{name} of <{element.tag}> names {reference}"
        link = element.attributes.get("href", "")
        if element.tag in ("a", "use"):
            assert link.startswith("#"), f"<{element.tag}> leads out: {link}"
            assert link[1:] in ids, f"{link} leads nowhere"
        for value in element.attributes.values():
            if "url(#" in value:
                assert value.split("url(#")[1].split(")")[0] in ids, value
    levels = [int(one.tag[1]) for one in page.elements if one.tag in ("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels
    for table in page.all("table"):
        assert len(table.all("caption")) == 1
        assert all("scope" in heading.attributes for heading in table.all("th"))
        widths = {sum(int(cell.attributes.get("colspan", 1)) for cell in row.children) for row in table.all("tr")}
        assert len(widths) == 1, f"rows of {widths} cells"
    return page
