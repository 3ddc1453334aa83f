"""Where a board's state lies, on SQLite and on a real PostgreSQL."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from e30crawl.console import one_line
from e30crawl.frontier import schema as state

SECRET = "correct-horse"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """FRONTIER_URL of both kinds."""
    return "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "board.example").mkdir()
    return tmp_path / "board.example"


def add(engine, key):
    row = {"key": key, "url": key, "host": "board.example", "step": "posts", "number": 1}
    with engine.begin() as connection:
        connection.execute(sa.insert(state.pages), row)


def keys(engine):
    with engine.connect() as connection:
        return sorted(connection.scalars(sa.select(state.pages.c.key)))


def test_looking_makes_nothing(folder, url):
    assert not state.is_there(folder, url)
    assert not state.is_there(folder, url)
    assert list(folder.iterdir()) == []


def test_what_was_written_is_there_for_the_next_who_connects(folder, url):
    first = state.connect(folder, url)
    add(first, "a")
    first.dispose()
    second = state.connect(folder, url)
    assert state.is_there(folder, url)
    assert keys(second) == ["a"]
    second.dispose()


def test_boards_keep_apart(tmp_path, url):
    engines = {}
    for name in ("public", "pg_catalog", "a.b-c_d", "x" * state.LONGEST_NAME):
        (tmp_path / name).mkdir()
        engines[name] = state.connect(tmp_path / name, url)
        add(engines[name], name)
    for name, engine in engines.items():
        assert keys(engine) == [name]
        assert state.is_there(tmp_path / name, url)
        engine.dispose()


def _meet(folder: Path, url: str, key: str) -> None:
    engine = state.connect(folder, url)
    add(engine, key)
    engine.dispose()


def test_eight_processes_that_meet_make_the_tables_once(folder, url):
    # Spawned: SQLAlchemy's connections do not survive a fork.
    with ProcessPoolExecutor(8, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(_meet, folder, url, str(number)) for number in range(8)]:
            done.result()
    engine = state.connect(folder, url)
    assert keys(engine) == [str(number) for number in range(8)]
    assert set(state.metadata.tables) <= set(sa.inspect(engine).get_table_names(None if not url else _schema(folder)))
    engine.dispose()


def _schema(folder: Path) -> str:
    return state.schema(folder.name)


def of_pages(engine, folder, url, what):
    return {each["name"] for each in getattr(sa.inspect(engine), what)("pages", _schema(folder) if url else None)}


def test_an_archive_of_an_earlier_version_is_brought_up_to_date(folder, url):
    """It lacks a column and our indexes, has one of its own, and a notice of any length."""
    engine = state.connect(folder, url)
    add(engine, "a")
    place = f'"{_schema(folder)}".' if url else ""
    indexes = of_pages(engine, folder, url, "get_indexes")
    drop = [f"DROP INDEX {place}{index.name}" for index in state.pages.indexes]
    make = f"CREATE INDEX my_own ON {place}pages (host, id)"
    with engine.begin() as connection:
        for statement in (*drop, make, f"ALTER TABLE {place}pages DROP COLUMN rendered"):
            connection.execute(sa.text(statement))
        connection.execute(sa.update(state.pages).values(reason="ß" * 9000))
    engine.dispose()
    engine = state.connect(folder, url)
    assert of_pages(engine, folder, url, "get_indexes") == indexes | {"my_own"}
    assert of_pages(engine, folder, url, "get_columns") == {column.name for column in state.pages.columns}
    with engine.connect() as connection:
        row = connection.execute(sa.select(state.pages)).one()
    assert (row.key, row.rendered, row.reason) == ("a", None, "ß" * state.LONGEST_REASON)
    engine.dispose()


def test_a_name_that_postgresql_would_cut_is_refused(tmp_path, postgres_url):
    with pytest.raises(ValueError, match="at most 50 characters"):
        state.connect(tmp_path / ("x" * 51), postgres_url)


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://me:{SECRET}@127.0.0.1/boards",
        f"sqlite:///{SECRET}.sqlite",
        f"nonsense:{SECRET}",
        f"postgresql:/me:{SECRET}@127.0.0.1/boards",
        f"postgresql://me:{SECRET}@127.0.0.1:port/boards",
        SECRET,
    ],
)
@pytest.mark.parametrize("ask", [state.connect, state.is_there])
def test_another_kind_of_address_is_refused_in_one_line(folder, url, ask):
    with pytest.raises(ValueError, match="postgresql://") as error:
        ask(folder, url)
    assert "\n" not in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("ask", [state.connect, state.is_there])
def test_a_server_that_is_down_is_an_error_without_the_password(folder, ask):
    with pytest.raises(sa.exc.SQLAlchemyError) as error:
        ask(folder, f"postgresql://me:{SECRET}@127.0.0.1:1/boards")
    assert SECRET not in str(error.value)
    assert SECRET not in one_line(error.value)


def test_a_wrong_password_is_an_error_without_it(folder, postgres_url):
    wrong = sa.make_url(postgres_url).set(password=SECRET).render_as_string(hide_password=False)
    with pytest.raises(sa.exc.SQLAlchemyError) as error:
        state.connect(folder, wrong)
    assert SECRET not in str(error.value)
    assert "password" in one_line(error.value)
