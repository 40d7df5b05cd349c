import { mountApp } from '../app/mount-app.ts';
import { createFakeUpdates } from './fake-updates.ts';
import { createFakeCore, someAccounts, type FakeCore, type FakeCoreOptions } from './fake-core.ts';

declare global {
  var fakeCore: FakeCore;
}

/**
 * The app over a core in memory, for work on the page and for its tests; never part of a build for people.
 * `?mode=open,slow,offline,memory,unread,older-copy,coming-back,relay-restored,relay-restoring,renewing,renewing-damaged,removed,empty,none,lively,update,fail-sendText:storage-full` chooses what it meets.
 */
const modes = (new URLSearchParams(location.search).get('mode') ?? '').split(',');
const failing = Object.fromEntries(
  modes.filter((mode) => mode.startsWith('fail-')).map((mode) => mode.slice('fail-'.length).split(':')),
) as NonNullable<FakeCoreOptions['failing']>;

globalThis.fakeCore = createFakeCore({
  failing,
  delayMs: modes.includes('slow') ? 1_500 : 0,
  isEmpty: modes.includes('empty'),
  isLively: modes.includes('lively'),
  ...(modes.includes('none') ? { accounts: [] } : {}),
  ...(modes.includes('one') ? { accounts: someAccounts.slice(0, 1) } : {}),
  ...(modes.includes('open') ? { openAccount: someAccounts[0]!.vaultId } : {}),
  ...(modes.includes('memory') ? { layer: 'memory' as const } : {}),
  ...(modes.includes('unread') ? { isListWhole: false } : {}),
  ...(modes.includes('older-copy') ? { olderCopy: { foundAtMs: 0, isBack: true, isRead: false } } : {}),
  ...(modes.includes('relay-restored')
    ? { olderCopy: { cause: 'relay-restored', foundAtMs: 0, isBack: true, isRead: false } }
    : {}),
  ...(modes.includes('relay-restoring')
    ? { olderCopy: { cause: 'relay-restored', foundAtMs: 0, isBack: false, isRead: false } }
    : {}),
  ...(modes.includes('coming-back') ? { olderCopy: { foundAtMs: 0, isBack: false, isRead: false } } : {}),
  ...(modes.includes('renewing') ? { keyRenewal: { movedShare: 0.42, problem: undefined, orderedAtMs: 0 } } : {}),
  ...(modes.includes('renewing-damaged')
    ? { keyRenewal: { movedShare: 0.42, problem: 'storage-damaged', orderedAtMs: 0 } as const }
    : {}),
  ...(modes.includes('removed')
    ? { connection: { state: 'connecting', waitingCount: 0, problem: 'device-removed' } as const }
    : {}),
  ...(modes.includes('offline') ? { connection: { state: 'offline', waitingCount: 2 } as const } : {}),
});

const root = document.querySelector<HTMLElement>('#app');
if (root === null) throw new Error('the page has no #app');
void mountApp(globalThis.fakeCore, { root, version: '0.1.0', updates: createFakeUpdates(modes.includes('update')) });
