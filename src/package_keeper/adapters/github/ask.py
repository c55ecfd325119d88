"""One request to the API and its answer: every way in which it can end.

Decides what counts as an answer. A refusal is one only in GitHub's own form, JSON with a message;
a page of a proxy, half an answer or a server's error says nothing about what was done, which is
AnswerLost. It does not decide what a refusal means (`domain.answers`) nor whether the request is
repeated (`pacing`).
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from github import Github
from github.GithubException import GithubException

from package_keeper.adapters.github.connections import NotFollowed
from package_keeper.adapters.network import NETWORK_ERRORS, lost
from package_keeper.domain.answers import Answer, AnswerLost, Refused, is_rate_limit
from package_keeper.pacing.exchange import Exchange

ACCEPT = "application/vnd.github+json"
LONGEST_MESSAGE = 1_000
NO_CONTENT = 204
"""What every write of the Packages API answers, and nothing else (GitHub's OpenAPI description)."""


def ask(
    client: Github, verb: str, path: str, parameters: Mapping[str, str | int] | None = None
) -> Exchange[Any]:
    """Send one request, once, without a body; the value is the parsed JSON, None for a 204.

    `requestJson` is used rather than `requestJsonAndCheck`, which hides the status and so takes a
    302 for success.
    """
    try:
        status, headers, body = client.requester.requestJson(
            verb, path, parameters=dict(parameters or {}), headers={"Accept": ACCEPT}
        )
    except NotFollowed as error:
        raise _not_followed(error.status, error.headers) from None
    except NETWORK_ERRORS as error:
        raise lost("GitHub", error) from error
    except (GithubException, ValueError, OverflowError, AttributeError) as error:
        # What PyGithub raises where headers are not what it expects.
        raise AnswerLost(f"GitHub's answer can't be read ({type(error).__name__})") from error
    return read(verb, status, {name: str(value) for name, value in headers.items()}, body)


def read(verb: str, status: int, headers: Mapping[str, str], body: str) -> Exchange[Any]:
    """The answer, where it is a success; raises `Refused` or `AnswerLost` where it is not."""
    data, is_json = _parsed(body)
    message = data.get("message") if isinstance(data, dict) else None
    text = message if isinstance(message, str) else ""
    answer = Answer(status=status, message=text[:LONGEST_MESSAGE], headers=headers)
    if status >= 500:
        raise AnswerLost(f"GitHub answered {status} {text[:200]}".rstrip(), answer)
    if status >= 400:
        raise _refusal(answer, is_json=isinstance(data, dict))
    if status >= 300:
        raise _not_followed(status, headers)
    if verb != "GET" and status != NO_CONTENT:
        raise AnswerLost(f"GitHub answered {status} where 204 says that it is done", answer)
    if not is_json or (data is None and verb == "GET"):
        raise AnswerLost(f"GitHub's answer ({status}) to {verb} is not JSON", answer)
    return Exchange(answer=answer, value=data)


def _refusal(answer: Answer, *, is_json: bool) -> Refused | AnswerLost:
    if is_json or answer.status == 401 or is_rate_limit(answer):
        return Refused(answer)
    return AnswerLost(f"an answer {answer.status} that is not GitHub's own", answer)


def _not_followed(status: int, headers: Mapping[str, str]) -> Refused | AnswerLost:
    if status == 202:
        return AnswerLost("GitHub answered 202: not ready", Answer(status=status, headers=headers))
    target = urlsplit(headers.get("location", "")).hostname or "another address"
    text = f"GitHub redirects to {target}, which is not followed"
    return Refused(Answer(status=status, message=text, headers=headers))


def _parsed(body: str) -> tuple[Any, bool]:
    """The JSON value and whether it is one; an empty body is None and fine."""
    if not body:
        return None, True
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False
