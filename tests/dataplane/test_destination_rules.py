"""The rules of the destinations, over the reserved traits with every odd value.

The tables here are those of the facts [server §2], written down once more: they and the modules check each other.
"""

import copy
import itertools
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataplane.destinations import DESTINATIONS
from dataplane.destinations.dotted import Copied, look_up, read, steps, write

type Message = dict[str, Any]

RESERVED = [
    *("id", "firstName", "lastName", "name", "age", "email", "phone", "address", "birthday", "company", "createdAt"),
    *("description", "gender", "title", "username", "website", "avatar"),
]
ALIASES = ["firstname", "first_name", "lastname", "last_name", "userName", "userId", "anonymousId"]
BESIDE = ["city", "state", "country", "street", "postalCode", "unsubscribed", "role", "ownerId", "lastSeenAt", "plan"]
DOTTED = [
    "address.city",
    "address.state",
    "plan.tier",
    "a.b.c",
    "company.name",
    "v1.0",
    "x..y",
    "end.",
    "a/b.c",
    "a\\.b",
]
ODD = st.one_of(
    st.sampled_from([None, "", 0, False, True, 1, -1.5, [], {}, [None], [0], {"": None}, " ", "0", "null"]),
    st.sampled_from(["Ada", "Ada Lovelace", "ada@example.com", "+14155552671", "2024-02-29", "female", 1709201472]),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from([None, "", 0, "Basel", {"deep": [1]}])
            for name in ("city", "country", "postalCode", "state", "street", "name", "industry", "lat", "city.x")
        },
    ),
)
TRAITS = st.dictionaries(st.sampled_from(RESERVED + ALIASES + BESIDE + DOTTED), ODD, max_size=9)
MESSAGES = st.builds(
    lambda context, root, user, anonymous: {
        **{"type": "identify", "userId": user, "anonymousId": anonymous, "timestamp": "2026-01-15T08:00:00.150Z"},
        "context": {"traits": context},
        **({} if root is None else {"traits": root}),
    },
    TRAITS,
    st.none() | TRAITS,
    st.sampled_from([None, "", 0, False, "u", 7, {}]),
    st.sampled_from(["", "a", None]),
)
every = settings(max_examples=150, deadline=None)


def sent(name: str, message: Message) -> Any:
    """None where it is refused."""
    return DESTINATIONS[name].preview(message).request


def places(*names: str) -> list[str]:
    return [f"{where}.{name}" for where in ("traits", "context.traits") for name in names]


def values(message: Message, where: list[str]) -> list[Any]:
    return [read(message, place) for place in where]


def counts(value: Any) -> bool:
    """As the transformer's look-up has it."""
    return value is not None and value != ""


def true(value: Any) -> bool:
    """As JavaScript has it."""
    return value is not None and value is not False and value != "" and (isinstance(value, list | dict) or value != 0)


def whole(message: Message) -> Message:
    root = message.get("traits")
    return message["context"]["traits"] if root is None else root


MIXPANEL = {
    **{
        field: places(name) for field, name in {"$created": "createdAt", "$phone": "phone", "$avatar": "avatar"}.items()
    },
    "$email": [*places("email"), "properties.email"],
    "$first_name": places("firstName", "firstname", "first_name"),
    "$last_name": places("lastName", "lastname", "last_name"),
    "$username": [*places("username"), *places("userName")],
    "$country_code": [*places("address.country"), *places("country")],
    "$city": [*places("city"), *places("address.city")],
    "$region": [*places("state"), *places("address.state")],
    "$unsubscribed": places("unsubscribed"),
}


@given(MESSAGES)
@every
def test_mixpanel(message: Message) -> None:
    (entry,) = sent("mixpanel", message)["batch"]
    there = entry["$set"]
    for field, where in MIXPANEL.items():
        found = [value for value in values(message, where) if counts(value)]
        assert there.get(field, "nothing") == (found[0] if found else "nothing"), field
    first, last = there.get("$first_name"), there.get("$last_name")
    given_name = next((value for value in values(message, places("name")) if counts(value)), None)
    if true(given_name):
        assert there["$name"] == given_name
    elif true(first) and true(last):
        assert isinstance(there["$name"], str)
    else:
        assert there.get("$name") == given_name
    assert not there.keys() & {"address", "name", "email", "firstName", "phone"} - {
        # Written by a dotted name of its own.
        *(steps(name)[0] for name in {**message["context"]["traits"], **(message.get("traits") or {})} if "." in name)
    }


