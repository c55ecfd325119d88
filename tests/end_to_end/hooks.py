"""What somebody else does while a run goes on, at an exact point of it.

Decides when it happens, by the calls that arrive at the fake GitHub; what happens is a test's.
"""

from collections.abc import Callable

from fake_github import Call, FakeGitHub

Happening = Callable[[], object]


def at_call(
    github: FakeGitHub, matches: Callable[[Call], bool], number: int, do: Happening
) -> None:
    """Do it once, before the call with this number (from 1) of those that match is answered."""
    seen = 0

    def hook(call: Call) -> None:
        nonlocal seen
        if matches(call):
            seen += 1
            if seen == number:
                do()

    github.on_request(hook)


def before_second_look(github: FakeGitHub, do: Happening) -> None:
    """Do it after the plan was shown, before the versions are listed again."""
    at_call(github, lambda call: call.path.endswith("/versions"), 2, do)


def before_deletion(github: FakeGitHub, do: Happening, *, number: int = 1) -> None:
    """Do it before the deletion with this number is answered, after all looking."""
    at_call(github, lambda call: call.method == "DELETE", number, do)
