"""Where GitHub is: the addresses of the API and of the container registry.

Decides which addresses are accepted and how the ones that are not given follow from the others. It
does not decide whether anything answers there.

Sources: the hosts of GitHub.com, of Enterprise Server and of GHE.com are those of GitHub's
documentation on the REST API and on the container registry; Enterprise Server serves containers
only with subdomain isolation.
"""

import re
from urllib.parse import SplitResult, urlsplit

from package_keeper.inputs.values import unreadable

GITHUB_SERVER = "https://github.com"
GITHUB_API = "https://api.github.com"
GITHUB_REGISTRY = "https://ghcr.io"

_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def read_api_url(text: str) -> str:
    """The base address of the REST API, without a slash at its end."""
    parts = _split(text)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def read_registry_url(text: str) -> str:
    """The registry's address: scheme, host and port, for its paths are fixed by its standard."""
    parts = _split(text)
    if parts.path.strip("/"):
        raise unreadable(text, "has a path; owner and package are given by other inputs")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(text: str) -> SplitResult:
    """The parts of an http(s) address with a host and neither credentials nor a query."""
    if not re.fullmatch(r"[!-~]+", text) or "\\" in text:
        raise unreadable(text, "holds characters that no address has")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise unreadable(text, "is not an address") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise unreadable(text, f"does not start with http:// or https://{_with_scheme(text)}")
    if "@" in parts.netloc:
        raise unreadable(text, "holds credentials; the token has an input of its own")
    if "?" in text or "#" in text:
        raise unreadable(text, "has a query or a fragment")
    if not _HOST.fullmatch(parts.netloc):
        raise unreadable(text, "has no valid host")
    return parts


def _with_scheme(text: str) -> str:
    looks_like_host = "://" not in text and "." in text and _HOST.match(text)
    return f"; probably https://{text} is meant" if looks_like_host else ""


def host_of(url: str) -> str:
    """The host and port of an address that was read before; empty where there is none."""
    return url.partition("://")[2].partition("/")[0].lower()


def api_url_of(server_url: str) -> str:
    """Where the API of a server is, by the server's own address."""
    scheme, host = server_url.partition("://")[0], host_of(server_url)
    if host == "github.com":
        return GITHUB_API
    if host.endswith(".ghe.com"):
        return f"{scheme}://api.{host}"
    return f"{scheme}://{host}/api/v3"


def registry_url_of(server_url: str) -> str:
    """Where the containers of a server are, by the server's own address."""
    scheme, host = server_url.partition("://")[0], host_of(server_url)
    if host == "github.com":
        return GITHUB_REGISTRY
    return f"{scheme}://containers.{host}"


def is_enterprise_server(api_url: str) -> bool:
    """Whether this API is an Enterprise Server's: those alone have it on the server's own host."""
    return api_url.endswith("/api/v3")


def server_url_of(api_url: str) -> str | None:
    """Whose API this is; None where the address does not say it."""
    scheme, host = api_url.partition("://")[0], host_of(api_url)
    if host == "api.github.com":
        return GITHUB_SERVER
    if host.startswith("api.") and host.endswith(".ghe.com"):
        return f"{scheme}://{host.removeprefix('api.')}"
    if api_url.endswith(f"{host}/api/v3"):
        return f"{scheme}://{host}"
    return None
