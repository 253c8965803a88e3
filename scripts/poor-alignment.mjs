// Builds and runs tools/poorAlignment: npm run poor-alignment
import { runTool } from './run-tool.mjs';

await runTool('poorAlignment');
