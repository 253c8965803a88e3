// What activation.mjs has VS Code run in the extension host.
const { writeFileSync } = require('node:fs');
const vscode = require('vscode');

const id = 'clipsight.clipsight';
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for what VS Code does by itself; half a minute at most. */
async function until(what, find) {
  for (let i = 0; i < 300; i++) {
    const found = find();
    if (found) return found;
    await sleep(100);
  }
  throw new Error(`${what}: half a minute was not enough`);
}

exports.run = async () => {
  // VS Code activates it, once its window has come up.
  await until('activation', () => vscode.extensions.getExtension(id).isActive);
  const begun = performance.now();
  await vscode.commands.executeCommand('clipsight.refreshModels');
  const firstCommand = performance.now() - begun;
  // “Developer: Startup Performance”, a text: | extension | eager | load code | call activate | …
  await vscode.commands.executeCommand('perfview.show');
  const row = await until('Startup Performance', () =>
    vscode.workspace.textDocuments
      .find(({ uri }) => uri.scheme === 'perf')
      ?.getText()
      .split('\n')
      .find((line) => line.startsWith(`| ${id} `)),
  );
  const [, , , load, activate] = row.split('|').map(Number);
  writeFileSync(process.env.CLIPSIGHT_HOST_REPORT, JSON.stringify({ load, activate, firstCommand }));
};
