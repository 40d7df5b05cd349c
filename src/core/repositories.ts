import type { SqlConnection } from '../storage/database.ts';
import { createCheckpointRepository } from '../storage/repositories/checkpoint-repository.ts';
import { createContactsRepository } from '../storage/repositories/contacts-repository.ts';
import { createConversationsRepository } from '../storage/repositories/conversations-repository.ts';
import { createCountersRepository } from '../storage/repositories/counters-repository.ts';
import { createDeviceKeysRepository } from '../storage/repositories/device-keys-repository.ts';
import { createGroupsRepository } from '../storage/repositories/groups-repository.ts';
import { createHeldEnvelopesRepository } from '../storage/repositories/held-envelopes-repository.ts';
import { createInvitesRepository } from '../storage/repositories/invites-repository.ts';
import { createKeyPackagesRepository } from '../storage/repositories/key-packages-repository.ts';
import { createMessagesRepository } from '../storage/repositories/messages-repository.ts';
import { createOutboxRepository } from '../storage/repositories/outbox-repository.ts';
import { createOwnAccountRepository } from '../storage/repositories/own-account-repository.ts';
import { createReceiptsRepository } from '../storage/repositories/receipts-repository.ts';
import { createRelaysRepository } from '../storage/repositories/relays-repository.ts';
import { createSearchRepository } from '../storage/repositories/search-repository.ts';
import { createSettingsRepository } from '../storage/repositories/settings-repository.ts';
import { createTimelineRepository } from '../storage/repositories/timeline-repository.ts';

/** All rows of one account, over one connection. */
export const createRepositories = (connection: SqlConnection) => ({
  checkpoint: createCheckpointRepository(connection),
  contacts: createContactsRepository(connection),
  conversations: createConversationsRepository(connection),
  counters: createCountersRepository(connection),
  deviceKeys: createDeviceKeysRepository(connection),
  groups: createGroupsRepository(connection),
  held: createHeldEnvelopesRepository(connection),
  invites: createInvitesRepository(connection),
  keyPackages: createKeyPackagesRepository(connection),
  messages: createMessagesRepository(connection),
  outbox: createOutboxRepository(connection),
  ownAccount: createOwnAccountRepository(connection),
  receipts: createReceiptsRepository(connection),
  relays: createRelaysRepository(connection),
  search: createSearchRepository(connection),
  settings: createSettingsRepository(connection),
  timeline: createTimelineRepository(connection),
});

export type Repositories = ReturnType<typeof createRepositories>;
