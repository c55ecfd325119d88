"""Reports of runs as a person would meet them, small enough to read what is rendered from them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from package_keeper.domain.errors import (
    AccessDenied,
    InputMistake,
    KeeperError,
    LimitExceeded,
    WrongInputs,
)
from package_keeper.domain.model import (
    Owner,
    OwnerKind,
    Package,
    PackageRef,
    PackageType,
    Version,
)
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport

NOW = datetime(2025, 11, 22, 14, 30, tzinfo=UTC)
JOURNAL = "package-keeper-journal.jsonl"
PAGE = "https://github.com/orgs/octo-org/packages/container"


def version(version_id: int, *tags: str, days: int, name: str = "", url: str = PAGE) -> Version:
    """A container version of some age; its digest is made from its id."""
    created = NOW - timedelta(days=days)
    return Version(
        id=version_id,
        name=name or f"sha256:{sha256(str(version_id).encode()).hexdigest()}",
        created_at=created,
        updated_at=created,
        tags=tags,
        html_url=f"{url}/app/{version_id}",
    )


def delete(of: Version, rule: str) -> Decision:
    return Decision(
        version=of,
        verdict=Verdict.DELETE,
        ground=Ground.RULE,
        reason=f"selected by {rule}",
        source=rule,
    )


def part(of: Version, image: Version) -> Decision:
    return Decision(
        version=of,
        verdict=Verdict.DELETE,
        ground=Ground.PART,
        reason=f"part of {image.label}, which goes",
        source=image.label,
        is_image=False,
    )


def keep(of: Version, rule: str) -> Decision:
    return Decision(
        version=of,
        verdict=Verdict.KEEP,
        ground=Ground.RULE,
        reason=f"kept by {rule}",
        source=rule,
    )


def needed(of: Version, image: Version) -> Decision:
    return Decision(
        version=of,
        verdict=Verdict.KEEP,
        ground=Ground.NEEDED,
        reason=f"needed by {image.label}",
        source=image.label,
        is_image=False,
    )


def unselected(of: Version) -> Decision:
    return Decision(
        version=of,
        verdict=Verdict.KEEP,
        ground=Ground.NOT_SELECTED,
        reason="no delete rule selects it",
    )


def package(
    name: str = "app",
    *,
    login: str = "octo-org",
    kind: OwnerKind = OwnerKind.ORGANIZATION,
    package_type: PackageType = PackageType.CONTAINER,
) -> Package:
    owner = Owner(login=login, kind=kind)
    ref = PackageRef(owner=owner, type=package_type, name=name)
    return Package(ref=ref, html_url=f"{PAGE}/package/{name.replace('/', '%2F')}")


def results(plan: Plan, outcome: Outcome, *, detail: str = "") -> tuple[Result, ...]:
    return tuple(Result(version=d.version, outcome=outcome, detail=detail) for d in plan.deletions)


def plan_of_a_release_train() -> Plan:
    """Two release candidates of two platforms go, a release of two platforms stays."""
    old = version(101, "1.2.0-rc.1", days=90)
    new = version(104, "1.2.0-rc.2", "rc", days=60)
    release = version(107, "1.2.0", "latest", days=30)
    return Plan(
        package=package(),
        decisions=(
            delete(old, "delete: *-rc.*, rc"),
            part(version(102, days=90), old),
            part(version(103, days=90), old),
            delete(new, "delete: *-rc.*, rc"),
            part(version(105, days=60), new),
            part(version(106, days=60), new),
            keep(release, "versions-to-keep: 1"),
            needed(version(108, days=30), release),
            needed(version(109, days=30), release),
            unselected(version(110, "main", days=1)),
        ),
        warnings=("keep: the pattern v* matches nothing",),
        manifests_read=10,
    )


SETTINGS = (("delete", "*-rc.*, rc"), ("versions-to-keep", "1"))


def normal_run() -> RunReport:
    plan = plan_of_a_release_train()
    done = PackageReport(name="app", plan=plan, results=results(plan, Outcome.DELETED))
    return RunReport(packages=(done,), journal_file=JOURNAL, settings=SETTINGS)


def dry_run() -> RunReport:
    planned = PackageReport(name="app", plan=plan_of_a_release_train())
    settings = (*SETTINGS, ("dry-run", "true"))
    return RunReport(packages=(planned,), dry_run=True, journal_file=JOURNAL, settings=settings)


def nothing_to_do() -> RunReport:
    decisions = (
        *(keep(version(n, f"v1.{n}.0", days=n), "keep: v*") for n in range(1, 181)),
        *(keep(version(n, f"pr-{n}", days=3), "older-than: 30 days") for n in range(181, 220)),
    )
    report = PackageReport(name="app", plan=Plan(package=package(), decisions=decisions))
    return RunReport(packages=(report,), settings=(("keep", "v*"), ("older-than", "30d")))


def access_denied() -> RunReport:
    error = AccessDenied(
        "octo-org/app (container): the token has no scope delete:packages.",
        hint="Add it to the classic token on https://github.com/settings/tokens and run again.",
        request_id="1C73:26D4:E2E500:1EF78F4:62EC2479",
    )
    return RunReport(packages=(PackageReport(name="octo-org/app", error=error),))


def limit_refused() -> RunReport:
    error = LimitExceeded(
        "octo-org/app (container): the plan deletes 6 of 10 versions, max-deletions allows 5 "
        "(set to 50%). Nothing was deleted.",
        hint="Look at the plan; if it is right, raise max-deletions for this run.",
    )
    refused = PackageReport(name="app", plan=plan_of_a_release_train(), error=error)
    return RunReport(packages=(refused,), settings=(*SETTINGS, ("max-deletions", "50%")))


def wrong_inputs() -> RunReport:
    mistakes = (
        InputMistake(
            name="dry-run", value="ture", problem="is not a boolean", accepted="true or false"
        ),
        InputMistake(name="version-to-keep", value="3", problem="did you mean versions-to-keep?"),
        InputMistake(name="token", value=None, problem="is missing"),
    )
    return RunReport(error=WrongInputs(mistakes))


def half_failed() -> RunReport:
    """One package done in part, one that could not be listed, one with nothing to do."""
    plan = plan_of_a_release_train()
    versions = [decision.version for decision in plan.deletions]
    role = "the repository needs the Admin role on the package"
    ended = (
        Result(version=versions[0], outcome=Outcome.DELETED),
        Result(version=versions[1], outcome=Outcome.ALREADY_GONE),
        Result(version=versions[2], outcome=Outcome.DENIED, detail=role, request_id="1C73:26D4"),
        Result(version=versions[3], outcome=Outcome.UNDELETABLE, detail="over 5,000 downloads"),
    )
    broken = KeeperError("page 3 of the list could not be read.", hint="Run again later.")
    idle = Plan(package=package("idle"), decisions=(unselected(version(301, "v1", days=9)),))
    return RunReport(
        packages=(
            PackageReport(name="app", plan=plan, results=ended),
            PackageReport(name="octo-org/worker", error=broken),
            PackageReport(name="idle", plan=idle),
        ),
        journal_file=JOURNAL,
    )


def many_deletions(count: int) -> RunReport:
    decisions = [
        delete(version(n, f"pr-{n}", days=n % 700), "delete: pr-*") for n in range(1, count + 1)
    ]
    plan = Plan(package=package(), decisions=(*decisions, unselected(version(0, "v1", days=9))))
    done = PackageReport(name="app", plan=plan, results=results(plan, Outcome.DELETED))
    return RunReport(packages=(done,), journal_file=JOURNAL)


HOSTILE = (
    "::error::owned",
    "  ##[error]owned",
    "a\n::set-output name=x::y\r\n",
    "</details><script>alert(1)</script><img src=x onerror=alert(1)>",
    "| a | b |\\| `c` ``d``",
    "[click](javascript:alert(1)) ![x](https://evil.example/p.png)",
    "@octocat #1 GH-1 octo/repo#2 www.evil.example https://evil.example a@evil.example :smile:",
    "$\\sqrt{x}$ **bold** _it_ ~~gone~~ <!-- hidden [^1]",
    "\u202egnp.exe\u202c\u200b\ufeff\x1b[31m\x00\ud800",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "1. list",
    "# heading",
    "> [!CAUTION]",
)


def hostile(texts: Sequence[str] = HOSTILE) -> RunReport:
    """Everything that comes from elsewhere is as nasty as it can be."""
    versions = [
        version(n, text, days=n, url="javascript:alert(1)//") for n, text in enumerate(texts, 1)
    ]
    plan = Plan(
        package=package(texts[3], login="octo-org"),
        decisions=(
            *(delete(each, f"delete: {each.label}") for each in versions),
            *(keep(each, f"keep: {each.label}") for each in versions),
        ),
        warnings=tuple(texts),
        notices=tuple(texts),
    )
    kinds = (Outcome.DELETED, Outcome.DENIED, Outcome.RETAINED, Outcome.ERROR, Outcome.CHANGED)
    ended = tuple(
        Result(version=each, outcome=kinds[n % 5], detail=each.label, request_id=each.label)
        for n, each in enumerate(versions)
    )
    report = PackageReport(
        name=texts[0],
        plan=plan,
        results=ended,
        error=KeeperError("\n".join(texts), hint=" ".join(texts), request_id=texts[3]),
        warnings=tuple(texts),
    )
    return RunReport(
        packages=(report,),
        warnings=tuple(texts),
        journal_file=texts[3],
        settings=tuple((text, text) for text in texts),
    )


def samples() -> Iterable[tuple[str, RunReport]]:
    """Every kind of run by name."""
    return (
        ("normal", normal_run()),
        ("dry-run", dry_run()),
        ("nothing-to-do", nothing_to_do()),
        ("access-denied", access_denied()),
        ("limit-refused", limit_refused()),
        ("wrong-inputs", wrong_inputs()),
        ("half-failed", half_failed()),
        ("many", many_deletions(5_000)),
        ("hostile", hostile()),
    )
