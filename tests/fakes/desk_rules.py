"""What the desk in memory keeps of a post, what it refuses, and the faults that a test orders."""

from dataclasses import dataclass, field

from flows.desk import Button, Menu, Post, Spot
from flows.errors import AssistantError, Refused


@dataclass
class Shown:
    """A post as people see it: `versions` are what it showed before, `files` the bytes it carries, by reference."""

    id: str
    spot: Spot
    post: Post
    key: str = ""
    versions: list[Post] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    removed: bool = False
    marks: list[str] = field(default_factory=list)


@dataclass
class Fault:
    """`error` is raised by the next `times` calls of `method`; `done` says that the call has had its effect first."""

    error: AssistantError
    method: str
    times: int = 1
    done: bool = False


def pressed_value(control: Button | Menu, action: str, value: str | None) -> str | None:
    """What comes back when that button is pressed, or that option of a menu; None where it is another one."""
    if control.action != action:
        return None
    if isinstance(control, Button):
        return control.value if value in {None, control.value} and not control.url else None
    values = [option for option, _ in control.options]
    return value if value in values else None


def check_post(post: Post) -> None:
    """Refuse what no vendor takes."""
    if not (post.text.strip() or post.title or post.fields or post.files):
        raise Refused("a post without anything to see", "invalid")
    for control in post.controls:
        if not control.label.strip() or not control.action or (isinstance(control, Menu) and not control.options):
            raise Refused("a button without a label, an action or options", "invalid")
