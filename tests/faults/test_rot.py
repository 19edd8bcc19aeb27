"""A disk that forgets: each file of a home changed, cut short or lost; no wrong answer, ever."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.store.home import read_record
from tests.faults.conftest import IS_ALL, SEED, World

pytestmark = pytest.mark.slow
SAMPLED = 40  # files of one run; FAULTS=all takes each file, in each way
PUBLIC = "public"
# A catalogue that is not there is an empty one; `lmis store repair` makes it again.
NOT_TOLD = ("public/catalogue.sqlite", "lose")
HEADLINE = "LMIS:DF_HEADLINE(1.0.0)"


def flipped(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def lost(path: Path, chance: random.Random) -> None:
    path.unlink()


WAYS: dict[str, Callable[[Path, random.Random], None]] = {"flip": flipped, "cut": cut, "lose": lost}


def files(world: World) -> list[str]:
    """Every file of the home that has a byte to lose; of the structures those that tell of the data."""
    found = sorted(p for p in (world.home / PUBLIC).rglob("*") if p.is_file() and p.stat().st_size)
    return [path.relative_to(world.home).as_posix() for path in found]


@pytest.fixture
def published(world: World) -> World:
    world.begin()
    assert world.change()["code"] == 0
    return world


def test_what_is_damaged_is_not_served(published: World, record_property: Callable[..., None]) -> None:
    chance = random.Random(SEED)
    whole = published.home.with_name("whole")
    shutil.rmtree(whole, ignore_errors=True)
    shutil.copytree(published.home, whole)
    every = [(name, way) for name in files(published) for way in WAYS if (name, way) != NOT_TOLD]
    chosen = every if IS_ALL else _mixed(every, chance)
    found, wrong = Counter[str](), list[str]()
    for name, way in chosen:
        shutil.rmtree(published.home)
        shutil.copytree(whole, published.home)
        WAYS[way](published.home / name, chance)
        answers = published.answers()
        for path, told in answers.items():
            kind = "right" if told == published.new[path] else told[:3]
            found[kind] += 1
            if kind not in ("right", "503"):
                wrong.append(f"{way} {name}: {path} answers {told}")
    told = ", ".join(f"{number:,} {what}" for what, number in found.most_common())
    record_property(
        "faults", f"rot: {len(chosen)} of {len(every)} changes: answers {told}; {len(wrong)} wrong"
    )
    assert not wrong, "\n".join(wrong[:40])


def _mixed(every: list[tuple[str, str]], chance: random.Random) -> list[tuple[str, str]]:
    """Half of the structures' many files, half of all others."""
    structures = [change for change in every if change[0].startswith("public/structures/")]
    others = [change for change in every if change not in set(structures)]
    return chance.sample(structures, 8) + chance.sample(others, min(SAMPLED, len(others)))


def test_damage_to_one_dataflow_leaves_the_others(published: World) -> None:
    """The cube of the headlines is damaged; everything else is answered as ever."""
    record = read_record(published.home / "public/vintages/000002.json")
    flipped(published.home / "public/index" / record["cubes"][HEADLINE] / "obs.arrow", random.Random(SEED))
    answers = published.answers()
    wrong = {path: told[:3] for path, told in answers.items() if told != published.new[path]}
    headline = "/sdmx/v2/data/dataflow/LMIS/DF_HEADLINE/1.0.0/*?format=csvdata"
    assert wrong == {headline: "503", "/healthz?strict": "503"}


def test_repair_from_a_backup(published: World, tmp_path: Path) -> None:
    """One file in five is damaged; after the repair every answer is what it was, byte for byte."""
    from publisher.operation.backup import backup
    from publisher.operation.repair import repair
    from publisher.operation.verify import verify
    from publisher.settings import load
    from publisher.store import Home

    home, told = Home(published.home), list[str]()
    backup(home, tmp_path / "kept.tar", told.append)
    chance = random.Random(SEED)
    damaged = chance.sample(files(published), 30)
    for name in damaged:
        chance.choice(list(WAYS.values()))(published.home / name, chance)
    assert verify(home).findings  # fewer than were damaged: one list of hashes stands for its whole folder
    left = repair(load(published.home, environ={}), tmp_path / "kept.tar", told.append).findings
    assert [str(finding) for finding in left] == [], told
    assert published.answers() == published.new
