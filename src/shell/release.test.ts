import { describe, expect, it } from 'vitest';
import { parseRelease, RELEASE_LIMITS, type Release } from './release.ts';
import { releaseOf } from './testing/fake-server.ts';

const good = releaseOf({ 'assets/app.js': 'app', 'index.html': 'page' });
const parse = (change: object) => parseRelease(JSON.stringify({ ...good, ...change }));
const withFile = (change: object): Partial<Release> => ({ files: [{ ...good.files[0]!, ...change }] });

describe('release.json', () => {
  it('reads what the build writes', () => {
    expect(parse({})).toEqual({ ok: true, value: good });
  });

  it.each<[string, object]>([
    ['another format', { format: 2 }],
    ['an id that is not one', { id: '../x' }],
    ['no files', { files: undefined }],
    ['too many files', { files: Array(RELEASE_LIMITS.files + 1).fill(good.files[0]) }],
    ['a file twice', { files: [good.files[0], good.files[0]] }],
    ['files out of order', { files: [...good.files].reverse() }],
    ['a path out of its folder', withFile({ path: '../index.html' })],
    ['a path to another server', withFile({ path: '//evil.test/x.js' })],
    ['an absolute path', withFile({ path: '/index.html' })],
    ['a hash that is too short', withFile({ sha384: 'AAAA' })],
    ['a length that is no number', withFile({ bytes: '3' })],
    ['a file that is too large', withFile({ bytes: RELEASE_LIMITS.fileBytes + 1 })],
  ])('refuses %s', (_, change) => {
    expect(parse(change)).toMatchObject({ ok: false, error: { tag: 'malformed-release' } });
  });

  it('refuses what is not JSON', () => {
    expect(parseRelease('<!doctype html>')).toMatchObject({ ok: false });
  });

  /** Format 1, frozen: what a browser holds in its cache must stay readable. */
  it('still reads the first format', () => {
    const frozen =
      '{"format":1,"id":"d22c29d2ab0ab2f8bd5b2a5e2ab94ed6","version":"0.1.0","files":[{"path":"index.html",' +
      '"sha384":"OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb","bytes":0,"critical":true}]}';
    expect(parseRelease(frozen)).toMatchObject({ ok: true, value: { version: '0.1.0' } });
  });
});
