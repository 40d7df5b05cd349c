import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../crypto/bytes.ts';
import { accountEntry, entryBody, type AccountEntry, type EntryBody } from '../wire/account-entry.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import type { AccountState } from './account-state.ts';
import { nextDeviceIndex } from './account-state.ts';
import { extendChain, verifyChain, type AccountChain } from './chain.ts';
import { createDeviceEntry, createRecoveryEntry } from './create-entries.ts';
import { signEntryBody } from './entry-signatures.ts';
import {
  createTestAccount,
  createTestDevice,
  createTestRecoveryKey,
  TEST_TIME_MS,
  toAddedDevice,
  type TestAccount,
  type TestDevice,
} from './testing/test-account.ts';

const timeMs = TEST_TIME_MS;

const indexesOf = (state: AccountState): readonly number[] => state.devices.map((device) => device.deviceIndex);
const grown = async (chain: AccountChain, ...entries: Bytes[]): Promise<AccountChain> => {
  const extended = await extendChain(chain, entries);
  if (!extended.ok) throw new Error(extended.error.tag);
  return extended.value.chain;
};
const add = async (state: AccountState, device: TestDevice, signer: TestDevice): Promise<Bytes> =>
  createDeviceEntry(
    state,
    { added: [await toAddedDevice(state, device)], timeMs },
    { deviceIndex: signer.keys.deviceIndex, signingKey: signer.signingKey },
  );
const recover = async (state: AccountState, key: TestAccount['recoveryKey'], ...devices: TestDevice[]) =>
  createRecoveryEntry(
    state,
    { devices: await Promise.all(devices.map((device) => toAddedDevice(state, device))), timeMs },
    key,
  );

let anna: TestAccount;
let phone: TestDevice;
let laptop: TestDevice;
let thief: TestDevice;
beforeAll(async () => {
  anna = await createTestAccount('anna');
  phone = await createTestDevice('anna', 1);
  laptop = await createTestDevice('anna', 2);
  thief = await createTestDevice('thief', 1);
});

describe('a chain grows', () => {
  test('a device adds another, which adds and removes in turn', async () => {
    const withPhone = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    expect(indexesOf(withPhone.state)).toEqual([0, 1]);
    const removal = await createDeviceEntry(
      withPhone.state,
      { added: [await toAddedDevice(withPhone.state, laptop)], removed: [0], timeMs },
      { deviceIndex: 1, signingKey: phone.signingKey },
    );
    const moved = await extendChain(withPhone, [removal]);
    expect(moved.ok && moved.value.change).toBe('extension');
    expect(moved.ok && indexesOf(moved.value.chain.state)).toEqual([1, 2]);
    expect(moved.ok && moved.value.chain.state.formerDevices.map((device) => device.deviceIndex)).toEqual([0]);
  });

  test('a removed device can sign nothing more', async () => {
    const withPhone = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    const removal = await createDeviceEntry(
      withPhone.state,
      { removed: [1], timeMs },
      { deviceIndex: 0, signingKey: anna.device.signingKey },
    );
    const without = await grown(withPhone, removal);
    const late = await extendChain(without, [await add(without.state, laptop, phone)]);
    expect(late).toMatchObject({ ok: false, error: { tag: 'against-the-rules' } });
  });

  test('showing again what is known changes nothing, even if newer entries are held back', async () => {
    const chain = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    for (const shown of [[], chain.entries.slice(0, 1), chain.entries.slice(1), chain.entries]) {
      const result = await extendChain(chain, shown);
      expect(result).toMatchObject({ ok: true, value: { change: 'none', chain } });
    }
  });
});

