"""Makes logistic-regression.json: scikit-learn's optimum of a small problem with correlated features of unlike scales.

Run with NumPy and scikit-learn: python test/golden/evaluate/make.py
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

ROWS, FRESH, WIDTH, CLASSES = 300, 100, 20, 4

random = np.random.default_rng(5)
centres = random.normal(size=(CLASSES, WIDTH)) * 0.8
mixing = random.normal(size=(WIDTH, WIDTH)) * np.logspace(-2, 2, WIDTH)
labels = random.integers(0, CLASSES, ROWS + FRESH)
features = ((centres[labels] + random.normal(size=(ROWS + FRESH, WIDTH))) @ mixing + 3).astype(np.float32)

train, fresh = features[:ROWS].astype(np.float64), features[ROWS:].astype(np.float64)
mean, deviation = train.mean(0), train.std(0)
train, fresh = (train - mean) / deviation, (fresh - mean) / deviation

fits = []
for strength in (1.0, 0.01, 0.0001):
    # scikit-learn minimises C * sum(cross-entropy) + |w|^2 / 2: C = 1 / (strength * rows) is ours.
    fit = LogisticRegression(C=1 / (strength * ROWS), tol=1e-10, max_iter=100000).fit(train, labels[:ROWS])
    cross_entropy = log_loss(labels[:ROWS], fit.predict_proba(train), labels=range(CLASSES))
    weights = fit.coef_ - fit.coef_.mean(0)  # the optimum has equal sums over classes
    fits.append(
        {
            "lambda": strength,
            "objective": float(cross_entropy + strength / 2 * (weights**2).sum()),
            "weights": np.round(weights.T, 7).ravel().tolist(),
            "predicted": fit.predict(fresh).tolist(),
            "accuracy": float(fit.score(fresh, labels[ROWS:])),
        }
    )

golden = {
    "scikitLearn": sklearn.__version__,
    "rows": ROWS,
    "width": WIDTH,
    "classes": CLASSES,
    "features": [float(f"{value:.9g}") for value in features.ravel()],
    "labels": labels.tolist(),
    "fits": fits,
}
Path(__file__).with_name("logistic-regression.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
