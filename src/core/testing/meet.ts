import type { ConversationId } from '../../domain/ids.ts';
import { until, type TestClient } from './test-client.ts';

/** Starts a conversation from one side, says hello, and has the other side accept it. */
export const meet = async (one: TestClient, other: TestClient): Promise<ConversationId> => {
  const conversationId = await ask(one, other);
  await until(`${other.name} is asked`, async () => (await other.api.requests()).length > 0);
  const accepted = await other.api.acceptRequest({ conversationId });
  if (!accepted.ok) throw new Error(accepted.error.tag);
  await allArrived(one, conversationId);
  await until(`${other.name} is heard`, async () => {
    const summary = await one.api.conversation({ conversationId });
    return summary.ok && summary.value.state === 'active';
  });
  return conversationId;
};

/** Starts a conversation and says hello; nothing is accepted. */
export const ask = async (one: TestClient, other: TestClient): Promise<ConversationId> => {
  await isOnline(other);
  const started = await one.api.startConversation({ accountId: await other.accountId(), name: other.name });
  if (!started.ok) throw new Error(`${one.name} could not start: ${started.error.tag}`);
  const { conversationId } = started.value;
  await say(one, conversationId, 'hello');
  return conversationId;
};

export const say = async (client: TestClient, conversationId: ConversationId, text: string): Promise<void> => {
  const sent = await client.api.sendText({ conversationId, text });
  if (!sent.ok) throw new Error(`${client.name} could not send: ${sent.error.tag}`);
};

/** Until every own message is on the other device. */
export const allArrived = (client: TestClient, conversationId: ConversationId, limitMs?: number): Promise<void> =>
  until(
    `what ${client.name} wrote arrived`,
    async () =>
      (await client.messages(conversationId)).every(({ author, delivery }) => !author.isMe || delivery === 'on-device'),
    limitMs,
  );

/** Its first turn is over: it is registered and its key packages are published. */
export const isOnline = (client: TestClient): Promise<void> =>
  until(`${client.name} is online`, async () => (await client.api.connection()).state === 'online');
