/**
 * Ana's whole store is copied at very many moments while she lives on, and the copies are put back: later, when they are
 * old, and at once, when they are no more than what a crash leaves. Which of them is old is told by counting what the
 * relay confirmed, not by looking into them. And copies run beside the living store, which must come to know of it.
 */
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import type { ConversationId } from '../../domain/ids.ts';
import type { RelayOperation, RelayRequest, RelayResponse } from '../../wire/relay-api.ts';
import type { RelayPort, RelaySocket } from '../../sync/transport.ts';
import { createTurnQueue, type TurnQueue } from '../../sync/turn-queue.ts';
import { isOnline, meet, say } from './meet.ts';
import type { MemoryVaults } from './memory-vaults.ts';
import { createRelayInProcess } from './relay-in-process.ts';
import { createChance } from './schedule.ts';
import { createTestClient, until, type TestClient } from './test-client.ts';

export type RollbackOptions = {
  readonly seed: number;
  /** Stores put back or cloned, to be found. */
  readonly rollbacks: number;
  /** The planted fault: the checkpoint that the relay shows fits every store, as if nothing was compared. */
  readonly isBlind?: boolean;
};

export type RollbackTally = { readonly tried: number; readonly bad: number; readonly example: string | undefined };

export type RollbackResult = {
  /** Old stores, and clones beside a living one: found before anything left. */
  readonly found: RollbackTally;
  /** What a crash leaves: not called old. */
  readonly spared: RollbackTally;
};

/** What an old store must not say. `appendEntry` is how it comes back, once it was found. */
const LEAVES: ReadonlySet<RelayOperation> = new Set([
  ...(['deposit', 'acknowledge', 'publishKeyPackages', 'claimKeyPackages'] as const),
  ...(['createGroup', 'commit', 'leaveGroup', 'claimHandle', 'appendEntry'] as const),
]);
const ROLLBACKS_PER_ROUND = 9;
const IMAGES_KEPT = 60;
const PATIENCE_MS = 60_000;

type Image = {
  readonly vaults: MemoryVaults;
  /** Checkpoints that the relay had confirmed when it was taken. */
  readonly confirmed: number;
  /** Taken while a file was changing: whether the next checkpoint is in it is not known. */
  readonly isTorn: boolean;
  /** What the relay held. */
  readonly held: Uint8Array<ArrayBuffer> | undefined;
  readonly where: string;
};

type Call = { readonly operation: RelayOperation; readonly request: unknown };

export const sweepRollbacks = async (options: RollbackOptions): Promise<RollbackResult> => {
  const world = await createWorld(options);
  for (let round = 0; !world.isDone(); round += 1) {
    await world.exchange(round);
    await world.putBackOld();
    if (!options.isBlind) await world.runBeside(round % 2 === 0 ? 'one-after-the-other' : 'at-once');
  }
  return world.end();
};

