/**
 * `release.json`: what a release consists of (docs/protocol/release.md). It is written by the build and read by the
 * service worker, which serves nothing else.
 */
import { err, ok, type Result } from '../domain/result.ts';

export type ReleaseFile = {
  /** Relative to the folder that release.json lies in: no scheme, no leading slash, no `..`. */
  readonly path: string;
  /** SHA-384 of the content, base64: the same text as in a Subresource Integrity attribute. */
  readonly sha384: string;
  readonly bytes: number;
  /** Needed before a person can write and read messages. */
  readonly critical: boolean;
};

export type Release = {
  readonly format: 1;
  /** Follows from the files: see {@link releaseIdText}. */
  readonly id: string;
  /** For people. */
  readonly version: string;
  /** In the order of their paths. */
  readonly files: readonly ReleaseFile[];
};

export const RELEASE_LIMITS = {
  files: 1_000,
  fileBytes: 16 * 1_048_576,
  totalBytes: 64 * 1_048_576,
} as const;

export type ReleaseError = { readonly tag: 'malformed-release'; readonly detail: string };

const ID = /^[0-9a-f]{32}$/;
const SHA_384 = /^[A-Za-z0-9+/]{64}$/;
const PATH = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/** What the release id is the hash of: the first 16 bytes of its SHA-384, in hex. */
export const releaseIdText = (files: readonly ReleaseFile[]): string =>
  files.map(({ path, sha384, bytes, critical }) => `${sha384} ${bytes} ${critical ? 1 : 0} ${path}\n`).join('');

/** Checks the shape of a release that came from outside; not that its id fits. */
export const parseRelease = (text: string): Result<Release, ReleaseError> => {
  const refuse = (detail: string) => err({ tag: 'malformed-release', detail } as const);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('not JSON');
  }
  if (!isRecord(value)) return refuse('not an object');
  const { format, id, version, files } = value;
  if (format !== 1) return refuse('unknown format');
  if (typeof id !== 'string' || !ID.test(id)) return refuse('id');
  if (typeof version !== 'string' || version.length > 64) return refuse('version');
  if (!Array.isArray(files) || files.length > RELEASE_LIMITS.files || !files.every(isReleaseFile))
    return refuse('files');
  if (files.some(({ path }, index) => index > 0 && path <= (files[index - 1]?.path ?? ''))) return refuse('order');
  if (files.reduce((total, { bytes }) => total + bytes, 0) > RELEASE_LIMITS.totalBytes) return refuse('too large');
  return ok({ format, id, version, files });
};

const isReleaseFile = (value: unknown): value is ReleaseFile => {
  if (!isRecord(value)) return false;
  const { path, sha384, bytes, critical } = value;
  return (
    typeof path === 'string' &&
    path.length <= 256 &&
    PATH.test(path) &&
    typeof sha384 === 'string' &&
    SHA_384.test(sha384) &&
    Number.isSafeInteger(bytes) &&
    (bytes as number) >= 0 &&
    (bytes as number) <= RELEASE_LIMITS.fileBytes &&
    typeof critical === 'boolean'
  );
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
