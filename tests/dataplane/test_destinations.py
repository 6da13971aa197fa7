"""What destinations would be sent: equal to the transformer's answers, and by its rules where no answer is recorded.

`destinations.json` has our messages and what the running transformer answered for them.
"""

import copy
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataplane.destinations import DESTINATIONS, field_text, processed
from dataplane.destinations.browsers import browser
from dataplane.destinations.date_parse import parse
from dataplane.destinations.javascript import number, text

type Message = dict[str, Any]

FOLDER = Path(__file__).parent
RECORDED = json.loads((FOLDER / "destinations.json").read_text())
CASES = RECORDED["cases"]
MODULES = FOLDER.parents[1] / "web" / "dataplane" / "destinations"
SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
)
NAMES = st.sampled_from(
    [
        *("id", "userId", "email", "name", "firstName", "first_name", "lastname", "createdAt", "address", "company"),
        *("city", "phone", "avatar", "username", "unsubscribed", "birthday", "gender", "plan", "nested", "lastSeenAt"),
    ]
)
TRAITS = st.dictionaries(NAMES, VALUES, max_size=8)


def identify(context: Any = None, root: Any = None, /, **members: Any) -> Message:
    message = {"type": "identify", "userId": "u", "anonymousId": "a", "timestamp": "2026-01-15T08:00:00.150Z"} | members
    message["context"] = {"ip": "203.0.113.7", "traits": context} | message.get("context", {})
    if context is None:
        del message["context"]["traits"]
    return message if root is None else message | {"traits": root}


def sent(name: str, message: Message) -> Any:
    preview = DESTINATIONS[name].preview(message)
    assert preview.request is not None, preview.error
    return preview.request


def mixpanel(message: Message) -> Any:
    (entry,) = sent("mixpanel", message)["batch"]
    return entry


def profile(*traits: Any) -> Any:
    return mixpanel(identify(*traits))["$set"]


def contact(*traits: Any) -> Any:
    return sent("intercom", identify(*traits))["body"]


def attributes(*traits: Any) -> Any:
    return contact(*traits).get("custom_attributes")


