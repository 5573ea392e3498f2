"""Accuracy and time of the logo detector on the practice set, beside the usual methods, in one table.

    python -m benchmarks logos [--data ../shared/bench/logos] [--every N] [--out DIR]

Each method's threshold is set on its own negatives, as the practice set's evaluate.py does it: the
lowest with at most 0.1% false positives. No weight was ever fitted on every third picture, so
these are counted apart; how marks fare that were left out is what `python -m benchmarks fit_score` prints. Times are of
one thread, decoding included. The baselines, which are slow, look at a sample.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.baselines import BASELINES, Found
from benchmarks.logos_places import teaches
from detectors.batch import detect_many
from detectors.evaluate import OUT_OF_SCOPE, Case, Share, overlap, read_cases
from detectors.logos import LogoDetector
from detectors.logos.score import REPORTED

LEVELS = ("L0", "L1", "L2", "L3", "L4", "L5")
SIZES = ((0, 32), (32, 48), (48, 64), (64, 128), (128, 10_000))


@dataclass(frozen=True)
class Run:
    """What one method found in each case, and its milliseconds of processor time an image."""

    name: str
    cases: Sequence[Case]
    found: Sequence[Sequence[Found]]
    milliseconds: float

    def threshold(self, rate: float, kinds: Callable[[Case], bool] = lambda _: True) -> float:
        """The score above which at most ``rate`` of the negatives lie."""
        clean = [_top(f) for c, f in zip(self.cases, self.found, strict=True) if not c.mark and kinds(c)]
        clean.sort(reverse=True)
        return clean[int(rate * len(clean))] if clean else 0.0

    def recall(self, threshold: float, wanted: Callable[[Case], bool]) -> Share:
        """Of the cases with a mark that are ``wanted``, those whose mark is found above ``threshold``."""
        hits = [
            any(f.mark == c.mark and f.score > threshold for f in found)
            for c, found in zip(self.cases, self.found, strict=True)
            if c.mark and wanted(c)
        ]
        return Share(sum(hits), len(hits))

    def false_positives(self, threshold: float, wanted: Callable[[Case], bool]) -> Share:
        """Of the cases without a mark that are ``wanted``, those where something is found above ``threshold``."""
        hits = [_top(f) > threshold for c, f in zip(self.cases, self.found, strict=True) if not c.mark and wanted(c)]
        return Share(sum(hits), len(hits))


def _top(found: Sequence[Found]) -> float:
    return max((f.score for f in found), default=-1e9)


def run(name: str, look: Callable[[Path], Sequence[Found]], cases: Sequence[Case]) -> Run:
    """Looks at every case."""
    started = time.process_time()
    found = [look(case.image) for case in cases]
    return Run(name, cases, found, (time.process_time() - started) * 1000 / max(len(cases), 1))


def hallpass(marks: dict[str, Path], lookalikes: dict[str, Path]) -> Callable[[Path], Sequence[Found]]:
    """The detector as a method of the table; every verified place counts, whatever its score."""
    detector = LogoDetector(marks, lookalikes)

    def look(image: Path) -> list[Found]:
        return [Found(m.mark, m.score, m.box) for m in detector.weigh(image)]

    return look


def table(runs: Sequence[Run]) -> str:
    """One row a method: recall by level at 0.1% false positives, and time."""
    lines = [f"{'method':34}" + "".join(f"{level:>7}" for level in LEVELS) + f"{'L1-L5':>8}{'images':>8}{'ms':>8}"]
    for one in runs:
        limit = one.threshold(0.001)
        shares = [one.recall(limit, lambda c, level=level: c.kind == level) for level in LEVELS]  # type: ignore[misc]
        overall = one.recall(limit, lambda c: c.kind != "L0")
        cells = "".join(f"{_percent(share):>7}" for share in shares)
        lines.append(f"{one.name:34}{cells}{_percent(overall):>8}{len(one.cases):>8}{one.milliseconds:>8.0f}")
    return "\n".join(lines)


def _percent(share: Share) -> str:
    return f"{share.hits / share.total:.0%}" if share.total else "-"


def details(one: Run, fitted: Set[Path]) -> str:
    """The split of one run by part of the set, mark, size and kind, each with its interval."""
    limit = one.threshold(0.001)
    lines = [f"\n{one.name}: at 0.1% false positives (score > {limit:.4f})"]
    others = {c.image for c in one.cases} - fitted
    for title, part in (("pictures fitted on", fitted), ("pictures not fitted on", others)):
        lines.append(f"  {title}")
        for level in LEVELS[1:]:
            share = one.recall(limit, lambda c: c.image in part and c.kind == level)  # noqa: B023
            lines.append(f"    {level:20} {share}")
        lines.append(f"    {'L1-L5':20} {one.recall(limit, lambda c: c.image in part and c.kind != 'L0')}")  # noqa: B023
        lines.append(f"    {'false':20} {one.false_positives(limit, lambda c: c.image in part)}")  # noqa: B023
    for mark in sorted({c.mark for c in one.cases if c.mark}):
        share = one.recall(limit, lambda c: c.mark == mark and c.kind != "L0")  # noqa: B023
        lines.append(f"  {mark:22} {share}")
    for low, high in SIZES:
        share = one.recall(limit, lambda c: c.kind != "L0" and low <= c.pixels < high)  # noqa: B023
        lines.append(f"  {f'{low} to {high} px':22} {share}")
    for name, wanted in {"lookalikes": _is_lookalike, "all others": lambda c: not _is_lookalike(c)}.items():
        lines.append(f"  false, {name:15} {one.false_positives(limit, wanted)}")
    lines.append(f"  right place (IoU 0.5)  {_placed(one, limit)}")
    return "\n".join(lines)


def shipped(one: Run, fitted: Set[Path]) -> str:
    """Recall by level and false alarms at the score that people are shown places from."""
    lines = [f"\n{one.name}: as shipped (score >= {REPORTED})"]
    for level in LEVELS[1:]:
        lines.append(f"  {level:22} {one.recall(REPORTED - 1e-9, lambda c: c.kind == level)}")  # noqa: B023
    for title, unseen in (("L1-L5", False), ("L1-L5, not fitted on", True)):
        share = one.recall(REPORTED - 1e-9, lambda c: c.kind != "L0" and not (unseen and c.image in fitted))  # noqa: B023
        lines.append(f"  {title:22} {share}")
    lines.append(f"  {'false':22} {one.false_positives(REPORTED - 1e-9, lambda _: True)}")
    return "\n".join(lines)


def _is_lookalike(case: Case) -> bool:
    return case.kind == "distractor"


def _placed(one: Run, limit: float) -> Share:
    best = [
        max((overlap(f.box, c.box) for f in found if f.mark == c.mark and f.score > limit and f.box), default=None)
        for c, found in zip(one.cases, one.found, strict=True)
        if c.mark and c.box and c.kind != "L0"
    ]
    hits = [value for value in best if value is not None]
    return Share(sum(value >= 0.5 for value in hits), len(hits))


def unregistered(one: Run) -> str:
    """What fires where no lookalike is registered, at the score that keeps 90% of L1-L5."""
    scores = sorted(
        (
            max((f.score for f in found if f.mark == c.mark), default=-1e9)
            for c, found in zip(one.cases, one.found, strict=True)
            if c.mark and c.kind != "L0"
        ),
        reverse=True,
    )
    limit = scores[int(0.9 * len(scores)) - 1] - 1e-9
    alike, rest = (one.false_positives(limit, wanted) for wanted in (_is_lookalike, lambda c: not _is_lookalike(c)))
    return f"\nNo lookalike registered, at 90% recall (score {limit:.4f}):\n  lookalikes {alike}\n  the rest   {rest}"


def times(marks: dict[str, Path], lookalikes: dict[str, Path], cases: Sequence[Case], folder: Path) -> str:
    """Time an image with 16 marks, and with lookalikes too, beside SIFT's with the same; and with 160 marks, where
    what the set lacks is drawn."""
    drawn = {f"drawn{n:03}": _draw_mark(n, folder / f"drawn{n:03}.png") for n in range(160 - len(marks))}
    many = {**marks, **drawn}
    few, sift = dict(list(many.items())[:16]), BASELINES["SIFT + RANSAC"]
    looks = [hallpass(few, {}), sift(few), hallpass(few, lookalikes), sift({**few, **lookalikes}), hallpass(many, {})]
    ours, theirs, ours_all, theirs_all, grown = _alternated(looks, cases)
    return (
        f"\nTime an image of {len(cases)}, 16 marks: "
        f"{ours:.0f} ms, SIFT + RANSAC {theirs:.0f}: {ours / theirs:.3f} of it"
        f"\nand with {len(lookalikes)} lookalikes: {ours_all:.0f} ms, SIFT + RANSAC with as many more marks "
        f"{theirs_all:.0f}: {ours_all / theirs_all:.3f} of it"
        f"\nGrowth: {ours:.0f} ms with 16 marks, {grown:.0f} ms with 160: {grown / ours:.2f} times"
    )


def batches(marks: dict[str, Path], cases: Sequence[Case], folder: Path) -> str:
    """A batch of pictures with two children against one, by the clock; the quicker of two of each, in turn, the marks
    being prepared in ``folder``."""
    images, took = [case.image for case in cases], dict[int, list[float]]()
    for workers in (1, 2, 1, 2):
        started = time.perf_counter()
        detect_many(marks, images, workers=workers, cache=folder)
        took.setdefault(workers, []).append(time.perf_counter() - started)
    one, two = min(took[1]), min(took[2])
    return f"Batch of {len(images)} images: {one:.1f} s with one child, {two:.1f} s with two: {one / two:.2f} times"


def _alternated(looks: Sequence[Callable[[Path], Sequence[Found]]], cases: Sequence[Case]) -> list[float]:
    """Milliseconds of processor time an image of each method; they take turns, so what else runs slows all alike."""
    took = [0.0] * len(looks)
    for case in cases:
        for number, look in enumerate(looks):
            started = time.process_time()
            look(case.image)
            took[number] += time.process_time() - started
    return [seconds * 1000 / max(len(cases), 1) for seconds in took]


def _draw_mark(number: int, path: Path) -> Path:
    """A made-up emblem of rings, polygons and bars."""
    random = np.random.default_rng(number)
    mark = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((5, 5, 495, 495), fill=tuple(random.integers(0, 255, 3)), outline="white", width=12)
    for _ in range(14):
        x, y, size, sides, turn = random.uniform((90, 90, 20, 3, 0), (410, 410, 110, 8, 360))
        pen.regular_polygon((x, y, size), int(sides), turn, fill=tuple(random.integers(0, 255, 3)), outline="black")
    mark.save(path)
    return path


def contact_sheet(one: Run, path: Path) -> None:
    """The misses and false alarms of a run, to be looked at; never committed, the photographs are not ours."""
    limit = one.threshold(0.001)
    wrong = [
        c
        for c, found in zip(one.cases, one.found, strict=True)
        if (c.mark and c.kind != "L0" and not any(f.mark == c.mark and f.score > limit for f in found))
        or (not c.mark and _top(found) > min(limit, REPORTED))
    ]
    side, columns = 240, 8
    sheet = Image.new("RGB", (columns * side, -(-len(wrong) // columns) * (side + 14) or 1), "gray")
    pen = ImageDraw.Draw(sheet)
    for number, case in enumerate(wrong):
        x, y = number % columns * side, number // columns * (side + 14)
        picture = Image.open(case.image).convert("RGB")
        if case.box:
            ImageDraw.Draw(picture).rectangle(case.box, outline="lime", width=4)
        picture.thumbnail((side, side))
        sheet.paste(picture, (x, y))
        pen.text((x, y + side), f"{case.kind} {case.mark or ''} {case.pixels:.0f}", fill="white")
    sheet.save(path)


def main() -> None:
    """Prints the table, the splits and the growth; writes the contact sheet where ``--out`` says."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, default=Path("../shared/bench/logos"))
    ask.add_argument("--every", type=int, default=1, help="look at each N-th picture only")
    ask.add_argument("--first", type=int, default=0, help="beginning with this one")
    ask.add_argument("--baseline-every", type=int, default=10, help="the same for the slow baselines")
    ask.add_argument("--out", type=Path, default=Path(".hallpass/bench-logos"))
    asked = ask.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    every = read_cases(asked.data)
    cases = every[asked.first :: asked.every]
    marks, lookalikes = ({p.stem: p for p in sorted((asked.data / d).glob("*.png"))} for d in ("marks", "lookalikes"))
    with_lookalikes = run("hallpass, lookalikes registered", hallpass(marks, lookalikes), cases)
    without = run("hallpass, none registered", hallpass(marks, {}), cases)
    sample = cases[:: asked.baseline_every]
    runs = [with_lookalikes, without] + [run(name, make(marks), sample) for name, make in BASELINES.items()]
    print(table(runs))
    fitted = {c.image for n, c in enumerate(every) if teaches(n)}
    print(details(with_lookalikes, fitted))
    print(shipped(with_lookalikes, fitted))
    print(unregistered(without))
    print(times(marks, lookalikes, sample[::2], asked.out))
    print(batches(marks, sample, asked.out))
    contact_sheet(with_lookalikes, asked.out / "wrong.png")
    print(f"\nMisses and false alarms: {asked.out / 'wrong.png'}\n{OUT_OF_SCOPE}")
