"""The register: sealed once, edits refused, hindsight marked, forecasts scored when the year is out."""

import math
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from analysis import attainment, plans, register, store

DAY = "2019-12-31"


@pytest.fixture(scope="module")
def plan():
    return plans.load("china-2020")


def upto(observations, day):
    return observations[observations["published"] <= day]


def test_a_seal_is_set_once_and_shows_every_edit(tmp_path, plan, observations, catalogue):
    path = register.seal(plan, upto(observations, DAY), DAY, catalogue, tmp_path)
    assert path == tmp_path / "register" / "china-2020" / f"{DAY}.csv"
    assert register.check(tmp_path) == []
    with pytest.raises(register.RegisterError, match="already sealed"):
        register.seal(plan, observations, DAY, catalogue, tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert register.check(tmp_path) == []  # line endings of another system are no edit
    p = str(pd.read_csv(path, usecols=["p_attain"])["p_attain"].item())
    path.write_text(text.replace(p, "0.5"), encoding="utf-8")
    assert "changed since it was sealed" in register.check(tmp_path)[0]
    with pytest.raises(register.RegisterError, match="changed since"):
        register.read(tmp_path)
    path.unlink()
    (path.parent / "2018-01-01.csv").write_text(text, encoding="utf-8")
    assert "not the file of that plan and date" in register.check(tmp_path)[0]


def test_the_standing_is_what_was_known_at_sealing(tmp_path, plan, observations, catalogue):
    then = upto(observations, DAY)
    stands = {
        "registered": then,
        "retrospective": upto(observations, "2020-12-31"),
        "hindsight": observations,
    }
    for name, rows in stands.items():
        register.seal(plan, rows, DAY, catalogue, tmp_path / name)
        assert register.read(tmp_path / name)["standing"].tolist() == [name]


def test_a_digest_that_looks_like_a_number_stays_text(tmp_path, plan, observations, catalogue, monkeypatch):
    """Tried as one, a number of so large an exponent brings down the program that reads it."""
    digest = "8e31048576201234" * 4
    monkeypatch.setattr(register, "code", lambda: digest)
    register.seal(plan, upto(observations, DAY), DAY, catalogue, tmp_path)
    assert register.read(tmp_path)["code"].tolist() == [digest]


def test_only_what_was_registered_before_is_scored(tmp_path, plan, observations, catalogue):
    data = tmp_path / "data"
    others = [plans.load(name, catalogue) for name in ("henan-2020", "henan-2024")]
    track = register.track(register.days([plan, *others], observations), observations, catalogue)
    empty = register.track_record(track, DAY, data)
    assert len(empty.registered) == 0
    assert empty.summary().set_index("standing").loc["registered", "forecasts"] == 0
    register.seal(plan, upto(observations, DAY), DAY, catalogue, data)
    register.seal(plan, observations, "2019-06-30", catalogue, data)  # hindsight
    record = register.track_record(track, "2026-12-31", data)
    one = record.registered.iloc[0]
    assert (len(record.registered), one["as_of"], one["met"]) == (1, DAY, 0.0)
    assert one["brier"] == pytest.approx(one["p_attain"] ** 2)
    assert set(record.retrospective["plan"]) == {"china-2020", "henan-2020", "henan-2024"}
    assert record.summary()["standing"].tolist() == ["registered", "retrospective"]


def test_later_releases_leave_the_fingerprint_of_a_date_alone(observations):
    whole, then = (register.fingerprint(rows, DAY) for rows in (observations, upto(observations, DAY)))
    assert whole == then
    altered = observations.copy()
    altered.loc[0, "value"] += 1
    assert register.fingerprint(altered, "2030-01-01") != register.fingerprint(observations, "2030-01-01")


def test_after_the_year_every_earlier_forecast_is_scored(plan, observations, catalogue, tmp_path):
    track = register.track(register.days([plan], observations), observations, catalogue)
    scored = register.track_record(track, "2021-12-31", tmp_path).retrospective
    assert (scored["outcome"] == 2.4).all() and (scored["met"] == 0).all()
    assert scored["brier"].to_numpy() == pytest.approx(scored["p_attain"].to_numpy() ** 2)
    assert scored["error"].to_numpy() == pytest.approx((2.4 - scored["median"]).to_numpy())
    assert scored["as_of"].max() < "2021-09-22"
    assert register.track_record(track, "2020-12-31", tmp_path).retrospective.empty


def test_of_several_forecasts_of_a_target_the_last_counts():
    """Two targets, one of them forecast twice: .9 met and .2 missed give 1.1 expected, Brier .025."""
    scored = pd.DataFrame({
        "plan": "a", "target": ["x", "y", "x"], "as_of": ["2020-06-30", "2019-12-31", "2019-12-31"],
        "p_attain": [0.9, 0.2, 0.4], "met": [1.0, 0.0, 1.0], "brier": [0.01, 0.04, 0.36],
    })  # fmt: skip
    found = register.summarise(scored)
    assert (found["forecasts"], found["targets"], found["met"]) == (3, 2, 1)
    assert (found["expected"], found["brier"]) == pytest.approx((1.1, 0.025))
    assert (found["low"], found["high"]) == (0, 2)  # .08 for none, .18 for both: 80 % hold all three


def test_the_fingerprint_is_of_the_figures_not_of_where_they_stand(observations):
    moved = observations.set_axis(range(7, 7 + len(observations)))
    assert register.fingerprint(moved, DAY) == register.fingerprint(observations, DAY)


def test_the_code_of_a_seal_is_all_that_gives_the_probability():
    names = {path.stem for path in store.closure("analysis.attainment")}
    assert {"attainment", "counts", "forecast", "mixtures", "models", "panel"} <= names
    assert names.isdisjoint({"memo", "plots", "review", "intake", "register"})
    assert len(register.code()) == 64


# ---------------------------------------------------------------------------------------------------- by hand


def made(**rows):
    """Attainment rows of made-up forecasts, as `register.track` gives them."""
    base = {"plan": "a", "target": "x", "kind": "level", "as_of": "2019-12-31", "verdict": "open",
            "p_attain": 0.5, "median": 2.0, "outcome": None}  # fmt: skip
    return pd.DataFrame({name: rows.get(name, [value] * len(rows["as_of"])) for name, value in base.items()})


def told(tmp_path, day="2021-12-31", **rows):
    return register.track_record(made(**rows), day, tmp_path).retrospective


def test_a_forecast_is_scored_by_the_last_verdict_known_on_the_date(tmp_path):
    """.8 and then .4 of what was met at 2.3: Brier .04 and .36, and .3 above a median of 2."""
    rows = {"as_of": ["2020-12-31", "2019-12-31", "2021-06-30"], "p_attain": [0.4, 0.8, 1.0],
            "verdict": ["open", "open", "met"], "outcome": [None, None, 2.3]}  # fmt: skip
    found = told(tmp_path, **rows)
    assert found["as_of"].tolist() == ["2019-12-31", "2020-12-31"]
    assert found["brier"].tolist() == pytest.approx([0.04, 0.36])
    assert found["log_score"].tolist() == pytest.approx([-math.log(0.8), -math.log(0.4)])
    assert found["error"].tolist() == pytest.approx([0.3, 0.3]) and found["met"].tolist() == [1.0, 1.0]
    assert len(told(tmp_path, "2021-06-30", **rows)) == 2 and told(tmp_path, "2021-06-29", **rows).empty
    missed = told(tmp_path, **rows | {"verdict": ["open", "open", "missed"]})
    assert missed["met"].tolist() == [0.0, 0.0] and missed["brier"].tolist() == pytest.approx([0.64, 0.16])


def test_a_verdict_taken_back_is_no_outcome(tmp_path):
    rows = {"as_of": ["2019-12-31", "2020-12-31", "2021-06-30"], "verdict": ["open", "met", "open"],
            "outcome": [None, 2.3, None]}  # fmt: skip
    assert told(tmp_path, **rows).empty


def test_only_a_chance_is_scored_and_only_a_years_figure_has_an_error(tmp_path):
    rows = {"as_of": ["2018-12-31", "2019-12-31", "2021-06-30"], "p_attain": [None, 0.8, 1.0],
            "verdict": ["open", "open", "met"], "outcome": [None, None, 2.3]}  # fmt: skip
    assert told(tmp_path, **rows)["as_of"].tolist() == ["2019-12-31"]
    for kind, error in (("level", True), ("direction", True), ("growth", False), ("rank", False)):
        found = told(tmp_path, **rows | {"kind": [kind] * 3})
        assert found["error"].notna().tolist() == [error]
    assert told(tmp_path, **rows | {"kind": ["milestone"] * 3}).empty


@pytest.mark.parametrize(
    ("then", "now", "p", "later", "standing"),
    [
        ("open", "open", 0.5, False, "registered"),
        ("open", "open", 0.5, True, "retrospective"),
        ("met", "met", 1.0, False, "hindsight"),
        ("open", "missed", 0.5, True, "hindsight"),
        ("missed", "open", 0.0, True, "hindsight"),
        ("no_evidence", "no_evidence", math.nan, False, "no_probability"),
        ("no_evidence", "met", math.nan, True, "hindsight"),
    ],
)
def test_what_a_forecast_is_worth_at_its_sealing(then, now, p, later, standing):
    first, last = SimpleNamespace(verdict=then, p_attain=p), SimpleNamespace(verdict=now)
    assert register._standing(first, last, later) == standing


def test_nothing_scored_has_counts_of_none():
    empty = pd.DataFrame(columns=["plan", "target", "as_of", "p_attain", "met", "brier"])
    assert register.summarise(empty) == {
        "forecasts": 0,
        "targets": 0,
        "met": None,
        "expected": None,
        "low": None,
        "high": None,
        "brier": None,
    }


def test_the_band_of_the_number_met_holds_ninety_in_a_hundred():
    """Of ten even chances none to two have .055 and none to one .011: the band is 2 to 8."""
    scored = pd.DataFrame({"plan": "a", "target": list("abcdefghij"), "as_of": "2019-12-31", "p_attain": 0.5,
                           "met": 1.0, "brier": 0.25})  # fmt: skip
    found = register.summarise(scored)
    assert (found["low"], found["high"], found["met"], found["expected"]) == (2, 8, 10, 5.0)


def test_the_newest_release_is_no_earlier_than_asked():
    rows = pd.DataFrame({"published": pd.to_datetime(["2019-05-01", "2020-05-01"])})
    assert register._newest(rows, "2019-12-31") == "2020-05-01"
    assert register._newest(rows, "2020-12-31") == "2020-12-31"
    assert register._newest(rows.iloc[:0], "1900-01-01") == "1900-01-01"


def test_the_fingerprint_is_of_what_was_published_on_the_day_itself():
    rows = pd.DataFrame({"published": pd.to_datetime(["2019-05-01", "2020-05-01"]), "value": [1.0, 2.0]})
    assert register.fingerprint(rows, "2020-05-01") != register.fingerprint(rows, "2020-04-30")
    assert register.fingerprint(rows, "2020-04-30") == register.fingerprint(rows.iloc[:1], "2021-01-01")


def sealed(folder, plan="a", day="2019-12-31", text="plan,as_of\na,2019-12-31\n", name=None):
    path = folder / "register" / plan / f"{name or day}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(register._sealed(text), encoding="utf-8")
    return path


def test_a_seal_holds_for_its_plan_and_its_day_only(tmp_path):
    sealed(tmp_path)
    assert register.check(tmp_path) == []
    for given in ({"plan": "b"}, {"name": "2019-12-30"}, {"plan": "c", "text": "plan,as_of\n"},
                  {"plan": "d", "text": "plan,as_of\nd,2019-12-31\na,2019-12-31\n"}):  # fmt: skip
        path = sealed(tmp_path, **given)
        [said] = register.check(tmp_path)
        assert said.startswith(f"{path}: not the file of that plan and date; restore its name")
        path.unlink()


@pytest.mark.parametrize("edit", [(",a", ",b"), ("seal", "sea"), ("\n", "\n\n"), ("2019", "2018")])
def test_a_seal_shows_any_edit_but_that_of_line_endings(edit, tmp_path):
    path = sealed(tmp_path, text="as_of,plan\n2019-12-31,a\n")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(*edit, 1), encoding="utf-8")
    assert "changed since it was sealed" in register.check(tmp_path)[0]
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert register.check(tmp_path) == []
    path.write_text("", encoding="utf-8")
    assert "changed since it was sealed" in register.check(tmp_path)[0]


