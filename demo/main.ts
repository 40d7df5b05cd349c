/**
 * Two people talk in one Node process: whole clients over memory, a relay in a process of its own. They meet by handle,
 * write 200 messages both ways while the relay is killed and one of them crashes, and in the end everything has to be
 * there once and in order. Exit code 1 if it is not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess } from '../relay/testing/relay-process.ts';
import { allArrived, isOnline } from '../src/core/testing/meet.ts';
import { createTestClient, until, type TestClient } from '../src/core/testing/test-client.ts';
import { createRelayPort } from '../src/platform/relay-port.ts';
import { setTimer } from '../src/platform/time.ts';

const MESSAGES_EACH = 100;
const PATIENCE_MS = 120_000;

const folder = await mkdtemp(join(tmpdir(), 'sotto-demo-'));
const relay = await startRelayProcess({ dataDir: folder });
console.log('A relay runs in a process of its own.');
const port = createRelayPort({
  origin: relay.url,
  fetch: (url, init) => fetch(url, init),
  openWebSocket: (url) => new WebSocket(url),
  setTimer,
});

const startedMs = performance.now();
const ana = await createTestClient({ relay: port, name: 'Ana', handle: 'ana' });
const bruno = await createTestClient({ relay: port, name: 'Bruno', handle: 'bruno' });
await Promise.all([isOnline(ana), isOnline(bruno)]);
console.log('Ana and Bruno made their accounts, with keys and a database of their own.');

const found = await ana.api.findByHandle({ handle: '@bruno' });
if (!found.ok) throw new Error(`Ana does not find Bruno: ${found.error.tag}`);
const started = await ana.api.startConversation({ accountId: found.value.accountId, name: undefined });
if (!started.ok) throw new Error(`Ana cannot start: ${started.error.tag}`);
const { conversationId } = started.value;
await until('Bruno is asked', async () => (await bruno.api.requests()).length === 1, PATIENCE_MS);
const accepted = await bruno.api.acceptRequest({ conversationId });
if (!accepted.ok) throw new Error(`Bruno cannot accept: ${accepted.error.tag}`);
console.log('Ana found Bruno by his handle; he accepted her request.');

const texts = (client: TestClient): string[] =>
  Array.from({ length: MESSAGES_EACH }, (_, index) => `${client.name} ${index + 1}`);

/** Writes on, whatever happens to the relay: what cannot go out now waits. */
const write = async (client: TestClient, from: number, to: number): Promise<void> => {
  for (const text of texts(client).slice(from, to)) {
    const sent = await client.api.sendText({ conversationId, text });
    if (!sent.ok) throw new Error(`${client.name} cannot write: ${sent.error.tag}`);
  }
};

await Promise.all([write(ana, 0, 40), write(bruno, 0, 40)]);
await relay.kill();
console.log('The relay was killed (SIGKILL) with messages on their way.');
await Promise.all([write(ana, 40, 70), write(bruno, 40, 70)]);
bruno.crash();
console.log('Bruno’s process died, with messages that had not gone out.');
await write(ana, 70, MESSAGES_EACH);
await relay.restart();
console.log('The relay runs again, on what was on its disk.');
await bruno.reopen();
console.log('Bruno opened his account again, from its bytes and his password.');
await write(bruno, 70, MESSAGES_EACH);

const failures: string[] = [];
for (const client of [ana, bruno]) {
  client.look();
  await allArrived(client, conversationId, PATIENCE_MS).catch((error: unknown) => failures.push(String(error)));
}

for (const [author, reader] of [
  [ana, bruno],
  [bruno, ana],
] as const) {
  const seen = (await reader.texts(conversationId)).filter((text) => text.startsWith(`${author.name} `));
  const confirmed = (await author.messages(conversationId)).filter(({ delivery }) => delivery === 'on-device').length;
  const lost = texts(author).filter((text) => !seen.includes(text)).length;
  const twice = seen.length - new Set(seen).size;
  const isInOrder = [...seen].join() === texts(author).join();
  console.log(
    `${author.name} -> ${reader.name}: ${MESSAGES_EACH} sent, ${seen.length} seen, ${confirmed} confirmed, ` +
      `${lost} lost, ${twice} twice, ${isInOrder ? 'in order' : 'OUT OF ORDER'}`,
  );
  if (lost > 0 || twice > 0 || !isInOrder || confirmed !== MESSAGES_EACH) failures.push(`${author.name}: see above`);
}

await Promise.all([ana.close(), bruno.close()]);
await relay.stop();
await rm(folder, { recursive: true });
console.log(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
