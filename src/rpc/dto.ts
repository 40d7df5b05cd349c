/** What the page is given to show: projections of rows. No key, no ciphertext, no SQL. Times in ms since 1970 UTC. */
import type { AccountId, ConversationId, MessageId, VaultId } from '../domain/ids.ts';

/** One line of the unlock screen. Only what rests in clear: an id and, if its owner allowed it, a label. */
export type AccountSummary = {
  readonly vaultId: VaultId;
  readonly label: string | undefined;
  /**
   * `open`: unlocked in another window of this browser. `damaged`: both header copies are unreadable.
   * `header-missing` and `data-missing`: one half of the storage is gone. `evicted`: the browser removed both.
   * `unreachable`: it rests in a kind of storage that the browser does not offer now.
   */
  readonly state: 'locked' | 'open' | 'damaged' | 'header-missing' | 'data-missing' | 'evicted' | 'unreachable';
};

export type Me = {
  /** Undefined until the relay was reached once: its id is part of what the account id is a hash of. */
  readonly accountId: AccountId | undefined;
  readonly name: string;
  readonly handle: string | undefined;
  /** Wished for before there was a relay to ask, and somebody else's by then. Until another one is claimed. */
  readonly refusedHandle?: string;
  /**
   * This device holds an older copy of the account's data, or one of two: found when it met the relay. Or the relay was
   * put back from a backup, and this device had to begin anew there.
   */
  readonly olderCopy?: OlderCopy;
};

export type OlderCopy = {
  /** Absent: the copy is old. */
  readonly cause?: 'relay-restored';
  readonly foundAtMs: number;
  /** It has its place in the account again, as a new device. */
  readonly isBack: boolean;
  /** A person has seen the sentence and put it away. */
  readonly isRead: boolean;
};

/** How far a message of one's own has come (docs/protocol/payload.md). */
export type Delivery = 'stored' | 'at-relay' | 'on-device' | 'failed';

export type MessageBody =
  | { readonly kind: 'text'; readonly text: string }
  /** Made by a newer version: kept, and shown as such until an update can read it. */
  | { readonly kind: 'unknown' }
  /** Written by the app into the timeline, never by a person. */
  | {
      readonly kind: 'notice';
      readonly notice:
        | 'conversation-started'
        | 'messages-missing'
        | 'new-device'
        | 'older-copy'
        | 'relay-restored'
        | 'undecryptable'
        /** A change of the group could not be followed: nothing is sent or read here any more. */
        | 'conversation-broken';
    };

/** Opaque and ordered: two positions of a conversation compare as strings. Never changes once a message has left. */
export type Position = string;

export type Message = {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly position: Position;
  readonly author: { readonly isMe: boolean; readonly accountId: AccountId; readonly name: string };
  readonly body: MessageBody;
  readonly shownAtMs: number;
  /** Set when the sender's clock says it was written more than five minutes before it arrived. */
  readonly sentEarlierAtMs: number | undefined;
  /** Own messages only. */
  readonly delivery: Delivery | undefined;
  readonly failure: 'expired' | 'refused' | 'recipient-unreachable' | undefined;
};

export type MessagePage = {
  readonly messages: readonly Message[]; // oldest first
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** The first unread message when the page was read, for the unread rule. */
  readonly firstUnread: MessageId | undefined;
};

export type ConversationSummary = {
  readonly conversationId: ConversationId;
  readonly kind: 'direct' | 'group';
  readonly title: string;
  /** 1:1 only. */
  readonly peer: AccountId | undefined;
  /** `requested`: somebody unknown wrote, nothing was answered. `waiting`: we wrote first, nothing came back yet. */
  readonly state: 'active' | 'requested' | 'waiting' | 'blocked';
  readonly last:
    | {
        readonly preview: string;
        readonly atMs: number;
        readonly isMine: boolean;
        readonly delivery: Delivery | undefined;
      }
    | undefined;
  readonly sortAtMs: number;
  readonly unreadCount: number;
  readonly draft: string;
};

export type Contact = {
  readonly accountId: AccountId;
  /** What is shown: the name that I gave, else the one that they sent, else the handle. */
  readonly name: string;
  readonly givenName: string | undefined;
  readonly profileName: string | undefined;
  readonly handle: string | undefined;
  readonly note: string;
  readonly isBlocked: boolean;
  readonly isVerified: boolean;
  readonly addedAtMs: number;
  /** 60 digits over both accounts, the same on both sides. */
  readonly safetyNumber: string;
  readonly conversationId: ConversationId | undefined;
};

/** Somebody found by handle or invite who is not a contact yet. */
export type FoundPerson = {
  readonly accountId: AccountId;
  readonly handle: string | undefined;
  readonly isMe: boolean;
  readonly isContact: boolean;
};

export type SearchHit = {
  readonly message: Message;
  readonly conversationTitle: string;
  /** Text around the match; every second part, from the second on, is a match. */
  readonly snippet: readonly string[];
};

export type Connection = {
  readonly state: 'online' | 'connecting' | 'offline';
  /** Messages that will go out later. */
  readonly waitingCount: number;
  /**
   * Why nothing goes out although there is a network. `store-is-old`: this is a copy of an account that has been used
   * elsewhere since, and cannot come back by itself. `device-removed`: the account names this device no more, say
   * because another copy of its data took its place. `relay-restored`: the relay was put back from a backup, and
   * this device, which began anew a short time ago, does so again later.
   * `conversation-held`: the relay takes nothing for some conversation now, say because a mailbox is full; others go on.
   */
  readonly problem?:
    | 'store-is-old'
    | 'device-removed'
    | 'relay-restored'
    | 'relay-changed'
    | 'relay-refuses'
    | 'storage-full'
    | 'storage-lost'
    | 'conversation-held';
};

/**
 * What an account rests in. `indexeddb`: for browsers without access handles, up to 256 MiB. `memory`: nothing survives
 * this window, which the app says before an account is made, and in a banner from then on.
 */
export type StorageKind = 'opfs' | 'indexeddb' | 'memory';

export type StorageInfo = {
  readonly databaseBytes: number;
  /** Of these, what deleted messages left behind; given back while nothing else is to do. */
  readonly freedBytes: number;
  /** Taken beside the database, so that something can be deleted on a full disk. */
  readonly spareBytes: number;
  /** What this browser would still store; undefined where it does not say. */
  readonly roomBytes: number | undefined;
  readonly messageCount: number;
  readonly layer: StorageKind;
  readonly isPersisted: boolean | undefined;
};

/** How far the renewal of the encryption key has come. */
export type KeyRenewal = {
  /** How much of what is stored is encrypted with the new key, 0 to 1; undefined where all of it is. */
  readonly movedShare: number | undefined;
  /** Why it does not go on. It goes on when it can; where something is damaged it does not. */
  readonly problem: 'storage-full' | 'storage-lost' | 'storage-damaged' | undefined;
  /** Of the newest renewal. */
  readonly orderedAtMs: number | undefined;
};

export type Settings = {
  readonly enterSends: boolean;
  readonly autoLockMinutes: number; // 0: never
};
