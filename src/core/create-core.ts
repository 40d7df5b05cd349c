import { RPC_VERSION, type CoreApi, type UnlockError } from '../rpc/core-api.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { createTurnQueue } from '../sync/turn-queue.ts';
import { changePassword } from './account/change-password.ts';
import { createAccount } from './account/create-account.ts';
import { listAccounts, removeAccount } from './account/list-accounts.ts';
import { noteOlderCopyRead } from './account/note-older-copy-read.ts';
import type { OpenAccount } from './account/open-account.ts';
import { createPaced } from './account/paced.ts';
import { rehearse } from './account/rehearse.ts';
import { readMe } from './account/read-me.ts';
import { resume, unlock } from './account/unlock.ts';
import type { AccountContext } from './context.ts';
import type { Core, CreateCore } from './core.ts';
import { retryMessage } from './messages/retry-message.ts';
import { sendText } from './messages/send-text.ts';
import { acceptRequest } from './people/accept-request.ts';
import { claimHandle } from './people/claim-handle.ts';
import { declineRequest } from './people/decline-request.ts';
import { findByHandle } from './people/find-by-handle.ts';
import { createInvite, readInvite, redeemInvite } from './people/invites.ts';
import { setBlocked } from './people/set-blocked.ts';
import { setName } from './people/set-name.ts';
import { startConversation } from './people/start-conversation.ts';
import { createReading, type ReadingApi } from './reading/create-reading.ts';

/** A disk that goes on failing costs no more than this. */
const OPEN_ANEW_EVERY_MS = 10_000;

