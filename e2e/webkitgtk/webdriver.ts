/** The few calls of W3C WebDriver that a journey needs, over HTTP (https://www.w3.org/TR/webdriver2/). */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export interface WebDriverSession {
  readonly browser: string;
  goto(url: string): Promise<void>;
  /** Runs a function's body in the page; a promise that it returns is waited for. */
  evaluate(body: string): Promise<unknown>;
  /** Waits until an XPath finds something that is shown. @throws after the time limit, with what the page shows */
  find(xpath: string, timeoutMs?: number): Promise<WebDriverElement>;
  count(xpath: string): Promise<number>;
  /** Ends the browser. */
  end(): Promise<void>;
}

export interface WebDriverElement {
  click(): Promise<void>;
  type(text: string): Promise<void>;
}

export const startWebDriver = async (
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly url: string; stop(): Promise<void> }> => {
  const child = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; !(await isReady(url)); attempt += 1) {
    if (attempt === 100) throw new Error('WebKitWebDriver does not answer');
    await pause(100);
  }
  return { url, stop: () => end(child) };
};

export const openSession = async (driverUrl: string, binary: string): Promise<WebDriverSession> => {
  const started = (await call(driverUrl, 'POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: [] } } },
  })) as { sessionId: string; capabilities: { browserName: string; browserVersion: string } };
  const base = `${driverUrl}/session/${started.sessionId}`;
  const post = (path: string, body: object): Promise<unknown> => call(base, 'POST', path, body);

  const findShown = async (xpath: string): Promise<string | undefined> => {
    const found = (await post('/elements', { using: 'xpath', value: xpath })) as Record<string, string>[];
    for (const element of found) {
      const id = element[ELEMENT];
      if (id !== undefined && (await call(base, 'GET', `/element/${id}/displayed`)) === true) return id;
    }
    return undefined;
  };
  const evaluate = (body: string): Promise<unknown> => post('/execute/sync', { script: body, args: [] });

  return {
    browser: `${started.capabilities.browserName} ${started.capabilities.browserVersion}`,
    goto: async (url) => void (await post('/url', { url })),
    evaluate,
    async find(xpath, timeoutMs = 30_000) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const id = await findShown(xpath);
        if (id !== undefined) {
          return {
            click: async () => void (await post(`/element/${id}/click`, {})),
            type: async (text) => void (await post(`/element/${id}/value`, { text })),
          };
        }
        if (performance.now() > until) {
          throw new Error(`nothing is shown at ${xpath}; the page says:\n${String(await evaluate(PAGE_TEXT))}`);
        }
        await pause(100);
      }
    },
    count: async (xpath) => ((await post('/elements', { using: 'xpath', value: xpath })) as unknown[]).length,
    end: async () => void (await call(base, 'DELETE', '')),
  };
};

const PAGE_TEXT = 'return document.body.innerText';

const call = async (base: string, method: string, path: string, body?: object): Promise<unknown> => {
  const answer = await fetch(`${base}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
  return value;
};

const isReady = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/status`)).ok;
  } catch {
    return false;
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};