@pytest.mark.parametrize("name", ["mixpanel", "klaviyo"])
@given(context=TRAITS, root=TRAITS)
@every
def test_other_traits_pass_the_context_over_the_root(name: str, context: Message, root: Message) -> None:
    message = {"type": "identify", "userId": "u", "traits": root, "context": {"traits": context}}
    request = sent(name, message)
    if request is None:
        assert name == "klaviyo"
        return
    there = request["batch"][0]["$set"] if name == "mixpanel" else attributes(request).get("properties", {})
    for trait in ("id", "age", "birthday", "description", "gender", "website", "ownerId"):
        assert (trait in there) == (trait in context or trait in root)
        assert there.get(trait) == (context[trait] if trait in context else root.get(trait))


INTERCOM = {
    "external_id": ["userId", *places("userId", "id")],
    "email": [*places("email"), "properties.email"],
    "phone": places("phone"),
    "avatar": places("avatar"),
    "role": places("role"),
    "unsubscribed_from_emails": places("unsubscribedFromEmails"),
}


@given(MESSAGES)
@every
def test_intercom(message: Message) -> None:
    expected = {
        field: next((value for value in values(message, where) if value is not None), None)
        for field, where in INTERCOM.items()
    }
    request = sent("intercom", message)
    assert (request is None) == (not true(expected["external_id"]) and not true(expected["email"]))
    if request is None:
        return
    body = request["body"]
    for field, value in expected.items():
        assert body.get(field) == value
    names = values(message, places("firstName", "firstname", "first_name", "lastName", "lastname", "last_name", "name"))
    assert ("name" in body) <= any(map(counts, names))
    assert body.get("signed_up_at", 1) is not None and body.get("owner_id", 1) not in (None, 0)
    own = set(message["context"]["traits"]) - {"email", "name", "phone", "company", "userId", "createdAt"}
    own -= {"firstName", "firstname", "lastName", "lastname", "avatar", "role", "ownerId", "lastSeenAt"}
    starts = tuple(body.get("custom_attributes", ()))
    assert all(any(start.startswith(name) for start in starts) for name in own)


@given(MESSAGES)
@every
def test_amplitude(message: Message) -> None:
    (event,) = sent("amplitude", message)["body"]["events"]
    traits, properties = whole(message), event["user_properties"]
    for field in ("city", "country"):
        assert field not in properties
        found = [value for value in (read(traits, f"address.{field}"), traits.get(field)) if counts(value)]
        assert event.get(field, "nothing") == (found[0] if found else "nothing")
    assert_address_is_spread(traits, properties, ("state", "street", "postalCode"))


@given(MESSAGES)
@every
def test_customerio(message: Message) -> None:
    request = sent("customerio", message)
    if request is None:
        assert not any(map(counts, values(message, ["userId", *places("userId", "id", "email"), "properties.email"])))
        return
    traits, body = whole(message), request["body"]
    assert body["_timestamp"] == 1768464000
    assert body.get("anonymous_id", "") == (message["anonymousId"] or "")
    assert not body.keys() & {"userId", "anonymousId", "createdAt", "address"}
    assert ("created_at" in body) == true(traits.get("createdAt"))
    assert_address_is_spread(traits, body, ("city", "country", "state", "street", "postalCode"))
    for name in ("plan.tier", "address.city", "company.name"):
        assert body.get(name) == traits.get(name)
    assert read(body.get("a.b"), "c") == traits.get("a.b.c")


def assert_address_is_spread(traits: Message, there: Message, parts: tuple[str, ...]) -> None:
    for part in parts:
        found = look_up(traits, f"address.{part}") if "address" in traits else None
        if part in traits:
            assert there[part] == traits[part]
        elif found:
            assert there[part] == found[0]
        else:
            assert part not in there
    assert "lat" not in there


BRAZE = {
    **{"first_name": "firstName", "last_name": "lastName", "phone": "phone", "dob": "birthday", "image_url": "avatar"},
    **{"home_city": "address.city", "country": "address.country"},
}


SCALARS = [None, "", 0, False, True, 7, "x", [], {}, [0], {"a": 1}]


@pytest.mark.parametrize("given_name", [None, "", 0, "Ada King"])
def test_full_names(given_name: Any) -> None:
    for first, last in itertools.product(SCALARS, SCALARS):
        message = {"type": "identify", "userId": "u"}
        message["context"] = {"traits": {"firstName": first, "last_name": last, "name": given_name}}
        made = [as_text(each) for each in (first, last) if true(each)]
        alone = given_name if counts(given_name) else None
        both = given_name if true(given_name) else " ".join(made) if len(made) == 2 else alone
        one = given_name if true(given_name) else " ".join(made) if made else alone
        assert sent("mixpanel", message)["batch"][0]["$set"].get("$name") == both, (first, last)
        assert sent("intercom", message)["body"].get("name") == one, (first, last)


