"""The part of GitHub's API that a release uses, in memory and over HTTP.

Decides what GitHub refuses of it: a ref that is there already, and a second page for a tag. Objects
are named by the hash of what they hold, as git names them, but not by git's own.
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
REPOSITORY = "package-keeper/package-keeper"


class GitData:
    """One repository: `objects` by hash, `refs` such as `tags/v1`, `pages` by tag, all `writes`."""

    def __init__(self) -> None:
        self.objects: dict[str, Json] = {}
        self.refs: dict[str, str] = {}
        self.pages: dict[str, Json] = {}
        self.writes: list[str] = []
        self.url = ""
        self.fails_at = ""
        """The beginning of a write that answers 502, once."""

    def add(self, value: Json) -> str:
        """Keep an object; its hash."""
        name = hashlib.sha1(json.dumps(value, sort_keys=True).encode()).hexdigest()  # noqa: S324
        self.objects[name] = value
        return name

    def commit(self, files: dict[str, str], message: str = "Change", *parents: str) -> str:
        """A commit with these files as its whole tree."""
        tree = self.add({"files": files})
        return self.add({"tree": tree, "message": message, "parents": list(parents)})

    def file(self, commit: str, path: str) -> str:
        """A file as it is in a commit."""
        return str(self.objects[self.objects[commit]["tree"]]["files"][path])

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Any]:
        """Status and answer for one request, whose path is below the repository's."""
        if method != "GET":
            wanted = f"{method} {path}"
            if self.fails_at and wanted.startswith(self.fails_at):
                self.fails_at = ""
                return 502, {"message": "Server Error"}
            self.writes.append(wanted)
        for (verb, pattern), handle in _ROUTES.items():
            if verb == method and (found := re.fullmatch(pattern, path)):
                return handle(self, found, body)
        return 404, {"message": "Not Found"}

    def get_ref(self, found: re.Match[str], _: Json) -> tuple[int, Any]:
        sha = self.refs.get(found[1])
        return (200, _ref(found[1], sha)) if sha else (404, {"message": "Not Found"})

    def get_refs(self, found: re.Match[str], _: Json) -> tuple[int, Any]:
        return 200, [
            _ref(name, sha) for name, sha in self.refs.items() if name.startswith(found[1])
        ]

    def get_commit(self, found: re.Match[str], _: Json) -> tuple[int, Any]:
        commit = self.objects[found[1]]
        parents = [{"sha": sha} for sha in commit["parents"]]
        return 200, {**commit, "tree": {"sha": commit["tree"]}, "parents": parents}

    def get_file(self, found: re.Match[str], _: Json) -> tuple[int, Any]:
        content = base64.encodebytes(self.file(found[2], found[1]).encode()).decode()
        return 200, {"content": content, "encoding": "base64"}

    def get_page(self, found: re.Match[str], _: Json) -> tuple[int, Any]:
        page = self.pages.get(found[1])
        return (200, page) if page else (404, {"message": "Not Found"})

    def post_tree(self, _: re.Match[str], body: Json) -> tuple[int, Any]:
        files = dict(self.objects[body["base_tree"]]["files"])
        for entry in body["tree"]:
            assert (entry["mode"], entry["type"]) == ("100644", "blob")
            files[entry["path"]] = entry["content"]
        return 201, {"sha": self.add({"files": files})}

    def post_commit(self, _: re.Match[str], body: Json) -> tuple[int, Any]:
        return 201, {"sha": self.add(body)}

    def post_ref(self, _: re.Match[str], body: Json) -> tuple[int, Any]:
        name = body["ref"].removeprefix("refs/")
        if name in self.refs:
            return 422, {"message": "Reference already exists"}
        self.refs[name] = body["sha"]
        return 201, _ref(name, body["sha"])

    def patch_ref(self, found: re.Match[str], body: Json) -> tuple[int, Any]:
        if found[1] not in self.refs or not body["force"]:
            return 422, {"message": "Reference does not exist, or is no fast forward"}
        self.refs[found[1]] = body["sha"]
        return 200, _ref(found[1], body["sha"])

    def post_page(self, _: re.Match[str], body: Json) -> tuple[int, Any]:
        if body["tag_name"] in self.pages:
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}
        self.pages[body["tag_name"]] = body
        return 201, body


def _ref(name: str, sha: str) -> Json:
    return {"ref": f"refs/{name}", "object": {"type": "commit", "sha": sha}}


_ROUTES = {
    ("GET", "git/ref/(.+)"): GitData.get_ref,
    ("GET", "git/matching-refs/(.+)"): GitData.get_refs,
    ("GET", "git/commits/(.+)"): GitData.get_commit,
    ("GET", r"contents/(.+)\?ref=(.+)"): GitData.get_file,
    ("GET", "releases/tags/(.+)"): GitData.get_page,
    ("POST", "git/trees"): GitData.post_tree,
    ("POST", "git/commits"): GitData.post_commit,
    ("POST", "git/refs"): GitData.post_ref,
    ("PATCH", "git/refs/(.+)"): GitData.patch_ref,
    ("POST", "releases"): GitData.post_page,
}


@contextmanager
def listening(data: GitData, token: str) -> Iterator[GitData]:
    """Answer on 127.0.0.1 whoever brings the token."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            status, value = 401, {"message": "Bad credentials"}
            prefix = f"/repos/{REPOSITORY}/"
            if self.headers["Authorization"] == f"Bearer {token}":
                assert self.path.startswith(prefix), self.path
                status, value = data.answer(self.command, self.path.removeprefix(prefix), body)
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = handle_any  # noqa: N815 - the standard library's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    data.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield data
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