const createWorld = async ({ seed, rollbacks, isBlind }: RollbackOptions) => {
  const chance = createChance(seed);
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const found = createTally();
  const spared = createTally();
  const images: Image[] = [];
  const fresh: Image[] = [];
  let confirmed = 0;
  let held: Uint8Array<ArrayBuffer> | undefined;
  /** Whose images are taken: the store that lives. */
  let living: TestClient | undefined;
  let isCalm = true;
  const conversation: { id?: ConversationId } = {};

  const take = (where: string, isTorn: boolean): void => {
    if (living === undefined) return;
    fresh.push({ vaults: living.vaults.copy(), confirmed, isTorn, held, where });
  };

  /** The living store waits at each call, with all that it does, until the copies of this moment were tried. */
  const livingRelay = watchRelay(port, {
    oneByOne: createTurnQueue(),
    async before({ operation, request }) {
      // Whoever is found would come back, and take the place of the other.
      if (operation === 'appendEntry') return 'cut';
      if (isCalm) return 'pass';
      const isSwap = operation === 'checkpoint' && (request as RelayRequest<'checkpoint'>).next !== undefined;
      // A socket logs in beside the turn, which may have named its next checkpoint by then.
      const isBeside = operation === 'hello' || operation === 'login';
      if (chance() < 0.3) take(`before ${operation}${isSwap ? ' (swap)' : ''}`, isSwap || isBeside);
      for (const image of fresh.splice(0)) {
        if (chance() < 0.25) await spare(image);
        images.push(image);
      }
      return 'pass';
    },
    after({ operation, request }, answer) {
      if (operation !== 'checkpoint') return answer;
      const { next } = request as RelayRequest<'checkpoint'>;
      const { value } = answer as RelayResponse<'checkpoint'>;
      if (next !== undefined && value !== undefined && isSame(value, next) && !(held && isSame(held, next))) {
        confirmed += 1;
        held = value;
      }
      return answer;
    },
  });
  const onFileChange = (operation: 'write' | 'flush'): void => {
    if (!isCalm && chance() < 0.06) take(`before a ${operation}`, true);
  };

  const ana = await createTestClient({ relay: livingRelay, name: 'Ana', clock: relay.nowMs, onFileChange });
  living = ana;
  isCalm = false;
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  conversation.id = await meet(ana, bruno);

  async function openCopy(image: Image, through: RelayPort): Promise<TestClient> {
    const copy = await createTestClient({
      relay: through,
      name: 'Ana',
      clock: relay.nowMs,
      vaults: image.vaults.copy(),
    });
    await copy.reopen();
    return copy;
  }

  /** What a crash leaves must get as far as its next checkpoint. There it is stopped, so that the living one goes on. */
  async function spare(image: Image): Promise<void> {
    let wentOn = false;
    const copy = await openCopy(
      image,
      watchRelay(port, {
        before: async ({ operation, request }) => {
          const isSwap = operation === 'checkpoint' && (request as RelayRequest<'checkpoint'>).next !== undefined;
          if (!isSwap && operation !== 'register') return LEAVES.has(operation) ? 'cut' : 'pass';
          wentOn = true;
          return 'cut';
        },
      }),
    );
    await until('a verdict', async () => wentOn || (await isTold(copy)), PATIENCE_MS).catch(() => undefined);
    spared.count(wentOn && !(await isTold(copy)) ? undefined : `${image.where} is called old after a crash`);
    await copy.close();
  }

  /** @param image older than what the relay holds */
  async function putBack(image: Image, isHasty: boolean): Promise<void> {
    const left: RelayOperation[] = [];
    const copy = await openCopy(
      image,
      watchRelay(port, {
        before: async ({ operation }) => {
          // It is told by the time that it wants to come back as a new device; what it says before that is what counts.
          if (!LEAVES.has(operation)) return 'pass';
          if (operation !== 'appendEntry' || !(await isTold(copy).catch(isClosed))) left.push(operation);
          return 'cut';
        },
        ...(isBlind && { after: blind(image.held) }),
      }),
    );
    if (conversation.id !== undefined) {
      await copy.api.sendText({ conversationId: conversation.id, text: 'from an old copy' });
    }
    // What a person does at once must not be quicker than the check.
    if (isHasty) await copy.api.claimHandle({ handle: `old_copy_${found.tried}` });
    const isDecided = async (): Promise<boolean> => left.length > 0 || (await isTold(copy));
    await until('a verdict', isDecided, PATIENCE_MS).catch(() => undefined);
    copy.look();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const isFound = left.length === 0 && (await isTold(copy));
    found.count(isFound ? undefined : `${image.where}, put back, ${left.join(', ') || 'is not told'}`);
    await copy.close();
  }

  const isOld = (image: Image): boolean => confirmed >= image.confirmed + (image.isTorn ? 2 : 1);

  return {
    isDone: () => found.tried >= rollbacks || (isBlind === true && found.bad > 0),

    async exchange(round: number): Promise<void> {
      const [one, id] = [living, conversation.id];
      if (one === undefined || id === undefined) throw new Error('nobody lives');
      await say(one, id, `Ana ${round} a`);
      await say(bruno, id, `Bruno ${round}`);
      await say(one, id, `Ana ${round} b`);
      await until('rest', async () => (await isQuiet(one, id)) && (await isQuiet(bruno, id)), PATIENCE_MS);
    },

    async putBackOld(): Promise<void> {
      while (images.length > IMAGES_KEPT) images.splice(Math.floor(chance() * images.length), 1);
      for (let tries = 0; tries < ROLLBACKS_PER_ROUND && found.tried < rollbacks; tries += 1) {
        const old = images.filter(isOld);
        const image = old[Math.floor(chance() * old.length)];
        if (image === undefined) return;
        images.splice(images.indexOf(image), 1);
        await putBack(image, tries % 3 === 2);
      }
    },

    /** A copy of the living store runs beside it. One of them goes on, and the other one must come to know. */
    async runBeside(order: 'one-after-the-other' | 'at-once'): Promise<void> {
      const [one, id] = [living, conversation.id];
      if (one === undefined || id === undefined || found.tried >= rollbacks) return;
      isCalm = true;
      await one.turn();
      if (order === 'one-after-the-other') one.goOffline();
      const clone = await createTestClient({
        relay: livingRelay,
        name: 'Ana',
        clock: relay.nowMs,
        vaults: one.vaults.copy(onFileChange),
      });
      await clone.reopen();
      const before = (await bruno.texts(id)).length;
      await say(clone, id, 'from the clone');
      if (order === 'one-after-the-other') {
        await until('the clone speaks', async () => (await bruno.texts(id)).length > before, PATIENCE_MS);
        one.goOnline();
      }
      await say(one, id, 'from the first');
      const toldOnes = async (): Promise<readonly TestClient[]> =>
        (await Promise.all([one, clone].map(async (client) => ((await isTold(client)) ? [client] : [])))).flat();
      await until('one of two is told', async () => (await toldOnes()).length > 0, PATIENCE_MS).catch(() => undefined);
      const told = await toldOnes();
      const isSpoilt = (await bruno.messages(id)).some(({ body }) => body.kind === 'notice');
      const isFound = told.length === 1 && !isSpoilt;
      found.count(isFound ? undefined : `clones ${order}: ${told.length} told${isSpoilt ? ', and Bruno noticed' : ''}`);
      const [loser, winner] = told[0] === clone ? [clone, one] : [one, clone];
      await loser.close();
      living = winner;
      isCalm = false;
      winner.look();
    },

    async end(): Promise<RollbackResult> {
      isCalm = true;
      await living?.close();
      await bruno.close();
      await relay.close();
      return { found: found.read(), spared: spared.read() };
    },
  };
};

