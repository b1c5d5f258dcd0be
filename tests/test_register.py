"""The register: sealed once, edits refused, hindsight marked, forecasts scored when the year is out."""

import pandas as pd
import pytest

from analysis import plans, register, store

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
    p = str(pd.read_csv(path)["p_attain"].item())
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


def test_only_what_was_registered_before_is_scored(tmp_path, plan, observations, catalogue):
    data = tmp_path / "data"
    track = register.track([plans.load(name, catalogue) for name in plans.names()], observations, catalogue)
    empty = register.track_record(track, DAY, data)
    assert len(empty.registered) == 0
    assert empty.summary().set_index("standing").loc["registered", "forecasts"] == 0
    register.seal(plan, upto(observations, DAY), DAY, catalogue, data)
    register.seal(plan, observations, "2019-06-30", catalogue, data)  # hindsight
    record = register.track_record(track, "2026-12-31", data)
    one = record.registered.iloc[0]
    assert (len(record.registered), one["as_of"], one["met"]) == (1, DAY, 0.0)
    assert one["brier"] == pytest.approx(one["p_attain"] ** 2)
    assert set(record.retrospective["plan"]) >= {"china-2020", "henan-2020", "henan-2024"}
    assert record.summary()["standing"].tolist() == ["registered", "retrospective"]


def test_later_releases_leave_the_fingerprint_of_a_date_alone(observations):
    whole, then = (register.fingerprint(rows, DAY) for rows in (observations, upto(observations, DAY)))
    assert whole == then
    altered = observations.copy()
    altered.loc[0, "value"] += 1
    assert register.fingerprint(altered, "2030-01-01") != register.fingerprint(observations, "2030-01-01")


def test_after_the_year_every_earlier_forecast_is_scored(plan, observations, catalogue, tmp_path):
    track = register.track([plan], observations, catalogue)
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