def as_text(value: Any) -> str:
    """As JavaScript has it."""
    known = {"true": True, "7": 7, "x": "x", "0": [0]}
    return next((text for text, each in known.items() if each == value and type(each) is type(value)), "") or (
        "" if value == [] else "[object Object]"
    )


@pytest.mark.parametrize("field", ["city", "country"])
def test_where_amplitude_has_city_and_country_from(field: str) -> None:
    for of_the_address, own, located in itertools.product(SCALARS, SCALARS, ["", None, "located"]):
        traits = {"address": {field: of_the_address}, field: own}
        message = {"type": "identify", "userId": "u", "context": {"traits": traits, "location": {field: located}}}
        (event,) = sent("amplitude", message)["body"]["events"]
        expected = [each for each in (of_the_address, own, located) if counts(each)]
        assert event.get(field, "nothing") == (expected[0] if expected else "nothing")
        assert event["user_properties"] == {}


@pytest.mark.parametrize(
    ("created", "intercom", "customerio"),
    [
        *((None, "-", "-"), ("", "-", "-"), (0, "-", "-"), (False, "-", "-"), (True, 0, 0), ([], "-", None)),
        *(({}, "-", None), ("soon", "-", None), ("0", 946684800, 946684800), (-1500, -2, -2), (1e300, "-", None)),
        *((1709201472, 1709201, 1709201), (1709201472345, 1709201472, 1709201472), (["2024"], 1704067200, 1704067200)),
        *(
            ("1970-01-01", "-", 0),
            ("2024-02-29", 1709164800, 1709164800),
            ("2024-02-29T10:11+02:00", *[1709194260] * 2),
        ),
    ],
)
def test_when_somebody_was_created(created: Any, intercom: Any, customerio: Any) -> None:
    message = {"type": "identify", "userId": "u", "context": {"traits": {"createdAt": created}}}
    assert sent("intercom", message)["body"].get("signed_up_at", "-") == intercom
    assert sent("customerio", message)["body"].get("created_at", "-") == customerio
    there = sent("mixpanel", message)["batch"][0]["$set"].get("$created", "-")
    assert there == (created if counts(created) else "-")


@given(MESSAGES)
@every
def test_braze(message: Message) -> None:
    preview, traits = DESTINATIONS["braze"].preview(message), whole(message)
    email = traits.get("email")
    if true(email) and not isinstance(email, str):
        assert preview.error == "Invalid email, email must be a valid string"
        return
    if preview.request is None:
        assert preview.error == "No attributes found to update the user profile"
        mapped = {"firstName", "lastName", "phone", "birthday", "avatar", "address", "email", "gender"}
        assert not traits.keys() - mapped
        return
    (user,) = preview.request["body"]["attributes"]  # type: ignore[call-overload, index]
    for field, place in BRAZE.items():
        if field not in traits:  # a trait may have the field's own name
            value = read(traits, place)
            assert user.get(field) == (value if true(value) else None)
    assert user.get("email") == (email.lower() if true(email) else None)
    assert user.get("gender") in (None, "F", "M", "O")
    assert not user.keys() & {"firstName", "lastName", "birthday", "avatar", "address"}
    for name in ("age", "company", "title", "firstname", "lastname", "plan.tier", "a.b.c", "city", "state"):
        assert (name in user) == (name in traits) and user.get(name) == traits.get(name)
    assert ("user_alias" in user) == ("_update_existing_only" in user)


WHOLE = ["amplitude", "customerio", "braze", "hubspot", "iterable", "posthog", "salesforce"]


@pytest.mark.parametrize("name", WHOLE)
@given(root=TRAITS, one=TRAITS, other=TRAITS)
@every
def test_traits_of_the_root_hide_those_of_the_context(name: str, root: Message, one: Message, other: Message) -> None:
    ids = {"type": "identify", "userId": "u", "anonymousId": "a", "timestamp": "2026-01-15T08:00:00.150Z"}
    root = {"email": "ada@example.com", **root}
    root["email"] = root["email"] if counts(root["email"]) else "ada@example.com"
    requests = [sent(name, {**ids, "traits": root, "context": {"traits": traits}}) for traits in (one, other)]
    assert requests[0] == requests[1]


