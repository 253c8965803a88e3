"""How components fire elsewhere, by statsmodels' analysis of variance and scipy's Mann-Whitney test. Nothing here shares code
with the engine. Run it from the repository's root (numpy, scipy, pandas, statsmodels):

    python test/reference/audit_spread.py       # writes test/golden/audit-spread.json

Each case: the activations on a subject's images, and the class and the activation of each other image, 0 where silent.
"""
import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm


def case(draw, kind):
    sizes = draw.integers(4, 30, size=25)
    classes = np.repeat(np.arange(25), sizes)
    share = {'artefact': np.full(25, 0.2), 'shared': np.where(np.arange(25) < 4, 0.9, 0.02), 'mixed': draw.uniform(0, 0.5, 25)}[kind]
    fires = draw.random(len(classes)) < share[classes]
    elsewhere = np.where(fires, np.round(draw.gamma(3, 1, len(classes)), 1) + 0.1, 0)    # rounded: with ties
    own = np.round(draw.gamma(3, 1.2 if kind == 'mixed' else 0.9, 17), 1) + 0.1
    own, elsewhere = (np.float32(some).astype(float) for some in (own, elsewhere))    # as the engine has them: ties at a limit
    strong = elsewhere >= 0.75 * np.median(own)
    clear = (elsewhere >= np.median(own) / 2).astype(float)
    table = anova_lm(ols('y ~ C(g)', pd.DataFrame({'y': clear, 'g': classes})).fit())
    between, within = table['mean_sq']
    size = (len(classes) - (sizes**2).sum() / len(classes)) / (len(sizes) - 1)
    test = mannwhitneyu(own, elsewhere[elsewhere > 0], alternative='less', method='asymptotic', use_continuity=False)
    return {
        'kind': kind, 'own': own.tolist(), 'classes': classes.tolist(), 'elsewhere': elsewhere.tolist(),
        'strong': int(strong.sum()), 'clear': int(clear.sum()), 'between': (between - within) / (between + (size - 1) * within),
        'above': test.statistic / len(own) / (elsewhere > 0).sum(), 'weaker': test.pvalue,
    }


if __name__ == '__main__':
    generator = np.random.default_rng(3)
    cases = [case(generator, kind) for kind in ('artefact', 'shared', 'mixed')]
    print([(one['kind'], one['strong'], one['between'], one['above'], one['weaker']) for one in cases])
    Path('test/golden/audit-spread.json').write_text(json.dumps(cases, separators=(',', ':')) + '\n')