def test_without_files_the_register_is_an_empty_table(tmp_path):
    read = register.read(tmp_path)
    assert read.empty and list(read.columns)[-4:] == ["standing", "data", "code", "seal"]
    assert register.files(tmp_path) == [] and register.check(tmp_path) == []


def rows_of(plan, day, **more):
    line = attainment._row(plan, plan.targets[0], day) | {"verdict": "open", "p_attain": 0.5} | more
    return attainment.frame([line])


def test_a_plan_is_sealed_on_several_days_each_with_its_standing(tmp_path, plan, catalogue, monkeypatch):
    """On the day of the newest release nothing is later; on one before it the forecast looks back."""
    monkeypatch.setattr(attainment, "table", lambda plan, rows, day, catalogue: rows_of(plan, day))
    monkeypatch.setattr(register, "code", lambda: "c")
    rows = pd.DataFrame({"published": pd.to_datetime(["2019-05-01", "2019-12-31"]), "value": [1.0, 2.0]})
    paths = [register.seal(plan, rows, day, catalogue, tmp_path) for day in ("2019-12-30", "2019-12-31")]
    assert register.files(tmp_path) == paths
    read = register.read(tmp_path)
    assert read["standing"].tolist() == ["retrospective", "registered"] and read.index.tolist() == [0, 1]
    assert read["as_of"].tolist() == ["2019-12-30", "2019-12-31"] and read["p_attain"].tolist() == [0.5, 0.5]
    assert read["data"].tolist() == [register.fingerprint(rows, day) for day in ("2019-12-30", "2019-12-31")]
    with pytest.raises(register.RegisterError, match="already sealed"):
        register.seal(plan, rows, "2019-12-31", catalogue, tmp_path)