describe('the words take an account back', () => {
  test('a recovery entry voids what a thief added after its predecessor', async () => {
    const stolen = await grown(anna.chain, await add(anna.chain.state, thief, anna.device));
    const back = await extendChain(stolen, [await recover(anna.chain.state, anna.recoveryKey, phone)]);
    expect(back).toMatchObject({ ok: true, value: { change: 'recovery' } });
    expect(back.ok && indexesOf(back.value.chain.state)).toEqual([1]);
    expect(back.ok && back.value.chain.state.devices[0]?.signatureKey).toEqual(phone.keys.signatureKey);
    expect(back.ok && back.value.chain.state.recoveryPoint).toBe(1);
  });

  test('nothing voids a recovery entry: not the voided branch, not a device entry before it', async () => {
    const recovered = await grown(anna.chain, await recover(anna.chain.state, anna.recoveryKey, phone));
    const byThief = await extendChain(recovered, [await add(anna.chain.state, thief, anna.device)]);
    expect(byThief).toMatchObject({ ok: false, error: { tag: 'forked' } });
  });

  test('two recovery entries on one predecessor stop everything', async () => {
    const one = await grown(anna.chain, await recover(anna.chain.state, anna.recoveryKey, phone));
    const other = await recover(anna.chain.state, anna.recoveryKey, laptop);
    expect(await extendChain(one, [other])).toEqual({ ok: false, error: { tag: 'contested' } });
  });

  test('a chain without the last known recovery entry is refused', async () => {
    const recovered = await grown(anna.chain, await recover(anna.chain.state, anna.recoveryKey, phone));
    const again = await grown(recovered, await recover(recovered.state, anna.recoveryKey, phone, laptop));
    const past = await recover(anna.chain.state, anna.recoveryKey, laptop);
    expect(await extendChain(again, [past])).toEqual({ ok: false, error: { tag: 'contested' } });
  });

  test('new words replace the old ones', async () => {
    const fresh = await createTestRecoveryKey('anna, new words');
    const state = anna.chain.state;
    const entry = await createRecoveryEntry(
      state,
      { devices: [await toAddedDevice(state, phone)], newRecoveryKey: fresh.publicKey, timeMs },
      anna.recoveryKey,
    );
    const changed = await grown(anna.chain, entry);
    const byOldWords = await extendChain(changed, [await recover(changed.state, anna.recoveryKey, laptop)]);
    expect(byOldWords).toEqual({ ok: false, error: { tag: 'bad-signature' } });
    const byNewWords = await extendChain(changed, [await recover(changed.state, fresh.signingKey, phone, laptop)]);
    expect(byNewWords).toMatchObject({ ok: true, value: { change: 'recovery' } });
  });

  test('a device that stays keeps its index; a new one never takes an old index', async () => {
    const chain = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    const kept = await extendChain(chain, [await recover(chain.state, anna.recoveryKey, anna.device, laptop)]);
    expect(kept.ok && indexesOf(kept.value.chain.state)).toEqual([0, 2]);
    const swapped = await extendChain(chain, [await recover(chain.state, anna.recoveryKey, thief)]);
    expect(swapped).toMatchObject({ ok: false, error: { tag: 'against-the-rules' } });
  });
});

describe('refused', () => {
  test('two histories of one account: a second device entry on one predecessor', async () => {
    const chain = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    const other = await add(anna.chain.state, thief, anna.device);
    expect(await extendChain(chain, [other])).toEqual({ ok: false, error: { tag: 'forked' } });
  });

  test('entries of another account, wherever they are put', async () => {
    const bert = await createTestAccount('bert');
    const bertsPhone = await createTestDevice('bert', 1);
    const bertsEntry = await add(bert.chain.state, bertsPhone, bert.device);
    expect(await extendChain(anna.chain, [bertsEntry])).toEqual({ ok: false, error: { tag: 'out-of-place' } });
    expect(await extendChain(anna.chain, bert.chain.entries)).toEqual({ ok: false, error: { tag: 'out-of-place' } });
    expect(await verifyChain([...anna.chain.entries, bertsEntry])).toMatchObject({ ok: false });
  });

  test('a key that did not agree to be added', async () => {
    const { state } = anna.chain;
    const unwilling = { keys: phone.keys, statement: (await toAddedDevice(state, laptop)).statement };
    const signer = { deviceIndex: 0, signingKey: anna.device.signingKey };
    const entry = await createDeviceEntry(state, { added: [unwilling], timeMs }, signer);
    expect(await extendChain(anna.chain, [entry])).toEqual({ ok: false, error: { tag: 'bad-signature' } });
  });

  test('a statement made for another place in the chain', async () => {
    const early = await toAddedDevice(anna.chain.state, laptop);
    const chain = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
    const signer = { deviceIndex: 0, signingKey: anna.device.signingKey };
    const entry = await createDeviceEntry(chain.state, { added: [early], timeMs }, signer);
    expect(await extendChain(chain, [entry])).toEqual({ ok: false, error: { tag: 'bad-signature' } });
  });

  const signer = () => ({ deviceIndex: 0, signingKey: anna.device.signingKey });
  const edited = async (change: Partial<EntryBody>, entryChange: Partial<AccountEntry> = {}): Promise<Bytes> => {
    const { state } = anna.chain;
    const original = decode(
      await createDeviceEntry(state, { added: [await toAddedDevice(state, phone)], timeMs }, signer()),
    );
    const body = encodeWith(entryBody, { ...original.body, ...change });
    const signature = await signEntryBody(signer().signingKey, change.kind ?? 'device', state.accountId, body);
    return encodeWith(accountEntry, { ...original.entry, body, device: { deviceIndex: 0, signature }, ...entryChange });
  };
  test.each<[string, () => Promise<Bytes>, string]>([
    ['a wrong sequence', () => edited({ sequence: 2 }), 'out-of-place'],
    ['a wrong predecessor', () => edited({ previous: new Uint8Array(32) }), 'out-of-place'],
    ['a second entry 0', () => edited({ kind: 'genesis' }), 'out-of-place'],
    ['a newer format', () => edited({ format: 2 }), 'malformed'],
    ['a device that changes the words', () => edited({ recoveryKey: phone.keys.mailboxKey }), 'against-the-rules'],
    ['a device that names a relay', () => edited({ random: new Uint8Array(32) }), 'against-the-rules'],
    ['a device that writes a recovery entry', () => edited({ kind: 'recovery' }), 'against-the-rules'],
    ['nothing changed', () => edited({ added: [] }, { statements: [] }), 'against-the-rules'],
    ['the last device removed', () => edited({ added: [], removed: [0] }, { statements: [] }), 'against-the-rules'],
    ['an unknown device removed', () => edited({ removed: [7] }), 'against-the-rules'],
    ['an index used again', () => edited({ added: [{ ...phone.keys, deviceIndex: 0 }] }), 'against-the-rules'],
    ['a missing statement', () => edited({}, { statements: [] }), 'against-the-rules'],
    [
      'one key for two purposes',
      () => edited({ added: [{ ...phone.keys, mailboxKey: phone.keys.signatureKey }] }),
      'against-the-rules',
    ],
    [
      "another device's mailbox",
      () => edited({ added: [{ ...phone.keys, mailboxKey: anna.device.keys.mailboxKey }] }),
      'against-the-rules',
    ],
    [
      'a point off the curve',
      () => edited({ added: [{ ...phone.keys, signatureKey: new Uint8Array(97).fill(4) }] }),
      'bad-signature',
    ],
  ])('%s', async (_name, make, tag) => {
    expect(await extendChain(anna.chain, [await make()])).toMatchObject({ ok: false, error: { tag } });
  });
});

