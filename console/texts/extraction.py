"""Which texts there are to translate: ``make texts`` writes them into console.pot."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from console.texts import FOLDER, rooms
from records.model import Gone
from registry.access_log import CODE, KNOWN_BROWSER, PASSWORD
from registry.golive import ITEMS
from registry.public_items import HINTS
from registry.review_values import DISMISSALS, STATES
from registry.users import Role
from reports.words import CHECKS, CLAUSES, MATCHED, SEEN, SURENESS

HOUSE = FOLDER.parent.parent
TEMPLATE = FOLDER / "console.pot"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
COMMENTS = ("Translators:",)

BORROWED = {
    "records/model.py": [*Gone],
    "registry/access_log.py": [PASSWORD, KNOWN_BROWSER, CODE],
    "registry/golive.py": [*ITEMS.values()],
    "registry/public_items.py": [*HINTS.values()],
    "registry/review_values.py": [*STATES.values(), *(each.words for each in DISMISSALS.values())],
    "registry/users.py": [role.label for role in Role],
    "reports/words.py": [
        *(check.capitalize() for check in CHECKS.values()),
        *SEEN.values(),
        *sum(CLAUSES.values(), ()),
        *(word for _, word in SURENESS),
        MATCHED,
    ],
}
"""Words of the rooms below that pages look up, by the file that they stand in."""


def texts() -> Catalog:
    """Every text of the console with the files that it stands in; no line numbers, which change with every edit."""
    found = Catalog(charset="utf-8")
    for name, _, message, comments, context in extract_from_dir(
        FOLDER.parent, METHODS, OPTIONS, KEYWORDS, COMMENTS, strip_comment_tags=True
    ):
        place = (Path("console") / name).as_posix()
        found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    for place, words in BORROWED.items():
        for text in words:
            found.add(text, locations=[(place, 0)])
    for text, places in rooms.by_text(HOUSE).items():
        found.add(text, locations=[(place, 0) for place in places])
    return found


def written() -> bytes:
    """console.pot as it must be now, in the texts' own order."""
    content = BytesIO()
    write_po(content, texts(), width=120, omit_header=True, include_lineno=False, sort_output=True)
    return content.getvalue()


if __name__ == "__main__":
    TEMPLATE.write_bytes(written())
