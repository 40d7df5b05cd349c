import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../src/domain/limits.ts';
import { startRelayProcess } from './testing/relay-process.ts';
import { callOver, createLogin, createPair, createPerson, must, overHttp, seal } from './testing/test-client.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sotto-relay-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a relay process', () => {
  it('knows everything that it acknowledged after being killed, sessions too', async () => {
    const relay = await startRelayProcess({ dataDir: directory });
    const call = callOver(overHttp(relay.url));
    const [ada, ben] = [await createPerson(call), await createPerson(call)];
    const { groupId, capability } = await createPair(ada, ben, Date.now());
    const before = must(await call('hello', {}));
    const sequences = [];
    for (let round = 0; round < 3; round += 1) {
      const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, Date.now());
      sequences.push(must(await call('deposit', { envelope, capability })).sequence);
      await relay.kill();
      await relay.restart();
    }
    const items = must(await ben.call('fetch', { after: 0, limit: 99 })).items;
    expect(items.map(({ sequence }) => sequence)).toEqual(sequences);
    const after = must(await call('hello', {}));
    expect(after).toMatchObject({ relayId: before.relayId, incarnation: before.incarnation });
    await relay.restart({ restored: true });
    expect(must(await call('hello', {})).incarnation).not.toEqual(before.incarnation);
    await relay.stop();
    expect(relay.output()).not.toMatch(/127\.0\.0\.1|[0-9a-f]{32}/);
  });

  it('deletes what is seven days old when its clock moves', async () => {
    const relay = await startRelayProcess({ dataDir: directory });
    const call = callOver(overHttp(relay.url));
    const [ada, ben] = [await createPerson(call), await createPerson(call)];
    const { groupId, capability } = await createPair(ada, ben, Date.now());
    const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, Date.now());
    must(await call('deposit', { envelope, capability }));
    await relay.moveClock(7 * DAY_MS);
    const { token } = must(await call('login', await createLogin(call, ben.account)));
    expect(must(await call('fetch', { after: 0, limit: 9 }, token)).items).toEqual([]);
    await relay.stop();
  });

  it('does not become another relay when its key is lost', async () => {
    const relay = await startRelayProcess({ dataDir: directory });
    await relay.stop();
    await unlink(join(directory, 'relay.key'));
    await expect(startRelayProcess({ dataDir: directory })).rejects.toThrow('relay.key is missing');
  });
});

it('starts from the command line, says where it listens, and ends when asked', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', '--data', directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /^Sotto relay listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line.toString())?.[1];
  expect(await callOver(overHttp(url!))('hello', {})).toMatchObject({ ok: true, value: { registration: 'open' } });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
