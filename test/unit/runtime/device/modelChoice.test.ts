import { describe, expect, it } from 'vitest';
import { Graph } from '../../../../src/engine/graph/graph';
import type { Accelerator } from '../../../../src/engine/runtime/device/candidates';
import { DeviceFault, type FaultKind } from '../../../../src/engine/runtime/device/deviceFault';
import { type ModelChoice, modelChoice } from '../../../../src/engine/runtime/device/modelChoice';
import { keepVerdicts, type Verdicts } from '../../../../src/engine/runtime/device/verdicts';
import { float32 } from '../../../../src/engine/runtime/session';
import { type ModelSessions, onCpu, type Sessions } from '../../../../src/engine/runtime/sessions';
import type { Device, DeviceSetting, Trial } from '../../../../src/shared/device';

/** How a device does in its self-test: milliseconds beside the CPU's 10, or what it does instead. */
type Nature = number | FaultKind;

interface Chosen {
  readonly choice: ModelChoice;
  /** What was run, as `device program`. */
  readonly ran: string[];
  readonly tested: Device[];
  run(program: string): Promise<void>;
}

function chosen(
  natures: Partial<Record<Accelerator, Nature>>,
  {
    setting = 'auto',
    verdicts = keepVerdicts(null),
    absent = [],
  }: { setting?: DeviceSetting; verdicts?: Verdicts; absent?: readonly Accelerator[] } = {},
): Chosen {
  const ran: string[] = [];
  const tested: Device[] = [];
  const none = { error: null, tolerance: null, deviceMs: null, cpuMs: null, remedy: null };
  const placed = (device: Device, open: (program: string) => void): ModelSessions => {
    const sessions: Sessions = {
      async open(_graph, { name = '' }) {
        open(name);
        return {
          async run() {
            ran.push(`${device} ${name}`);
            return {};
          },
          release: async () => undefined,
        };
      },
    };
    return {
      sessions,
      background: sessions,
      computed: { ...onCpu, device },
      notes: [],
      settle: async () => undefined,
    };
  };
  const choice: ModelChoice = modelChoice({
    asked: { device: setting, precision: 'fp32' },
    candidates: Object.keys(natures) as Accelerator[],
    absence: (device): Trial | null =>
      absent.includes(device) ? { device, outcome: 'missing', why: 'There is no GPU.', ...none } : null,
    weights: 'weights',
    cpu: placed('cpu', () => undefined),
    on: (device) =>
      placed(device, (program) => {
        const nature = natures[device]!;
        const test = { weights: 'weights', program, tolerance: 1e-4 };
        if (typeof nature === 'number') {
          choice.passed(device, { ...test, error: 1e-6, deviceMs: nature, cpuMs: 10 });
        } else choice.failed(device, { ...test, fault: new DeviceFault(nature, 'it did so') });
      }),
    printed: () => '',
    verdicts,
    testing: (device) => {
      if (device !== null) tested.push(device);
    },
    settle: async () => undefined,
  });
  const graph = new Graph();
  graph.output('y', graph.exp(graph.input('x', 'float32', [1])));
  const open = new Map<string, Promise<Awaited<ReturnType<Sessions['open']>>>>();
  return {
    choice,
    ran,
    tested,
    async run(program) {
      const witness = () => ({ x: float32(Float32Array.of(1), [1]) });
      const request = { name: program, folder: '', ...(program === 'small' ? {} : { witness }) };
      const session = open.get(program) ?? choice.place.sessions.open(graph, request);
      open.set(program, session);
      await (await session).run({});
    },
  };
}

