"""The one error that comes before any request is made of it: bytes that are no HTTP."""

import uuid

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.http.limits import MAX_ADDRESS
from api.http.problems import DESCRIPTIONS, MEDIA_TYPE, Problem, ProblemType


class ProblemProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, but what it can't read is answered as a problem document too."""

    def send_400_response(self, msg: str) -> None:
        """Tell what is wrong with bytes that could not be read, and close the connection."""
        request_id = uuid.uuid4().hex
        body = Problem(
            type=f"/v1/problems/{ProblemType.MALFORMED_REQUEST}",
            title=DESCRIPTIONS[ProblemType.MALFORMED_REQUEST].title,
            status=400,
            detail=f"{msg} It is no HTTP, or its address is far over {MAX_ADDRESS} bytes.",
            instance="",
            request_id=request_id,
            errors=[],
            suggestions=[],
        ).model_dump_json()
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {MEDIA_TYPE}\r\n"
            f"content-length: {len(body.encode())}\r\n"
            f"x-request-id: {request_id}\r\n"
            "access-control-allow-origin: *\r\n"
            "cache-control: no-store\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write((head + body).encode())
        self.transport.close()
