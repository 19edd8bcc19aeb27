"""package_revise: match, then filter, then update, as one change.

Source: CKAN 2.12 `package_revise` and a running 2.12.0. Only flattened keys at the top level
(`update__resources__<id>__hash`) reach into lists; inside the `update` object they are dropped, as in CKAN.
An item of a list is named by its index or by the first five or more characters of its id.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.errors import ValidationError

Path = tuple[str, ...]


@dataclass(frozen=True)
class Request:
    match: Mapping[str, Any]
    filters: tuple[str, ...]
    update: Mapping[str, Any]
    updates: tuple[tuple[Path, Any], ...]  # the flattened ones, in the order of the request

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Request:
        """Reads both forms. Raises ValidationError when a part has the wrong shape."""
        errors: dict[str, Any] = {}
        match, update = _object(params, "match", errors), _object(params, "update", errors)
        if errors:
            raise ValidationError(errors)
        flat = {tuple(k.split("__")[1:]): v for k, v in params.items() if k.startswith("update__")}
        match |= {k.removeprefix("match__"): v for k, v in params.items() if k.startswith("match__")}
        # What is added to lists comes first, so that the same request can reach into it.
        ordered = sorted(flat.items(), key=lambda item: (item[0][-1] != "extend", item[0]))
        update = {k: v for k, v in update.items() if "__" not in k}
        return cls(match, _filters(params), update, tuple(ordered))


def _filters(params: Mapping[str, Any]) -> tuple[str, ...]:
    value = _json(params, "filter", [])
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValidationError({"filter": ["Must be a list of strings"]})
    return tuple(item for item in items if item[:1] in ("+", "-"))


def _json(params: Mapping[str, Any], key: str, default: Any) -> Any:
    value = params.get(key)
    if value in (None, ""):
        return default
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _object(params: Mapping[str, Any], key: str, errors: dict[str, Any]) -> dict[str, Any]:
    value = _json(params, key, {})
    if not isinstance(value, Mapping):
        errors[key] = ["Must be a dict"]
        return {}
    return dict(value)


def apply(request: Request, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset to write. Raises ValidationError with the paths that do not match."""
    whole = copy.deepcopy(dict(shown))
    unmatched = [
        key for key, value in request.match.items() if _found(whole, tuple(key.split("__"))) != value
    ]
    if unmatched:
        raise ValidationError({"match": unmatched})
    if request.filters:
        whole = _filtered(whole, request.filters)
    _merge(whole, request.update)
    for path, value in request.updates:
        _set(whole, path, value)
    return whole


def _merge(there: Any, update: Any) -> None:
    """Put what is new into what is there, in lists place by place; what is not named stays."""
    named = update.items() if isinstance(there, dict) else enumerate(update)
    for key, value in named:
        is_there = key in there if isinstance(there, dict) else key < len(there)
        if not is_there and isinstance(there, list):
            there.append(value)
        elif is_there and isinstance(there[key], (dict, list)) and isinstance(value, type(there[key])):
            _merge(there[key], value)
        else:
            there[key] = value


def _position(items: list[Any], part: str) -> int:
    if part.lstrip("-").isdigit() and len(part) < 5:
        index = int(part)
        index += len(items) if index < 0 else 0
        if 0 <= index < len(items):
            return index
    elif len(part) >= 5:
        for index, item in enumerate(items):
            if isinstance(item, dict) and str(item.get("id", "")).startswith(part):
                return index
    raise KeyError(part)


def _found(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[_position(value, part)] if isinstance(value, list) else value[part]
        except (KeyError, TypeError):
            return None
    return value


def _set(whole: dict[str, Any], path: Path, value: Any) -> None:
    target: Any = whole
    missed: Path = ()
    try:
        for i, part in enumerate(path[:-1]):
            missed = path[: i + 1]
            target = target[_position(target, part)] if isinstance(target, list) else target[part]
        last, missed = path[-1], path
        if isinstance(target, list) and last == "extend":
            target.extend(_json({last: value}, last, []))
        elif isinstance(target, list):
            target[_position(target, last)] = value
        else:
            target[last] = _json({last: value}, last, value) if isinstance(target.get(last), list) else value
    except (KeyError, IndexError, TypeError):
        name = "__".join(path)
        raise ValidationError({name: [f"Unmatched key {'__'.join(missed)}"]}) from None


def _filtered(whole: dict[str, Any], filters: tuple[str, ...]) -> dict[str, Any]:
    """Without the leaves whose first matching pattern begins with `-`; what then holds nothing goes with them
    where the pattern names it too."""
    return _without(whole, lambda path: _decision(whole, path, filters) == "-", ())  # type: ignore[no-any-return]


def _decision(whole: dict[str, Any], path: Path, filters: tuple[str, ...]) -> str:
    for pattern in filters:
        if _covers(whole, tuple(pattern[1:].split("__")), path):
            return pattern[0]
    return "+"


def _covers(value: Any, pattern: Path, path: Path) -> bool:
    """Whether `pattern` names the leaf or something that holds it; `*` covers all that is left."""
    for i, part in enumerate(pattern):
        if part == "*":
            return len(path) >= i
        if i >= len(path):
            return False
        if isinstance(value, list):
            try:
                if _position(value, part) != int(path[i]):
                    return False
            except KeyError:
                return False
            value = value[int(path[i])]
        elif part != path[i]:
            return False
        else:
            value = value[part]
    return True


def _without(value: Any, is_gone: Callable[[Path], bool], path: Path) -> Any:
    """An object that is emptied goes; a list that is emptied stays unless it is named itself."""
    kept: dict[Any, Any] = {}
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        below = (*path, str(key))
        if not isinstance(item, (dict, list)) or not item:
            if not is_gone(below):
                kept[key] = item
            continue
        left = _without(item, is_gone, below)
        if left or (isinstance(left, list) and not is_gone(below)):
            kept[key] = left
    return kept if isinstance(value, dict) else list(kept.values())
