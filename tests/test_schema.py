"""Every .docx and .xlsx keeps its schema and the package's rules, and holds nothing that runs."""

import io
import posixpath
import re
import zipfile
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from analysis import form, memo
from analysis.documents import word

PACKAGE = "{http://schemas.openxmlformats.org/package/2006/"
TYPES, RELATION = f"{PACKAGE}content-types}}", f"{PACKAGE}relationships}}Relationship"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RUNS = re.compile("vba|macro|activeX|oleObject|externalLink|attachedToolbars|customUI", re.IGNORECASE)
PLAN, DAY = "luohe-2019", "2018-12-31"


def picture():
    stream = io.BytesIO()
    Figure(figsize=(5, 2)).savefig(stream, format="png")
    return memo.Figures(stream.getvalue(), alt="三年数据")


@pytest.fixture(scope="module")
def files(outlook, dossier, results, small_workbook, catalogue, tmp_path_factory):
    """One file of each kind, by name."""
    folder, look = tmp_path_factory.mktemp("schema"), memo.Look(red_header=True)
    known = outlook(PLAN, DAY)
    made = {
        "results.xlsx": results(PLAN, DAY),
        "small.xlsx": small_workbook,
        "figures.xlsx": form.template(folder / "figures.xlsx").read_bytes(),
    }
    for language in memo.LANGUAGES:
        one = dossier(PLAN, DAY, "national-hte-new")
        paper = memo.compose(one, catalogue, language, picture(), look)
        report = memo.compose_report(known, catalogue, language).paper
        made |= {f"memo.{language}.docx": word.render(paper), f"report.{language}.docx": word.render(report)}
    return made


NAMES = ["results.xlsx", "small.xlsx", "figures.xlsx"] + [
    f"{name}.{language}.docx" for name in ("memo", "report") for language in memo.LANGUAGES
]


@pytest.fixture(params=NAMES)
def file(request, files):
    return request.param, files[request.param]


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


# ------------------------------------------------------------------------------------------ the schema


@pytest.fixture(scope="module")
def problems():
    """Return what a program in the manner of Office's own SDK finds wrong with a file."""
    audit = pytest.importorskip("openxml_audit", reason="not verified: openxml-audit is not installed")
    validator = audit.OpenXmlValidator(file_format=audit.FileFormat.OFFICE_2013)

    def found(content, path):
        path.write_bytes(content)
        errors = validator.validate(str(path)).errors
        return [f"{one.part_uri}: {one.description}" for one in errors if one.severity.value == "error"]

    return found


def test_every_file_keeps_its_schema(file, problems, tmp_path):
    name, content = file
    assert problems(content, tmp_path / name) == []


STYLE, PAGES = b"<w:pPr><w:pStyle ", b"<pageMargins "
BREACHES = {
    "memo.zh.docx": [
        ("word/document.xml", STYLE, STYLE.replace(b"><", b"><w:jc/><"), "element 'pStyle'"),
        ("word/styles.xml", b"<w:docDefaults>", b"<w:docDefaults><w:b/>", "element 'b'"),
    ],
    "small.xlsx": [
        ("xl/worksheets/sheet2.xml", PAGES, b"<sheetData/>" + PAGES, "element 'sheetData'"),
        ("xl/worksheets/sheet2.xml", b"<autoFilter ref=", b"<autoFilter place=", "'place' attribute"),
        ("xl/styles.xml", b"<color ", b"<colour ", "element 'colour'"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_of_the_schema_is_found(name, files, problems, tmp_path):
    """The check itself: each thing that stands out of place, is misspelt, or has no such attribute."""
    broken = parts(files[name])
    for part, before, after, _ in BREACHES[name]:
        assert before in broken[part]
        broken[part] = broken[part].replace(before, after, 1)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for member, content in broken.items():
            archive.writestr(member, content)
    found = problems(stream.getvalue(), tmp_path / name)
    for part, _, _, told in BREACHES[name]:
        assert [one for one in found if one.startswith(f"/{part}: ") and told in one], told


# ----------------------------------------------------------------------------------------- the package


def test_every_part_has_its_type_and_none_runs(file):
    members = parts(file[1])
    root = ElementTree.fromstring(members["[Content_Types].xml"])
    overrides = {one.get("PartName")[1:]: one.get("ContentType") for one in root.iter(f"{TYPES}Override")}
    defaults = {one.get("Extension").lower(): one.get("ContentType") for one in root.iter(f"{TYPES}Default")}
    assert overrides.keys() <= members.keys()
    for name in members.keys() - {"[Content_Types].xml"}:
        kind = overrides.get(name) or defaults.get(name.rpartition(".")[2].lower())
        assert kind and not RUNS.search(kind) and not RUNS.search(name), name


def test_every_relationship_leads_somewhere(file):
    """To a part of the file; outside of it only links of the reader's, to files beside it."""
    members = parts(file[1])
    for name, content in members.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = []
        for one in ElementTree.fromstring(content).iter(RELATION):
            ids.append(one.get("Id"))
            target = one.get("Target")
            assert not RUNS.search(one.get("Type")), one.get("Type")
            if one.get("TargetMode") == "External":
                assert one.get("Type").endswith("/hyperlink") and re.fullmatch(r"[a-z0-9.-]+", target)
            else:
                place = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                assert place.lstrip("/") in members, (name, target)
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".docx")])
def test_tables_are_as_wide_as_their_grids_and_east_asian_type_is_named(name, files):
    members = parts(files[name])
    body = ElementTree.fromstring(members["word/document.xml"])
    tables = list(body.iter(f"{W}tbl"))
    assert tables
    for table in tables:
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.findall(f"{W}tr"):
            spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc")]
            assert sum(1 if span is None else int(span.get(f"{W}val")) for span in spans) == columns
            assert all(cell[-1].tag == f"{W}p" for cell in row.findall(f"{W}tc"))
    used = {one.get(f"{W}val") for kind in ("p", "r") for one in body.iter(f"{W}{kind}Style")}
    styles = ElementTree.fromstring(members["word/styles.xml"]).iter(f"{W}style")
    fonts = [one.find(f"{W}rPr/{W}rFonts") for one in styles if one.get(f"{W}styleId") in used]
    named = [one for one in fonts if one is not None]
    assert len(named) > 4 and all(one.get(f"{W}eastAsia") and one.get(f"{W}ascii") for one in named)
    assert not list(body.iter(f"{W}rFonts")), "type is said by styles alone"
