"""How one row of an answer becomes a value.

Decides that a row which can't be read makes the whole answer a lost one. It does not decide which
rows are usable: `rows` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from github.GithubException import BadAttributeException
from github.GithubObject import GithubObject
from github.Requester import Requester

from package_keeper.domain.answers import Answer, AnswerLost

T = TypeVar("T")
Row = TypeVar("Row", bound=GithubObject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Row, T]):
    """The class of a row, and what makes a value of it, raising ValueError where it can't."""

    row: type[Row]
    convert: Callable[[Row], T]

    def value(self, requester: Requester, answer: Answer, item: object) -> T:
        """The value; raises AnswerLost where the row is not what the API describes."""
        if not isinstance(item, dict):
            raise AnswerLost("GitHub's answer has something else in place of a row", answer)
        try:
            return self.convert(self.row(requester, dict(answer.headers), item))
        except BadAttributeException as error:
            reason = f"{error.actual_value!r:.100} is in a wrong place"
            raise AnswerLost(f"GitHub's answer can't be read: {reason}", answer) from error
        except ValueError as error:
            raise AnswerLost(f"GitHub's answer can't be read: {error}"[:300], answer) from error

    def values(self, requester: Requester, answer: Answer, items: object) -> tuple[T, ...]:
        """The values of a list of rows."""
        if not isinstance(items, list):
            raise AnswerLost("GitHub's answer to a listing is not a list", answer)
        return tuple(self.value(requester, answer, item) for item in items)
