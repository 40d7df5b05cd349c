import type { CoreApi } from './core-api.ts';

export type CoreMethod = keyof CoreApi;

/** Reading and writing the database on a slow machine, behind a batch of incoming messages. */
const LOCAL_MS = 30_000;
/** One or more round trips to the relay, each with its own time limit below this. */
const NETWORK_MS = 120_000;
/** Key derivation: up to 10,000,000 iterations in a header from elsewhere. */
const PASSWORD_MS = 180_000;

/** Every method of the core, with the time after which no answer is expected any more, in ms. */
export const CORE_METHODS: Readonly<Record<CoreMethod, number>> = {
  rpcVersion: LOCAL_MS,
  accounts: LOCAL_MS,
  isListWhole: LOCAL_MS,
  storageKind: LOCAL_MS,
  createAccount: PASSWORD_MS,
  unlock: PASSWORD_MS,
  removeAccount: LOCAL_MS,

  me: LOCAL_MS,
  connection: LOCAL_MS,
  conversations: LOCAL_MS,
  requests: LOCAL_MS,
  conversation: LOCAL_MS,
  acceptRequest: NETWORK_MS,
  declineRequest: LOCAL_MS,
  messages: LOCAL_MS,
  sendText: LOCAL_MS,
  retryMessage: LOCAL_MS,
  deleteMessage: LOCAL_MS,
  markRead: LOCAL_MS,
  setDraft: LOCAL_MS,
  search: LOCAL_MS,
  findByHandle: NETWORK_MS,
  startConversation: NETWORK_MS,
  createInvite: NETWORK_MS,
  readInvite: LOCAL_MS,
  redeemInvite: NETWORK_MS,
  contacts: LOCAL_MS,
  contact: LOCAL_MS,
  updateContact: LOCAL_MS,
  setBlocked: LOCAL_MS,
  noteOlderCopyRead: LOCAL_MS,
  setName: LOCAL_MS,
  claimHandle: NETWORK_MS,
  changePassword: PASSWORD_MS,
  keyRenewal: LOCAL_MS,
  renewKey: PASSWORD_MS,
  settings: LOCAL_MS,
  changeSettings: LOCAL_MS,
  storageInfo: LOCAL_MS,
};

export const isCoreMethod = (name: unknown): name is CoreMethod =>
  typeof name === 'string' && Object.hasOwn(CORE_METHODS, name);

const OWN_WINDOW_ONLY: readonly CoreMethod[] = ['createAccount', 'unlock', 'removeAccount'];

/** What another window may call: an open account is used together, but accounts are opened by their own window only. */
export const isSharedMethod = (method: CoreMethod): boolean => !OWN_WINDOW_ONLY.includes(method);

/** A `CoreApi` whose every method goes through one function. */
export const coreApiOver = (call: (method: CoreMethod, input: unknown) => Promise<unknown>): CoreApi =>
  Object.fromEntries(
    Object.keys(CORE_METHODS).map((method) => [method, (input: unknown) => call(method as CoreMethod, input)]),
  ) as unknown as CoreApi;
