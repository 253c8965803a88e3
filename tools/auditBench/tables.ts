import type { MethodResult, ProbeResult, Results } from './results';

/** The tables of docs/audit.md, by name. */
export function tables(results: Results): ReadonlyMap<string, string> {
  return new Map([
    ['bench: conditions', conditions(results)],
    ['bench: methods', results.audit === null ? none : methodsTable(results.audit.methods)],
    ['bench: planted', results.audit === null ? none : plantedTable(results.audit.planted)],
    ['bench: not learned', results.audit === null ? none : notLearnedTable(results.audit.planted)],
    ['bench: findings', results.audit === null ? none : findingsTable(results.audit.findings)],
    ['bench: nothing planted', results.null === null ? none : nullTable(results.null)],
    ['bench: probes', results.probes === null ? none : probesTable(results.probes)],
  ]);
}

const none = 'Not measured.';

const methodNames = {
  audit: '**audit**',
  attribution: 'attribution alone (activation × gradient)',
  ablation: 'attribution alone (exact ablation)',
  alignment: 'alignment alone, least aligned first',
  'logit lens': 'Logit Lens in place of attribution',
} as const satisfies Record<MethodResult['name'], string>;

function conditions({ machine, seed, size, world, model, dictionary, judge, audit }: Results): string {
  const library =
    audit === null
      ? ''
      : ` ${audit.images} pictures of ${size} × ${size} pixels in the library (${audit.perNoun.ofInterest} of each noun that something is planted for, ${audit.perNoun.others} of the others; ${audit.prompts} prompts), ${audit.words.length} nouns with their own word in 60 % of their pictures, ground truth from ${audit.scenes} scenes; ${audit.pairs} pairs could be ranked${audit.rights === null ? '' : `, ${audit.rights} of them are right`}. The audit took ${audit.seconds.toFixed(0)} s.`;
  return `World ${world}, seed ${seed}, ${model} with ${dictionary}, judged by ${judge}.${library} Machine: ${machine}.`;
}

function methodsTable(methods: readonly MethodResult[]): string {
  return table(
    ['', 'reported', 'precision at 10', 'at 30', 'of those reported', 'recall', 'area', 'kind right'],
    methods.map((one) => [
      methodNames[one.name],
      String(one.reported),
      ...[one.precision10, one.precision30, one.precision, one.recall, one.area].map(decimals),
      one.kinds === null ? '–' : `${one.kinds.right} of ${one.kinds.findings}`,
    ]),
  );
}

function plantedTable(planted: Planted): string {
  const groups = [...new Set(planted.map(({ kind }) => kind))];
  return table(
    ['planted', 'prompts and things', 'true', 'found', 'not found'],
    groups.map((kind) => {
      const here = planted.filter((one) => one.kind === kind);
      const so = here.filter((one) => one.true);
      const missed = so.filter(({ by }) => by.length === 0).map(pairName);
      return [
        kind,
        String(here.length),
        String(so.length),
        String(so.length - missed.length),
        missed.length === 0 ? '–' : missed.join(', '),
      ];
    }),
  );
}

function notLearnedTable(planted: Planted): string {
  return table(
    ['planted, not learned', 'pairs of scenes', 'score without', 'with', 'difference'],
    planted
      .filter((one) => !one.true)
      .map((one) => [
        pairName(one),
        String(one.own.scenes),
        thousandths(one.own.without),
        thousandths(one.own.with),
        `${thousandths(one.own.with - one.own.without)}${one.own.interval === null ? '' : ` (${one.own.interval.map(thousandths).join(' to ')})`}`,
      ]),
  );
}

type Planted = NonNullable<Results['audit']>['planted'];

function pairName({ noun, thing }: Planted[number]): string {
  return `${noun} ← ${thing}`;
}

function findingsTable(findings: NonNullable<Results['audit']>['findings']): string {
  return table(
    [
      'prompt',
      'component',
      'called',
      'kind',
      'measured',
      'expected',
      'right because of',
      'belongs to besides',
    ],
    findings.map((one) => [
      one.prompt,
      String(one.component),
      one.label ?? '–',
      one.kind,
      decimals(one.measured),
      decimals(one.expected),
      one.right.join(', ') || '**wrong**',
      one.belongs.join(', ') || '–',
    ]),
  );
}

function nullTable({ nouns, perNoun, runs }: NonNullable<Results['null']>): string {
  const wrong = runs.filter(({ unconfirmed }) => unconfirmed.length > 0).length;
  const findings = runs.reduce((sum, one) => sum + one.findings, 0);
  return table(
    ['runs', 'prompts each', 'pictures each', 'findings', 'runs with a finding that is not confirmed'],
    [
      [
        String(runs.length),
        String(nouns),
        String(nouns * perNoun),
        String(findings),
        `${wrong} (${Math.round((100 * wrong) / runs.length)} %)`,
      ],
    ],
  );
}

function probesTable(probes: readonly ProbeResult[]): string {
  return table(
    [
      'class + thing',
      'held-out accuracy',
      'share, probe',
      'prompt',
      'difference',
      'effect, probe',
      'prompt',
      'difference',
      'found of the thing: probe',
      'prompt',
    ],
    probes.map(({ noun, thing, accuracy, share, effect, findings }) => [
      `${noun} + ${thing}`,
      decimals(accuracy),
      ...[share, effect].flatMap((both) => [
        decimals(both.probe.mean),
        decimals(both.prompt.mean),
        `${decimals(both.difference.mean)}${both.difference.interval === null ? '' : ` (${both.difference.interval.map(decimals).join(' to ')})`}`,
      ]),
      ...(['probe', 'prompt'] as const).map((by) => foundOf(findings, by)),
    ]),
  );
}

function foundOf(findings: ProbeResult['findings'], by: 'probe' | 'prompt'): string {
  const here = findings.filter((one) => one.by === by && one.ofThing);
  return here.map(({ component, kind }) => `${component} (${kind})`).join(', ') || '–';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function decimals(x: number | null): string {
  return x === null ? '–' : x.toFixed(2).replace(/^-/, '−');
}

function thousandths(x: number): string {
  return x.toFixed(3).replace(/^-/, '−');
}
