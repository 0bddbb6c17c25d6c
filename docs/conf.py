"""The documentation site, made with stepwise's own directive: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for tools.docsite

import stepwise

project = "stepwise"
author = "the stepwise authors"
copyright = "the stepwise authors"
version = release = stepwise.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "stepwise.sites.sphinx", "tools.docsite"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "stepwise"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_class_signature = "mixed"
