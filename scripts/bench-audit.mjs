// Builds and runs tools/auditBench: npm run bench:audit
import { runTool } from './run-tool.mjs';

await runTool('auditBench');
