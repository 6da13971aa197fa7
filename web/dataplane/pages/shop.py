"""A small shop: the event API on three pages, with consent, a login, and a data plane that can be off."""

from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ..options import Options
from .templates import OF_THE_DEMO, Templates


class Product(NamedTuple):
    """What the shop sells; the price in euros."""

    id: str
    name: str
    price: int
    about: str


PRODUCTS = (
    Product("lamp", "Desk lamp", 45, "Warm light, a steel arm, no app."),
    Product("clock", "Wall clock", 32, "Silent, and right twice a day at least."),
    Product("stool", "Oak stool", 80, "Three legs: it never wobbles."),
)


class Shop:
    """Rendered at each request, so that what is built meanwhile shows."""

    def __init__(self, options: Options, templates: Templates) -> None:
        self._dist = options.dist
        self._templates = templates

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/shop", self._list),
            Route("/shop/cart", self._cart),
            Route("/shop/{product}", self._product),
        ]

    async def _list(self, request: Request) -> Response:
        return self._page("shop_list.html", request)

    async def _cart(self, request: Request) -> Response:
        return self._page("shop_cart.html", request)

    async def _product(self, request: Request) -> Response:
        product = next((each for each in PRODUCTS if each.id == request.path_params["product"]), None)
        if product is None:
            raise HTTPException(404)
        return self._page("shop_product.html", request, product=product)

    def _page(self, name: str, request: Request, **values: Any) -> Response:
        return self._templates.page(
            name,
            request,
            policy=OF_THE_DEMO,
            built=(self._dist / "rudderanalytics.js").is_file(),
            products=PRODUCTS,
            **values,
        )
