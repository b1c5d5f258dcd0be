"""Pictures of READMEs and handbooks, from the program's own report: docs/{memo,report,request,review}.png.

    python benchmarks/pictures.py [reports/luohe-2019/2018-12-31]

Run after `make report`. First pages of memo and report are drawn by pdfium, the data request of the workbook
by LibreOffice and the review page by Chromium, both as installed, with the open Chinese fonts where the
machine has none.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
import pypdfium2
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PAPERS = {"memo": "national-hte-new.zh.pdf", "report": "report.zh.pdf"}
TALL = 819  # pixels


def fonts(folder: Path) -> dict[str, str]:
    """Return the settings that let a browser use the open fonts beside the machine's own."""
    places = (Path(pylopdf_fonts_zh_cn.__file__).parent, "/usr/share/fonts")
    dirs = "".join(f"<dir>{escape(str(place))}</dir>" for place in places)
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig>{dirs}<cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>")
    return {"FONTCONFIG_FILE": str(path)}


def draw(page: pypdfium2.PdfPage, name: str, cut: float = 1.0) -> None:
    """Draw a page, from the top down to a share of its height."""
    picture = page.render(scale=TALL / page.get_height()).to_pil()
    picture.crop((0, 0, picture.width, round(cut * TALL))).save(ROOT / "docs" / f"{name}.png", optimize=True)


def request(workbook: Path, folder: Path) -> pypdfium2.PdfPage:
    """Return the first page of the workbook's data request, as LibreOffice prints it."""
    asked = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(asked, check=True, capture_output=True, env=os.environ | fonts(folder))
    pages = list(pypdfium2.PdfDocument(folder / f"{workbook.stem}.pdf"))
    return next(one for one in pages if one.get_textpage().get_text_range().startswith("数据提示单"))


def main() -> None:
    report = Path(
        sys.argv[1] if len(sys.argv) > 1 else ROOT / "reports" / "luohe-2019" / "2018-12-31"
    ).resolve()
    for name, paper in PAPERS.items():
        draw(pypdfium2.PdfDocument(report / paper)[0], name)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        draw(request(report / "results.xlsx", Path(folder)), "request", cut=0.45)
        chromium = browsers.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"],
            env=os.environ | fonts(Path(folder)),
        )
        shown = chromium.new_page(viewport={"width": 1280, "height": 1250})
        shown.goto((report / "review.html").as_uri())
        shown.wait_for_load_state("networkidle")
        shown.wait_for_timeout(2000)
        shown.screenshot(path=ROOT / "docs" / "review.png")
        chromium.close()


if __name__ == "__main__":
    main()
