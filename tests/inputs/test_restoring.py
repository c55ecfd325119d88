"""The inputs that bring versions back, and the journal that one of them names."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from inputs.environments import environment, mistakes
from package_keeper.domain.errors import WrongInputs
from package_keeper.domain.model import PackageType
from package_keeper.inputs.names import NameSelection
from package_keeper.inputs.restoring import JournalScope, Meant, RestoreInputs
from package_keeper.inputs.settings import Settings, read_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(**inputs: str) -> Settings:
    return read_settings(environment({n.replace("_", "-"): text for n, text in inputs.items()}))


def refused(**inputs: str) -> list[str]:
    return [m.name for m in mistakes({n.replace("_", "-"): text for n, text in inputs.items()})]


@pytest.mark.parametrize(
    "inputs",
    [
        {"restore_ids": "7, 8"},
        {"restore": "v1.*"},
        {"restore": "v1.*", "deleted_since": "2d"},
        {"restore_from": "package-keeper-journal.jsonl"},
        {"restore_from": "journals/a.jsonl", "restore": "v1", "restore_ids": "7"},
        {"restore_from": "j.jsonl", "package_name": "*"},
        {"restore_from": "j.jsonl", "package_name": "a, b-*"},
        {"restore_package": "true"},
        {"restore_package": "true", "package_name": "a, b", "package_type": "npm"},
        {"repair": "true"},
        {"repair": "true", "package_name": "*"},
        {"restore_ids": "7", "delete_untagged": "false", "untag": "False", "repair": "false"},
        {"restore_ids": "7", "if_empty": "keep-newest"},
    ],
)
def test_ways_to_ask(inputs: dict[str, str]) -> None:
    settings = read(**inputs)
    assert settings.restore.is_asked
    assert not settings.short.selects


def test_nothing_is_restored_unless_it_is_asked_for() -> None:
    assert not read(versions_to_keep="3").restore.is_asked
    assert not read(versions_to_keep="3", repair="false").restore.is_asked


def test_what_is_asked_for_is_read() -> None:
    restore = read(restore_ids="7\n8", restore="v1, v2", restore_from="a/b.jsonl").restore
    assert restore.ids == (7, 8)
    assert [str(pattern) for pattern in restore.patterns] == ["v1", "v2"]
    assert restore.journal is not None
    assert restore.journal.as_posix() == "/github/workspace/a/b.jsonl"
    assert read(repair="true").restore.repair
    assert read(restore_package="true").restore.whole_package


@pytest.mark.parametrize("way", ["restore_ids", "restore_package", "repair"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("versions_to_keep", "3"),
        ("keep", "latest"),
        ("delete", "v1"),
        ("older_than", "3d"),
        ("delete_untagged", "true"),
        ("delete_ids", "3"),
        ("max_deletions", "10"),
        ("if_empty", "fail"),
    ],
)
def test_restoring_and_deleting_are_two_steps(way: str, name: str, text: str) -> None:
    inputs = {way: "7" if way == "restore_ids" else "true", name: text}
    (only,) = mistakes({key.replace("_", "-"): value for key, value in inputs.items()})
    assert only.name == name.replace("_", "-")
    assert "these are two steps" in only.problem


@pytest.mark.parametrize("alone", ["restore_package", "repair"])
@pytest.mark.parametrize("other", ["restore_ids", "restore", "restore_from"])
def test_whole_packages_and_repair_go_alone(alone: str, other: str) -> None:
    assert refused(**{alone: "true", other: "7"}) == [alone.replace("_", "-")]


def test_a_package_is_restored_or_repaired() -> None:
    assert refused(restore_package="true", repair="true") == ["restore-package"]


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({"restore_ids": "7", "package_name": "a, b"}, ["restore-ids"]),
        ({"restore_ids": "7", "package_name": "a-*"}, ["restore-ids"]),
        ({"restore_package": "true", "package_name": "a-*"}, ["restore-package"]),
        ({"repair": "true", "package_type": "npm"}, ["repair"]),
        ({"restore_ids": "7", "deleted_since": "2d"}, ["deleted-since"]),
        ({"versions_to_keep": "3", "deleted_since": "2d"}, ["deleted-since"]),
        ({"restore": "has space"}, ["restore"]),
        ({"restore": "sha256:12"}, ["restore"]),
        ({"restore_ids": "x"}, ["restore-ids"]),
        ({"restore_ids": "-7"}, ["restore-ids"]),
        ({"restore_from": "../j.jsonl"}, ["restore-from"]),
        ({"restore_from": "/etc/passwd"}, ["restore-from"]),
        ({"restore_from": "j", "manifest_cache": "j"}, ["manifest-cache"]),
        ({"repair": "yes"}, ["repair"]),
        ({"restore": "v1", "deleted_since": "soon"}, ["deleted-since"]),
        ({"restore": "v1", "deleted_since": "0001-01-01T00:00:00+14:00"}, ["deleted-since"]),
        ({"restore": "v1", "deleted_since": "9999-12-31T23:59:59-14:00"}, ["deleted-since"]),
    ],
)
def test_what_can_not_be_carried_out(inputs: dict[str, str], names: list[str]) -> None:
    assert refused(**inputs) == names


def test_patterns_for_other_types_are_names() -> None:
    assert read(restore="1.0.0+build", package_type="npm").restore.patterns
    assert refused(restore="1.0.0+build") == ["restore"]


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("2d", NOW - timedelta(days=2)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00:00+02:00", datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_deleted_since_is_a_duration_or_a_time(text: str, since: datetime) -> None:
    assert read(restore="v1", deleted_since=text).restore.deleted_since(NOW) == since


def test_longer_ago_than_there_are_dates_is_always() -> None:
    assert RestoreInputs(since=timedelta(days=365 * 4000)).deleted_since(NOW) is None
    assert RestoreInputs().deleted_since(NOW) is None


# The journal


def journal(*entries: dict[str, object]) -> str:
    usual: dict[str, object] = {
        "owner": "Octo-Org",
        "type": "npm",
        "package": "app",
        "id": 7,
        "name": "1.0.0",
        "tags": [],
        "parents": [],
        "action": "delete",
        "outcome": "deleted",
    }
    lines = [{"journal": 1}, *(usual | entry for entry in entries)]
    return "".join(f"{json.dumps(line)}\n" for line in lines)


def meant(text: str, *names: str, takes_all: bool = False) -> Meant:
    scope = JournalScope(
        owner="octo-org",
        package_type=PackageType.NPM,
        names=NameSelection(exact=names or ("app",)),
        takes_all=takes_all,
    )
    return scope.meant_of(text)


def fitting(text: str, *names: str) -> list[int]:
    return [entry.id for entry in meant(text, *names).account.versions]


def test_entries_about_these_packages_are_meant() -> None:
    text = journal({}, {"id": 8, "package": "web"}, {"id": 9, "owner": "other"})
    assert fitting(text) == [7]
    assert fitting(text, "app", "web") == [8, 7]


@pytest.mark.parametrize("change", [{"owner": "other"}, {"package": "web"}, {"type": "nuget"}])
def test_a_journal_about_other_packages_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(WrongInputs, match="is about other packages than this run") as caught:
        fitting(journal(change))
    (mistake,) = caught.value.mistakes
    assert (mistake.name, mistake.value) == ("restore-from", None)


def test_a_journal_whose_deletions_are_all_undone_has_nothing() -> None:
    assert fitting(journal({}, {"action": "restore", "outcome": "restored"})) == []


def test_what_is_no_journal_is_refused() -> None:
    with pytest.raises(WrongInputs, match="is not a journal that can be read: line 1 is not"):
        fitting("name,id\n")


def test_all_packages_are_meant_that_a_journal_names_where_none_is_named() -> None:
    text = journal({}, {"id": 8, "package": "web"}, {"id": 9, "owner": "other"})
    all_of_it = meant(text, takes_all=True)
    assert [entry.id for entry in all_of_it.account.versions] == [8, 7]
    assert all_of_it.names.exact == ("web", "app")
    (notice,) = all_of_it.notices
    assert notice.startswith("the journal also names other/app (npm): left out here")


def test_what_is_left_out_of_a_journal_is_said() -> None:
    text = journal({}, {"id": 8, "package": "web"}, {"id": 9, "type": "nuget"})
    (notice,) = meant(text).notices
    assert "also names Octo-Org/app (nuget), Octo-Org/web (npm): left out here" in notice
    assert meant(journal({})).notices == ()


def test_a_journal_that_is_all_undone_still_names_its_packages() -> None:
    """So that doing it once more looks there, and not at a package of the repository's name."""
    undone: dict[str, object] = {"action": "restore", "outcome": "restored"}
    text = journal({"package": "web"}, undone | {"package": "web"})
    assert meant(text, takes_all=True).names.exact == ("web",)
    assert meant(text).names.exact == ("app",)
    empty = "".join(journal().splitlines(keepends=True))
    assert meant(empty, takes_all=True).names.exact == ("app",)


@pytest.mark.parametrize("name", ["..", "a/../b", "", "a//b", "a\nb"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(WrongInputs, match="names a package as no package is named"):
        meant(journal({"package": name}), takes_all=True)


def test_packages_are_named_or_left_to_be_the_repositorys_own() -> None:
    assert read(restore_from="j", package_name="app").is_named
    assert not read(restore_from="j").is_named
