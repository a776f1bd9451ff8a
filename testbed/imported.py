"""All of the product, imported: what the processes of ``testbed.commands`` are forked from."""

from __future__ import annotations

import importlib
import pkgutil

import bot
import retrieval

for package in (bot, retrieval):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
