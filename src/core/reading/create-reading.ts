import type { SessionApi } from '../../rpc/core-api.ts';
import { changeSettings } from './change-settings.ts';
import { deleteMessage } from './delete-message.ts';
import { listConversations, listRequests, readConversation } from './list-conversations.ts';
import { markRead } from './mark-read.ts';
import { readPreferences } from './preferences.ts';
import { listContacts, readContact } from './read-contacts.ts';
import { readMessages } from './read-messages.ts';
import type { ReadingDeps } from './reading-deps.ts';
import { searchMessages } from './search-messages.ts';
import { setDraft } from './set-draft.ts';
import { readStorageInfo } from './storage-info.ts';
import { updateContact } from './update-contact.ts';

/** The part of the contract that needs the database only. */
export type ReadingApi = Pick<
  SessionApi,
  | 'conversations'
  | 'requests'
  | 'conversation'
  | 'messages'
  | 'deleteMessage'
  | 'markRead'
  | 'setDraft'
  | 'search'
  | 'contacts'
  | 'contact'
  | 'updateContact'
  | 'settings'
  | 'changeSettings'
  | 'storageInfo'
>;

export const createReading = (deps: ReadingDeps): ReadingApi => {
  const { rows } = deps;
  return {
    conversations: async (input) => listConversations(rows, input),
    requests: async () => listRequests(rows),
    conversation: async (input) => readConversation(rows, input),
    messages: async (query) => readMessages(rows, query),
    deleteMessage: (input) => deleteMessage(deps, input),
    markRead: (input) => markRead(deps, input),
    setDraft: (input) => setDraft(deps, input),
    search: async (input) => searchMessages(rows, input),
    contacts: async () => listContacts(rows),
    contact: async (input) => readContact(rows, input),
    updateContact: (input) => updateContact(deps, input),
    settings: async () => readPreferences(rows.settings),
    changeSettings: (change) => changeSettings(deps, change),
    storageInfo: () => readStorageInfo(deps),
  };
};
