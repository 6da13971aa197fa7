"""`/live/users`: who the stored messages are about."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ...pages.templates import Templates
from ...store.database import Store
from ...store.rows import LONGEST_ID
from ..tree import tree
from .everyone import SHOWN, people
from .person import portrait


class UserPages:
    """A list, and one person beside it."""

    def __init__(self, store: Store, templates: Templates) -> None:
        self._store = store
        self._templates = templates

    def routes(self) -> list[Route]:
        return [Route("/live/users", self._users)]

    async def _users(self, request: Request) -> Response:
        """Everything, or for htmx the half that it asks for."""
        query = request.query_params
        known = "user" in query
        id_, begins = query.get("user") or query.get("anonymous") or "", query.get("begins", "").strip()
        if len(begins) > LONGEST_ID:
            return JSONResponse({"error": f"begins has {LONGEST_ID} characters at most"}, 400)
        part = request.headers.get("hx-target", "") if "hx-request" in request.headers else ""
        listed = [] if part.endswith("#person") else await run_in_threadpool(people, self._store.path, begins)
        person = (
            await run_in_threadpool(portrait, self._store.path, id_, known=known)
            if id_ and not part.endswith("#people")
            else None
        )
        name = {"aside#person": "person.html", "section#people": "people.html"}.get(part, "users.html")
        return self._templates.page(
            name,
            request,
            people=listed,
            most=SHOWN,
            begins=begins,
            asked=id_[:LONGEST_ID],
            person=person,
            traits=tree(person.history.traits, folded_from=3) if person else [],
        )
