"""What went wrong on the way to a server.

Decides whether a request can have arrived: where no connection came about it was certainly not
carried out, after everything else that is unknown. The words are made here and not taken from the
libraries, whose messages hold whole URLs.
"""

from collections.abc import Iterator

import requests
import urllib3

from package_keeper.domain.answers import AnswerLost
from package_keeper.pacing.exchange import NotSent

NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)

_UNCONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_SLOW = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)
_INSECURE = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
_CUT = (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)


def lost(host: str, error: BaseException) -> AnswerLost:
    """The lost answer that this error of the network means; `host` is as messages name it."""
    causes = tuple(_causes(error))
    if any(isinstance(cause, _UNCONNECTED) for cause in causes):
        return NotSent(f"no connection to {host} came about")
    if any(isinstance(cause, _INSECURE) for cause in causes):
        return AnswerLost(f"no secure connection to {host}: its certificate was not accepted")
    if any(isinstance(cause, _SLOW) for cause in causes):
        return AnswerLost(f"{host} did not answer in time")
    if any(isinstance(cause, _CUT) for cause in causes):
        return AnswerLost(f"{host}'s answer was cut short")
    return AnswerLost(f"the connection to {host} broke ({type(error).__name__})")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps: requests puts urllib3's errors into its arguments."""
    pending, seen = [error], set[int]()
    while pending:
        cause = pending.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        pending.extend(item for item in inner if isinstance(item, BaseException))