def attributes(request: Any) -> Any:
    return request["body"]["data"]["attributes"]


KLAVIYO = {
    "phone_number": places("phone"),
    "email": [*places("email"), "properties.email"],
    "first_name": places("firstName", "firstname", "first_name"),
    "last_name": places("lastName", "lastname", "last_name"),
    "title": places("title"),
}


@given(MESSAGES)
@every
def test_klaviyo(message: Message) -> None:
    request = sent("klaviyo", message)
    phone = next((value for value in values(message, places("phone")) if counts(value)), None)
    assert (request is None) == (phone is not None and phone != "+14155552671")
    if request is None:
        return
    for field, where in KLAVIYO.items():
        assert attributes(request).get(field) == next(
            (value for value in values(message, where) if counts(value)), None
        )


@given(MESSAGES)
@every
def test_iterable_posthog_and_the_webhook_change_nothing(message: Message) -> None:
    assert sent("webhook", message)["body"] == message
    assert sent("posthog", message)["body"]["$set"] == whole(message)
    known = [*places("userId", "id", "email"), "userId", "anonymousId", "properties.email"]
    request = sent("iterable", message)
    assert (request is not None) == any(map(counts, values(message, known)))
    if request is not None:
        assert request["body"]["dataFields"] == whole(message)


@given(MESSAGES)
@every
def test_hubspot_and_salesforce(message: Message) -> None:
    traits = whole(message)
    contact, lead = sent("hubspot", message), sent("salesforce", message)
    emails = [value for value in values(message, [*places("email"), "properties.email"]) if counts(value)]
    assert (contact is not None) == bool(emails and true(emails[0]))
    assert (lead is not None) == true(traits.get("email"))
    if contact is not None:
        properties = contact["body"]["properties"]
        assert all(counts(value) for value in properties.values())
        assert not properties.keys() & {"id", "name", "age", "createdat", "username", "plan", "description", "title"}
    if lead is not None:
        assert counts(lead["body"]["LastName"]) and counts(lead["body"]["Company"])
        assert lead["body"].get("plan__c") == traits.get("plan")
        assert not lead["body"].keys() & {"age__c", "gender__c", "birthday__c", "avatar__c", "address__c", "email__c"}


@pytest.mark.parametrize("name", DESTINATIONS)
@given(message=MESSAGES)
@every
def test_every_trait_arrives_or_is_said_to_be_lost(name: str, message: Message) -> None:
    before = copy.deepcopy(message)
    preview = DESTINATIONS[name].preview(message)
    assert message == before
    json.dumps(preview.answer(), allow_nan=False)
    if preview.request is None:
        assert preview.error and not preview.sources
        return
    said = {*preview.lost, *(source for source, _ in preview.trace())}
    for where, other in (("traits", "context.traits"), ("context.traits", "traits")):
        for path, value in leaves(read(message, where), ""):
            is_twin = (path, value) in leaves(read(message, other), "")
            if counts(value) and not is_twin:
                assert any((where + path).startswith(each) for each in said), where + path


def leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, each in value.items() for leaf in leaves(each, f"{path}.{name}")] or [(path, "")]
    if isinstance(value, list):
        return [leaf for index, each in enumerate(value) for leaf in leaves(each, f"{path}[{index}]")] or [(path, "")]
    return [(path, value)]


@given(value=ODD)
@every
def test_a_dot_in_a_name_steps_into_an_object(value: Any) -> None:
    for name, at in (("mixpanel", ("batch", 0, "$set")), ("amplitude", ("body", "events", 0, "user_properties"))):
        dotted, nested = (
            sent(name, {"type": "identify", "userId": "u", "context": {"traits": traits}})
            for traits in ({"plan.tier": value}, {"plan": {"tier": value}})
        )
        assert dotted == nested and dotted is not None
        for step in at:
            dotted = dotted[step]
        assert dotted["plan"] == {"tier": value}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        # As set-value 4.1.0 writes 1 to an empty object.
        ("plan.tier", {"plan": {"tier": 1}}),
        ("a.b.c", {"a": {"b": {"c": 1}}}),
        ("a\\.b.c", {"a.b": {"c": 1}}),
        ("a..b", {"a": {"": {"b": 1}}}),
        (".a", {"": {"a": 1}}),
        ("a.", {"a": 1}),
        ("a..", {"a": {"": 1}}),
        (".", {"": 1}),
        ("...", {"": {"": {"": 1}}}),
        ("", {}),
        ("a/b", {"a/b": 1}),
        ("a.b/c", {"a.b/c": 1}),
        ("a[0]", {"a[0]": 1}),
        ("1", {"1": 1}),
        ("a.0", {"a": [1]}),
        ("a.2", {"a": [None, None, 1]}),
        ("a.01", {"a": [None, 1]}),
        ("a. 1", {"a": [None, 1]}),
        ("a. ", {"a": {" ": 1}}),
        ("a.-1", {"a": []}),
        ("a.1.b", {"a": [None, {"b": 1}]}),
        ("a.0.1", {"a": [[None, 1]]}),
        ("0.1", {"0": [None, 1]}),
        ("a.b.0.c", {"a": {"b": [{"c": 1}]}}),
        ("version 1.1", {"version 1": [None, 1]}),
    ],
)
def test_names_are_written_as_set_value_does(name: str, written: Message) -> None:
    target: Message = {}
    if path := steps(name):
        assert write(target, path, 1, Copied()) == ("-1" not in name)
    assert target == written


