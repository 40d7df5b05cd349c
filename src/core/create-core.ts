import { RPC_VERSION, type CoreApi } from '../rpc/core-api.ts';
import { ok } from '../domain/result.ts';
import { changePassword } from './account/change-password.ts';
import { createAccount } from './account/create-account.ts';
import { listAccounts, removeAccount } from './account/list-accounts.ts';
import type { OpenAccount } from './account/open-account.ts';
import { rehearse } from './account/rehearse.ts';
import { readMe } from './account/read-me.ts';
import { unlock } from './account/unlock.ts';
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

export const createCore: CreateCore = (deps): Core => {
  let open: { readonly account: OpenAccount; readonly reading: ReadingApi } | undefined;

  /** A page asks for an account's contents only after it opened one; another order is a bug of ours. */
  const opened = () => {
    if (open === undefined) throw new Error('no account is open');
    return open;
  };
  const context = (): Promise<AccountContext> => opened().account.context;
  const reading = (): ReadingApi => opened().reading;
  const hold = (account: OpenAccount): void => {
    open = { account, reading: createReading({ ...account.shown, ...deps }) };
  };
  const close = async (): Promise<void> => {
    const closing = open?.account;
    open = undefined;
    await closing?.close();
  };

  let rehearsal: Promise<void> | undefined;
  /** What fails here fails again when an account is opened, and is told there. */
  const tryRehearsal = (): void => {
    rehearsal ??= rehearse(deps).catch(() => (rehearsal = undefined));
  };

  const api: CoreApi = {
    rpcVersion: async () => RPC_VERSION,
    async accounts() {
      const accounts = await listAccounts(deps);
      if (deps.rehearses && accounts.length > 0) tryRehearsal();
      return accounts;
    },
    async createAccount(input) {
      await close();
      const created = await createAccount(deps, input);
      if (!created.ok) return created;
      hold(created.value);
      return ok({ vaultId: created.value.vaultId });
    },
    async unlock(input) {
      if (open?.account.vaultId === input.vaultId) return ok(readMe(opened().account.shown));
      await close();
      const unlocked = await unlock(deps, input);
      if (!unlocked.ok) return unlocked;
      hold(unlocked.value);
      return ok(readMe(opened().account.shown));
    },
    async removeAccount(input) {
      if (open?.account.vaultId === input.vaultId) await close();
      return removeAccount(deps, input);
    },

    me: async () => readMe(opened().account.shown),
    connection: async () => opened().account.connection(),

    conversations: (input) => reading().conversations(input),
    requests: () => reading().requests(),
    conversation: (input) => reading().conversation(input),
    acceptRequest: async (input) => acceptRequest(await context(), input),
    declineRequest: async (input) => declineRequest(await context(), input),

    messages: (query) => reading().messages(query),
    sendText: async (input) => sendText(await context(), input),
    retryMessage: async (input) => retryMessage(await context(), input),
    deleteMessage: (input) => reading().deleteMessage(input),
    markRead: (input) => reading().markRead(input),
    setDraft: (input) => reading().setDraft(input),
    search: (input) => reading().search(input),

    findByHandle: async (input) => findByHandle(await context(), input),
    startConversation: async (input) => startConversation(await context(), input),
    createInvite: async () => createInvite(await context()),
    readInvite: async (input) => readInvite(await context(), input),
    redeemInvite: async (input) => redeemInvite(await context(), input),

    contacts: () => reading().contacts(),
    contact: (input) => reading().contact(input),
    updateContact: (input) => reading().updateContact(input),
    setBlocked: async (input) => setBlocked(await context(), input),

    setName: async (input) => setName(await context(), input),
    claimHandle: async (input) => claimHandle(await context(), input),
    changePassword: (input) => changePassword(opened().account, input),
    settings: () => reading().settings(),
    changeSettings: (change) => reading().changeSettings(change),
    storageInfo: () => reading().storageInfo(),
  };
  return { api, close };
};
