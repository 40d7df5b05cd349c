/**
 * The secrets of an account as needles: what a person's password opens, read in Node from the files that lay in the
 * browser, by the product's own vault, database and engine. The program itself never shows one of them.
 */
import { createDecipheriv, createPrivateKey, randomFillSync } from 'node:crypto';
import type { VaultFiles } from '../../bench/app/origin-files.ts';
import { createRepositories, type Repositories } from '../../src/core/repositories.ts';
import { toMailboxId } from '../../src/account/ids.ts';
import { deriveBytesFromKey } from '../../src/crypto/hkdf.ts';
import { KEY_BYTES } from '../../src/crypto/keys.ts';
import { KDF_LABELS, labelInfo, SEAL_LABELS } from '../../src/crypto/labels.ts';
import { createPageCipherFactory } from '../../src/crypto/page-ciphers.ts';
import { stretchPassword } from '../../src/crypto/pbkdf2.ts';
import { hexToBytes, type VaultId } from '../../src/domain/ids.ts';
import { loadOwnKeyPackage } from '../../src/mls/ts-mls/own-key-package.ts';
import { secretsOf } from '../../src/mls/ts-mls/secret-tree.ts';
import { loadState } from '../../src/mls/ts-mls/stored-state.ts';
import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { loadSqliteEngine } from '../../src/storage/sqlite/engine.ts';
import { openHeader, type OpenHeader } from '../../src/vault/open-header.ts';
import { unwrapVaultKeys } from '../../src/vault/root-key.ts';
import { keyNeedle, type Needle } from './needles.ts';

export type VaultSecrets = {
  /** Nowhere but in memory. */
  readonly keys: readonly Needle[];
  /** Shown to the relay, which keeps a hash. */
  readonly capabilities: readonly Needle[];
  /** No secrets: every envelope and every login names them. They show that a wire was listened to. */
  readonly groupIds: readonly Needle[];
  readonly mailboxId: Needle;
};

const random = (length: number): Uint8Array<ArrayBuffer> => randomFillSync(new Uint8Array(length));

/** @param who goes before the needles' names */
export const readVaultSecrets = async (who: string, files: VaultFiles, password: string): Promise<VaultSecrets> => {
  const headerStore = { read: async (copy: number) => files.get(`header-${copy}`), write: async () => undefined };
  const vault = await openHeader({ headerStore, stretchPassword }, password, 0);
  if (!vault.ok) throw new Error(`the vault does not open: ${vault.error.tag}`);
  const { vaultId, keyEpoch } = vault.value.read.header.body;
  const keys = await unwrapVaultKeys(vault.value.rootHandle, vault.value.read.header.body);
  if (keys === undefined) throw new Error('the keys of the vault do not open');
  const db = await openDatabase(
    {
      layer: createMemoryFileLayer(new Map([...files].filter(([name]) => !name.startsWith('header')))),
      random,
      engine: await loadSqliteEngine(),
      createCipher: createPageCipherFactory({ random }),
    },
    { vaultId, pageKey: keys.page, keyEpoch },
  );
  if (!db.ok) throw new Error(`the database does not open: ${db.error.tag}`);
  const rows = createRepositories(db.value);
  const needle = (name: string, bytes: Uint8Array): Needle => keyNeedle(`${who}: ${name}`, bytes.slice());
  const mailboxKey = rows.deviceKeys.read('mailbox');
  if (mailboxKey === undefined) throw new Error('there is no mailbox key');
  const groups = rows.groups.list();
  const secrets: VaultSecrets = {
    keys: [
      needle('root key', vault.value.root),
      needle('private key of the header', await headerScalar(vault.value)),
      ...Object.entries(keys).map(([name, key]) => needle(`${name} key of the vault`, key)),
      ...['signature', 'mailbox', 'recovery'].flatMap((name) => {
        const scalar = privateScalar(rows, vaultId, keys.device, name);
        return scalar === undefined ? [] : [needle(`private ${name} key`, scalar)];
      }),
      ...groups.flatMap((group) => groupSecrets(rows, group).map(([name, bytes]) => needle(name, bytes))),
      ...rows.keyPackages.list().flatMap(({ privateBytes }) => {
        const own = loadOwnKeyPackage(privateBytes);
        if (own === undefined) throw new Error('a key package does not open');
        return [needle('init key', own.initPrivateKey), needle('leaf key of a key package', own.leafPrivateKey)];
      }),
    ],
    capabilities: groups.flatMap(({ capability }) => (capability ? [needle('capability', capability)] : [])),
    groupIds: groups.map(({ groupId }) => needle('group id', hexToBytes(groupId))),
    mailboxId: needle('mailbox id', hexToBytes(toMailboxId(mailboxKey.publicKey.slice()))),
  };
  db.value.close();
  return secrets;
};

/** The keys of the epoch, of the tree's nodes and of the ratchets, as they were when the account was locked. */
const groupSecrets = (
  { groups }: Repositories,
  { groupId, hot }: ReturnType<Repositories['groups']['list']>[number],
): readonly (readonly [string, Uint8Array])[] => {
  const cold = groups.cold(groupId);
  const state = cold && loadState({ cold: cold.slice(), hot: hot.slice() });
  if (state?.ok !== true) throw new Error('a group does not open');
  const { keySchedule, privatePath, secretTree } = state.value;
  return [
    ...Object.entries(keySchedule).map(([name, secret]) => [`epoch's ${name}`, secret] as const),
    ...Object.entries(privatePath.privateKeys).map(([node, key]) => [`private key of node ${node}`, key] as const),
    ...secretsOf(secretTree).map((secret) => ['ratchet', secret] as const),
  ];
};

/** The program unwraps it as a key that cannot be read; whoever has the root key can go another way. */
const headerScalar = async ({ read, rootHandle }: OpenHeader): Promise<Uint8Array> => {
  const { vaultId, keyEpoch, headerPublicKey, wrappedHeaderKey } = read.header.body;
  const context = [hexToBytes(vaultId), keyEpoch, headerPublicKey];
  const wrappingKey = await deriveBytesFromKey(rootHandle, KDF_LABELS.wrapHeader, context, KEY_BYTES);
  return unwrapScalar(wrappingKey, wrappedHeaderKey, labelInfo(KDF_LABELS.wrapHeader, context));
};

/** The same with the device key. */
const privateScalar = (
  { deviceKeys }: Repositories,
  vaultId: VaultId,
  deviceKey: Uint8Array,
  name: string,
): Uint8Array | undefined => {
  const row = deviceKeys.read(name);
  if (row === undefined) return undefined;
  const { wrapped, publicKey } = row;
  const info = labelInfo(SEAL_LABELS.deviceSecret, [hexToBytes(vaultId), name, publicKey.slice()]);
  return unwrapScalar(deviceKey, wrapped, info);
};

const unwrapScalar = (wrappingKey: Uint8Array, wrapped: Uint8Array, info: Uint8Array): Uint8Array => {
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.slice(0, 12));
  decipher.setAAD(info);
  decipher.setAuthTag(wrapped.slice(-16));
  const pkcs8 = Buffer.concat([decipher.update(wrapped.slice(12, -16)), decipher.final()]);
  const { d } = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(d ?? '', 'base64url'));
};
