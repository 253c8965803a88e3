import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { openEvidence } from '../../src/engine/attribution/evidence';
import { openHook } from '../../src/engine/attribution/openHook';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { openImageEmbedder } from '../../src/engine/clip/imageEmbedder';
import { openDictionary } from '../../src/engine/dictionary/openDictionary';
import { openModel } from '../../src/engine/model';
import { allFinite, disagreement } from '../../src/engine/runtime/device/agreement';
import { rowCount, runInParts } from '../../src/engine/runtime/device/divided';
import { cpuSessions, modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';

const root = resolve(__dirname, '../..');
const noPause = async () => undefined;

/** Rows of each program's witness, by name; null where they are not divided. */
const programs = {
  trunk: 2,
  head: 2,
  'head in reverse mode': 3,
  'gradient of the head': 2,
  'head in forward mode': 3,
  'head under interventions': 3,
  'path integral of the head': null,
  'map of a component': 2,
  'evidence of a patch': 2,
  'map of the score': 2,
  'image tower': 2,
  'text tower': null,
  'text tower in reverse mode': 2,
};

it.each(['sae-cls', 'sae-patches', 'heads:2'])(
  'with %s the programs of the demo model run their witnesses, and give the same row by row',
  async (id) => {
    const seen: Record<string, number | null> = {};
    const cpu = cpuSessions(1);
    const checking: Sessions = {
      async open(graph, request) {
        const session = await cpu.open(graph, request);
        if (request.witness === undefined) return session;
        const feeds = request.witness(graph);
        const whole = await session.run(feeds);
        expect(allFinite(whole)).toBe(true);
        // Where all numbers are zero nothing would be tested.
        for (const { data } of Object.values(whole)) expect(data.some((x) => Number(x) !== 0)).toBe(true);
        const parts = await runInParts(graph, request.rows, feeds, 1, (part) => session.run(part));
        expect(disagreement(parts, whole)).toBeLessThan(1e-5);
        seen[request.name!] = rowCount(graph, request.rows, feeds);
        return session;
      },
    };
    const hashes = new HashCache(null);
    const folder = join(root, 'models/emoji-clip');
    const placeTowers = () => ({ ...modelOnCpu(), sessions: checking, background: checking });
    const model = await openModel(folder, { hashes, placeTowers });
    const { checkpoint } = model;
    const dictionary = await openDictionary(
      { model: folder, dictionary: id.includes(':') ? id : join(root, 'models', id) },
      checkpoint,
      { hashes, modelSha256: model.info.sha256 },
    );
    const hook = openHook(checkpoint, dictionary, { sessions: checking });
    const evidence = openEvidence(checkpoint, { ...dictionary, span: hook.span }, { sessions: checking });
    const embedder = openImageEmbedder(checkpoint, checking);

    const pixels = new Float32Array(3 * checkpoint.image.imageSize ** 2).map((_, i) => Math.sin(i));
    const [text] = await model.text.embed(['a wolf'], noPause);
    const direction = { kind: 'cosine', vector: text!.vector } as const;
    await model.text.contributions('a wolf', [text!.vector], noPause);
    await embedder.embed([pixels]);
    const { x, read } = await hook.trunk([pixels]);
    const codes = (await dictionary.encode(read))[0]!;
    const state = { x: x[0]!, codes, decoder: await dictionary.decoderRows(codes.latents) };
    await hook.embed(x);
    await hook.reverse(state, [direction], noPause);
    await hook.gradient(state, direction);
    await hook.forward(state, noPause);
    await hook.vary(state, new Float32Array(codes.latents.length / dictionary.componentSize), noPause);
    const half = { points: Float64Array.of(0.5), weights: Float64Array.of(1) };
    await hook.integrate(state, [direction], half, noPause);
    await evidence.ofComponent(pixels, codes, 0, noPause);
    await evidence.atPatch(pixels, codes, 0, noPause);
    await evidence.ofScore(pixels, direction, noPause);
    expect(seen).toEqual(programs);
    await Promise.all([hook, evidence, embedder, model, dictionary].map((each) => each.release()));
  },
);
