// Builds and runs tools/package: npm run package [-- --target linux-x64]…
import { runTool } from './run-tool.mjs';

await runTool('package');
