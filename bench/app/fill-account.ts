/** Writes a long history into an account's files, with the product's own vault, database and repositories. */
import { randomFillSync } from 'node:crypto';
import { createPageCipherFactory } from '../../src/crypto/page-ciphers.ts';
import { stretchPassword } from '../../src/crypto/pbkdf2.ts';
import { createRepositories, type Repositories } from '../../src/core/repositories.ts';
import { bytesToHex, type AccountId, type ConversationId, type GroupId, type MessageId } from '../../src/domain/ids.ts';
import type { RandomBytes } from '../../src/domain/ports.ts';
import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { loadSqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { unlockVault } from '../../src/vault/unlock-vault.ts';
import { PAYLOAD_FORMAT, PAYLOAD_KIND } from '../../src/wire/payload.ts';
import type { VaultFiles } from './origin-files.ts';

export type FilledAccount = {
  readonly files: VaultFiles;
  /** Of the account's password, as its header says. */
  readonly kdfIterations: number;
};

const WORDS = 'the ferry leaves at six and nobody brought an umbrella so we waited under the copper stair'.split(' ');

const random: RandomBytes = (length) => randomFillSync(new Uint8Array(length));

/** `messages` received ones, spread evenly over `chats` conversations with a contact each, the last just now. */
export const fillAccount = async (
  before: VaultFiles,
  { password, messages, chats }: { readonly password: string; readonly messages: number; readonly chats: number },
): Promise<FilledAccount> => {
  let kdfIterations = 0;
  const vault = await unlockVault(
    {
      random,
      headerStore: { read: async (copy) => before.get(`header-${copy}`), write: async () => undefined },
      stretchPassword: (text, salt, iterations) => {
        kdfIterations = iterations;
        return stretchPassword(text, salt, iterations);
      },
    },
    { password },
  );
  if (!vault.ok) throw new Error(`the vault does not open: ${vault.error.tag}`);

  const layer = createMemoryFileLayer(new Map([...before].filter(([name]) => !name.startsWith('header'))));
  const { vaultId, keyEpoch, keys } = vault.value;
  const db = await openDatabase(
    {
      layer,
      random,
      engine: await loadSqliteEngine(),
      createCipher: createPageCipherFactory({ random }),
    },
    { vaultId, pageKey: keys.page, keyEpoch },
  );
  if (!db.ok) throw new Error(`the database does not open: ${db.error.tag}`);
  const rows = createRepositories(db.value);
  const write = (work: () => void): void => {
    const written = db.value.transaction(work);
    if (!written.ok) throw new Error(`not written: ${written.error.tag}`);
  };

  const firstAtMs = Date.now() - messages * 60_000;
  const peers = Array.from({ length: chats }, (_, index) => createPeer(index));
  write(() => peers.forEach((peer) => addChat(rows, peer, firstAtMs)));
  // In rounds: one message of each peer, a minute apart.
  for (let sequence = 1; sequence <= messages / chats; sequence += 1) {
    write(() =>
      peers.forEach((peer, index) => {
        receive(rows, peer, { sequence, atMs: firstAtMs + ((sequence - 1) * chats + index) * 60_000 });
      }),
    );
  }
  db.value.checkpoint();
  db.value.close();
  vault.value.purge();
  return { files: layer.images(), kdfIterations };
};

type Peer = { readonly accountId: AccountId; readonly conversationId: ConversationId; readonly name: string };

const createPeer = (index: number): Peer => ({
  accountId: bytesToHex(random(32)) as AccountId,
  conversationId: bytesToHex(random(16)) as ConversationId,
  name: `Passenger ${index + 1}`,
});

const addChat = ({ contacts, conversations }: Repositories, peer: Peer, createdAtMs: number): void => {
  const { accountId, conversationId, name } = peer;
  contacts.save({
    accountId,
    givenName: undefined,
    profileName: name,
    handle: undefined,
    note: '',
    relayId: undefined,
    chain: random(600),
    chainHead: random(32),
    verifiedHead: undefined,
    verifiedAtMs: undefined,
    blockedAtMs: undefined,
    addedAtMs: createdAtMs,
  });
  conversations.create({
    conversationId,
    kind: 'direct',
    state: 'active',
    title: '',
    peer: accountId,
    generation: 0,
    groupId: bytesToHex(random(16)) as GroupId,
    createdAtMs,
  });
};

const receive = (
  { messages }: Repositories,
  { accountId, conversationId }: Peer,
  { sequence, atMs }: { readonly sequence: number; readonly atMs: number },
): void => {
  messages.insertReceived(
    conversationId,
    {
      messageId: (atMs.toString(16).padStart(12, '0') + bytesToHex(random(10))) as MessageId,
      author: { accountId, deviceIndex: 0 },
      kind: PAYLOAD_KIND.text,
      format: PAYLOAD_FORMAT,
      text: WORDS.slice(0, 3 + (sequence % (WORDS.length - 3))).join(' '),
      body: undefined,
      time: { wallMs: atMs, counter: 0 },
      sentAtMs: atMs,
      relayAtMs: atMs,
      storedAtMs: atMs,
    },
    { position: { generation: 0, sequence }, isMine: false },
  );
};
