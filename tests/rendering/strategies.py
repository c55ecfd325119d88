"""Any report at all, with texts as nasty as they come."""

from datetime import UTC

from hypothesis import strategies as st

from package_keeper.domain.errors import (
    AccessDenied,
    InputMistake,
    KeeperError,
    LimitExceeded,
    WaitedTooLong,
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
from rendering.reports import HOSTILE

SCRAPS = (
    *HOSTILE,
    *("::", ":", "##[", "#", "##", "[", "]", "(", "`", "``", "|", "\\", "\\|", "<", ">", "&"),
    *("*", "_", "~", "$", "@", "!", "-", "+", "=", "1.", "1)", "\n", "\r\n", " ", "    ", "\t"),
    *("<!--", "-->", "</table>", "</details>", "</code>", "```", "---", "www.", "http://a"),
    *("&#58;", "&lt;", "GH-1", "mailto:a", "]: http://a", "[^1]: x", "![a](b)", "<b>"),
    *("\u2028", "\u00ad", "\u3164", "\U000e0041", "a", "Z", "é", "界", "🎉"),
)

texts = st.one_of(
    st.lists(st.sampled_from(SCRAPS), max_size=8).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=30),
)
moments = st.datetimes(timezones=st.just(UTC))
addresses = st.none() | texts | texts.map(lambda text: f"https://github.com/{text}")

versions = st.builds(
    Version,
    id=st.integers(0, 20),
    name=texts,
    created_at=moments,
    updated_at=moments,
    tags=st.lists(texts, max_size=6).map(tuple),
    html_url=addresses,
)
packages = st.builds(
    Package,
    ref=st.builds(
        PackageRef,
        owner=st.builds(Owner, login=texts, kind=st.sampled_from(OwnerKind)),
        type=st.sampled_from(PackageType),
        name=texts,
    ),
    html_url=addresses,
)
decisions = st.builds(
    Decision,
    version=versions,
    verdict=st.sampled_from(Verdict),
    ground=st.sampled_from(Ground),
    reason=texts,
    source=texts,
)
plans = st.builds(
    Plan,
    package=packages,
    decisions=st.lists(decisions, max_size=8, unique_by=lambda d: d.version.id).map(tuple),
    warnings=st.lists(texts, max_size=3).map(tuple),
    notices=st.lists(texts, max_size=3).map(tuple),
    deletes_package=st.booleans(),
    manifests_read=st.integers(0, 9_999),
)
mistakes = st.builds(
    InputMistake, name=texts, value=st.none() | texts, problem=texts, accepted=texts
)


@st.composite
def errors(draw: st.DrawFn) -> KeeperError:
    kind = draw(st.sampled_from((KeeperError, AccessDenied, LimitExceeded, WaitedTooLong)))
    return kind(draw(texts), hint=draw(texts), request_id=draw(st.none() | texts))


wrong_inputs = st.lists(mistakes, max_size=15).map(lambda found: WrongInputs(tuple(found)))


@st.composite
def package_reports(draw: st.DrawFn) -> PackageReport:
    plan = draw(st.none() | plans)
    known = [decision.version for decision in plan.decisions] if plan else []
    ended = draw(st.lists(st.sampled_from(known) | versions if known else versions, max_size=8))
    results = tuple(
        draw(
            st.builds(
                Result,
                version=st.just(version),
                outcome=st.sampled_from(Outcome),
                detail=texts,
                request_id=st.none() | texts,
                tags_off=st.lists(texts, max_size=2).map(tuple),
            )
        )
        for version in {version.id: version for version in ended}.values()
    )
    return PackageReport(
        name=draw(texts),
        plan=plan,
        results=results,
        error=draw(st.none() | errors()),
        warnings=draw(st.lists(texts, max_size=3).map(tuple)),
    )


reports = st.builds(
    RunReport,
    packages=st.lists(package_reports(), max_size=3).map(tuple),
    dry_run=st.booleans(),
    error=st.none() | errors() | wrong_inputs,
    warnings=st.lists(texts, max_size=3).map(tuple),
    cancelled=st.booleans(),
    journal_file=st.none() | texts,
    settings=st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)
