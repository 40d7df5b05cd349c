import { shallowRef, type ShallowRef } from 'vue';
import type { AccountId, ConversationId, VaultId } from '../../domain/ids.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { CoreApi, CoreClient, CoreEvent, NotStoredError } from '../../rpc/core-api.ts';
import type { Connection, Contact, KeyRenewal, Me, Settings, StorageInfo } from '../../rpc/dto.ts';
import { createConversationsStore, type ConversationsStore } from './conversations-store.ts';
import { createTimelineStore, type TimelineStore } from './timeline-store.ts';

/** Timelines that stay in memory after they are left, so that coming back lands at the same place. */
const KEPT_TIMELINES = 8;

/** Everything the page knows of the account that is open in this window. Dropped as a whole when it is locked. */
export type AccountStore = {
  readonly api: CoreApi;
  readonly vaultId: VaultId;
  readonly me: ShallowRef<Me>;
  readonly connection: Readonly<ShallowRef<Connection>>;
  /** The window whose core was used is gone, and the next one is not found yet: calls wait. */
  readonly isHandingOver: Readonly<ShallowRef<boolean>>;
  readonly settings: Readonly<ShallowRef<Settings>>;
  readonly storage: Readonly<ShallowRef<StorageInfo | undefined>>;
  /** Undefined until it was asked for once. */
  readonly keyRenewal: Readonly<ShallowRef<KeyRenewal | undefined>>;
  readonly contacts: Readonly<ShallowRef<readonly Contact[] | undefined>>;
  readonly conversations: ConversationsStore;
  /** Resolves when the first page of the list is here, or cannot be read. */
  readonly untilListed: Promise<void>;
  readonly timeline: (conversationId: ConversationId) => TimelineStore;
  /** The conversation whose newest messages are on screen in front of somebody; its messages count as seen. */
  readonly watched: ShallowRef<ConversationId | undefined>;
  /** Shown at once; as it was before where it is not stored. */
  readonly changeSettings: (change: Partial<Settings>) => Promise<Result<void, NotStoredError>>;
  readonly loadContacts: () => Promise<void>;
  readonly loadStorage: () => Promise<void>;
  readonly loadKeyRenewal: () => Promise<void>;
  readonly contactOf: (accountId: AccountId) => Contact | undefined;
  readonly takeContact: (contact: Contact) => void;
  readonly receive: (event: CoreEvent) => void;
};

const untilRead: Settings = { enterSends: true, autoLockMinutes: 0 };

export const createAccountStore = (
  { core, now }: { readonly core: CoreClient; readonly now: () => number },
  vaultId: VaultId,
  opened: Me,
): AccountStore => {
  const { api, newMessageId } = core;
  const me = shallowRef(opened);
  const connection = shallowRef<Connection>({ state: 'connecting', waitingCount: 0 });
  const isHandingOver = shallowRef(false);
  const settings = shallowRef(untilRead);
  const storage = shallowRef<StorageInfo>();
  const keyRenewal = shallowRef<KeyRenewal>();
  const contacts = shallowRef<readonly Contact[]>();
  const conversations = createConversationsStore(api);
  const watched = shallowRef<ConversationId>();
  const timelines = new Map<ConversationId, TimelineStore>();

  const timeline = (conversationId: ConversationId): TimelineStore => {
    const kept = timelines.get(conversationId) ?? createTimelineStore({ api, now, newMessageId }, conversationId);
    timelines.delete(conversationId);
    timelines.set(conversationId, kept); // the most recently used stands last
    for (const oldest of timelines.keys()) {
      if (timelines.size <= KEPT_TIMELINES) break;
      timelines.delete(oldest);
    }
    return kept;
  };

  const loadContacts = async () => {
    contacts.value = await api.contacts();
  };
  const loadStorage = async () => {
    storage.value = await api.storageInfo();
  };
  const loadKeyRenewal = async () => {
    keyRenewal.value = await api.keyRenewal();
  };
  let storedSettings = untilRead;
  const takeSettings = (stored: Settings) => {
    storedSettings = stored;
    settings.value = stored;
  };
  const takeContact = (contact: Contact) => {
    const others = (contacts.value ?? []).filter((other) => other.accountId !== contact.accountId);
    contacts.value = [...others, contact].sort((a, b) => a.name.localeCompare(b.name));
  };

  /** Events of the time between two cores went to nobody. What is on screen stays, and what it missed is added. */
  const catchUp = async () => {
    const [isConnected, chosen, mine] = await Promise.all([
      api.connection(),
      api.settings(),
      api.me(),
      conversations.refresh(),
      loadContacts(),
      ...(keyRenewal.value === undefined ? [] : [loadKeyRenewal()]),
      ...[...timelines.values()].map((one) => one.refresh()),
    ]);
    connection.value = isConnected;
    takeSettings(chosen);
    me.value = mine;
  };

  const receive = (event: CoreEvent) => {
    switch (event.type) {
      case 'conversations':
        conversations.take(event.changed);
        break;
      case 'messages':
        timelines
          .get(event.conversationId)
          ?.receive(event.changed, event.deleted, watched.value === event.conversationId);
        break;
      case 'connection':
        connection.value = event.connection;
        break;
      case 'contacts':
        void loadContacts();
        void conversations.reloadRequests();
        break;
      case 'me':
        me.value = event.me;
        break;
      case 'key-renewal':
        keyRenewal.value = event.renewal;
        break;
      case 'hand-over':
        isHandingOver.value = event.state === 'begun';
        if (event.state === 'done') void catchUp();
        break;
      case 'locked':
        break; // the session drops this store
    }
  };

  // Asked for first: it is what somebody waits for.
  const listed = conversations.load();
  const start = async () => {
    const [, isConnected, chosen] = await Promise.all([listed, api.connection(), api.settings()]);
    connection.value = isConnected;
    takeSettings(chosen);
    await Promise.all([loadContacts(), loadStorage()]);
    await conversations.loadMore();
  };
  void start();

  return {
    api,
    vaultId,
    me,
    connection,
    isHandingOver,
    settings,
    storage,
    keyRenewal,
    contacts,
    conversations,
    untilListed: listed.catch(() => undefined), // told by `start`
    timeline,
    watched,
    changeSettings: async (change) => {
      settings.value = { ...settings.value, ...change };
      const changed = await api.changeSettings(change);
      takeSettings(changed.ok ? changed.value : storedSettings);
      return changed.ok ? ok(undefined) : changed;
    },
    loadContacts,
    loadStorage,
    loadKeyRenewal,
    contactOf: (accountId) => contacts.value?.find((contact) => contact.accountId === accountId),
    takeContact,
    receive,
  };
};
