"""The page `/api/docs`: the API as its OpenAPI document describes it, in one page that loads nothing else."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ font: 600 1.1rem ui-monospace, monospace; margin: 2rem 0 .3rem; border-top: 1px solid #9996; padding-top: 1rem; }}
h3 {{ font-size: 1rem; margin: 1.5rem 0 .3rem; }} p {{ margin: .3rem 0; }}
table {{ border-collapse: collapse; }} td {{ padding: .1rem 1.5rem .1rem 0; vertical-align: top; }}
code, td:first-child {{ font-family: ui-monospace, monospace; }}
</style>
<h1>{title}</h1>
<p>Everything below <code>/api/v1</code> wants the header <code>Authorization: Bearer ADMIN_TOKEN</code>. Errors are
<code>application/problem+json</code>. For programs: <a href="openapi.json">openapi.json</a>.</p>
{calls}
<h1>Shapes</h1>
{shapes}
</html>
"""


def page_of(document: Mapping[str, Any]) -> str:
    """The page for an OpenAPI document."""
    calls = "\n".join(
        _call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    shapes = "\n".join(_shape(name, schema) for name, schema in document["components"]["schemas"].items())
    return _PAGE.format(title=escape(document["info"]["title"]), calls=calls, shapes=shapes)


def _call(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """One call: what it takes and what it answers."""
    rows = [
        (parameter["name"], f"{parameter['in']}: {_type(parameter['schema'])}")
        for parameter in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).items()
    rows += [("body", f"{media}: {_type(content['schema'])}") for media, content in body]
    for status, response in operation["responses"].items():
        answers = [_type(content.get("schema", {})) for content in response.get("content", {}).values()]
        rows.append((status, ", ".join(answers) or response["description"]))
    return f"<h2>{escape(method.upper())} {escape(path)}</h2>\n{_table(rows)}"


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    """One object by its fields."""
    rows = [(field, _type(kind)) for field, kind in schema.get("properties", {}).items()]
    about = escape(schema.get("description", ""))
    return f'<h2 id="{escape(name)}">{escape(name)}</h2>\n<p>{about}</p>\n{_table(rows)}'


def _table(rows: list[tuple[str, str]]) -> str:
    """Names beside what is said of them, which is HTML."""
    return "".join(
        ["<table>", *(f"<tr><td>{escape(name)}</td><td>{said}</td></tr>" for name, said in rows), "</table>"]
    )


def _type(schema: Mapping[str, Any]) -> str:
    """A type in words, with its bounds and a link to a named one."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return escape(", ".join(map(str, schema["enum"])))
    words = [str(schema.get("type", "anything")), *_bounds(schema)]
    of = f" of {_type(schema['items'])}" if "items" in schema else ""
    about = f" – {schema['description']}" if "description" in schema else ""
    return f"{escape(', '.join(words))}{of}{escape(about)}"


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, said in (("minimum", "at least"), ("maximum", "at most"), ("maxLength", "at most"), ("default", "else")):
        if schema.get(name) not in {None, ""}:
            yield f"{said} {schema[name]}{' characters' if name == 'maxLength' else ''}"
