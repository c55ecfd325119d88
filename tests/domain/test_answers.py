"""What GitHub's answers mean: every text that it, or its registry, has been seen to send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from package_keeper.domain.answers import (
    Answer,
    AnswerLost,
    Refusal,
    Refused,
    is_rate_limit,
    refusal_of,
)

SEEN = [
    (
        400,
        (
            "You cannot delete the last tagged version of a package. You must delete the package "
            "instead."
        ),
        Refusal.LAST_VERSION,
    ),
    (
        400,
        "You cannot delete the last version of a package. You must delete the package instead.",
        Refusal.LAST_VERSION,
    ),
    (
        400,
        (
            "Publicly visible package versions with more than 5000 downloads cannot be deleted. "
            "Contact GitHub support for further assistance."
        ),
        Refusal.TOO_MANY_DOWNLOADS,
    ),
    (
        400,
        (
            "Publicly visible packages with a version with more than 5000 downloads cannot be "
            "deleted. contact GitHub support for further assistance"
        ),
        Refusal.TOO_MANY_DOWNLOADS,
    ),
    (
        400,
        "Publicly visible package versions with more than 5,000 downloads cannot be deleted.",
        Refusal.TOO_MANY_DOWNLOADS,
    ),
    (404, "Package not found.", Refusal.NOT_FOUND),
    (404, "Package version not found.", Refusal.NOT_FOUND),
    (404, "Not Found", Refusal.NOT_FOUND),
    (404, "", Refusal.NOT_FOUND),
    (403, "Resource not accessible by integration", Refusal.ROLE),
    (400, "Invalid argument.", Refusal.INVALID),
    (
        400,
        "The value of per_page multiplied by page cannot be greater than 10000.",
        Refusal.INVALID,
    ),
    (403, "You need at least read:packages scope to list packages.", Refusal.SCOPE),
    (403, "You need at least read:packages scope to get a package's versions.", Refusal.SCOPE),
    (
        403,
        "You need at least delete:packages and read:packages scopes to delete a package version.",
        Refusal.SCOPE,
    ),
    (422, "Invalid request.\n\nFor 'links/0/schema', {} is not a null.", Refusal.INVALID),
    (
        403,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        Refusal.RATE_LIMITED,
    ),
    (
        403,
        (
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try "
            "again. If you reach out to GitHub Support for help, please include the request ID 1:2."
        ),
        Refusal.RATE_LIMITED,
    ),
    (403, "API rate limit exceeded for installation ID 19416693.", Refusal.RATE_LIMITED),
    (429, "API rate limit exceeded for user ID 1.", Refusal.RATE_LIMITED),
    (401, "Bad credentials", Refusal.BAD_CREDENTIALS),
    (
        403,
        (
            "Resource protected by organization SAML enforcement. You must grant your Personal "
            "Access token access to this organization."
        ),
        Refusal.SINGLE_SIGN_ON,
    ),
    (
        403,
        (
            "Resource protected by organization SAML enforcement. You must grant your OAuth token "
            "access to this organization."
        ),
        Refusal.SINGLE_SIGN_ON,
    ),
    (
        403,
        (
            "Resource protected by organization SAML enforcement. You must grant your personal "
            "token access to this organization."
        ),
        Refusal.SINGLE_SIGN_ON,
    ),
    (
        403,
        (
            "Although you appear to have the correct authorization credentials, the `acme` "
            "organization has an IP allow list enabled, and your IP address is not permitted to "
            "access this resource."
        ),
        Refusal.IP_ALLOW_LIST,
    ),
    (403, "Resource not accessible by personal access token", Refusal.ROLE),
    (403, "Must have admin rights to Repository.", Refusal.ROLE),
]

SEEN_OF_THE_REGISTRY = [
    (401, "authentication required", Refusal.BAD_CREDENTIALS),
    (403, "DENIED: denied", Refusal.ROLE),
    (403, "403 Forbidden", Refusal.ROLE),
    (403, "denied: permission_denied: write_package", Refusal.ROLE),
    (403, "denied: installation not allowed to Write organization package", Refusal.ROLE),
    (404, "MANIFEST_UNKNOWN: manifest unknown", Refusal.NOT_FOUND),
    (404, "name unknown", Refusal.NOT_FOUND),
    (405, "The operation is unsupported.", Refusal.INVALID),
    (429, "toomanyrequests: retry-after: 1.16676ms, allowed: 44000/minute", Refusal.RATE_LIMITED),
    (429, "TOOMANYREQUESTS: retry-after: 10.305464ms, allowed: 2000/minute", Refusal.RATE_LIMITED),
    (
        429,
        "429 Too Many Requests - Server message: toomanyrequests: retry-after: 333.939671ms",
        Refusal.RATE_LIMITED,
    ),
    (403, "toomanyrequests: retry-after: 880.092µs, allowed: 44000/minute", Refusal.RATE_LIMITED),
]


@pytest.mark.parametrize(("status", "message", "refusal"), [*SEEN, *SEEN_OF_THE_REGISTRY])
def test_every_text_that_was_seen_is_understood(
    status: int, message: str, refusal: Refusal
) -> None:
    answer = Answer(status=status, message=message)
    assert refusal_of(answer) is refusal
    assert Refused(answer).refusal is refusal
    assert is_rate_limit(answer) == (refusal is Refusal.RATE_LIMITED)


@pytest.mark.parametrize("message", ["", "Forbidden", "You need at least read:packages scope"])
@pytest.mark.parametrize(
    "headers",
    [{"retry-after": "60"}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}],
)
def test_a_limit_shows_by_its_headers_whatever_the_text(
    message: str, headers: dict[str, str]
) -> None:
    answer = Answer(status=403, message=message, headers=headers)
    assert refusal_of(answer) is Refusal.RATE_LIMITED


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_headers_of_a_limit_make_no_limit_of_another_status(status: int) -> None:
    answer = Answer(status=status, headers={"retry-after": "60", "x-ratelimit-remaining": "0"})
    assert refusal_of(answer) is not Refusal.RATE_LIMITED


def test_requests_that_are_left_are_no_limit() -> None:
    answer = Answer(status=403, message="no", headers={"x-ratelimit-remaining": "17"})
    assert refusal_of(answer) is Refusal.ROLE


def test_single_sign_on_shows_by_its_header_with_the_address_to_open() -> None:
    url = "https://github.com/orgs/acme/sso?authorization_request=AAB"
    answer = Answer(status=403, headers={"x-github-sso": f"required; url={url}"})
    assert refusal_of(answer) is Refusal.SINGLE_SIGN_ON
    assert answer.sso_url == url


@pytest.mark.parametrize("value", ["", "partial-results; organizations=1,2", "required; url=ftp:x"])
def test_without_an_address_there_is_none_to_open(value: str) -> None:
    assert Answer(status=403, headers={"x-github-sso": value}).sso_url is None


def test_a_refusal_tells_what_was_said_and_keeps_the_requests_id() -> None:
    answer = Answer(status=404, message="Not Found", headers={"x-github-request-id": "A:1"})
    assert str(Refused(answer)) == "404 Not Found"
    assert str(Refused(Answer(status=404))) == "404"
    assert answer.request_id == "A:1"


def test_a_lost_answer_keeps_its_reason_and_the_id_where_there_was_one() -> None:
    lost = AnswerLost("502", Answer(status=502, headers={"x-github-request-id": "A:1"}))
    assert (str(lost), lost.reason, lost.request_id) == ("502", "502", "A:1")
    assert AnswerLost("reset").request_id is None


_names = st.sampled_from(["retry-after", "x-ratelimit-remaining", "x-github-sso", "x"])


@given(st.integers(400, 599), st.text(max_size=20), st.dictionaries(_names, st.text(max_size=9)))
def test_any_answer_is_one_refusal_and_never_absence_but_for_404(
    status: int, message: str, headers: dict[str, str]
) -> None:
    refusal = refusal_of(Answer(status=status, message=message, headers=headers))
    assert (refusal is Refusal.NOT_FOUND) == (status == 404)
