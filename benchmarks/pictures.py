"""The pictures of the READMEs, from the program's own report: docs/memo.png and docs/review.png.

    python benchmarks/pictures.py [reports/luohe-2019/2018-12-31]

Run after `make report`. The first page of a memo is drawn by pdfium, the review page by the Chromium that is
installed, with the open Chinese fonts where the machine has none.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
import pypdfium2
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
MEMO = "national-hte-new.zh.pdf"


def fonts(folder: Path) -> dict[str, str]:
    """Return the settings that let a browser use the open fonts beside the machine's own."""
    places = (Path(pylopdf_fonts_zh_cn.__file__).parent, "/usr/share/fonts")
    dirs = "".join(f"<dir>{escape(str(place))}</dir>" for place in places)
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig>{dirs}<cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>")
    return {"FONTCONFIG_FILE": str(path)}


def main() -> None:
    report = Path(
        sys.argv[1] if len(sys.argv) > 1 else ROOT / "reports" / "luohe-2019" / "2018-12-31"
    ).resolve()
    page = pypdfium2.PdfDocument(report / MEMO)[0]
    page.render(scale=819 / page.get_height()).to_pil().save(ROOT / "docs" / "memo.png", optimize=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
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
