"""Builds dbt's documentation as one page that opens without a network.

    VARS='{bandicoot: false}' python -m scripts.docs [--output output/docs.html] [--port 8080]

`dbt docs generate` writes a page, a manifest and a catalog to target/; they are put together here.
The running server is asked for the tables of the last run and for their columns' types. With a port
the page is then served, to this machine only, until Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jinja2

from scripts import server
from scripts.errors import CommandError
from scripts.export import KEYS, make_folder, replace_file
from scripts.paths import OUTPUT, PROJECT_ROOT, TARGET
from scripts.run import parse_vars, run_dbt

USUAL_PORT = 8080
#: Key of the lineage graph, legend and look of what dbt's page does not offer
ADDITIONS = Path(__file__).with_name("docs_additions.html.jinja")
#: What the models of a folder are about, for the key of the lineage graph
LEVELS = {
    "staging/raw": "raw files, reference data",
    "staging": "level 0: a row is a delivered row",
    "user": "level 1: a row is about a user",
    "antenna": "level 2: a row is about an antenna",
    "features": "level 3: features and the privacy gate",
    "final": "level 4: the release",
}
# Requests of dbt's page that fail: for icons whose names are not known yet, and for an icon that does
# not exist. Each with what replaces it.
REPAIRS = {
    ' xlink:href="{{ getIcon(': ' ng-attr-xlink:href="{{ getIcon(',
    """<link rel="shortcut icon" href="${require('./assets/favicons/favicon.ico')}"/>""": (
        '<link rel="shortcut icon" href="data:,"/>'
    ),
}


def describe_columns(manifest: dict[str, Any], catalog: dict[str, Any]) -> None:
    """Copy descriptions from final_features to columns of the same name in earlier models.

    bandicoot's 723 columns are described only there.
    """
    released = manifest["nodes"]["model.gnuper.final_features"]["columns"]
    for unique_id, table in catalog["nodes"].items():
        described = manifest["nodes"][unique_id]["columns"]
        for name in table["columns"]:
            if name not in described and name in released:
                described[name] = released[name]


def hide_unknown_counts(catalog: dict[str, Any]) -> None:
    """Remove row counts of 0: Spark counts rows only on request, and dbt-spark then reports 0."""
    for table in (*catalog["nodes"].values(), *catalog["sources"].values()):
        if table["stats"].get("rows", {}).get("value") == 0:
            del table["stats"]["rows"]


def show_released(manifest: dict[str, Any], catalog: dict[str, Any]) -> None:
    """Give released tables the schema in which readers find them.

    dbt knows them as tables of the restricted schema: that is where they are built and tested.
    """
    schema = manifest["nodes"]["model.gnuper.current_release"]["schema"]
    for name in KEYS:
        unique_id = f"model.gnuper.{name}"
        if unique_id in manifest["nodes"]:
            node = manifest["nodes"][unique_id]
            node |= {"schema": schema, "relation_name": f"{schema}.{name}"}
        if unique_id in catalog["nodes"]:
            catalog["nodes"][unique_id]["metadata"] |= {"schema": schema, "type": "view"}


def level_colours(manifest: dict[str, Any]) -> dict[str, str]:
    """The colour of each level in the lineage graph, by the level's words."""
    colours = {
        Path(node["original_file_path"]).parent: node["docs"]["node_color"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    return {words: colours[Path("models", folder)] for folder, words in LEVELS.items()}


def page(target: Path) -> str:
    """Everything in dbt's target folder as one page, without paths of this machine."""
    manifest = json.loads((target / "manifest.json").read_text())
    catalog = json.loads((target / "catalog.json").read_text())
    describe_columns(manifest, catalog)
    hide_unknown_counts(catalog)
    show_released(manifest, catalog)
    text = (target / "index.html").read_text()
    additions = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(
        ADDITIONS.read_text()
    )
    before, end, after = text.rpartition("</body>")
    text = before + additions.render(levels=level_colours(manifest)) + end + after
    for fault, repair in REPAIRS.items():
        text = text.replace(fault, repair)
    for name, content in (("MANIFEST", manifest), ("CATALOG", catalog)):
        # "</script>" in a text would end the script element.
        inline = json.dumps(content).replace("</", "<\\/")
        text = text.replace(f'"{name}.JSON INLINE DATA"', inline)
    return text.replace(f"{PROJECT_ROOT}/", "").replace(str(PROJECT_ROOT), ".")


def listen(port: int, folder: Path) -> ThreadingHTTPServer:
    """A server for the files of a folder, which listens at a port."""
    try:
        handler = partial(SimpleHTTPRequestHandler, directory=folder)
        return ThreadingHTTPServer((server.HOST, port), handler)
    except (OSError, OverflowError) as error:
        problem = server.port_problem(port, USUAL_PORT, error, "make docs DOCS_PORT")
        raise CommandError(problem) from error


def serve(site: ThreadingHTTPServer, name: str) -> None:
    """Serve until Ctrl-C, which is the normal end here."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        print(f"Serving http://{server.HOST}:{site.server_port}/{name} until Ctrl-C.", flush=True)
        site.serve_forever()


def main() -> None:
    """Generate the documentation through the running server, write the page, and serve it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, default=OUTPUT / "docs.html")
    parser.add_argument("--port", type=int, help="serve the page there until Ctrl-C")
    options = parser.parse_args()
    try:
        make(options.output, options.port)
    except CommandError as error:
        sys.exit(str(error))


def make(output: Path, port: int | None) -> None:
    """Write the page, and serve it if a port is given."""
    values = parse_vars(os.environ.get("VARS", ""))
    # first, because making the page may take minutes
    site = None if port is None else listen(port, output.parent)
    running = server.running_server()
    if running is None:
        raise CommandError("No server is running: start one with `make server`.")
    server.use_server(running)

    if run_dbt("docs", "generate", values=values):
        raise CommandError(
            "dbt docs generate has failed (its message is above): no page was written."
        )
    make_folder(output.parent)
    replace_file(output, lambda draft: draft.write_text(page(TARGET)))
    print(f"\nWrote {output}: open it in a browser, it needs no network.")
    if site:
        serve(site, output.name)


if __name__ == "__main__":
    main()
