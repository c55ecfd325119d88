"""The switches for what differs between reports about GitHub, or is not documented.

A client must be right whichever way they stand; the defaults are what was reported last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How this GitHub behaves where it may behave in several ways.

    Listing: `link` is the form of the `Link` URLs (`name`: `/orgs/acme/…`, `id`:
    `/organizations/42/…`, `none`: no header at all), `link_last` whether `rel="last"` is there,
    `order` the order of versions, `deleted_packages_listed` whether deleted packages show as
    `deleted_<name>`, `deleted_tags` whether rows of `state=deleted` name their former tags.

    Refusing: `missing_delete_scope` and `missing_role` are the statuses of the two refusals
    (`missing_role` None: 403 for an integration, 404 for a person), `maven_needs_repo` whether the
    `repo` scope is demanded there, `taken_status` the status for restoring what is taken.

    Restoring: `restored_tags` whether tags come back. Registry: `referrers` the status of the
    referrers endpoint, `token_seconds` how long a registry token lives (None: no `expires_in`),
    `head_downloads` whether a HEAD counts as a download, `blobs_checked` whether a manifest may be
    pushed before its parts, `tags_page` how many tags a page of `tags/list` has at most.
    """

    link: Literal["name", "id", "none"] = "name"
    link_last: bool = True
    order: Literal["newest", "oldest", "shuffled"] = "newest"
    deleted_packages_listed: bool = False
    deleted_tags: bool = True
    missing_delete_scope: Literal[403, 404] = 403
    missing_role: Literal[403, 404] | None = None
    maven_needs_repo: bool = False
    taken_status: int = 409
    restored_tags: bool = True
    referrers: Literal[303, 404] = 303
    token_seconds: int | None = None
    head_downloads: bool = False
    blobs_checked: bool = True
    tags_page: int = 100