test('no byte of any entry can change', async () => {
  const chain = await grown(anna.chain, await add(anna.chain.state, phone, anna.device));
  const back = await grown(chain, await recover(chain.state, anna.recoveryKey, phone, laptop));
  for (const [index, entry] of back.entries.entries()) {
    const past = await verifyChain(back.entries.slice(0, index));
    for (let byte = 0; byte < entry.length; byte += 1) {
      const flipped = entry.slice();
      flipped[byte]! ^= 1 << (byte % 8);
      const result = past.ok ? await extendChain(past.value, [flipped]) : await verifyChain([flipped]);
      expect(result.ok, `entry ${index}, byte ${byte}`).toBe(false);
    }
  }
});

/** A random history: who does what, with which devices left. Names a step that cannot be taken by doing nothing. */
const history = fc.array(
  fc.record({ act: fc.constantFrom('add', 'remove', 'recover'), who: fc.nat(9), back: fc.nat(3) }),
  { minLength: 1, maxLength: 8 },
);

test('any history that keeps the rules is accepted, whole or in pieces, and every cut of it is a valid past', async () => {
  await fc.assert(
    fc.asyncProperty(history, fc.nat(), async (steps, cut) => {
      let chain = anna.chain;
      const devices = new Map([[0, anna.device]]);
      for (const { act, who, back } of steps) {
        const { state } = chain;
        const signerIndex = indexesOf(state)[who % state.devices.length]!;
        const by = { deviceIndex: signerIndex, signingKey: devices.get(signerIndex)!.signingKey };
        if (act === 'remove' && state.devices.length > 1) {
          const removed = [indexesOf(state)[back % state.devices.length]!];
          chain = await grown(chain, await createDeviceEntry(state, { removed, timeMs }, by));
        } else if (act === 'recover') {
          const point = Math.max(state.recoveryPoint, state.sequence - back);
          const from = chain.states[point]!;
          const fresh = await createTestDevice(`recovered ${chain.entries.length}`, nextDeviceIndex(from));
          devices.set(fresh.keys.deviceIndex, fresh);
          chain = await grown(chain, await recover(from, anna.recoveryKey, fresh));
        } else {
          const fresh = await createTestDevice(`added ${chain.entries.length}`, nextDeviceIndex(state));
          devices.set(fresh.keys.deviceIndex, fresh);
          chain = await grown(chain, await add(state, fresh, devices.get(signerIndex)!));
        }
      }
      expect(await verifyChain(chain.entries)).toEqual({ ok: true, value: chain });
      const length = 1 + (cut % chain.entries.length);
      const past = await verifyChain(chain.entries.slice(0, length));
      const rest = past.ok && (await extendChain(past.value, chain.entries.slice(length)));
      expect(rest).toMatchObject({ ok: true, value: { chain } });
    }),
    { numRuns: 25 },
  );
});

const decode = (bytes: Bytes): { readonly entry: AccountEntry; readonly body: EntryBody } => {
  const entry = decodeWith(accountEntry, bytes);
  if (!entry.ok) throw new Error(entry.error.detail);
  const body = decodeWith(entryBody, entry.value.body);
  if (!body.ok) throw new Error(body.error.detail);
  return { entry: entry.value, body: body.value };
};
