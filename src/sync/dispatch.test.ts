import { expect, test } from 'vitest';
import type { DepositId, GroupId } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import type { RelayErrorCode } from '../wire/relay-api.ts';
import { sendDispatches } from './dispatch.ts';
import type { Dispatch } from './ports.ts';
import type { RelaySession } from './session.ts';
import type { RelayFailure } from './transport.ts';

const DAY = 20_000;

const deposit = (outboxId: number, group: string): Dispatch => ({
  outboxId,
  groupId: group as GroupId,
  depositId: (DAY.toString(16).padStart(8, '0') + 'ab'.repeat(12)) as DepositId,
  kind: 'deposit',
  request: { envelope: Uint8Array.of(outboxId), capability: new Uint8Array(32) },
});

const refused = (code: RelayErrorCode): RelayFailure => ({ tag: 'refused', error: { code, message: '' } });

/** Answers each outbox row as told, and notes what was asked. */
const sessionOf = (failures: Readonly<Record<number, RelayFailure>>) => {
  const asked: number[] = [];
  const callUnnamed = async (_operation: string, { envelope }: { readonly envelope: Uint8Array }) => {
    const [id = 0] = envelope;
    asked.push(id);
    const failure = failures[id];
    return failure === undefined ? ok({ sequence: id, timeMs: 1 }) : err(failure);
  };
  const session = { callUnnamed, call: callUnnamed, relayDay: () => DAY } as unknown as RelaySession;
  return { session, asked };
};

const two = [deposit(1, 'a'), deposit(2, 'b'), deposit(3, 'a'), deposit(4, 'b')];

test.each(['tooMany', 'storageFull', 'internal'] as const)(
  'what the relay does not take for one group (%s) holds up that group only',
  async (code) => {
    const { session, asked } = sessionOf({ 1: refused(code) });
    const report = await sendDispatches(session, two);
    expect(asked).toEqual([1, 2, 4]);
    expect(report.heldUp).toMatchObject([{ dispatch: { outboxId: 1 }, askedMs: 0 }]);
    expect(report.answered.map(({ dispatch }) => dispatch.outboxId)).toEqual([2, 4]);
    expect(report.stopped).toBeUndefined();
  },
);

test.each<RelayFailure>([{ tag: 'offline' }, refused('notLoggedIn'), refused('unsupportedVersion')])(
  'no answer, no login or another version stops all of it',
  async (failure) => {
    const { session, asked } = sessionOf({ 1: failure });
    const report = await sendDispatches(session, two);
    expect(asked).toEqual([1]);
    expect(report).toEqual({ answered: [], heldUp: [], stopped: failure });
  },
);

test('what is refused for good lets nothing newer of its group go before it is dealt with', async () => {
  const { session, asked } = sessionOf({ 1: refused('conflict') });
  const report = await sendDispatches(session, two);
  expect(asked).toEqual([1, 2, 4]);
  expect(report.answered.map(({ dispatch }) => dispatch.outboxId)).toEqual([1, 2, 4]);
});
