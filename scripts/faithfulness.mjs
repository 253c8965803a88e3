// Builds and runs tools/faithfulness: npm run faithfulness [-- [--only sae-cls] [--write-only]]
import { runTool } from './run-tool.mjs';

await runTool('faithfulness');
