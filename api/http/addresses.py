"""Absolute addresses: of the service itself, as the caller reaches it."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

_HOST: Final = re.compile(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$")


def base_url(scope: Scope) -> str:
    """The address of the service, without a trailing slash.

    It is what the operator configured, or else the host the request was sent to; a host that could
    not be one is not repeated back.
    """
    configured = scope.get("state", {}).get("public_url")
    if configured:
        return str(configured).rstrip("/")
    host = Headers(scope=scope).get("host", "")
    if not _HOST.match(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else str(name)
    return f"{scope.get('scheme', 'http')}://{host}{scope.get('root_path', '')}"
