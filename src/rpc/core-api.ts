/**
 * The boundary between a page and the core worker. One method is one use case; the page never sees the worker's types.
 * Every expected failure is a tag from the unions below, and src/ui/i18n has one sentence for each tag.
 */
import type { AccountId, ConversationId, MessageId, VaultId } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';
import type {
  AccountSummary,
  Connection,
  Contact,
  ConversationSummary,
  FoundPerson,
  KeyRenewal,
  Me,
  Message,
  MessagePage,
  Position,
  SearchHit,
  Settings,
  StorageInfo,
  StorageKind,
} from './dto.ts';

/** Page and core shake hands on this at start; a page of the next release still talks to this core. */
export const RPC_VERSION = 1;

type Tagged<Tag extends string> = { readonly tag: Tag };

/** No room; or the browser or the device failed, or took the storage away. */
type NotStored = 'storage-full' | 'storage-lost';
/** Of a change that was not made, because it was not stored. */
export type NotStoredError = Tagged<NotStored>;
/** Of a change that was not made. */
export type ChangeError = Unknown | NotStoredError;

export type CreateAccountError = Tagged<
  'password-too-short' | 'name-empty' | 'name-too-long' | 'handle-invalid' | 'storage-unavailable' | 'storage-full'
>;
export type UnlockError = Tagged<
  | 'wrong-password'
  | 'account-unknown'
  | 'open-elsewhere'
  | 'header-damaged'
  | 'header-missing'
  | 'header-forged'
  | 'older-header'
  | 'database-damaged'
  | 'database-missing'
  | 'newer-version'
  | 'storage-taken'
  | 'storage-unavailable'
  | 'storage-full'
>;
/** Of asking the relay; who asks for the first time has something to store before. */
export type NetworkError = Tagged<'offline' | 'relay-refused' | 'too-many-requests' | 'relay-changed' | NotStored>;
export type SendError = Tagged<
  | 'text-empty'
  | 'text-too-long'
  | 'outbox-full'
  | 'conversation-unknown'
  | 'conversation-broken'
  | 'blocked'
  | 'not-accepted'
  | NotStored
>;
export type FindPersonError = NetworkError | Tagged<'handle-invalid' | 'not-found' | 'unproven'>;
export type StartConversationError =
  NetworkError | Tagged<'not-found' | 'unproven' | 'is-me' | 'blocked' | 'no-key-packages'>;
export type InviteError = Tagged<'invite-malformed' | 'invite-other-relay' | 'invite-own'>;
export type HandleError = NetworkError | Tagged<'handle-invalid' | 'handle-taken'>;
export type ChangePasswordError = Tagged<'wrong-password' | 'password-too-short' | 'storage-full'>;
export type RenewKeyError = Tagged<'wrong-password' | 'newer-version' | NotStored>;
export type Unknown = Tagged<'conversation-unknown' | 'contact-unknown' | 'message-unknown'>;

export type MessagesQuery = {
  readonly conversationId: ConversationId;
  /** `unread` opens at the first unread message, or at the newest one. */
  readonly from:
    | { readonly at: 'newest' | 'unread' }
    | { readonly before: Position }
    | { readonly after: Position }
    | { readonly around: MessageId };
  readonly limit: number; // 1 to 200
};

/** Before an account is open: everything that the unlock screen needs. */
export interface LobbyApi {
  rpcVersion(): Promise<number>;
  accounts(): Promise<readonly AccountSummary[]>;
  /** False where a part of the browser's storage could not be read for `accounts`: some may be missing there. */
  isListWhole(): Promise<boolean>;
  /** What a new account would rest in. */
  storageKind(): Promise<StorageKind>;
  /** Works offline: the account is registered at the relay when there is one. Leaves the account unlocked. */
  createAccount(input: {
    readonly name: string;
    readonly password: string;
    readonly handle: string | undefined;
    /** Allow `name` to rest in clear, to be shown on this device's unlock screen. */
    readonly showNameWhenLocked: boolean;
  }): Promise<Result<{ readonly vaultId: VaultId }, CreateAccountError>>;
  unlock(input: { readonly vaultId: VaultId; readonly password: string }): Promise<Result<Me, UnlockError>>;
  /** Deletes every stored byte of an account that cannot be opened any more, or that its owner gives up. */
  removeAccount(input: {
    readonly vaultId: VaultId;
  }): Promise<Result<void, Tagged<'open-elsewhere' | 'account-unknown' | 'storage-unavailable'>>>;
}

/**
 * While an account is open. A core may die with a request in its hands, and the page then asks the next one (docs/
 * protocol/browser-storage.md, "A request, done once"): every method here may be asked again with the same input. What
 * was done already is not done again, and is answered as if it had been done now.
 */
export interface SessionApi {
  me(): Promise<Me>;
  connection(): Promise<Connection>;

  /** Newest first by `sortAtMs`; `state: 'requested'` ones are listed by `requests`. */
  conversations(input: {
    readonly limit: number;
    readonly after: ConversationId | undefined;
  }): Promise<readonly ConversationSummary[]>;
  requests(): Promise<readonly ConversationSummary[]>;
  conversation(input: { readonly conversationId: ConversationId }): Promise<Result<ConversationSummary, Unknown>>;
  acceptRequest(input: {
    readonly conversationId: ConversationId;
  }): Promise<Result<ConversationSummary, Unknown | StartConversationError>>;
  declineRequest(input: {
    readonly conversationId: ConversationId;
    readonly block: boolean;
  }): Promise<Result<void, ChangeError>>;

