"""Templates are compiled once, and anew when anything they are compiled from changes."""

import jinja2
import pytest

from analysis import templates


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Render the one template of a folder in an environment of its own; how often it was compiled so far."""
    folder, compiled = tmp_path / "templates", []
    folder.mkdir()
    monkeypatch.setattr(templates, "COMPILED", tmp_path / "compiled")
    compiling = jinja2.Environment.compile
    monkeypatch.setattr(
        jinja2.Environment, "compile", lambda *given, **more: compiled.append(1) or compiling(*given, **more)
    )

    def render(text: str, **values: str) -> tuple[str, int]:
        (folder / "one.j2").write_text(text, encoding="utf-8")
        made = templates.environment(folder).get_template("one.j2")
        return made.render(values), len(compiled)

    return render


def test_another_process_finds_it_compiled(said):
    assert [said("好 {{ a }}", a="<") for _ in range(2)] == [("好 &lt;", 1)] * 2


def test_another_text_another_code_are_compiled_anew(said, monkeypatch):
    assert [said("1"), said("2"), said("2")] == [("1", 1), ("2", 2), ("2", 2)]
    monkeypatch.setattr(templates, "_code", lambda: "changed")
    assert said("2") == ("2", 3)


def test_where_nothing_can_be_kept_it_is_compiled_each_time(said, tmp_path):
    (tmp_path / "compiled").write_text("a file where the folder would be")
    assert [said("{{ a }}", a="1"), said("{{ a }}", a="2")] == [("1", 1), ("2", 2)]


def test_a_name_nobody_gave_is_an_error(said):
    with pytest.raises(jinja2.UndefinedError):
        said("{{ nobody }}")


def test_the_digest_is_of_all_our_code_and_jinja(monkeypatch):
    here = templates._code()
    monkeypatch.setattr(templates.metadata, "version", lambda name: f"another {name}")
    templates._code.cache_clear()
    assert templates._code() != here
    templates._code.cache_clear()
