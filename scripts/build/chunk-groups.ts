import type { Rollup } from 'vite';

type ModuleGraph = { getModuleInfo(id: string): Rollup.ModuleInfo | null };

const WORKSPACE = /\/src\/ui\/features\/conversation\/(?:workspace|conversation-screen)\.vue$/;

/**
 * The file that a module goes into: each further file costs a start some time, and so does each script that a start
 * does not need. `app` is all that the page imports before anybody has said anything, `workspace` what an open account
 * needs besides; the rest are screens that few go to.
 */
export const createChunkGroups = (): ((id: string, graph: ModuleGraph) => string | null) => {
  const isNeededAtOnce = reachableFrom(({ isEntry }) => isEntry);
  const isOfWorkspace = reachableFrom(({ id }) => WORKSPACE.test(id));
  return (id, graph) => {
    if (isNeededAtOnce(id, graph)) return 'app';
    return isOfWorkspace(id, graph) ? 'workspace' : null;
  };
};

/** Whether a chain of imports, `import()` aside, leads to a module from one of those that are asked for. */
const reachableFrom = (isStart: (module: Rollup.ModuleInfo) => boolean) => {
  const known = new Map<string, boolean>();
  const isReached = (id: string, graph: ModuleGraph): boolean => {
    const answer = known.get(id);
    if (answer !== undefined) return answer;
    known.set(id, false); // where imports go in a circle
    const module = graph.getModuleInfo(id);
    const reached =
      module !== null && (isStart(module) || module.importers.some((importer) => isReached(importer, graph)));
    known.set(id, reached);
    return reached;
  };
  return isReached;
};
