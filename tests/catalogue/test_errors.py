"""The answer to each kind of wrong request: status, `__type` and the fields that are told."""

from __future__ import annotations

from typing import Any

import pytest
from ckanapi import errors as ckan_errors
from flask import Flask
from flask.testing import FlaskClient

from catalogue import actions, ckan
from catalogue.call import Site
from catalogue.embedded import Embedded

SITE = Site("http://127.0.0.1:8470", "Labour market information")

TOKEN = "the publisher's token"
PACKAGE = {"name": "a-dataset", "owner_org": "mys-dosm"}


@pytest.fixture
def client(api: ckan.InProcess, catalogue: Embedded) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(actions.blueprint(catalogue, lambda: 1, SITE, lambda: actions.token_hash(TOKEN)))
    api.action.package_create(**PACKAGE, extras=[{"key": "a", "value": "b"}])
    api.action.package_create(name="hidden", owner_org="mys-dosm", private=True)
    return app.test_client()


def post(client: FlaskClient, action: str, body: Any, token: str = TOKEN, **more: Any) -> Any:
    return client.post(f"/api/3/action/{action}", json=body, headers={"Authorization": token}, **more)


@pytest.mark.parametrize(
    ("action", "body", "status", "kind", "told"),
    [
        ("package_show", {"id": "nope"}, 404, "Not Found Error",
         {"message": "Not found"}),
        ("package_show", {}, 409, "Validation Error", {"name_or_id": ["Missing value"]}),
        ("resource_show", {"id": "nope"}, 404, "Not Found Error", {}),
        ("organization_show", {"id": "nope"}, 404, "Not Found Error", {}),
        ("group_show", {"id": "mys-dosm"}, 404, "Not Found Error", {}),
        ("tag_show", {"id": "nope"}, 404, "Not Found Error", {}),
        ("help_show", {"name": "nope"}, 404, "Not Found Error", {}),
        ("package_search", {"nope": 1}, 400, "Search Query Error", {}),
        ("package_search", {"sort": "name"}, 400, "Search Query Error", {}),
        ("package_search", {"q": "{!lucene}x"}, 409, "Search Error", {}),
        ("package_search", {"fq": "(a"}, 409, "Search Error", {}),
        ("package_search", {"fq": "+" * 3}, 409, "Search Error", {}),
        ("package_search", {"fq": "(" * 5000}, 409, "Search Error", {}),
        ("package_search", {"fq": "a " * 5000}, 409, "Search Error", {}),
        ("package_search", {"rows": -1}, 409, "Validation Error", {"rows": ["Must be a natural number"]}),
        ("package_search", {"rows": "many"}, 409, "Validation Error", 
         {"rows": ["Invalid integer", "Please enter an integer value"]}),
        ("package_search", {"facet.field": "a"}, 409, "Validation Error", {}),
        ("resource_search", {"query": "nope"}, 409, "Validation Error", {}),
        ("package_create", {}, 409, "Validation Error",
         {"name": ["Missing value"], "owner_org": ["An organization must be provided"]}),
        ("package_create", PACKAGE, 409, "Validation Error", {"name": ["That URL is already in use."]}),
        ("package_create", PACKAGE | {"name": "Ä"}, 409, "Validation Error",
         {"name": ["Must be at least 2 characters long", 'Name "Ä" length is less than minimum 2']}),
        ("package_create", PACKAGE | {"name": "A b"}, 409, "Validation Error",
         {"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}),
        ("package_create", {"name": "other", "owner_org": "nope"}, 409, "Validation Error",
         {"owner_org": ["Organization does not exist"]}),
        ("package_create", PACKAGE | {"name": "other", "extras": [{"key": "k", "value": "1"}] * 2}, 409,
         "Validation Error", {"extras_validation": ['Duplicate key "k"']}),
        ("package_create", PACKAGE | {"name": "other", "resources": [{"url": "x"}, {"size": "big"}]}, 409,
         "Validation Error", {"resources": [{}, {"size": ["Invalid integer"]}]}),
        ("package_create", PACKAGE | {"name": "other", "tags": [{"name": "a"}]}, 409, "Validation Error",
         {"tags": ['Tag "a" length is less than minimum 2']}),
        ("package_create", PACKAGE | {"name": "other", "tags": "text"}, 400, "Integrity Error", {}),
        ("package_create", PACKAGE | {"name": "other", "maintainer_email": "x"}, 409, "Validation Error",
         {"maintainer_email": ["Email x is not a valid format"]}),
        ("package_update", {"name": "nope"}, 404, "Not Found Error", {}),
        ("package_patch", {"title": "x"}, 409, "Validation Error", {"id": ["Missing value"]}),
        ("package_revise", {"match": {"name": "a-dataset", "metadata_modified": "1999"}}, 409,
         "Validation Error", {"match": ["metadata_modified"]}),
        ("resource_create", {"url": "x"}, 409, "Validation Error", {"package_id": ["Missing value"]}),
        ("resource_create", {"package_id": "a-dataset", "size": "x"}, 409, "Validation Error",
         {"size": ["Invalid integer"]}),
        ("organization_create", {"name": "mys-dosm"}, 409, "Validation Error",
         {"name": ["Group name already exists in database"]}),
        ("group_create", {"name": "mys-dosm"}, 409, "Validation Error", {}),
        ("organization_delete", {"id": "mys-dosm"}, 409, "Validation Error",
         {"message": "Organization cannot be deleted while it still has datasets"}),
    ],
)  # fmt: skip
def test_an_error_is_told_as_ckan_tells_it(
    client: FlaskClient, action: str, body: Any, status: int, kind: str, told: dict[str, Any]
) -> None:
    response = post(client, action, body)
    answer = response.get_json()
    assert response.status_code == status
    assert answer["success"] is False
    assert answer["help"] == f"{SITE.url}/api/3/action/help_show?name={action}"
    assert answer["error"]["__type"] == kind
    assert {key: answer["error"].get(key) for key in told} == told


@pytest.mark.parametrize(
    ("action", "token", "body", "message"),
    [
        (
            "package_create",
            "",
            PACKAGE,
            "Access denied: User  not authorized to create packages",
        ),
        (
            "package_create",
            "wrong",
            PACKAGE,
            "Access denied: User  not authorized to create packages",
        ),
        ("package_create", f"Bearer {TOKEN}", PACKAGE, None),
        ("package_delete", "", {"id": "a-dataset"}, None),
        ("package_show", "", {"id": "hidden"}, None),
    ],
)
def test_without_the_token_nothing_is_written_and_nothing_private_read(
    client: FlaskClient, action: str, token: str, body: Any, message: str | None
) -> None:
    response = post(client, action, body, token)
    assert response.status_code == 403
    error = response.get_json()["error"]
    assert error["__type"] == "Authorization Error"
    assert message in (None, error["message"])


@pytest.mark.parametrize(
    ("method", "path", "data", "start"),
    [
        ("GET", "/api/3/action/nope", None, "Bad request: Action name not known: nope"),
        (
            "GET",
            "/api/3/action/package_create?name=x",
            None,
            "Bad request: JSON Error: Invalid request. Please use",
        ),
        ("POST", "/api/action/package_show", "{", "Bad request: JSON Error: Error decoding JSON data."),
        ("POST", "/api/action/package_show", "[]", "Bad request: JSON Error: Request data JSON decoded to"),
        ("POST", "/api/action/package_show", "[" * 100_000, "Bad request: JSON Error"),
    ],
)
def test_what_is_no_request_gets_a_bare_string(
    client: FlaskClient, method: str, path: str, data: str | None, start: str
) -> None:
    response = client.open(path, method=method, data=data, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json().startswith(start)


def test_a_form_with_json_as_its_name_is_what_curl_sends(client: FlaskClient) -> None:
    response = client.post("/api/3/action/package_show", data={'{"id": "a-dataset"}': ""})
    assert response.get_json()["result"]["name"] == "a-dataset"


def test_jsonp_drops_the_token_and_takes_only_names(client: FlaskClient) -> None:
    with_token = {"Authorization": TOKEN}
    assert client.get("/api/3/action/package_show?id=hidden", headers=with_token).status_code == 200
    answer = client.get("/api/3/action/package_show?id=hidden&callback=f", headers=with_token)
    assert answer.status_code == 403
    assert answer.text.startswith("/**/f({")
    plain = client.get("/api/3/action/site_read?callback=alert(1)//")
    assert plain.mimetype == "application/json"


@pytest.mark.parametrize(
    ("action", "params", "error"),
    [
        ("package_show", {"id": "nope"}, ckan_errors.NotFound),
        ("package_search", {"nope": "1"}, ckan_errors.SearchQueryError),
        ("package_search", {"fq": "("}, ckan_errors.SearchError),
        ("package_create", {"name": "mys"}, ckan_errors.ValidationError),
        ("nope", {}, ckan_errors.CKANAPIError),
    ],
)
def test_ckanapi_raises_its_own_error(
    api: ckan.InProcess, action: str, params: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        api.call_action(action, params)