@pytest.mark.parametrize("name", ["mixpanel", "intercom"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_as_the_transformer_answered(case: Message, name: str, client: httpx.Client) -> None:
    expected = case[name]
    assert DESTINATIONS[name].preview(case["message"]).answer() == (expected.get("statusCode", 200), expected)
    answer = client.post(f"/api/destinations/{name}", json=case["message"])
    assert (answer.status_code, answer.json()) == (expected.get("statusCode", 200), expected)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("case", RECORDED["differences"], ids=lambda case: str(case["name"]))
def test_as_the_transformer_answered_to_odd_messages(case: Message, client: httpx.Client) -> None:
    answer = client.post(f"/api/destinations/{case['destination']}", json=case["message"])
    assert answer.status_code == (case["expected"].get("statusCode", 200) if not case["part"] else 200)
    assert at(answer.json(), case["part"]) == case["expected"]


class TestLookup:
    """Of the mapped traits."""

    @pytest.mark.parametrize("absent", [None, ""])
    def test_null_and_empty_fall_through_to_the_context(self, absent: Any) -> None:
        assert profile({"email": "c"}, {"email": absent})["$email"] == "c"
        assert "$email" not in profile({"email": absent}, {"email": absent})

    def test_for_intercom_only_null_falls_through(self) -> None:
        assert contact({"email": "c"}, {"email": None})["email"] == "c"
        assert contact({"email": "c"}, {"email": ""})["email"] == ""
        assert "email" not in contact({"email": None}, {"email": None})

    @pytest.mark.parametrize("value", [False, 0, "r", [], {}])
    def test_whatever_else_is_at_the_root_wins(self, value: Any) -> None:
        assert profile({"unsubscribed": "c"}, {"unsubscribed": value})["$unsubscribed"] == value
        assert contact({"phone": "c"}, {"phone": value})["phone"] == value

    def test_it_goes_field_by_field(self) -> None:
        assert profile({"email": "c", "phone": "c"}, {"email": "r"}) == {"$email": "r", "$phone": "c"}

    def test_aliases_at_the_root_come_before_any_in_the_context(self) -> None:
        assert profile({"firstName": "c"}, {"first_name": "r"})["$first_name"] == "r"
        both = profile({"firstName": 1, "firstname": 2, "first_name": 3, "lastname": 2, "last_name": 3})
        assert (both["$first_name"], both["$last_name"], both["$name"]) == (1, 2, "1 2")

    def test_city_and_state_come_before_those_of_the_address_but_country_after(self) -> None:
        address = {"city": "a", "state": "a", "country": "a"}
        there = profile({"address": address, "city": "t", "state": "t", "country": "t"})
        assert there == {"$city": "t", "$region": "t", "$country_code": "a"}
        location = {"country": "l", "city": "l", "region": "l"}
        located = mixpanel(identify({}, context={"location": location}))["$set"]
        assert located == {"$country_code": "l", "$city": "l", "$region": "l"}
        assert mixpanel(identify({"address": address}, context={"location": location}))["$set"] == {
            **{"$city": "a", "$region": "a", "$country_code": "a"}
        }

    def test_email_can_come_from_the_properties(self) -> None:
        message = identify({}, properties={"email": "p"})
        assert mixpanel(message)["$set"] == {"$email": "p"}
        assert sent("intercom", message)["body"]["email"] == "p"

    @pytest.mark.parametrize("broken", [None, "text", 1, [1], {"address": None}, {"address": ["London"]}])
    def test_what_is_no_object_holds_nothing(self, broken: Any) -> None:
        assert profile(broken, broken) == {}
        assert contact(broken, broken)["external_id"] == "u"
        assert DESTINATIONS["mixpanel"].preview({"type": "identify", "context": broken, "traits": broken}).error is None


class TestMixpanel:
    def test_unmapped_traits_of_the_context_win(self) -> None:
        assert profile({"plan": "c", "nothing": None}, {"plan": "r", "nothing": 1}) == {"plan": "c", "nothing": None}

    def test_an_empty_root_hides_nothing(self) -> None:
        assert profile({"plan": "c", "email": "e"}, {}) == {"plan": "c", "$email": "e"}

    def test_every_mapped_name_goes_nowhere_else(self) -> None:
        consumed = ("firstname", "userName", "state", "country", "address")
        assert profile(dict.fromkeys(consumed, None)) == {}
        assert profile({"userName": "n", "userId": "x", "id": 1}) == {"$username": "n", "userId": "x", "id": 1}

    @pytest.mark.parametrize(
        ("traits", "name"),
        [
            ({"firstName": "Ada", "lastName": "Lovelace"}, "Ada Lovelace"),
            ({"firstName": "Ada", "lastName": "Lovelace", "name": "A."}, "A."),
            ({"firstName": "Ada", "lastName": "Lovelace", "name": ""}, "Ada Lovelace"),
            ({"firstName": "Ada", "lastName": ""}, None),
            ({"lastName": "Lovelace"}, None),
        ],
    )
    def test_name(self, traits: Message, name: str | None) -> None:
        assert profile(traits).get("$name") == name

    def test_first_and_last_name_may_be_in_different_places(self) -> None:
        assert profile({"lastName": "Lovelace"}, {"firstName": "Ada"})["$name"] == "Ada Lovelace"

    def test_distinct_id_is_of_the_root_only(self) -> None:
        assert mixpanel(identify({"id": "t", "userId": "t"}))["$distinct_id"] == "u"
        for user in ({"userId": None}, {"userId": ""}):
            assert mixpanel(identify({"id": "t", "userId": "t"}, **user))["$distinct_id"] == "$device:a"
        assert mixpanel({"type": "identify"})["$distinct_id"] == "$device:undefined"

    def test_ip(self) -> None:
        message = identify(request_ip="192.0.2.1")
        assert mixpanel(message)["$ip"] == "203.0.113.7"
        del message["context"]["ip"]
        assert mixpanel(message)["$ip"] == "192.0.2.1"
        del message["request_ip"]
        assert "$ip" not in mixpanel(message)

    def test_time(self) -> None:
        message = identify(originalTimestamp="2026-01-15T09:00:00+01:00")
        assert mixpanel(message)["$time"] == 1768464000150
        del message["timestamp"]
        assert mixpanel(message)["$time"] == 1768464000000
        assert mixpanel(identify(timestamp="soon"))["$time"] is None

    def test_ignore_time(self) -> None:
        assert mixpanel(identify(context={"active": False}))["$ignore_time"] is True
        for active in (True, None, 0, "false"):
            assert "$ignore_time" not in mixpanel(identify(context={"active": active}))

    def test_browser_on_the_web_only(self) -> None:
        agent = {"userAgent": "Mozilla/5.0 (X11; rv:121.0) Gecko/20100101 Firefox/121.0"}
        told = mixpanel(identify(channel="web", context=agent))["$set"]
        assert told == {"$browser": "Firefox", "$browser_version": "121.0"}
        for message in (
            identify(context=agent),
            identify(channel="mobile", context=agent),
            identify(channel="web"),
            identify(channel="web", context={"userAgent": "curl/8.4.0"}),
            identify(channel="web", context={"userAgent": 1}),
        ):
            assert mixpanel(message)["$set"] == {}


class TestIntercom:
    def test_every_field(self) -> None:
        traits = {
            **{"email": "Ada@Example.com", "phone": "1", "avatar": "https://a", "name": "Ada", "role": "lead"},
            **{
                "ownerId": "42",
                "unsubscribedFromEmails": False,
                "lastSeenAt": "2024-02-29",
                "createdAt": 1709201472345,
            },
        }
        assert contact(traits) == {
            **{"external_id": "u", "email": "Ada@Example.com", "phone": "1", "avatar": "https://a", "name": "Ada"},
            **{"role": "lead", "owner_id": 42, "unsubscribed_from_emails": False, "last_seen_at": 1709164800},
            "signed_up_at": 1709201472,
        }

    def test_last_seen_is_of_the_context_only(self) -> None:
        assert contact({}, {"lastSeenAt": "2024-02-29"}) == {"external_id": "u"}
        assert contact({"lastSeenAt": "never"}) == {"external_id": "u"}

    def test_external_id(self) -> None:
        places: list[Message] = [
            {"userId": "1"},
            {"traits": {"userId": "2", "id": "x"}},
            {"userId": None, "traits": {"userId": None, "id": "3"}},
            {"traits": {"userId": None}, "context": {"traits": {"userId": "4", "id": "x"}}},
            {"context": {"traits": {"id": "5"}}},
        ]
        for expected, place in enumerate(places, 1):
            message = {"type": "identify", "anonymousId": "a", **place}
            assert sent("intercom", message)["body"]["external_id"] == str(expected)

    @pytest.mark.parametrize("nobody", [None, "", 0, False])
    def test_an_anonymous_id_alone_is_refused_but_an_email_will_do(self, nobody: Any) -> None:
        message = identify({"name": "Ada", "email": nobody}, userId=nobody)
        status, answer = DESTINATIONS["intercom"].preview(message).answer()
        assert status == 400 and str(answer["error"]).startswith("Either email or userId is required for Identify call")
        message["context"]["traits"]["email"] = "e"
        known = {} if nobody is None else {"external_id": nobody}
        assert sent("intercom", message)["body"] == {"email": "e", "name": "Ada", **known}

    def test_an_owner_is_a_number(self) -> None:
        owners = [("7", 7), (" 0x10 ", 16), (["5"], 5), (True, 1), ("x", None), ("", None), (0, None), ({}, None)]
        assert [contact({"ownerId": given}).get("owner_id") for given, _ in owners] == [each for _, each in owners]

    @pytest.mark.parametrize(
        ("traits", "name"),
        [
            ({"firstName": "Ada"}, "Ada"),
            ({"last_name": "Lovelace"}, "Lovelace"),
            ({"firstname": "Ada", "lastname": "Lovelace", "name": None}, "Ada Lovelace"),
            ({"firstName": "", "lastName": None}, None),
        ],
    )
    def test_name(self, traits: Message, name: str | None) -> None:
        assert contact(traits).get("name") == name

    def test_custom_attributes_come_from_the_context_only(self) -> None:
        assert attributes({"plan": "c"}, {"plan": "r", "other": 1}) == {"plan": "c"}
        assert attributes(None, {"plan": "r"}) is None

    def test_custom_attributes_are_flattened(self) -> None:
        nested = {"a": {"b": [1, {"c": None}]}, "empty": {}, "none": [], "list": [[1, "x"], {}]}
        assert attributes(nested) == {
            **{"a_b[0]": 1, "a_b[1]_c": None, "empty": {}, "none": []},
            **{"list[0][0]": 1, "list[0][1]": "x", "list[1]": {}},
        }

    def test_reserved_traits_are_no_custom_attributes(self) -> None:
        reserved = ("userId", "email", "phone", "name", "firstName", "firstname", "lastName", "lastname", "avatar")
        more = ("company", "createdAt", "lastSeenAt", "role", "ownerId", "unsubscribedFromEmails")
        assert attributes(dict.fromkeys(reserved + more, "")) is None
        assert attributes({"id": 1, "first_name": "Ada"}) == {"id": 1, "first_name": "Ada"}

    @pytest.mark.parametrize("company", ["Engines", {"id": 1, "remove": True}, {}, ["Engines"]])
    def test_no_company_of_any_kind(self, company: Any) -> None:
        assert contact({"company": company}) == {"external_id": "u"}

    @pytest.mark.parametrize(
        ("created", "seconds"),
        [
            *((1709201472, 1709201), (1709201472345, 1709201472), (-1, -1), (500, 0), (1e300, None)),
            *((0, None), (False, None), (True, 0), ("1970-01-01", None)),
            *(("Feb 29, 2024 UTC", 1709164800), ("1709201472000", None), ("soon", None), ({}, None), ([], None)),
        ],
    )
    def test_created(self, created: Any, seconds: int | None) -> None:
        assert contact({"createdAt": created}).get("signed_up_at") == seconds

    def test_the_browser_mode_is_noted(self) -> None:
        notes = DESTINATIONS["intercom"].preview(identify({"createdAt": "2024", "lastName": "Lovelace"})).notes
        assert [note.source for note in notes] == ["context.traits.createdAt", "context.traits.lastName"]
        assert "created_at" in notes[0].text and "undefined Lovelace" in notes[1].text


class TestTheOthers:
    FULL = CASES[0]["message"]

    def test_amplitude(self) -> None:
        request = sent("amplitude", self.FULL)
        (event,) = request["body"]["events"]
        properties = event["user_properties"]
        assert (event["user_id"], event["device_id"]) == (self.FULL["userId"], self.FULL["anonymousId"])
        assert (event["city"], event["country"]) == ("London", "GB")
        assert properties.keys() & {"city", "country", "address"} == set()
        assert (properties["street"], properties["createdAt"]) == ("12 St James Square", "2024-02-29T10:11:12.345Z")
        assert properties["company"] == self.FULL["context"]["traits"]["company"]
        anonymous = sent("amplitude", identify({"id": "t"}, userId=None))["body"]["events"][0]
        assert "user_id" not in anonymous

    def test_customerio(self) -> None:
        request = sent("customerio", self.FULL)
        assert (request["method"], request["endpoint"][-19:]) == ("PUT", "/customers/user-123")
        body = request["body"]
        assert (body["created_at"], body["city"], body["postalCode"]) == (1709201472, "London", "W1U 8EW")
        assert body["anonymous_id"] == self.FULL["anonymousId"]
        assert body.keys() & {"createdAt", "address"} == set()
        assert sent("customerio", identify({"createdAt": "soon"}))["body"]["created_at"] is None
        by_email = sent("customerio", identify({"email": "ada+1@example.com"}, userId=None))
        assert by_email["endpoint"].endswith("/ada%2B1%40example.com")
        assert DESTINATIONS["customerio"].preview(identify({}, userId=None)).answer()[0] == 400

    def test_braze(self) -> None:
        (user,) = sent("braze", self.FULL)["body"]["attributes"]
        renamed = {"first_name": "Ada", "last_name": "Lovelace", "dob": "1985-12-10", "gender": "F"}
        renamed |= {"email": "ada@example.com", "home_city": "London", "country": "GB", "external_id": "user-123"}
        assert user.items() >= renamed.items()
        assert user["image_url"] == "https://example.com/ada.png"
        assert user.keys() & {"firstName", "lastName", "birthday", "avatar", "address", "state", "street"} == set()
        assert sent("braze", identify({"gender": "rather not"}))["body"]["attributes"][0]["gender"] is None
        (anonymous,) = sent("braze", identify({"age": 36}, userId=None))["body"]["attributes"]
        alias = {"alias_name": "a", "alias_label": "rudder_id"}
        assert anonymous == {"age": 36, "_update_existing_only": False, "user_alias": alias}
        (neither,) = sent("braze", identify({"id": "t"}, userId=None))["body"]["attributes"]
        assert neither == {"id": "t"}
        assert DESTINATIONS["braze"].preview(identify({})).answer()[0] == 400

    def test_braze_wants_a_day_of_birth(self) -> None:
        for birthday, is_noted in (("1985-12-10", False), ("1985-12-10T00:00:00Z", True), (5, True), ("", False)):
            notes = DESTINATIONS["braze"].preview(identify({"birthday": birthday, "age": 1})).notes
            assert any("YYYY-MM-DD" in note.text for note in notes) == is_noted

    def test_hubspot(self) -> None:
        request = sent("hubspot", self.FULL)
        assert request["endpoint"] == "https://api.hubapi.com/crm/v3/objects/contacts"
        assert request["body"]["properties"] == {
            **{"email": "Ada@Example.com", "firstname": "Ada", "lastname": "Lovelace", "phone": "+14155552671"},
            **{"address": "12 St James Square", "city": "London", "state": "England", "country": "GB"},
            **{"company": "Analytical Engines Ltd", "gender": "female", "website": "https://example.com/ada"},
        }
        preview = DESTINATIONS["hubspot"].preview(self.FULL)
        assert [note.source for note in preview.notes] == ["context.traits.address.postalCode"]
        assert {"context.traits.address.postalCode", "context.traits.title"} <= set(preview.lost)

    @pytest.mark.parametrize(
        ("traits", "properties"),
        [
            ({"address": {"postalcode": "W1"}}, {"zip": "W1"}),
            ({"zip": "W1", "address": {"postalcode": "no"}}, {"zip": "W1"}),
            ({"address": "12 St James", "company": "Engines"}, {"address": "12 St James", "company": "Engines"}),
            ({"city": "Zug", "address": {"city": "Basel"}}, {"city": "Zug"}),
            (
                {"First Name": "no", "FIRSTNAME": "Ada", "Field of Study": "x"},
                {"firstname": "Ada", "field_of_study": "x"},
            ),
            ({"phone": "", "firstName": None, "createdAt": "2024-02-29", "plan": "p"}, {}),
        ],
    )
    def test_properties_of_hubspot(self, traits: Message, properties: Message) -> None:
        request = sent("hubspot", identify({"email": "e", **traits}))
        assert request["body"]["properties"] == {"email": "e", **properties}

    def test_klaviyo(self) -> None:
        request = sent("klaviyo", self.FULL)
        profile = request["body"]["data"]
        assert (request["endpoint"], profile["type"]) == ("https://a.klaviyo.com/api/profile-import", "profile")
        traits = self.FULL["context"]["traits"]
        properties = ("id", "name", "age", "birthday", "company", "createdAt", "description", "gender")
        assert profile["attributes"] == {
            **{"external_id": "user-123", "anonymous_id": self.FULL["anonymousId"], "email": "Ada@Example.com"},
            **{"phone_number": "+14155552671", "first_name": "Ada", "last_name": "Lovelace", "title": "Countess"},
            "location": {
                **{"address1": "12 St James Square", "city": "London", "region": "England", "country": "GB"},
                "zip": "W1U 8EW",
            },
            "properties": {name: traits[name] for name in (*properties, "username", "website", "avatar")},
        }

    @pytest.mark.parametrize(
        ("phone", "is_one"),
        [
            *(("+14155552671", True), ("+41445551234", True), ("+123456789012345", True), ("", True), (None, True)),
            *(
                ("+1234567890123456", False),
                ("14155552671", False),
                ("+1 415 555 2671", False),
                ("+04155552671", False),
            ),
            *((14155552671, False), ("+1", False), (0, False), ("+٤١٤٤٥٥٥١٢٣٤", False), ("+14155552671\n", False)),
        ],
    )
    def test_klaviyo_refuses_a_phone_that_is_not_e164(self, phone: Any, is_one: bool, client: httpx.Client) -> None:
        answer = client.post("/api/destinations/klaviyo", json=identify({"phone": phone}))
        assert answer.status_code == (200 if is_one else 400)
        assert is_one or "E.164" in answer.json()["error"]

    def test_iterable(self) -> None:
        request = sent("iterable", self.FULL)
        assert request == {
            "method": "POST",
            "endpoint": "https://api.iterable.com/api/users/update",
            "body": {
                **{"email": "Ada@Example.com", "userId": "user-123", "dataFields": self.FULL["context"]["traits"]},
                **{"preferUserId": True, "mergeNestedObjects": True},
            },
        }
        assert sent("iterable", identify({}, userId=""))["body"]["userId"] == "a"

    def test_posthog(self) -> None:
        assert sent("posthog", self.FULL)["body"] == {
            **{"api_key": "KEY", "type": "identify", "event": "$identify", "distinct_id": "user-123"},
            **{"properties": {"$anon_distinct_id": self.FULL["anonymousId"]}, "$set": self.FULL["context"]["traits"]},
        }
        assert sent("posthog", identify({"id": "t"}, userId=None))["body"]["distinct_id"] == "t"
        assert sent("posthog", identify({}, userId=None))["body"]["distinct_id"] == "a"
        assert sent("posthog", identify({"plan": "c"}, {}))["body"]["$set"] == {}
        assert DESTINATIONS["posthog"].preview(identify()).answer()[0] == 400

    def test_salesforce(self) -> None:
        request = sent("salesforce", self.FULL)
        assert request["endpoint"].endswith("/sobjects/Lead")
        assert request["body"] == {
            **{"Email": "Ada@Example.com", "Phone": "+14155552671", "Title": "Countess", "FirstName": "Ada"},
            **{"LastName": "Lovelace", "Website": "https://example.com/ada", "Description": "First programmer"},
            **{"CreatedDate": "2024-02-29T10:11:12.345Z", "Company": "Analytical Engines Ltd", "Industry": "Computing"},
            **{"NumberOfEmployees": 12, "Street": "12 St James Square", "City": "London", "State": "England"},
            **{"PostalCode": "W1U 8EW", "Country": "GB", "id__c": "user-123", "username__c": "ada"},
        }
        assert DESTINATIONS["salesforce"].preview(identify({"name": "Ada"})).answer()[0] == 400

    @pytest.mark.parametrize(
        ("traits", "first", "last"),
        [
            ({"name": "Ada King Lovelace"}, "Ada", "Lovelace"),
            ({"name": "Ada"}, "Ada", "n/a"),
            ({"name": "Ada Lovelace", "firstName": "A."}, "A.", "Lovelace"),
            ({"last_name": "Lovelace"}, None, "Lovelace"),
            ({"name": " "}, None, "n/a"),
        ],
    )
    def test_names_of_salesforce(self, traits: Message, first: str | None, last: str) -> None:
        lead = sent("salesforce", identify({"email": "e", **traits}))["body"]
        assert (lead.get("FirstName"), lead["LastName"], lead["Company"]) == (first, last, "n/a")

    def test_the_webhook_gets_the_message_itself(self) -> None:
        preview = DESTINATIONS["webhook"].preview(self.FULL)
        assert preview.request and preview.request["body"] == self.FULL
        assert preview.lost == ()
        assert ("context.traits.email", "body.context.traits.email") in preview.trace()

    @pytest.mark.parametrize("name", ["facebook", "ga4"])
    def test_some_take_no_identify(self, name: str, client: httpx.Client) -> None:
        answer = client.post(f"/api/destinations/{name}", json=self.FULL)
        expected = {"statusCode": 400, "error": "Message type identify not supported"}
        assert (answer.status_code, answer.json()) == (400, expected)

    def test_they_take_one_whole_object(self) -> None:
        both = identify({"age": 1, "plan": "c"}, {"age": 2})
        assert sent("amplitude", both)["body"]["events"][0]["user_properties"] == {"age": 2}
        hidden = identify({"age": 1}, {})
        assert sent("amplitude", hidden)["body"]["events"][0]["user_properties"] == {}
        assert sent("customerio", hidden)["body"] == {"_timestamp": 1768464000, "anonymous_id": "a"}
        assert DESTINATIONS["braze"].preview(hidden).request is None

    def test_an_address_that_is_a_text_is_lost(self) -> None:
        for name in ("amplitude", "customerio", "braze", "mixpanel", "klaviyo"):
            preview = DESTINATIONS[name].preview(identify({"address": "12 St James Square", "age": 1}))
            assert "James" not in json.dumps(preview.request)
            assert preview.lost == ("context.traits.address",)


class TestSources:
    def test_of_mixpanel(self) -> None:
        preview = DESTINATIONS["mixpanel"].preview(CASES[2]["message"])
        sources = preview.sources
        assert sources["batch", 0, "$set", "$created"] == ("context.traits.createdAt",)
        assert sources["batch", 0, "$set", "$name"] == ("context.traits.firstName", "context.traits.lastName")
        assert sources["batch", 0, "$distinct_id"] == ("userId",)
        assert ("context.traits.address.city", "batch[0].$set.$city") in preview.trace()
        assert preview.lost == ("context.traits.address.postalCode", "context.traits.address.street")

    def test_of_intercom(self) -> None:
        preview = DESTINATIONS["intercom"].preview(identify({"a": [{"b": 1}], "firstName": "Ada"}, {"x": 1, "a": 2}))
        assert preview.trace()[1:] == [
            ("context.traits.firstName", "body.name"),
            ("context.traits.a[0].b", "body.custom_attributes.a[0]_b"),
        ]
        assert preview.lost == ("traits.x", "traits.a")

    def test_a_trait_that_is_the_same_in_both_places_is_not_lost(self) -> None:
        assert (
            DESTINATIONS["mixpanel"].preview(identify({"email": "e", "plan": 1}, {"email": "e", "plan": 1})).lost == ()
        )

    @pytest.mark.parametrize("destination", DESTINATIONS.values(), ids=lambda each: str(each.name))
    @given(context=TRAITS, root=st.none() | TRAITS, user=st.sampled_from([None, "", "u", 7]))
    @settings(max_examples=60, deadline=None)
    def test_what_is_true_of_every_message(self, destination: Any, context: Any, root: Any, user: Any) -> None:
        message = identify(context, root, userId=user)
        before = copy.deepcopy(message)
        preview = destination.preview(message)
        assert message == before
        status, answer = preview.answer()
        assert status == (200 if preview.request else 400)
        json.dumps(answer, allow_nan=False)
        for path, sources in preview.sources.items():
            assert sources
            if path != ("endpoint",):
                at(preview.request, path)
        used = {source for source, _ in preview.trace()}
        assert not used & set(preview.lost)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    """Raises KeyError, IndexError or TypeError where the path leads nowhere."""
    for step in path:
        value = value[step]
    return value


@given(TRAITS, TRAITS)
@settings(max_examples=60, deadline=None)
def test_mixpanel_gets_every_unmapped_trait_unchanged(context: Message, root: Message) -> None:
    there = profile(context, root)
    for name in ("id", "userId", "company", "birthday", "gender", "plan", "nested", "lastSeenAt"):
        assert (name in there) == (name in context or name in root)
        assert there.get(name) == (context[name] if name in context else root.get(name))


class TestApi:
    def test_an_unknown_destination(self, client: httpx.Client) -> None:
        answer = client.post("/api/destinations/pigeons", json={})
        assert (answer.status_code, answer.json()["statusCode"]) == (404, 404)
        assert "mixpanel, intercom" in answer.json()["error"]

    @pytest.mark.parametrize(
        "body",
        [
            *(b"", b"{", b"[]", b"null", b'"text"', b"NaN", b"\xff", b"{}", b'{"type": 1}', b"[" * 200_000),
            b'{"type": "track", "userId": "u"}',
            b'{"type": "identify", "userId": "u", "traits": {"a": 1e999}}',
            b'{"type": "identify", "userId": "u", "traits": {"a": ' + b"[" * 2000 + b"]" * 2000 + b"}}",
        ],
    )
    @pytest.mark.parametrize("name", ["mixpanel", "braze"])
    def test_a_body_that_is_no_message(self, body: bytes, name: str, client: httpx.Client) -> None:
        answer = client.post(f"/api/destinations/{name}", content=body)
        assert (answer.status_code, answer.json()["statusCode"]) == (400, 400)
        assert answer.json()["error"]

    def test_text_of_every_kind_passes(self, client: httpx.Client) -> None:
        body = rb'{"type": "IDENTIFY", "userId": "u", "traits": {"a": "\ud800", "b": "\ud83d\ude00", "c": 1.0}}'
        answer = client.post("/api/destinations/mixpanel", content=body)
        assert answer.json()["batch"][0]["$set"] == {"a": "\ufffd", "b": "😀", "c": 1}

    def test_only_post(self, client: httpx.Client) -> None:
        assert client.get("/api/destinations/mixpanel").status_code == 405


def test_the_processor_gives_a_timestamp() -> None:
    times = {"receivedAt": "2026-01-15T08:00:00.250Z", "sentAt": "2026-01-15T08:00:00.100Z"}
    times["originalTimestamp"] = "2026-01-15T08:00:00.000Z"
    assert processed(times)["timestamp"] == "2026-01-15T08:00:00.150Z"
    assert processed(times | {"timestamp": "soon"})["timestamp"] == "2026-01-15T08:00:00.150Z"
    assert processed(times | {"timestamp": "2020-01-01"})["timestamp"] == "2020-01-01"
    assert processed({"receivedAt": times["receivedAt"]})["timestamp"] == times["receivedAt"]
    assert processed({"userId": "u"}) == {"userId": "u"}


WRITTEN = [
    *(
        "2024-02-29",
        "2024-02-29Z",
        " 2024-02-29 ",
        "2024-02-29é",
        "2024-02-29 UTC",
        "2024-02-29 10:11",
        "2024-02-29 10",
    ),
    *("2024-02-29T10:11:12+0200", "2024-02-29T10:11:12+02", "2024-02-29T10:11:12z", "2024-02-29t10:11", "2024-02"),
    *("2024-02-29T10:11:12,345Z", "2024-02-29 10:11:12.345", "2024-02-29T1011", "20240229T101112Z", "2024-W05"),
    *("29 Feb 2024", "29 February 2024", "Feb 29, 2024", "Feb 2024", "February 29, 2024 10:11 PM", "10 Dec 1985 5pm"),
    *("2/9/2024", "9/2/24", "2.9.2024", "29.02.2024", "2024.02.29", "02-29-2024", "10/12/85", "12/10/1985 2:30 PM"),
    *("Sat, 01 Jan 2000 00:00:00 +0000", "Sat Jan 01 2000 00:00:00 GMT+0100 (Central European Standard Time)"),
    *(
        "1709201472",
        "1709201472000",
        "1e3",
        "-1",
        "12",
        "13",
        "31",
        "32",
        "100",
        "99999",
        "plan 3",
        "monday 3",
        "Monday",
    ),
    *(
        "today",
        "n/a",
        "null",
        "true",
        "[object Object]",
        "ada@example.com",
        "v1.2",
        "10:11",
        "7pm",
        "é",
        "",
        "0000-01-01",
    ),
    *("9999-12-31", "10000-01-01", "+010000-01-01T00:00:00Z", "-000001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z"),
]


def test_dates_as_node_reads_them() -> None:
    script = "console.log(JSON.stringify(JSON.parse(process.argv[1]).map((text) => new Date(text).getTime())))"
    command = ["node", "-e", script, json.dumps(WRITTEN)]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60, env={**os.environ, "TZ": "UTC"}
    )
    expected = dict(zip(WRITTEN, json.loads(ran.stdout), strict=True))  # NaN is null in JSON
    assert {text: parse(text) for text in WRITTEN} == expected


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ("2024-02-29T10:11:12.345Z", 1709201472345),
        ("2024-02-29T10:11:12", 1709201472000),
        ("2024-02-29T10:11+05:30", 1709181660000),
        ("2024-02-29T10:11:12.123456789Z", 1709201472123),
        ("2024-02-29T24:00:00Z", 1709251200000),
        ("2024-02-29 10:11:12 EST", 1709219472000),
        ("2024", 1704067200000),
        ("2024-02-30", 1709251200000),
        ("2024-2-9", 1707436800000),
        ("2024/02/29", 1709164800000),
        ("02/29/2024", 1709164800000),
        ("Thu Feb 29 2024 10:11:12 GMT+0200 (EET)", 1709194272000),
        ("Thu, 29 Feb 2024 10:11:12 GMT", 1709201472000),
        ("February 29 2024 10:11 PM", 1709244660000),
        ("plan 3", 983404800000),
        ("99999", 3093496444800000),
        ("0", 946684800000),
        ("50", -631152000000),
        *((text, None) for text in ("", "now", "1709201472", "20240229", "2024-13-01", "29/02/2024", "10:11")),
        *((text, None) for text in ("2024-02-29T25:00Z", "2024-02-29T10", "2024-02-29 5 x", "Feb 29 2024 13:00 PM")),
        *((text, None) for text in ("2024-02-29T10:11:12 +05:30", "1 2 3 4", "Feb 29 2024 10:11PM", "1 2 10:11+")),
    ],
)
def test_dates_as_v8_reads_them(written: str, milliseconds: int | None) -> None:
    assert parse(written) == milliseconds


WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) {WEBKIT}"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        # As ua-parser-js 1.0.41 names them.
        (f"{LINUX} Chrome/120.0.0.0 Safari/537.36", ("Chrome", "120.0.0.0")),
        (f"{ANDROID} Chrome/120.0.6099.144 Mobile Safari/537.36", ("Chrome", "120.0.6099.144")),
        (f"{LINUX} HeadlessChrome/120.0.6099.28 Safari/537.36", ("Chrome Headless", "120.0.6099.28")),
        (f"{LINUX} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91", ("Edge", "120.0.2210.91")),
        (f"{ANDROID} Chrome/120.0.6099.144 Mobile Safari/537.36 EdgA/120.0.2210.115", ("Edge", "120.0.2210.115")),
        (f"{LINUX} Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0", ("Opera", "106.0.0.0")),
        (f"{ANDROID} Chrome/119.0.0.0 Mobile Safari/537.36 OPR/79.0.4143.75160", ("Opera", "79.0.4143.75160")),
        (f"{ANDROID} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36", ("Samsung Internet", "23.0")),
        (f"{LINUX} Chrome/118.0.0.0 YaBrowser/23.11.0 Safari/537.36", ("Yandex", "23.11.0")),
        (f"{LINUX} Chrome/120.0.0.0 Safari/537.36 Vivaldi/6.5.3206.48", ("Vivaldi", "6.5.3206.48")),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.2.1 Safari/605.1.15",
            ("Safari", "17.2.1"),
        ),
        (f"{IPHONE} Version/17.2 Mobile/15E148 Safari/604.1", ("Mobile Safari", "17.2")),
        (f"{IPHONE} CriOS/120.0.6099.119 Mobile/15E148 Safari/604.1", ("Chrome", "120.0.6099.119")),
        (f"{IPHONE} FxiOS/121.0 Mobile/15E148 Safari/605.1.15", ("Firefox", "121.0")),
        (f"{IPHONE} GSA/296.0.590048842 Mobile/15E148 Safari/604.1", ("GSA", "296.0.590048842")),
        (f"{IPHONE} Mobile/15E148 Instagram 312.0.0.24.109", ("Instagram", "312.0.0.24.109")),
        (f"{IPHONE} Mobile/15E148", ("WebKit", "605.1.15")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", ("Firefox", "121.0")),
        ("Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0", ("Firefox", "121.0")),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; AS; rv:11.0) like Gecko", ("IE", "11.0")),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", None),
        ("curl/8.4.0", None),
        (f"Mozilla/5.0 {'x' * 600} Chrome/120.0.0.0", None),
        ("", None),
    ],
)
def test_browsers(agent: str, expected: tuple[str, str] | None) -> None:
    assert browser(agent) == expected


def test_values_as_javascript_has_them() -> None:
    texts = [(True, "true"), (None, "null"), (1.0, "1"), ([1, None, ["a"]], "1,,a"), ({}, "[object Object]")]
    assert [text(value) for value, _ in texts] == [expected for _, expected in texts]
    numbers = [(" 12 ", 12), ("", 0), ("0x10", 16), ("1e3", 1000), (".5", 0.5), (True, 1), ([], 0), (["5"], 5), (7, 7)]
    assert [number(value) for value, _ in numbers] == [expected for _, expected in numbers]
    assert [number(value) for value in ("abc", "1 2", {}, "1e999", "١")] == [None] * 5


def test_paths_as_text() -> None:
    assert field_text(("batch", 0, "$set", "$city")) == "batch[0].$set.$city"


@pytest.mark.parametrize("module", sorted(MODULES.glob("*.py")), ids=lambda module: str(module.name))
def test_modules_are_small(module: Path) -> None:
    most = 150 if module.stem in DESTINATIONS else 170
    assert len(module.read_text().splitlines()) <= most