/** Burnt, to come back as a new device; or, where it has no account to come back to, stopped. */
const isTold = async (client: TestClient): Promise<boolean> =>
  (await client.api.me()).olderCopy !== undefined || (await client.api.connection()).problem === 'store-is-old';

const isQuiet = async (client: TestClient, conversationId: ConversationId): Promise<boolean> => {
  const { waitingCount } = await client.api.connection();
  const messages = await client.messages(conversationId);
  return waitingCount === 0 && messages.every(({ author, delivery }) => !author.isMe || delivery === 'on-device');
};

/** It was told before, or it would not have been closed. */
const isClosed = (): true => true;

/** A relay that helps the thief: it shows what it held when the copy was taken, and lets every swap succeed. */
const blind =
  (held: Uint8Array<ArrayBuffer> | undefined) =>
  ({ operation, request }: Call, answer: unknown): unknown => {
    if (operation !== 'checkpoint') return answer;
    const { incarnation } = answer as RelayResponse<'checkpoint'>;
    const value = (request as RelayRequest<'checkpoint'>).next ?? held;
    return { ...(value && { value }), incarnation };
  };

type Watch = {
  /** Calls that would run beside each other wait. */
  readonly oneByOne?: TurnQueue;
  readonly before: (call: Call) => Promise<'pass' | 'cut'>;
  readonly after?: (call: Call, answer: unknown) => unknown;
};

/** A cut call never reaches the relay. */
const watchRelay = (relay: RelayPort, { oneByOne, before, after }: Watch): RelayPort => {
  const watch =
    (call: RelayPort['call']): RelayPort['call'] =>
    (operation, request, session) => {
      const watched: () => ReturnType<typeof call<typeof operation>> = async () => {
        if ((await before({ operation, request })) === 'cut') return { ok: false, error: { tag: 'offline' } };
        const answer = await call(operation, request, session);
        if (!answer.ok || after === undefined) return answer;
        return { ok: true, value: after({ operation, request }, answer.value) as typeof answer.value };
      };
      return oneByOne === undefined ? watched() : oneByOne.run(watched);
    };
  return {
    call: watch((operation, request, session) => relay.call(operation, request, session)),
    openSocket(handlers): RelaySocket {
      const socket = relay.openSocket(handlers);
      return { call: watch((operation, request) => socket.call(operation, request)), close: () => socket.close() };
    },
  };
};

const createTally = () => {
  let [tried, bad] = [0, 0];
  let example: string | undefined;
  return {
    get tried() {
      return tried;
    },
    get bad() {
      return bad;
    },
    count(wrong: string | undefined): void {
      tried += 1;
      if (wrong === undefined) return;
      bad += 1;
      example ??= `case ${tried}: ${wrong}`;
    },
    read: (): RollbackTally => ({ tried, bad, example }),
  };
};

const isSame = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, index) => byte === right[index]);
