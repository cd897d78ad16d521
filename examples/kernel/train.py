"""Fits trips = intercept + slope * temperature by gradient descent. Standard library only.

Reads every CSV file below /kaggle/input with the columns temperature and trips, and writes to /kaggle/working:
result.json (the model and its quality) and chart.txt (the points and the line as text).
"""

import csv
import json
import statistics
import time
from pathlib import Path

INPUT = Path("/kaggle/input")
WORKING = Path("/kaggle/working")
STEPS = 10


def read_points():
    points = []
    for path in sorted(INPUT.rglob("*.csv")):
        with path.open(newline="") as file:
            rows = [(float(row["temperature"]), float(row["trips"])) for row in csv.DictReader(file)]
        print(f"read {len(rows):3d} days from {path.parent.name}/{path.name}", flush=True)
        points += rows
    return points


def fit(points):
    """The least-squares line, in steps so that the log has something to follow."""
    xs, ys = zip(*points)
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    scale = statistics.pstdev(xs) or 1.0
    slope = 0.0
    for step in range(1, STEPS + 1):
        errors = [mean_y + slope * (x - mean_x) / scale - y for x, y in points]
        slope -= 0.6 * statistics.fmean(e * (x - mean_x) / scale for e, (x, _) in zip(errors, points))
        loss = statistics.fmean(e * e for e in errors) ** 0.5
        print(f"step {step:2d}/{STEPS}  error {loss:7.2f} trips", flush=True)
        time.sleep(0.15)
    slope /= scale
    return mean_y - slope * mean_x, slope


def quality(points, intercept, slope):
    mean_y = statistics.fmean(y for _, y in points)
    left = sum((y - intercept - slope * x) ** 2 for x, y in points)
    return 1 - left / sum((y - mean_y) ** 2 for _, y in points)


def chart(points, intercept, slope, width=60, height=15):
    xs, ys = zip(*points)
    low_x, high_x, high_y = min(xs), max(xs), max(ys)
    rows = [[" "] * width for _ in range(height)]

    def draw(x, y, mark):
        column = round((x - low_x) / (high_x - low_x) * (width - 1))
        row = height - 1 - round(max(0.0, min(1.0, y / high_y)) * (height - 1))
        rows[row][column] = mark

    for x, y in points:
        draw(x, y, "·")
    for column in range(width):
        x = low_x + (high_x - low_x) * column / (width - 1)
        draw(x, intercept + slope * x, "#")
    lines = [f"{high_y:6.0f} |" + "".join(rows[0]).rstrip()]
    lines += ["       |" + "".join(row).rstrip() for row in rows[1:-1]]
    lines += ["     0 |" + "".join(rows[-1]).rstrip(), "       +" + "-" * width]
    lines.append(f"        {low_x:.1f} °C" + f"{high_x:.1f} °C".rjust(width - len(f"{low_x:.1f} °C")))
    return "\n".join(lines) + "\n"


def main():
    points = read_points()
    if len(points) < 2:
        raise SystemExit("found no CSV files with the columns temperature and trips below /kaggle/input")
    intercept, slope = fit(points)
    result = {
        "days": len(points),
        "intercept": round(intercept, 2),
        "slope": round(slope, 2),
        "r2": round(quality(points, intercept, slope), 4),
        "trips_at_20_degrees": round(intercept + 20 * slope),
    }
    (WORKING / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    (WORKING / "chart.txt").write_text(chart(points, intercept, slope))
    print(f"each additional degree means {slope:.1f} more trips", flush=True)


main()
