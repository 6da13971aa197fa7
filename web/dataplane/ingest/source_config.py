"""`/sourceConfig`: what the official JavaScript SDK asks its control plane before it sends anything [server §1.9]."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .write_keys import basic_username


async def _source_config(request: Request) -> JSONResponse:
    """One enabled source without destinations, whatever the write key."""
    off = {"enabled": False}
    return JSONResponse(
        {
            "source": {
                "id": "local-source",
                "name": "Local data plane",
                "writeKey": request.query_params.get("writeKey") or basic_username(request),
                "enabled": True,
                "workspaceId": "local-workspace",
                "config": {"statsCollection": {"errors": off, "metrics": off}},
                "destinations": [],
            }
        }
    )


ROUTES = [Route(path, _source_config) for path in ("/sourceConfig", "/sourceConfig/")]
