/** What a sweep over deaths looks at when everything has become quiet. */
import type { ConversationId } from '../../domain/ids.ts';
import { revived } from './mortality.ts';
import type { TestClient } from './test-client.ts';

/** Everything written is on the other device, and the client has come back as a new one. */
export const isAtRest = async (client: TestClient, conversationId: ConversationId): Promise<boolean> => {
  await revived(client);
  const messages = await client.messages(conversationId);
  if (messages.some(({ author, delivery }) => author.isMe && delivery !== 'on-device')) return false;
  if ((await client.api.connection()).waitingCount > 0) return false;
  return (await client.api.me()).olderCopy?.isBack === true && !client.isDead();
};

/** What is not as it was written, in words; undefined where each text is there once, in order, and none is said to be missing. */
export const findMisread = async (
  client: TestClient,
  conversationId: ConversationId,
  expected: readonly string[],
): Promise<string | undefined> => {
  const texts = await client.texts(conversationId);
  if (texts.join() !== expected.join())
    return `${client.name} sees ${texts.slice(-4).join()}, not ${expected.slice(-4).join()}`;
  const said = (await client.messages(conversationId)).flatMap(({ body }) =>
    body.kind === 'notice' ? [body.notice] : [],
  );
  const isBad = said.includes('undecryptable') || said.includes('messages-missing');
  return isBad ? `${client.name} is told ${said.at(-1)}` : undefined;
};
