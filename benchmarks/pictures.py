"""Pictures of READMEs and handbooks, from the program itself: docs/{memo,report,request,review,what-if}.png.

    python benchmarks/pictures.py [reports/luohe-2019/2018-12-31]

Run after `make report`. First pages of memo and report are drawn by pdfium, the data request of the workbook
by LibreOffice, the review page and the sliders in JupyterLab by Chromium, both as installed, with the open
Chinese fonts where the machine has none.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
import pypdfium2
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Error, sync_playwright

from analysis import forks, form, places
from analysis.__main__ import LAB

ROOT = Path(__file__).resolve().parent.parent
PAPERS = {"memo": "national-hte-new.zh.pdf", "report": "report.zh.pdf"}
TALL = 819  # pixels
COLUMNS, HEAD = 5, 0.415  # of the data request: the columns shown, the height by the width


def fonts(folder: Path) -> dict[str, str]:
    """Return the settings that let a browser use the open fonts beside the machine's own."""
    places = (Path(pylopdf_fonts_zh_cn.__file__).parent, "/usr/share/fonts")
    dirs = "".join(f"<dir>{escape(str(place))}</dir>" for place in places)
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig>{dirs}<cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>")
    return {"FONTCONFIG_FILE": str(path)}


def drawn(page: pypdfium2.PdfPage, times: float = 1.0) -> Image.Image:
    """Draw a page, so many times as tall as others."""
    return page.render(scale=times * TALL / page.get_height()).to_pil()


def save(picture: Image.Image, name: str) -> None:
    picture.save(ROOT / "docs" / f"{name}.png", optimize=True)


def request(workbook: Path, folder: Path) -> Image.Image:
    """Draw the head of the workbook's data request, as LibreOffice prints it: without margins, large enough
    to be read, to the last column that is filled in for all rows, the unit."""
    asked = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(asked, check=True, capture_output=True, env=os.environ | fonts(folder))
    pages = list(pypdfium2.PdfDocument(folder / f"{workbook.stem}.pdf"))
    page = next(one for one in pages if one.get_textpage().get_text_range().startswith("数据提示单"))
    picture = drawn(page, times=2)
    left, top, right, _ = ImageOps.invert(picture.convert("L")).getbbox()
    wide = round((right - left) * sum(form.WIDTHS[:COLUMNS]) / sum(form.WIDTHS))
    return picture.crop((left, top, left + wide, top + round(wide * HEAD)))


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab on a folder; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    asked = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--port={port}"]
    asked += ["--LabApp.expose_app_in_browser=True", f"--notebook-dir={folder}"]
    command = [sys.executable, "-m", "jupyterlab", *LAB, *asked]
    server = subprocess.Popen(command, env=os.environ | forks.environment(), stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def sliders(chromium: Browser, folder: Path) -> None:
    """Draw the sliders of the sixth notebook, as they stand when it was run."""
    book = "6-what-if.ipynb"
    text = (places.NOTEBOOKS / book).read_text(encoding="utf-8")
    (folder / book).write_text(
        text.replace("interactive: bool = False", "interactive: bool = True"), encoding="utf-8"
    )
    with lab(folder) as address:
        shown = chromium.new_page(viewport={"width": 1280, "height": 1000})
        for _ in range(60):
            try:
                shown.goto(f"{address}/lab/tree/{book}")
                break
            except Error:  # it has not begun to listen
                shown.wait_for_timeout(500)
        shown.wait_for_selector(".jp-Notebook .jp-Cell")
        kernel = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel"
        shown.wait_for_function(f"{kernel}?.status === 'idle'", timeout=120_000)
        shown.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        shown.wait_for_selector(".widget-slider", timeout=120_000)
        board = shown.locator(".jp-OutputArea-output", has=shown.locator(".widget-slider")).first
        board.scroll_into_view_if_needed()
        shown.wait_for_timeout(2000)
        board.screenshot(path=ROOT / "docs" / "what-if.png")


def main() -> None:
    report = Path(
        sys.argv[1] if len(sys.argv) > 1 else ROOT / "reports" / "luohe-2019" / "2018-12-31"
    ).resolve()
    for name, paper in PAPERS.items():
        save(drawn(pypdfium2.PdfDocument(report / paper)[0]), name)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        save(request(report / "results.xlsx", Path(folder)), "request")
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
        sliders(chromium, Path(folder))
        chromium.close()


if __name__ == "__main__":
    main()
