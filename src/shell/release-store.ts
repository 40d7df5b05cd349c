import { err, ok, type Result } from '../domain/result.ts';
import { fetchRelease, fetchVerified, type FetchError, type ShellSource } from './fetch-verified.ts';
import { parseRelease, type Release, type ReleaseFile } from './release.ts';

export type StageError = FetchError | { readonly tag: 'storage-full' };

/** `current`: the server offers what is served already. `staged`: another release is whole here and waits. */
export type Staged = 'current' | 'staged';

export interface ReleaseStore {
  /**
   * Brings the release that the server offers into the browser, whole and checked, or repairs the active one. Changes
   * nothing that is served.
   */
  stage(): Promise<Result<Staged, StageError>>;
  /** From now on the staged release is served; none staged is fine. True if something changed. */
  switchToStaged(): Promise<boolean>;
  hasActive(): Promise<boolean>;
  /**
   * The file at `path`: of the active release or, for windows that were opened before it, of the one before.
   * `undefined`: no release has such a file. `no-release`: none was ever staged, or the browser took it back.
   */
  serve(path: string): Promise<Response | undefined | 'no-release'>;
}

/** Which release is served; one entry of one cache, so that a switch is one write. */
type State = {
  readonly active?: string;
  readonly staged?: string;
  /** Kept for windows of the old release, which still ask for its files. */
  readonly previous?: string;
};

const STATE_CACHE = 'shell';
const releaseCache = (id: string): string => `release-${id}`;

/** Loading many files at once does not make them come sooner. */
const PARALLEL = 6;

/** The releases that lie in this browser's caches (docs/protocol/release.md). */
export const createReleaseStore = (source: ShellSource, caches: CacheStorage): ReleaseStore => {
  const stateUrl = `${source.scope}release-state.json`;
  const manifestUrl = `${source.scope}release.json`;
  let staging: Promise<Result<Staged, StageError>> | undefined;
  let active: Promise<Opened[] | undefined> | undefined;

  const readState = async (): Promise<State> => {
    const stored = await (await caches.open(STATE_CACHE)).match(stateUrl);
    return stored === undefined ? {} : ((await stored.json()) as State);
  };
  const writeState = async (state: State): Promise<void> =>
    (await caches.open(STATE_CACHE)).put(stateUrl, Response.json(state));

  /** A release that is whole: its manifest is stored last. */
  const openRelease = async (id: string | undefined): Promise<Opened | undefined> => {
    if (id === undefined || !(await caches.has(releaseCache(id)))) return undefined;
    const cache = await caches.open(releaseCache(id));
    const manifest = await cache.match(manifestUrl);
    const release = manifest && parseRelease(await manifest.text());
    if (release?.ok !== true) return undefined;
    return { cache, files: new Map(release.value.files.map((file) => [file.path, file])) };
  };

  const openActive = async (): Promise<Opened[] | undefined> => {
    const state = await readState();
    const current = await openRelease(state.active);
    if (current === undefined) return undefined;
    const previous = await openRelease(state.previous);
    return previous === undefined ? [current] : [current, previous];
  };

  const stage = async (): Promise<Result<Staged, StageError>> => {
    const offered = await fetchRelease(source);
    if (!offered.ok) return offered;
    const { id } = offered.value;
    if ((await openRelease(id)) === undefined) {
      const brought = await bringIn(offered.value);
      if (!brought.ok) {
        await caches.delete(releaseCache(id));
        return brought;
      }
    }
    const { staged: _, ...state } = await readState();
    const isActive = id === state.active;
    await writeState(isActive ? state : { ...state, staged: id });
    return ok(isActive ? 'current' : 'staged');
  };

  const bringIn = async (release: Release): Promise<Result<void, StageError>> => {
    const cache = await caches.open(releaseCache(release.id));
    const waiting = [...release.files];
    const failures: StageError[] = [];
    const bringNext = async (): Promise<void> => {
      for (let file = waiting.shift(); file !== undefined && failures.length === 0; file = waiting.shift()) {
        const fetched = await fetchVerified(source, file);
        const failure = fetched.ok ? await keep(cache, source.scope + file.path, fetched.value) : fetched.error;
        if (failure !== undefined) failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, bringNext));
    const [failure = await keep(cache, manifestUrl, Response.json(release))] = failures;
    return failure === undefined ? ok(undefined) : err(failure);
  };

  return {
    stage() {
      staging ??= stage().finally(() => (staging = undefined));
      return staging;
    },

    async switchToStaged() {
      const { active: old, staged } = await readState();
      if (staged === undefined) return false;
      await writeState({ active: staged, ...(old === undefined || old === staged ? {} : { previous: old }) });
      active = undefined;
      const kept = [staged, old].filter((id) => id !== undefined).map(releaseCache);
      for (const name of await caches.keys())
        if (name.startsWith(releaseCache('')) && !kept.includes(name)) await caches.delete(name);
      return true;
    },

    hasActive: async () => (await openActive()) !== undefined,

    async serve(path) {
      active ??= openActive();
      const releases = await active;
      if (releases === undefined) {
        active = undefined;
        return 'no-release';
      }
      for (const { cache, files } of releases) {
        const file = files.get(path);
        if (file !== undefined) return (await cache.match(source.scope + path)) ?? fetchLost(file);
      }
      return undefined;
    },
  };

  /** A file that the browser took out of a whole release. */
  async function fetchLost(file: ReleaseFile): Promise<Response> {
    const fetched = await fetchVerified(source, file);
    return fetched.ok ? fetched.value : Response.error();
  }
};

type Opened = { readonly cache: Cache; readonly files: ReadonlyMap<string, ReleaseFile> };

const keep = async (cache: Cache, url: string, response: Response): Promise<StageError | undefined> => {
  try {
    await cache.put(url, response);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'QuotaExceededError') return { tag: 'storage-full' };
    throw error;
  }
};
