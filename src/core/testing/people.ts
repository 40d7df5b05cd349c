import { onTestFinished } from 'vitest';
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import { createFaultyRelay, type Faults } from './faulty-relay.ts';
import { isOnline } from './meet.ts';
import { createRelayInProcess } from './relay-in-process.ts';
import { createTestClient, type TestClient, type TestClientOptions } from './test-client.ts';

type PeopleOptions = Partial<TestClientOptions> & {
  /** Everybody's is their name, in small letters. */
  readonly haveHandles?: boolean;
};

/** People at one relay, each with a network that does what the test says. They end with the test, and the relay last. */
export const createPeople = ({ haveHandles = false, ...common }: PeopleOptions = {}) => {
  const relay = createTestRelay();
  onTestFinished(() => relay.close());
  const port = createRelayInProcess(relay);
  /** Online, unless an account that is there already is opened. */
  const person = async (
    name: string,
    faults: Faults = {},
    own: Partial<TestClientOptions> = {},
  ): Promise<TestClient> => {
    const handle = haveHandles ? { handle: name.toLowerCase() } : {};
    const options = { clock: relay.nowMs, ...handle, ...common, ...own };
    const client = await createTestClient({
      ...options,
      name,
      relay: createFaultyRelay(options.relay ?? port, faults),
    });
    onTestFinished(() => client.close());
    if (own.vaults === undefined) await isOnline(client);
    else await client.reopen();
    return client;
  };
  return { relay, port, person };
};
