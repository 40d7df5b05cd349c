import { err, ok, type Result } from '../domain/result.ts';
import { parseRelease, releaseIdText, type Release, type ReleaseError, type ReleaseFile } from './release.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ShellSource {
  readonly fetch: Fetch;
  /** Where the app lies, with a slash at the end. */
  readonly scope: string;
}

export type FetchError =
  | ReleaseError
  /** The server did not answer, or not with the file. */
  | { readonly tag: 'not-fetched'; readonly path: string }
  /** The server answered with something else than the release says. It is not kept, and not served. */
  | { readonly tag: 'changed'; readonly path: string };

/** Asks the server which release it offers. */
export const fetchRelease = async (source: ShellSource): Promise<Result<Release, FetchError>> => {
  const response = await fetchAnswer(source, 'release.json', 'no-store');
  if (!response.ok) return response;
  const release = parseRelease(await response.value.text());
  if (!release.ok) return release;
  const fits = release.value.id === (await releaseIdOf(release.value.files));
  return fits ? release : err({ tag: 'malformed-release', detail: 'id does not fit the files' });
};

/**
 * Fetches a file of a release and checks it. The response that is answered has the checked bytes and the headers that
 * came with them, Content-Security-Policy included; only what describes the transfer is left out.
 */
export const fetchVerified = async (source: ShellSource, file: ReleaseFile): Promise<Result<Response, FetchError>> => {
  // `no-cache`: what the page has loaded already comes from the browser's cache, if the server says that it is the same.
  const response = await fetchAnswer(source, file.path, 'no-cache');
  if (!response.ok) return response;
  const bytes = await response.value.arrayBuffer();
  if (bytes.byteLength !== file.bytes || (await sha384Base64(bytes)) !== file.sha384)
    return err({ tag: 'changed', path: file.path });
  const headers = new Headers(response.value.headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  return ok(new Response(bytes, { headers }));
};

const fetchAnswer = async (
  { fetch, scope }: ShellSource,
  path: string,
  cache: RequestCache,
): Promise<Result<Response, FetchError>> => {
  try {
    const response = await fetch(scope + path, { cache, redirect: 'error', credentials: 'same-origin' });
    if (response.status === 200) return ok(response);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return err({ tag: 'not-fetched', path });
};

const releaseIdOf = async (files: readonly ReleaseFile[]): Promise<string> => {
  const digest = await sha384(new TextEncoder().encode(releaseIdText(files)));
  return [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

const sha384Base64 = async (bytes: BufferSource): Promise<string> =>
  btoa(String.fromCharCode(...(await sha384(bytes))));

const sha384 = async (bytes: BufferSource): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-384', bytes));
