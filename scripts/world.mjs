// Builds and runs tools/world: npm run world -- --out folder
import { runTool } from './run-tool.mjs';

await runTool('world');