@pytest.mark.parametrize(
    ("there", "name", "written"),
    [
        ({"plan": "gold"}, "plan.tier", {"plan": {"tier": 1}}),
        ({"plan": None}, "plan.tier", {"plan": {"tier": 1}}),
        ({"plan": ["x"]}, "plan.tier", {"plan": ["x"]}),
        ({"plan": {"a": 1}}, "plan.tier", {"plan": {"a": 1, "tier": 1}}),
        ({"plan": {"a": 1}}, "plan", {"plan": 1}),
        ({"plan": [5, 2]}, "plan.0", {"plan": [1, 2]}),
        ({"a": {"b": 1}}, "a.0", {"a": [1]}),
        ({"a": "x"}, "a.0", {"a": [1]}),
        ({"a": [{"x": 1}]}, "a.0.y", {"a": [{"x": 1, "y": 1}]}),
        ({"a.b": 1}, "a.b", {"a.b": 1, "a": {"b": 1}}),
    ],
)
def test_what_is_in_the_way(there: Message, name: str, written: Message) -> None:
    before, target = copy.deepcopy(there), dict(there)
    write(target, steps(name), 1, Copied())
    assert target == written
    assert there == before


def lines_run(call: Callable[[], object]) -> int:
    """Lines of Python, as work that does not depend on the machine."""
    run = 0

    def count(frame: object, event: str, argument: object) -> Any:
        nonlocal run
        run += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(before)
    return run


@pytest.mark.parametrize("name", DESTINATIONS)
@pytest.mark.parametrize("trait", ["trait{}", "plan.{}tier", "x/{}"])
def test_twice_as_many_traits_are_twice_the_work(name: str, trait: str) -> None:
    def lines(many: int) -> int:
        traits = {"email": "ada@example.com"} | {trait.format(number): {"a": number} for number in range(many)}
        message = {"type": "identify", "userId": "u", "context": {"traits": traits}}
        return lines_run(lambda: DESTINATIONS[name].preview(message).trace())

    assert lines(600) < 2.2 * lines(300)


def test_a_name_with_too_many_dots() -> None:
    traits = {".".join("a" * 100_000): 1}
    preview = DESTINATIONS["mixpanel"].preview({"type": "identify", "userId": "u", "context": {"traits": traits}})
    assert preview.error == "the message is nested too deeply"


def test_a_list_does_not_grow_without_end() -> None:
    target: Message = {}
    assert not write(target, steps("a.5000000"), 1, Copied())
    assert target == {"a": []}


@pytest.mark.parametrize(
    ("value", "place", "found"),
    [
        # As get-value 3.0.1 reads.
        ({"address.city": 1}, "address.city", 1),
        ({"traits": {"address.city": 1}}, "traits.address.city", 1),
        ({"traits": {"address": {"city": 2}, "address.city": 1}}, "traits.address.city", 2),
        ({"traits": {"address": "x", "address.city": 1}}, "traits.address.city", None),
        ({"plan.tier": 1, "plan": {"tier": 2}}, "plan.tier", 1),
        ({"context.traits": {"email": 4}}, "context.traits.email", 4),
        ({"context": {"traits": {}}, "context.traits.email": 3}, "context.traits.email", 3),
        ({"context": {"traits.email": 1}}, "context.traits.email", 1),
        ({"a": None}, "a.b", None),
        ({"a": {"": {"b": 1}}}, "a..b", 1),
        ({".": 1}, ".", 1),
        ("text", "a", None),
        (None, "a", None),
    ],
)
def test_names_are_read_as_get_value_does(value: Any, place: str, found: Any) -> None:
    assert read(value, place) == found
