import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDataDirectory } from '../../relay/data-directory.ts';
import { RATES_WITHOUT_ADDRESSES } from '../../relay/limits.ts';
import { randomBytes, setTimer } from '../../relay/platform.ts';
import { createRelay } from '../../relay/relay.ts';
import { startServer } from '../../relay/server.ts';
import { createStaticFiles } from '../../relay/static-files.ts';
import type { RelayStore } from '../../relay/store/store.ts';
import {
  callOver,
  createLogin,
  createPair,
  createPerson,
  must,
  openTestSocket,
  overHttp,
  publish,
  seal,
  type CallRelay,
  type TestPerson,
  type TestSocket,
} from '../../relay/testing/test-client.ts';

export type Tally = { readonly tried: number; readonly bad: number; readonly example?: string };
export type Race = (url: string, races: number) => Promise<Tally>;

/** Claims are counted per mailbox whatever the address; here one mailbox races on purpose. */
const RATES = { ...RATES_WITHOUT_ADDRESSES, keyPackageClaims: RATES_WITHOUT_ADDRESSES.deposits };

export const withRelay = async (
  run: (url: string) => Promise<Tally>,
  plant: (store: RelayStore) => RelayStore = (store) => store,
): Promise<Tally> => {
  const directory = await mkdtemp(join(tmpdir(), 'sotto-races-'));
  const { store, key } = await openDataDirectory(directory);
  const relay = createRelay(
    { clock: Date.now, random: randomBytes, setTimer, store: plant(store), key, log: () => undefined },
    { rates: RATES },
  );
  const files = await createStaticFiles(directory);
  const server = await startServer({ relay, files, setTimer, log: () => undefined }, { host: '127.0.0.1', port: 0 });
  try {
    return await run(server.url);
  } finally {
    await server.close();
    await relay.close();
    await rm(directory, { recursive: true, force: true });
  }
};

/** Two devices, each over HTTP and over a socket: four ways into the relay at once. */
const createRacers = async (url: string) => {
  const call = callOver(overHttp(url));
  const people = [await createPerson(call), await createPerson(call)] as const;
  const ways: { readonly person: TestPerson; readonly call: CallRelay }[] = [];
  const sockets: TestSocket[] = [];
  for (const person of people) {
    const socket = await openTestSocket(url);
    const overSocket = callOver(socket.send);
    must(await overSocket('login', await createLogin(overSocket, person.account)));
    ways.push({ person, call: person.call }, { person, call: overSocket });
    sockets.push(socket);
  }
  const close = (): void => {
    for (const socket of sockets) socket.close();
  };
  return { people, ways, close };
};

const tally = async (races: number, isGood: (race: number) => Promise<boolean>): Promise<Tally> => {
  let bad = 0;
  let example: string | undefined;
  for (let race = 0; race < races; race += 1) {
    if (await isGood(race)) continue;
    bad += 1;
    example ??= `race ${race}`;
  }
  return { tried: races, bad, ...(example !== undefined && { example }) };
};

/** Below the 30 handshakes an hour of one mailbox in one group. */
const RACES_PER_GROUP = 25;

export const raceCommits: Race = async (url, races) => {
  const { people, ways, close } = await createRacers(url);
  const [ada, ben] = people;
  let group = await createPair(ada, ben, Date.now());
  let head = 1;
  const result = await tally(races, async (race) => {
    if (race % RACES_PER_GROUP === RACES_PER_GROUP - 1) {
      group = await createPair(ada, ben, Date.now());
      head = 1;
    }
    const { groupId } = group;
    const commits = ways.map(({ call }) => ({
      call,
      request: {
        envelope: seal({ class: 'handshake', groupId, base: head, head }, Date.now()),
        recipients: people.map(({ mailboxId }) => mailboxId),
        capabilityHash: randomBytes(32),
        welcomes: [],
      },
    }));
    const answers = await Promise.all(commits.map(({ call, request }) => call('commit', request)));
    const winners = commits.filter((_, way) => answers[way]?.ok);
    const isRefusedRight = answers.every((answer) => answer.ok || answer.error.code === 'conflict');
    const delivered = await Promise.all(people.map(takeHandshakes));
    const newest = Math.max(...answers.map((answer) => (answer.ok ? answer.value.sequence : 0)));
    const isSame = delivered.every(
      (envelopes) =>
        envelopes.length === 1 &&
        Buffer.from(envelopes[0] ?? []).equals(winners[0]?.request.envelope ?? randomBytes(1)),
    );
    head = newest;
    return winners.length === 1 && isRefusedRight && isSame;
  });
  close();
  return result;
};

/** What waits for the person; all of it is acknowledged as applied. */
const takeHandshakes = async ({ call }: TestPerson): Promise<readonly Uint8Array[]> => {
  const { items } = must(await call('fetch', { after: 0, limit: 256 }));
  must(await call('acknowledge', { items: items.map(({ cursor }) => ({ cursor, standing: 'applied' })) }));
  return items.map(({ envelope }) => envelope);
};

export const raceClaims: Race = async (url, races) => {
  const { ways, close } = await createRacers(url);
  const owner = await createPerson(callOver(overHttp(url)));
  const { accountId } = owner.account.chain.state;
  const result = await tally(races, async () => {
    const keyPackage = randomBytes(64);
    await publish(owner, [keyPackage]);
    const answers = await Promise.all(ways.map(({ call }) => call('claimKeyPackages', { accountId })));
    const given = answers.flatMap((answer) => must(answer).packages);
    return given.length === 1 && Buffer.from(keyPackage).equals(given[0]?.keyPackage ?? randomBytes(1));
  });
  close();
  return result;
};

export const raceCheckpoints: Race = async (url, races) => {
  const { ways, close } = await createRacers(url);
  const mine = ways.filter(({ person }) => person === ways[0]?.person);
  let standing: Uint8Array<ArrayBuffer> | undefined;
  const result = await tally(races, async () => {
    const expected = standing;
    const swaps = [...mine, ...mine].map(({ call }) => ({ call, next: randomBytes(32) }));
    const answers = await Promise.all(
      swaps.map(({ call, next }) => call('checkpoint', { ...(expected && { expected }), next })),
    );
    const values = answers.map((answer) => must(answer).value);
    const winners = swaps.filter(({ next }, way) => Buffer.from(next).equals(values[way] ?? randomBytes(1)));
    standing = winners.at(-1)?.next;
    return winners.length === 1 && new Set(values.map((value) => Buffer.from(value ?? []).toString('hex'))).size === 1;
  });
  close();
  return result;
};
