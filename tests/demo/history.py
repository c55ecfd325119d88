"""What a small company pushed over four years: the packages that the demonstration cleans up.

Decides names, dates and contents, all of them fixed, so that every demonstration is the same. The
one exception is a push that is under way while the demonstration runs.
"""

from datetime import UTC, datetime, timedelta

from fake_github import FakeGitHub, FakePackage, Token

OWNER = "acme"
ALL_SCOPES = ("read:packages", "write:packages", "delete:packages")
PLATFORMS = ("linux/amd64", "linux/arm64")


def day(text: str) -> datetime:
    """Noon of a day such as `2023-05-17`, in UTC."""
    return datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=UTC)


def company(github: FakeGitHub) -> None:
    """An organization, a person who may do everything, and a fake clock that stands still."""
    github.add_organization(OWNER)
    github.add_user("octocat")
    github.now = day("2024-12-31")


def maintainer(github: FakeGitHub) -> str:
    """A classic token with every scope that it takes."""
    return github.add_token(Token.classic(login="octocat", scopes=ALL_SCOPES))


def other_repository(github: FakeGitHub) -> str:
    """The GITHUB_TOKEN of a repository without the Admin role on the package."""
    return github.add_token(Token.actions(repository=f"{OWNER}/web"))


def web(github: FakeGitHub) -> FakePackage:
    """Containers: signed releases, builds of pull requests and of the main branch, leftovers."""
    package = github.add_package(OWNER, "container", "web", repository=f"{OWNER}/web")
    for tag, date in (("v1.0.0", "2021-03-01"), ("v1.1.0", "2021-11-08"), ("v2.0.0", "2022-09-19")):
        _release(package, (tag,), day(date))
    for number in (101, 140, 188):
        _build(package, f"pr-{number}", day("2023-01-10") + timedelta(days=number))
    for number in range(2):  # the tag moves on, what it was on stays behind untagged
        _build(package, "main", day("2024-02-01") + timedelta(weeks=number))
    _release(package, ("v3.0.0", "latest"), day("2024-06-03"))
    _under_way(package)
    return package


def sdk(github: FakeGitHub) -> FakePackage:
    """An npm package with pre-releases."""
    package = github.add_package(OWNER, "npm", "sdk", repository=f"{OWNER}/sdk")
    names = "0.9.0 1.0.0-beta.1 1.0.0-beta.2 1.0.0 1.1.0 1.2.0 2.0.0-rc.1 2.0.0 2.0.1".split()
    for number, name in enumerate(names):
        package.add_version(name, created_at=day("2022-01-01") + timedelta(weeks=9 * number))
    return package


def core(github: FakeGitHub) -> FakePackage:
    """A Maven package with snapshots."""
    package = github.add_package(OWNER, "maven", "com.acme.core", repository=f"{OWNER}/core")
    names = "1.0.0 1.1.0-SNAPSHOT 1.1.0 1.2.0-SNAPSHOT 1.2.0 2.0.0-SNAPSHOT".split()
    for number, name in enumerate(names):
        package.add_version(name, created_at=day("2022-05-01") + timedelta(weeks=11 * number))
    return package


def _release(package: FakePackage, tags: tuple[str, ...], date: datetime) -> None:
    """Two platforms with their attestations, signed in the way of cosign's time."""
    image = package.push_image(tags=tags, platforms=PLATFORMS, created_at=date)
    signed = date + timedelta(minutes=3)
    if date < day("2024-01-01"):
        package.attach(image, style="sig", created_at=signed)
    else:
        package.attach(image, style="subject-with-fallback-tag", created_at=signed)


def _build(package: FakePackage, tag: str, date: datetime) -> None:
    package.push_image(tags=(tag,), platforms=PLATFORMS, created_at=date)


def _under_way(package: FakePackage) -> None:
    """The platforms of a push whose index has not arrived: they look like leftovers."""
    now = datetime.now(UTC)
    for platform in PLATFORMS:
        package.push_image(
            platforms=(platform,),
            attestations=False,
            seed=f"under way {platform}",
            created_at=now - timedelta(minutes=2),
        )
