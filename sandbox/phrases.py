"""What the district's accounts write, and what people answer. A ``{slot}`` is filled from :data:`SLOTS`."""

from __future__ import annotations

from random import Random

SLOTS: dict[str, tuple[str, ...]] = {
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "time": ("8:15", "9:40", "14:30", "16:00", "18:30", "19:00"),
    "place": ("the gym", "the library", "room 214", "the auditorium", "the cafeteria", "room 9", "the courtyard"),
    "grade": ("grade 3", "grade 4", "grade 5", "grade 7", "grade 8", "grade 10", "our seniors"),
    "rival": ("Harbor Point", "Cedar Ridge", "Quarry Hill", "Westbrook", "Fort Elm", "Lantern Bay"),
    "team": ("girls' soccer", "boys' soccer", "field hockey", "volleyball", "cross country", "golf"),
    "book": ("The Tin Lighthouse", "A Map of Small Rivers", "Nine Quiet Robots", "The Beekeeper's Clock"),
    "food": ("lentil chili", "baked ziti", "veggie tacos", "apple crisp", "chicken and rice", "corn chowder"),
    "piece": ("the overture", "the fall suite", "the fight song", "the slow movement", "the drum feature"),
    "play": ("The Clockmaker's Daughter", "Much Ado at the Mill", "The Paper Fleet"),
    "material": ("charcoal", "recycled paper", "clay", "linen thread", "watercolor"),
    "science": ("leaf pigments", "water quality below the dam", "bridge loads", "yeast", "pendulums", "owl pellets"),
    "number": ("12", "17", "23", "31", "46", "58", "74"),
}

EVERYBODY = (
    "Picture day is {day}. Smiles optional, forms not.",
    "Reminder: early release on {day}, buses leave at 11:45.",
    "Thank you to the {number} families who helped on {day}! 💛",
    "Lost and found is overflowing again. Please look in {place} before {day}.",
    "No school on Monday. See you {day}, rested we hope.",
    "¡Bienvenidos! La reunión de familias es el jueves a las {time}.",
)

TOPICS: dict[str, tuple[str, ...]] = {
    "district": (
        "The School Committee meets {day} at {time} in {place}. The agenda is on our site.",
        "Bus routes 4 and 9 change on {day}. Please check your stop.",
        "Kindergarten registration for next fall opens {day} at {time}.",
        "Meet our {number} new colleagues. Welcome to Alder Falls! 🍁",
        "The capital plan is out for comment until {day}. We read every one.",
    ),
    "school": (
        "Open house is {day} at {time}. Start in {place}, follow the paper otters.",
        "Congratulations to {grade} for reading {number} books this month 📚",
        "Fire drill done in four minutes, everybody out and counted. Well done.",
        "Student council elections are {day}. Posters come down at {time}.",
        "{grade} planted {number} bulbs along the front walk today. Come back in April 🌷",
        "Our hallways are quiet at {time}. Too quiet. Spirit day is {day}!",
    ),
    "sports": (
        "FINAL: Otters {number}, {rival} 10. What a finish by {team}! 🦦",
        "{team} travels to {rival} on {day}. Bus at {time}.",
        "Home game {day}, {time}, on the lower field. Bring a blanket.",
        "Tryouts for {team} are {day} in {place}. Forms first, please.",
        "Senior night is {day}. Thank you, {team}.",
        "Rescheduled because of lightning: {team} against {rival}, {day} at {time}.",
    ),
    "science": (
        "Today's question: what can {science} tell us? {grade} found {number} answers.",
        "Lab notebooks on {science} are due {day}. Units, please!",
        "It moved! Then it stopped. Then it caught a little smoke. Great practice in {place}. 🤖",
        "Volunteers wanted to judge projects on {science}, {day} at {time}.",
        "We measured {science} {number} times and got {number} results. That is the lesson.",
    ),
    "music": (
        "Rehearsal of {piece} moves to {day}, {time}, {place}.",
        "They nailed {piece} tonight. Goosebumps. 🎺🥁",
        "Reeds, valve oil and {number} folding chairs: donations welcome by {day}.",
        "Winter concert auditions are {day} in {place}. Prepare {piece}.",
    ),
    "library": (
        "New on the shelf: “{book}”. {number} people are already waiting.",
        "Book club reads “{book}” until {day}. Snacks at {time}.",
        "Amnesty week: bring back anything, no questions, no fines.",
        "Homework help is open {day} until {time} in {place}.",
    ),
    "art": (
        "{grade} works in {material} this week. Aprons on!",
        "The hallway gallery opens {day}. Today's wall is all {material}.",
        "Wanted: {number} egg cartons, clean ones, for {material} week.",
        "Look at this line. Just look at it. 🎨 ({material}, {grade})",
    ),
    "class": (
        "We counted {number} acorns and then wrote about them.",
        "Our guest on {day} talked about {science}. So many hands up!",
        "Please send a mitten with a name on it. Or two mittens.",
        "We finished “{book}” today. There was applause.",
        "Course places left for {day} evening at {time} in {place}.",
    ),
    "drama": (
        "Auditions for “{play}” are {day} at {time} in {place}.",
        "Set painting {day}. Wear something that you do not love.",
        "“{play}” is sold out on {day}. Seats left for the matinee! 🎭",
    ),
    "food": (
        "{day}'s lunch: {food}, with carrots from the school garden.",
        "We served {number} breakfasts on {day}, a record for September.",
        "Taste test in {place}: {food}. The votes are in, and it stays.",
        "Menus now show allergens for every dish, {food} included.",
    ),
}