export const createCore: CreateCore = (deps): Core => {
  let open: { readonly account: OpenAccount; readonly reading: ReadingApi } | undefined;

  /** A page asks for an account's contents only after it opened one; another order is a bug of ours. */
  const opened = () => {
    if (open === undefined) throw new Error('no account is open');
    return open;
  };
  const context = (): AccountContext => opened().account.context;
  const reading = (): ReadingApi => opened().reading;
  const hold = (account: OpenAccount): void => {
    const { kind, spare } = account.place;
    open = { account, reading: createReading({ ...account.context, ...deps, storageKind: kind, spare }) };
    void account.fellBehind.then(() => paced(() => openAnew(account)));
  };
  /** The account stays the same one, whatever happens meanwhile. */
  const deleting = async <T>(work: () => Promise<T>): Promise<T> => {
    const { place, tidying } = opened().account;
    const endLift = place.spare?.lift();
    try {
      return await work();
    } finally {
      endLift?.();
      // Many in a row would fill the spare room with their log, and emptying that takes some as well.
      if (place.spare?.isOwed() === true) tidying.hurry();
      else tidying.noteDeleted();
    }
  };
  const close = async (): Promise<void> => {
    const closing = open?.account;
    open = undefined;
    await closing?.close();
  };
  /** Opening, closing and removing: two at once would open two accounts and know of one. */
  const doors = createTurnQueue();

  const paced = createPaced(deps.setTimer, OPEN_ANEW_EVERY_MS);
  /** While the account is opened anew, calls wait. */
  let opening: Promise<void> | undefined;
  /** Storage that just failed may fail in any way, also while it is closed: what is not open must be told as that. */
  const endAndResume = async (account: OpenAccount): Promise<Result<OpenAccount, UnlockError>> => {
    const { vaultId, releaseLock } = account;
    const unavailable = err<UnlockError>({ tag: 'storage-unavailable' });
    const resumeKey = await account.end().catch(() => undefined);
    if (resumeKey !== undefined) return resume(deps, { vaultId, resumeKey, releaseLock }).catch(() => unavailable);
    releaseLock();
    return unavailable;
  };
  /**
   * What was told as not stored must not be read, and whatever builds on it can never be stored: the account is opened
   * again, from what was.
   */
  const openAnew = (account: OpenAccount): void => {
    opening = doors.run(async () => {
      if (open?.account !== account || account.resumeKey() === undefined) return;
      const resumed = await endAndResume(account);
      open = undefined;
      if (!resumed.ok) return deps.emit({ type: 'locked', vaultId: account.vaultId, reason: resumed.error });
      hold(resumed.value);
      deps.emit({ type: 'hand-over', state: 'done' });
    });
    void opening.finally(() => (opening = undefined));
  };

  let rehearsal: Promise<void> | undefined;
  /** What fails here fails again when an account is opened, and is told there. */
  const tryRehearsal = (): void => {
    rehearsal ??= rehearse(deps).catch(() => (rehearsal = undefined));
  };

  const api: CoreApi = {
    rpcVersion: async () => RPC_VERSION,
    storageKind: () => deps.vaults.kindOfNew(),
    isListWhole: () => deps.vaults.isListWhole(),
    async accounts() {
      const accounts = await listAccounts(deps);
      if (deps.rehearses && accounts.length > 0) tryRehearsal();
      return accounts;
    },
    createAccount: (input) =>
      doors.run(async () => {
        await close();
        const created = await createAccount(deps, input);
        if (!created.ok) return created;
        hold(created.value);
        return ok({ vaultId: created.value.vaultId });
      }),
    unlock: (input) =>
      doors.run(async () => {
        if (open?.account.vaultId === input.vaultId) return ok(readMe(context()));
        await close();
        const unlocked = await unlock(deps, input);
        if (!unlocked.ok) return unlocked;
        hold(unlocked.value);
        return ok(readMe(context()));
      }),
    removeAccount: (input) =>
      doors.run(async () => {
        if (open?.account.vaultId === input.vaultId) await close();
        return removeAccount(deps, input);
      }),

    me: async () => readMe(context()),
    connection: async () => opened().account.connection(),

    conversations: (input) => reading().conversations(input),
    requests: () => reading().requests(),
    conversation: (input) => reading().conversation(input),
    acceptRequest: (input) => acceptRequest(context(), input),
    declineRequest: (input) => deleting(() => declineRequest(context(), input)),

    messages: (query) => reading().messages(query),
    sendText: (input) => sendText(context(), input),
    retryMessage: (input) => retryMessage(context(), input),
    deleteMessage: (input) => deleting(() => reading().deleteMessage(input)),
    markRead: (input) => reading().markRead(input),
    setDraft: (input) => reading().setDraft(input),
    search: (input) => reading().search(input),

    findByHandle: (input) => findByHandle(context(), input),
    startConversation: (input) => startConversation(context(), input),
    createInvite: () => createInvite(context()),
    readInvite: (input) => readInvite(context(), input),
    redeemInvite: (input) => redeemInvite(context(), input),

    contacts: () => reading().contacts(),
    contact: (input) => reading().contact(input),
    updateContact: (input) => reading().updateContact(input),
    setBlocked: (input) => setBlocked(context(), input),

    noteOlderCopyRead: () => noteOlderCopyRead(context()),
    setName: (input) => setName(context(), input),
    claimHandle: (input) => claimHandle(context(), input),
    changePassword: (input) => changePassword(opened().account, input),
    keyRenewal: async () => opened().account.keyRotation.state(),
    renewKey: ({ password }) => opened().account.keyRotation.begin(password),
    settings: () => reading().settings(),
    changeSettings: (change) => reading().changeSettings(change),
    storageInfo: () => reading().storageInfo(),
  };
  return {
    api: coreApiOver(async (method, input) => {
      if (opening !== undefined) await opening;
      return (api[method] as (input: unknown) => Promise<unknown>)(input);
    }),
    prepare: tryRehearsal,
    resumeKey: () => open?.account.resumeKey(),
    resume: (input) =>
      doors.run(async () => {
        await close();
        const resumed = await resume(deps, input);
        if (!resumed.ok) return resumed;
        hold(resumed.value);
        return ok(undefined);
      }),
    close: () => doors.run(close),
  };
};