  messages(query: MessagesQuery): Promise<Result<MessagePage, Unknown>>;
  /** Resolves once the message is durable on this device ("stored here"). */
  sendText(input: {
    readonly conversationId: ConversationId;
    readonly text: string;
    /** Chosen by whoever asks, so that asking again sends nothing again. Left out: the core draws one. */
    readonly messageId?: MessageId;
  }): Promise<Result<Message, SendError>>;
  retryMessage(input: { readonly messageId: MessageId }): Promise<Result<Message, ChangeError>>;
  /** Removes a message from this device only. */
  deleteMessage(input: { readonly messageId: MessageId }): Promise<Result<void, ChangeError>>;
  /** Where it cannot be stored, more is unread than was read; the next one says it again. */
  markRead(input: { readonly conversationId: ConversationId; readonly upTo: Position }): Promise<void>;
  setDraft(input: { readonly conversationId: ConversationId; readonly text: string }): Promise<void>;
  /** Newest first, unless the `best` are asked for: of the newest 2,000 messages found, those that answer best first. */
  search(input: {
    readonly query: string;
    readonly conversationId: ConversationId | undefined;
    readonly after: MessageId | undefined;
    readonly limit: number;
    readonly order?: 'newest' | 'best';
  }): Promise<readonly SearchHit[]>;

  findByHandle(input: { readonly handle: string }): Promise<Result<FoundPerson, FindPersonError>>;
  startConversation(input: {
    readonly accountId: AccountId;
    readonly name: string | undefined;
  }): Promise<Result<ConversationSummary, StartConversationError>>;
  /**
   * Answers the part behind `#` of an invite link; good for one redemption, 14 days. Fails where it cannot be stored, and
   * while the account has no id yet (`Me.accountId`) and the relay cannot be reached.
   */
  createInvite(): Promise<Result<{ readonly fragment: string; readonly expiresAtMs: number }, NetworkError>>;
  /** Looks at an invite without using it up. */
  readInvite(input: { readonly fragment: string }): Promise<Result<FoundPerson, InviteError>>;
  redeemInvite(input: {
    readonly fragment: string;
    readonly name: string | undefined;
  }): Promise<Result<ConversationSummary, InviteError | StartConversationError>>;

  contacts(): Promise<readonly Contact[]>;
  contact(input: { readonly accountId: AccountId }): Promise<Result<Contact, Unknown>>;
  updateContact(input: {
    readonly accountId: AccountId;
    readonly givenName: string;
    readonly note: string;
  }): Promise<Result<Contact, ChangeError>>;
  setBlocked(input: {
    readonly accountId: AccountId;
    readonly isBlocked: boolean;
  }): Promise<Result<Contact, ChangeError>>;

  /** Somebody has read what `Me.olderCopy` says. */
  noteOlderCopyRead(): Promise<Result<Me, NotStoredError>>;

  setName(input: { readonly name: string }): Promise<Result<Me, Tagged<'name-empty' | 'name-too-long' | NotStored>>>;
  claimHandle(input: { readonly handle: string }): Promise<Result<Me, HandleError>>;
  changePassword(input: {
    readonly current: string;
    readonly next: string;
  }): Promise<Result<void, ChangePasswordError>>;
  keyRenewal(): Promise<KeyRenewal>;
  /** Resolves once the key is ordered and durable; what is stored moves to it by and by (`key-renewal` events). */
  renewKey(input: { readonly password: string }): Promise<Result<KeyRenewal, RenewKeyError>>;
  settings(): Promise<Settings>;
  changeSettings(change: Partial<Settings>): Promise<Result<Settings, NotStoredError>>;
  storageInfo(): Promise<StorageInfo>;
}

export type CoreApi = LobbyApi & SessionApi;

/** Pushed to every window of an account. A page that missed some reads again: events are hints, rows are the truth. */
export type CoreEvent =
  | { readonly type: 'conversations'; readonly changed: readonly ConversationSummary[] }
  | {
      readonly type: 'messages';
      readonly conversationId: ConversationId;
      readonly changed: readonly Message[];
      readonly deleted: readonly MessageId[];
    }
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'contacts'; readonly changed: readonly AccountId[] }
  | { readonly type: 'me'; readonly me: Me }
  | { readonly type: 'key-renewal'; readonly renewal: KeyRenewal }
  /**
   * Said by the page's own side: the window whose core was used is gone, and another one takes over (`begun`); calls
   * wait meanwhile. `done`: they go on; what was told in between was not heard, so what is shown is read again. A core
   * that opened the account anew says `done` itself.
   */
  | { readonly type: 'hand-over'; readonly state: 'begun' | 'done' }
  /**
   * The vault was locked (by this or another window): the page shows the unlock screen. `reason`: nobody locked it, but
   * the window that had it open is gone, and this one could not take over.
   */
  | { readonly type: 'locked'; readonly vaultId: VaultId; readonly reason?: UnlockError };

/** What a page holds: the core's methods, its events, and what only the page can do. */
export interface CoreClient {
  readonly api: CoreApi;
  /**
   * The accounts as this browser saw them last, before the core has started; a guess until `accounts` answers.
   * Undefined where nothing is remembered.
   */
  readonly recallAccounts: () => Promise<readonly AccountSummary[] | undefined>;
  readonly onEvent: (listener: (event: CoreEvent) => void) => () => void;
  /** For a message that is sent: see `CoreApi.sendText`. */
  readonly newMessageId: () => MessageId;
  /**
   * Opens the account that another window has unlocked already: calls go to that window's core, no password is asked.
   * False when no window answers any more.
   */
  readonly joinOpenAccount: (vaultId: VaultId) => Promise<boolean>;
  /** Ends the workers of all windows of the account: the one real memory wipe that JavaScript has. */
  readonly lock: () => Promise<void>;
  /** The same for every account that is open in this browser. No core is asked: one that is busy would hold it up. */
  readonly lockAll: () => Promise<void>;
}