describe('auto', () => {
  it('takes the first device that is faster than the CPU', async () => {
    const { choice, run, ran } = chosen({ cuda: 20, webgpu: 1, coreml: 1 });
    expect(choice.place.computed).toEqual(onCpu);
    await run('trunk');
    expect(ran).toEqual(['webgpu trunk']);
    expect(choice.place.computed.device).toBe('webgpu');
    expect(choice.trials).toMatchObject([
      { device: 'cuda', outcome: 'slower', why: 'The CPU runs the image tower 2.0 times as fast.' },
      { device: 'webgpu', outcome: 'used', why: 'It runs the image tower 10 times as fast as the CPU.' },
    ]);
    expect(choice.place.notes).toEqual([]);
  });

  it.each(['unavailable', 'wrong', 'notFinite', 'hung', 'died', 'threw'] as const)(
    'goes past a device that is %s, and says so in the status only',
    async (kind) => {
      const { choice, run, ran } = chosen({ webgpu: kind });
      await run('trunk');
      expect(ran).toEqual(['cpu trunk']);
      expect(choice.place.computed).toEqual(onCpu);
      expect(choice.trials).toHaveLength(1);
      expect(choice.trials[0]!.outcome).not.toBe('used');
      expect(choice.place.notes).toEqual([]);
    },
  );

  it('leaves everything on the CPU until the trunk has shown what the device is worth', async () => {
    const { run, ran } = chosen({ webgpu: 1 });
    await run('text tower');
    await run('trunk');
    await run('text tower');
    expect(ran).toEqual(['cpu text tower', 'webgpu trunk', 'webgpu text tower']);
  });

  it('does not try again what another process found to be of no use', async () => {
    const verdicts = keepVerdicts(null);
    await chosen({ cuda: 'wrong', webgpu: 20 }, { verdicts }).run('trunk');
    const again = chosen({ cuda: 1, webgpu: 1 }, { verdicts });
    await again.run('trunk');
    expect(again.ran).toEqual(['cpu trunk']);
    expect(again.tested).toEqual([]);
    expect(again.choice.trials.map(({ outcome }) => outcome)).toEqual(['wrong', 'slower']);
    await verdicts.forget();
    const later = chosen({ cuda: 1 }, { verdicts });
    await later.run('trunk');
    expect(later.ran).toEqual(['cuda trunk']);
  });

  it('starts where another process ended, and tests again', async () => {
    const verdicts = keepVerdicts(null);
    await chosen({ webgpu: 1 }, { verdicts }).run('trunk');
    const again = chosen({ webgpu: 'wrong' }, { verdicts });
    await again.run('text tower');
    expect(again.ran).toEqual(['cpu text tower']);
    expect(again.tested).toEqual(['webgpu']);
    expect(again.choice.place.computed).toEqual(onCpu);
    expect(again.choice.place.notes).toEqual([
      'WebGPU is not used. It did so. Update the driver of the GPU.',
    ]);
  });

  it('starts nothing that is not there', async () => {
    const { choice, run, ran, tested } = chosen({ webgpu: 1 }, { absent: ['webgpu'] });
    await run('trunk');
    expect([ran, tested]).toEqual([['cpu trunk'], []]);
    expect(choice.trials[0]?.why).toBe('There is no GPU.');
  });

  it('leaves graphs without a witness on the CPU', async () => {
    const { run, ran } = chosen({ webgpu: 1 });
    await run('trunk');
    await run('small');
    expect(ran).toEqual(['webgpu trunk', 'cpu small']);
  });
});

describe('a device that is asked for', () => {
  it('is used from the first graph on, and though it is slower', async () => {
    const { choice, run, ran } = chosen({ webgpu: 2000 }, { setting: 'webgpu' });
    await run('text tower');
    await run('trunk');
    expect(ran).toEqual(['webgpu text tower', 'webgpu trunk']);
    expect(choice.place.computed.device).toBe('webgpu');
    expect(choice.place.notes).toEqual([
      'WebGPU is used because it is asked for. The CPU runs the image tower 200 times as fast.',
    ]);
  });

  it('is tried though it did not serve the last time', async () => {
    const verdicts = keepVerdicts(null);
    await chosen({ webgpu: 'unavailable' }, { verdicts }).run('trunk');
    const named = chosen({ webgpu: 1 }, { verdicts, setting: 'webgpu' });
    await named.run('trunk');
    expect(named.ran).toEqual(['webgpu trunk']);
  });

  it('is not used where it is wrong: results say so', async () => {
    const { choice, run, ran } = chosen({ webgpu: 'wrong' }, { setting: 'webgpu' });
    await run('trunk');
    expect(ran).toEqual(['cpu trunk']);
    expect(choice.place.computed).toEqual(onCpu);
    expect(choice.place.notes).toEqual(['WebGPU is not used. It did so. Update the driver of the GPU.']);
  });
});
