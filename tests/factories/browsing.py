"""A browser without a script: pages read as a person reads them, forms sent as they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

_VOID = frozenset({"input", "meta", "link", "br", "img", "hr"})
# What ends a line for a reader.
_BLOCKS = frozenset(
    {"p", "h1", "h2", "h3", "li", "dt", "dd", "legend", "label", "button", "td", "th", "div"}
    | {"option", "summary", "small", "figcaption", "tr", "caption"}
)
_UNSEEN = frozenset({"script", "style", "title", "desc"})


@dataclass
class Control:
    """Something of a form that sends a value: as it stands, or once it is chosen."""

    kind: str
    name: str
    value: str
    on: bool = True
    label: str = ""


@dataclass
class PageForm:
    """A form, with its controls and buttons in order."""

    method: str
    action: str
    multipart: bool
    controls: list[Control] = field(default_factory=list)
    buttons: list[Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {control.name for control in self.controls}

    def offered(self, name: str) -> list[str]:
        """The values of a field that a person can choose from."""
        return [control.value for control in self.controls if control.name == name]

    def sent(self, press: str | None = None, **given: Any) -> list[tuple[str, str]]:
        """What goes out when a button is pressed, with fields filled in as `given`.

        What a person could not fill in, since it is not there or not offered, is a fault.
        """
        for name, value in given.items():
            self._fill(name, value)
        pairs = [(one.name, one.value) for one in self.controls if one.on and one.name]
        pressed = [one for one in self.buttons if press is None or press in one.label]
        assert pressed, f"no button {press!r} among {[one.label for one in self.buttons]}"
        return pairs + [(one.name, one.value) for one in pressed[:1] if one.name]

    def _fill(self, name: str, value: Any) -> None:
        mine = [control for control in self.controls if control.name == name]
        assert mine, f"there is no field {name!r} among {sorted(self.names())}"
        if mine[0].kind not in {"radio", "checkbox", "option"}:
            mine[0].value = str(value)
            return
        chosen = [value] if isinstance(value, str) else list(value)
        assert set(chosen) <= set(self.offered(name)), f"{chosen} is not offered as {name}"
        for control in mine:
            control.on = control.value in chosen


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.links: list[tuple[str, str]] = []
        self.title = ""
        self.lines: list[str] = [""]
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._form: PageForm | None = None
        self._area: Control | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag not in _VOID:
            self._open.append(tag)
        if tag in _BLOCKS:
            self.lines.append("")
        if tag == "form":
            multipart = found.get("enctype") == "multipart/form-data"
            self._form = PageForm(found.get("method", "get"), found.get("action", ""), multipart)
            self.forms.append(self._form)
        elif tag == "a":
            self.links.append((found.get("href", ""), ""))
        elif self._form is not None and "disabled" not in found:
            self._control(self._form, tag, found)

    def _control(self, form: PageForm, tag: str, found: dict[str, str]) -> None:
        name, value = found.get("name", ""), found.get("value", "")
        kind = found.get("type", "text")
        if tag == "button":
            form.buttons.append(Control("button", name, value))
        elif tag == "input" and kind in {"radio", "checkbox"}:
            form.controls.append(Control(kind, name, value, "checked" in found))
        elif tag == "input":
            form.controls.append(Control(kind, name, value, kind != "file"))
        elif tag == "textarea":
            self._area = Control("textarea", name, "")
            form.controls.append(self._area)
        elif tag == "select":
            self._select = name
        elif tag == "option":
            first = all(one.name != self._select for one in form.controls)
            if "selected" in found:
                for one in form.controls:
                    one.on = one.on and one.name != self._select
            on = first or "selected" in found
            form.controls.append(Control("option", self._select, value, on))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag in _BLOCKS:
            self.lines.append("")
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        if self._area is not None:
            self._area.value += data
        if _UNSEEN & set(self._open) or "head" in self._open:
            return
        if "button" in self._open and self._form is not None:
            self._form.buttons[-1].label += data
        if "a" in self._open:
            href, label = self.links[-1]
            self.links[-1] = (href, label + data)
        self.lines[-1] += data


class View:
    """A page as it was answered."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.code = response.status_code
        self.at = str(response.request.url)
        read = _Reader(response.text)
        self.forms, self.links, self.title = read.forms, read.links, read.title
        self.tags = read.tags
        self.lines = [line for one in read.lines if (line := " ".join(one.split()))]

    @property
    def text(self) -> str:
        """What there is to read, line by line."""
        return "\n".join(self.lines)

    def form(self, press: str, action: str = "") -> PageForm:
        """The form with that button, and where there are several, with that in its action."""
        for form in self.forms:
            if action in form.action and any(press in one.label for one in form.buttons):
                return form
        raise AssertionError(f"{self.at}: no button {press!r} on the page:\n{self.text}")

    def link(self, words: str) -> str:
        """Where the link with those words leads."""
        for href, label in self.links:
            if words in label:
                return href
        raise AssertionError(f"{self.at}: no link {words!r} among {self.links}")


# As a browser asks for a page.
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Browser:
    """One person's browser: its own cookies, each sent below its path alone."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.cookies: dict[str, tuple[str, str]] = {}
        self.set_cookies: list[str] = []
        self.headers: dict[str, str] = {}

    def request(self, method: str, path: str, **more: Any) -> Response:
        """One request, without following where it leads."""
        mine = [
            f"{name}={value}"
            for name, (value, below) in self.cookies.items()
            if path.startswith(below)
        ]
        headers = {
            "Accept": ACCEPT,
            **({"Cookie": "; ".join(mine)} if mine else {}),
            **self.headers,
        }
        headers |= more.pop("headers", {})
        # The client keeps cookies for everybody who uses it.
        self.client.cookies.clear()
        response: Response = self.client.request(
            method, path, headers=headers, follow_redirects=False, **more
        )
        self.client.cookies.clear()
        for line in response.headers.get_list("set-cookie"):
            self._keep(line)
        return response

    def _keep(self, line: str) -> None:
        self.set_cookies.append(line)
        first, *rest = line.split("; ")
        name, _, value = first.partition("=")
        path = next(one[5:] for one in rest if one.lower().startswith("path="))
        self.cookies[name] = (value.strip('"'), path)
        if not value.strip('"'):
            del self.cookies[name]

    def open(self, path: str) -> View:
        """A page, wherever it leads."""
        return self._followed(self.request("GET", path))

    def _followed(self, response: Response) -> View:
        for _ in range(5):
            if response.status_code not in {302, 303, 307}:
                return View(response)
            there = urlsplit(response.headers["location"])
            response = self.request("GET", there.path + (f"?{there.query}" if there.query else ""))
        raise AssertionError("it goes round in circles")

    def press(self, view: View, press: str, action: str = "", **given: Any) -> View:
        """The page after a button was pressed, with the form filled in as `given`."""
        form = view.form(press, action)
        files = given.pop("files", None)
        pairs = form.sent(press, **given)
        here = urlsplit(view.at)
        target = urljoin(f"{here.path}?{here.query}" if here.query else here.path, form.action)
        if form.method == "get":
            return self.open(f"{target}?{urlencode(pairs)}")
        if form.multipart:
            fields = dict(pairs)
            return self._followed(self.request("POST", target, data=fields, files=files))
        return self._followed(self.post(target, pairs))

    def post(self, path: str, pairs: Any, **headers: str) -> Response:
        """A form's fields as they are given, whatever a page offers."""
        content = urlencode(pairs, errors="surrogatepass").encode()
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.request("POST", path, content=content, headers=sent)
