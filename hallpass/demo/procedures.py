"""The made-up district's administrative procedures: short, so that somebody who tries the console reads them."""

from __future__ import annotations

VERSION = "2026-27"
TITLE = "Educational accounts on social platforms"
TEXT = """\
1. What this is about
An educational account speaks for a class, a team, a club, a school or the district. Your own accounts are not meant, \
and nobody looks for them.

2. Before the first post
Tell IT. They register the account with you: its purpose, its school, and you as the person who answers for it. You \
prove once a year that it is yours.

3. What is kept
What a registered account publishes is a public record. Its posts and pictures, the public comments under them, edits \
and deletions are kept. Private messages are not. You may delete a post on the platform; the record stays.

4. Whom the account follows
It follows students, families, staff, schools, and the organisations that the superintendent has accepted. If another \
one belongs there, ask.

5. The district's seal, its other marks and its photographs
They are used with the superintendent's permission, asked for before the post. Say what for and from when to when, and \
add a draft of the picture. Whoever is unsure whether a picture carries a mark can have it checked first.

6. When something is noticed
A program notices, and only people decide. You see an observation as soon as a person has confirmed it. You can reply, \
and you can appeal: somebody who took no part in the decision answers.

7. When you leave
Hand the account over to a colleague, or ask IT to end its registration. What was published stays in the record.
"""
