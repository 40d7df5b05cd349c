import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { ConversationId } from '../../domain/ids.ts';
import type { CoreApi } from '../../rpc/core-api.ts';
import type { ConversationSummary } from '../../rpc/dto.ts';
import { mergeConversations } from './conversation-order.ts';

/** More than the tallest screen shows: these are waited for, the next ones are not. */
const FIRST_PAGE = 24;
const PAGE = 100;

/** The chat list and the folder of requests, kept in order as events come in. */
export type ConversationsStore = {
  readonly list: Readonly<ShallowRef<readonly ConversationSummary[]>>;
  readonly requests: Readonly<ShallowRef<readonly ConversationSummary[]>>;
  readonly isLoaded: Readonly<ShallowRef<boolean>>;
  readonly unreadTotal: ComputedRef<number>;
  readonly load: () => Promise<void>;
  readonly loadMore: () => Promise<void>;
  /** After events may have been missed: what changed last stands first, and is taken in where it belongs. */
  readonly refresh: () => Promise<void>;
  /** One conversation, wherever it is listed; undefined until `ensure` has read it. */
  readonly find: (conversationId: ConversationId) => ConversationSummary | undefined;
  /** Answers false when there is no such conversation. */
  readonly ensure: (conversationId: ConversationId) => Promise<boolean>;
  readonly take: (changed: readonly ConversationSummary[]) => void;
  /** A request that was turned away leaves no conversation that an event could tell of: the folder is read again. */
  readonly reloadRequests: () => Promise<void>;
  readonly dropRequest: (conversationId: ConversationId) => void;
};

export const createConversationsStore = (
  api: Pick<CoreApi, 'conversations' | 'requests' | 'conversation'>,
): ConversationsStore => {
  const list = shallowRef<readonly ConversationSummary[]>([]);
  const requests = shallowRef<readonly ConversationSummary[]>([]);
  const isLoaded = shallowRef(false);
  let hasMore = true;
  let isBusy = false;

  const take = (changed: readonly ConversationSummary[]) => {
    const isRequest = ({ state }: ConversationSummary) => state === 'requested';
    list.value = mergeConversations(list.value, changed, (conversation) => !isRequest(conversation));
    requests.value = mergeConversations(requests.value, changed, isRequest);
  };

  const load = async () => {
    const [first, asked] = await Promise.all([
      api.conversations({ limit: FIRST_PAGE, after: undefined }),
      api.requests(),
    ]);
    hasMore = first.length === FIRST_PAGE;
    list.value = first;
    requests.value = asked;
    isLoaded.value = true;
  };

  const loadMore = async () => {
    const last = list.value.at(-1);
    if (isBusy || !hasMore || last === undefined) return;
    isBusy = true;
    const page = await api.conversations({ limit: PAGE, after: last.conversationId });
    isBusy = false;
    hasMore = page.length === PAGE;
    take(page);
  };

  const refresh = async () => {
    const [newest, asked] = await Promise.all([api.conversations({ limit: PAGE, after: undefined }), api.requests()]);
    take(newest);
    requests.value = asked;
  };

  const find = (conversationId: ConversationId) =>
    list.value.find((conversation) => conversation.conversationId === conversationId) ??
    requests.value.find((conversation) => conversation.conversationId === conversationId);

  return {
    list,
    requests,
    isLoaded,
    unreadTotal: computed(() => list.value.reduce((sum, conversation) => sum + conversation.unreadCount, 0)),
    load,
    loadMore,
    refresh,
    find,
    ensure: async (conversationId) => {
      if (find(conversationId) !== undefined) return true;
      const found = await api.conversation({ conversationId });
      if (found.ok) take([found.value]);
      return found.ok;
    },
    take,
    reloadRequests: async () => {
      requests.value = await api.requests();
    },
    dropRequest: (conversationId) => {
      requests.value = requests.value.filter((conversation) => conversation.conversationId !== conversationId);
    },
  };
};
