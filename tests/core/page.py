"""What a page tells the core, for the tests: a load and calls, as of one moment."""

from vectors.run import CONSENTS, EMPTY, NOW, OPTIONS, PAGE, POLICY

VISITOR = EMPTY | {"anonymousId": "anonymous"}
LOAD: dict = {
    "type": "load",
    "now": NOW,
    "at": NOW,
    "id": "00000000-0000-4000-8000-000000000001",
    "page": PAGE,
    "identity": EMPTY,
    "writeKey": "KEY",
    "dataPlaneUrl": "https://a.example",
    "options": OPTIONS,
    "policy": POLICY,
    "consents": CONSENTS,
    "owner": "owner",
    "runtime": "any 1.0",
    "installType": "script",
    "online": True,
    "coolUntil": None,
    "reviews": False,
}


def load(options: dict | None = None, policy: dict | None = None, **more: object) -> dict:
    return LOAD | {"options": OPTIONS | (options or {}), "policy": POLICY | (policy or {})} | more


def call(method: str, *arguments: object, **more: object) -> dict:
    given = {
        "now": NOW,
        "at": NOW,
        "page": PAGE,
        "identity": VISITOR,
        "id": "message",
        "fresh": "fresh",
        "arguments": list(arguments),
    }
    return given | {"type": method} | more


def consent(policy: dict | None = None, consents: dict | None = None, **more: object) -> dict:
    decided = {"policy": POLICY | (policy or {}), "consents": CONSENTS | (consents or {})}
    return {"type": "consent", "now": NOW, "discard": False, "integrations": {}, "identity": VISITOR} | decided | more


def response(delivery: int, status: int, **more: object) -> dict:
    answer = {"type": "response", "now": NOW, "delivery": delivery, "status": status, "retryAfter": None}
    return answer | {"id": "80000000-0000-4000-8000-000000000000"} | more


def only(effects: list[dict], kind: str) -> dict:
    (effect,) = [effect for effect in effects if effect["type"] == kind]
    return effect


def kinds(effects: list[dict]) -> list[str]:
    return [effect["type"] for effect in effects]


def lines(effects: list[dict]) -> list[str]:
    return [effect["text"] for effect in effects if effect["type"] in ("log", "fail")]
