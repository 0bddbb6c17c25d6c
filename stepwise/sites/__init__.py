"""Lessons in other people's pages: Sphinx, MkDocs, mystmd, Jupyter; each host is one module, and none needs another's.

`written.py` reads what an author writes in any of them, so that it is written alike everywhere; a host's module puts
the lesson into its own document. To add a host: a module here, an extra in `pyproject.toml`, a page in `docs/`.
"""