def test_a_seal_is_written_whole_or_not_at_all(tmp_path, plan, catalogue, monkeypatch):
    monkeypatch.setattr(attainment, "table", lambda plan, rows, day, catalogue: rows_of(plan, day))
    monkeypatch.setattr(register, "code", lambda: "c")
    rows = pd.DataFrame({"published": pd.to_datetime(["2019-05-01"]), "value": [1.0]})
    real = Path.write_bytes

    def full(path, content):
        real(path, content[:9])
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            register.seal(plan, rows, "2019-12-31", catalogue, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert register.seal(plan, rows, "2019-12-31", catalogue, tmp_path).is_file()
    assert register.check(tmp_path) == []
    path = register.files(tmp_path)[0]
    path.write_bytes(b"\xff\xfe\x00")
    assert "changed since it was sealed" in register.check(tmp_path)[0]


def unread(rows, day, known):
    """A vintage as if all of it had been known."""
    return attainment.Vintage(day, rows, rows, known)


def test_plans_are_tracked_one_below_the_other_to_the_newest_release(plan, catalogue, monkeypatch):
    monkeypatch.setattr(attainment, "dates", lambda plan, rows, until: ["2019-12-31", until])
    rows = pd.DataFrame({"published": pd.to_datetime(["2020-05-01", "2019-12-31"])})
    assert register.days([plan, plan], rows) == [(plan, "2019-12-31"), (plan, "2020-05-01")] * 2
    monkeypatch.setattr(attainment.Vintage, "of", unread)
    monkeypatch.setattr(attainment, "lines", lambda plan, then: rows_of(plan, then.as_of).to_dict("records"))
    found = register.track([(plan, "2020-05-01"), (plan, "2019-12-31")], rows, catalogue)
    assert found["as_of"].tolist() == ["2020-05-01", "2019-12-31"] and found.index.tolist() == [0, 1]


def test_scored_forecasts_stand_in_the_order_of_plan_target_and_day(tmp_path):
    rows = {
        "plan": ["b", "a", "a", "b", "a"],
        "as_of": ["2019-12-31", "2019-12-31", "2018-12-31", "2021-06-30", "2021-06-30"],
        "verdict": ["open", "open", "open", "met", "met"],
        "outcome": [None, None, None, 2.3, 2.4],
    }
    found = told(tmp_path, **rows)
    assert found[["plan", "as_of"]].values.tolist() == [
        ["a", "2018-12-31"],
        ["a", "2019-12-31"],
        ["b", "2019-12-31"],
    ]
    assert (
        found.index.tolist() == [0, 1, 2]
        and "index" not in found
        and found["outcome"].tolist() == [2.4, 2.4, 2.3]
    )


def test_what_is_tracked_is_asked_for_no_more_than_its_answer(plan, catalogue, monkeypatch):
    monkeypatch.setattr(attainment.Vintage, "of", unread)
    rows = rows_of(plan, "2020-05-01").to_dict("records")
    asked = []
    monkeypatch.setattr(attainment, "lines", lambda plan, then: asked.append(then.brief) or rows)
    register.track([(plan, "2020-05-01")], pd.DataFrame(), catalogue)
    assert asked == [True]
