import { createMemoryFileLayer } from './file-layer-memory.ts';
import { describeFileLayer } from './testing/file-layer-contract.ts';

describeFileLayer('memory', async () => {
  const layer = createMemoryFileLayer();
  return { layer, reopen: async () => createMemoryFileLayer(layer.images()) };
});