COMMENTS = (
    "Thank you!",
    "So proud of these kids ❤️",
    "Will there be a bus?",
    "What time does it end?",
    "Can little brothers come too?",
    "This made my day.",
    "Is this also for {grade}?",
    "We will be there on {day}!",
    "My daughter has not stopped talking about it.",
    "Where do we find the form?",
    "Great work, everyone 👏👏",
    "The link on the site does not work for me.",
    "Is {place} open before {time}?",
    "GO OTTERS!!! 🦦🦦🦦",
    "I can bring {number} cups.",
    "¿Habrá interpretación en español?",
    "Sorry, we are away that week.",
    "The parking was a mess last time, just saying.",
)
ANSWERS = (
    "Yes!",
    "I wondered that too.",
    "Same here 😄",
    "They said {time} last year.",
    "It is on the calendar, I think.",
    "Thanks for asking this.",
    "See you there!",
    "I can drive two more.",
)
OFFICIAL_ANSWERS = (
    "Yes, doors open at {time}.",
    "Good question: the form is at the front office.",
    "Thank you! We have told the team.",
    "It is for {grade} this time; more dates will follow.",
)
STRANGERS = (
    "Applications for classroom grants close on {day}.",
    "The children's room has {number} new audiobooks.",
    "Leaf pick-up starts on {day} on the east side.",
    "State assessment calendar, revised. Please read page 2.",
    "The pool is closed on {day} for cleaning.",
    "Proud of my students today.",
)
QUOTES = ("Please read this, all of it.", "Good news 👇", "Worth your {day} evening.", "From our friends:")

HOSTILE = (
    "Coding club rule no. 1: never trust input. <script>alert('otters')</script> <b>bold?</b> & \"quotes\" "
    '#set page(fill: red) #image("/etc/passwd") *stars* _lines_ $x^2$ [link](javascript:alert(1)) {{ 7*7 }} '
    "'); DROP TABLE post;-- \u202egnirts desrever\u202c"
)
UNICODE = "Multilingual night! 欢迎 · ようこそ · أهلا وسهلا · Добро пожаловать · Καλώς ήρθατε · 👩‍🏫👨‍👩‍👧‍👦 🏳️‍🌈 é = é"
_PARAGRAPH = (
    "On {day} we met in {place} to talk about {science}, and more people came than there were chairs. {grade} showed "
    "what they had measured, {number} times over, and explained why two of the numbers could not both be right. "
)


def fill(template: str, rng: Random) -> str:
    """``template`` with its slots filled."""
    return template.format_map({slot: rng.choice(choices) for slot, choices in SLOTS.items()})


def post_text(topic: str, rng: Random) -> str:
    """Something that an account on ``topic`` would write."""
    text = fill(rng.choice(TOPICS[topic] * 4 + EVERYBODY), rng)
    return text[0].upper() + text[1:]


def long_text(paragraphs: int, seed: int) -> str:
    """A text that no feed shows in one piece."""
    rng = Random(seed)
    return "\n\n".join(fill(_PARAGRAPH, rng).strip() for _ in range(paragraphs))


def edited(text: str, rng: Random) -> str:
    """``text`` after its author looked at it again."""
    new_time = f" New time: {rng.choice(SLOTS['time'])}."
    return text + rng.choice((new_time, " (Corrected.)", " Update: it is full.", " 🙏", " Sorry for the typo!"))
