/** Becoming known at a relay: entry 0 is made when the first relay is reached, because it names that relay. */
import { err, ok, type Result } from '../../domain/result.ts';
import { verifyChain } from '../../account/chain.ts';
import { createGenesis } from '../../account/create-entries.ts';
import { toMailboxId } from '../../account/ids.ts';
import type { Registration } from '../../sync/ports.ts';
import type { Hello } from '../../sync/session.ts';
import { commitChange, type AccountContext, type NotStored } from '../context.ts';
import { IS_REGISTERED, readSetting, REFUSED_HANDLE, WISHED_HANDLE, writeSetting } from '../settings.ts';
import { createOpenings } from '../people/queue-opening.ts';
import { claimHandleWith } from '../people/claim-handle.ts';
import { chainToColumn } from './chain-column.ts';
import { loseOwnHandle } from './own-handle.ts';
import type { OwnKey } from './device-keys.ts';
import type { Identity } from './identity.ts';

const FIRST_DEVICE = 0;

export const createRegistration = (context: AccountContext, recovery: OwnKey): Registration => {
  const { rows } = context;
  const openings = createOpenings(context);

  const becomeSomebody = async (hello: Hello): Promise<Result<Identity, NotStored>> => {
    const { signature, mailbox } = context.keys;
    const entry = await createGenesis(context.deps, {
      device: {
        keys: { deviceIndex: FIRST_DEVICE, signatureKey: signature.publicKey, mailboxKey: mailbox.publicKey },
        signingKey: signature.signingKey,
      },
      recovery,
      relayId: hello.relayId,
      timeMs: context.deps.clock(),
    });
    const chain = await verifyChain([entry]);
    if (!chain.ok) throw new Error(`an entry 0 of our own does not verify: ${chain.error.tag}`);
    const { accountId, head } = chain.value.state;
    const mailboxId = toMailboxId(mailbox.publicKey);
    const saved = await commitChange(context, () => {
      const own = rows.ownAccount.read();
      if (own === undefined) throw new Error('an account without its row');
      rows.ownAccount.save({
        ...own,
        accountId,
        deviceIndex: FIRST_DEVICE,
        chain: chainToColumn(chain.value),
        chainHead: head,
        relayId: hello.relayId,
      });
      rows.relays.save({
        relayId: hello.relayId,
        url: '',
        publicKey: hello.relayKey,
        mailboxId,
        incarnation: undefined,
        cursor: 0,
        fetchToken: undefined,
        fetchTokenExpiresAtMs: undefined,
      });
      context.changes.me();
    });
    if (!saved.ok) return saved;
    const { relayId } = hello;
    return ok({ accountId, deviceIndex: FIRST_DEVICE, relayId, mailboxId, chain: chain.value, signature, mailbox });
  };

  /** A wish that did not come true is told, however long ago it was made. */
  const forgetWish = (refused: { readonly handle: string } | undefined): void => {
    rows.settings.remove(WISHED_HANDLE.key);
    if (refused === undefined) return;
    writeSetting(rows.settings, REFUSED_HANDLE, refused);
    loseOwnHandle(rows, refused.handle);
    context.changes.me();
  };

  return {
    async prepare(hello) {
      const known = context.identity();
      const become = known === undefined ? await becomeSomebody(hello) : ok(known);
      if (!become.ok) return become;
      const identity = become.value;
      if (known === undefined) context.becomeIdentity(identity);
      if (identity.relayId !== hello.relayId) return err({ tag: 'relay-changed' });
      const isRegistered = readSetting(rows.settings, IS_REGISTERED) === true;
      return ok({
        login: { relayId: identity.relayId, mailboxId: identity.mailboxId, mailboxKey: identity.mailbox.signingKey },
        entry: isRegistered ? undefined : identity.chain.entries[0],
      });
    },

    async registered() {
      return commitChange(context, () => writeSetting(rows.settings, IS_REGISTERED, true));
    },

    async finish(session) {
      const wished = readSetting(rows.settings, WISHED_HANDLE);
      if (wished !== undefined) {
        const claimed = await claimHandleWith(context, session, wished.handle);
        const isDecided = claimed.ok || claimed.error.tag === 'handle-taken' || claimed.error.tag === 'handle-invalid';
        if (isDecided) await commitChange(context, () => forgetWish(claimed.ok ? undefined : wished));
      }
      await openings.queueMissing(session);
    },
  };
};
