"""Feeds of releases: Atom for readers, JSON for programs, each with the queries that fetch what changed.

Source: RFC 4287 (Atom), JSON Feed 1.1; the SDMX part of a JSON item stands under `_sdmx`, as JSON Feed asks.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from publisher.rest.served import CORS
from publisher.web import dataset as datasets
from publisher.web import fresh
from publisher.web.context import lmis
from publisher.web.dataset import Part, Release
from publisher.web.names import Names
from publisher.web.words import DEFAULT, Words

bp = Blueprint("feeds", __name__)
NEWEST = 50
NAMESPACE = uuid.UUID("0b8f5a0e-6a0b-5e52-8b0e-2f2a1b7f6d11")  # of entry ids; never changes


@bp.get("/feed.atom")
def atom() -> Response:
    """The newest releases as an Atom feed."""
    words = lmis().languages[DEFAULT]
    page = render_template("feed.atom", entries=entries(words), site=lmis().site, words=words, uuid=_uuid)
    return _answer(make_response(page), "application/atom+xml;charset=utf-8")


@bp.get("/feed.json")
def json() -> Response:
    """The newest releases as a JSON feed."""
    words, base = lmis().languages[DEFAULT], lmis().settings.base_url
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": words("site.title"),
        "home_page_url": base,
        "feed_url": f"{base}/feed.json",
        "items": [_item(entry) for entry in entries(words)],
    }
    return _answer(jsonify(feed), "application/feed+json")


def _answer(response: Response, content_type: str) -> Response:
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    response.headers.update(CORS)
    response.last_modified = lmis().snapshot().instant
    response.add_etag()
    response.make_conditional(request)
    return response


def entries(words: Words) -> list[dict[str, Any]]:
    """The newest releases, newest first, as the feeds tell them."""
    base, names = lmis().settings.base_url, Names(words, lmis().snapshot().registry)
    return [
        {
            "id": release.id,
            "title": words.name(release.title) or release.id,
            "provider": release.provider,
            "author": names.facet("provider", release.slug, release.provider),
            "instant": release.instant,
            "url": f"{base}/{DEFAULT}/releases/{release.id}",
            "about": release.about,
            "datasets": [_dataset(release, part, base) for part in release.flows.values()],
        }
        for release in datasets.releases(lmis().snapshot())[:NEWEST]
    ]


def _dataset(release: Release, part: Part, base: str) -> dict[str, Any]:
    flow = part.dataflow
    data = f"{base}/sdmx/v2/data/dataflow/{flow.agency}/{flow.id}/{flow.version}/*"
    return {
        "name": part.name,
        "dataflow": flow.urn,
        "new": part.new,
        "revised": part.revised,
        "deleted": part.deleted,
        "changes": f"{base}/releases/{release.id}/{part.name}.csv",
        "data": data,
        "delta": f"{data}?updatedAfter={release.before}" if release.before else data,
    }


def _item(entry: Mapping[str, Any]) -> dict[str, Any]:
    told = "; ".join(f"{d['name']}: {_told(d)}" for d in entry["datasets"])
    return {
        "id": _uuid(entry["id"]),
        "url": entry["url"],
        "title": entry["title"],
        "content_text": told,
        "date_published": entry["instant"],
        "authors": [{"name": entry["author"]}],
        "_sdmx": {
            "release": entry["id"],
            "provider": entry["provider"],
            **entry["about"],
            "datasets": entry["datasets"],
        },
    }


def _told(dataset: Mapping[str, Any]) -> str:
    return f"{dataset['new']} new, {dataset['revised']} revised, {dataset['deleted']} withdrawn"


def _uuid(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, name)}"
