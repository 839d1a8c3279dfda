"""What OpenCV's non-local means reach on clean photos with Gaussian noise added, beside `pellucid evaluate`.

    python bench/peers/nlm-quality.py FOLDER [SIGMA ...]

The photos are rounded to 8 bits after the noise was added, since OpenCV takes no others. For each noise level the
strengths of 0.4 to 1.2 times the level are tried on all photos, and the best one is stated: kind to it.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

folder = Path(sys.argv[1])
sigmas = [float(text) for text in sys.argv[2:]] or [25.0]
factors = (0.4, 0.6, 0.8, 1.0, 1.2)
files = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".png", ".jpg", ".jpeg"})

for sigma in sigmas:
    psnrs = np.zeros((len(factors), len(files)))
    seconds = 0.0
    for index, path in enumerate(files):
        clean = cv2.imread(str(path)).astype(np.float64)
        noise = np.random.default_rng(index).normal(0, sigma, clean.shape)
        noisy = np.clip(np.rint(clean + noise), 0, 255).astype(np.uint8)
        for row, factor in enumerate(factors):
            started = cv2.getTickCount()
            restored = cv2.fastNlMeansDenoisingColored(noisy, None, factor * sigma, factor * sigma, 7, 21)
            seconds += (cv2.getTickCount() - started) / cv2.getTickFrequency()
            error = np.mean((restored.astype(np.float64) - clean) ** 2)
            psnrs[row, index] = 10 * np.log10(255**2 / error)
    means = psnrs.mean(axis=1)
    best = int(means.argmax())
    print(
        f"sigma {sigma:g}: {means[best]:.2f} dB at strength {factors[best]} x sigma, "
        f"{seconds / (len(factors) * len(files)):.2f} s a photo, {len(files)} photos",
        flush=True,
    )
