import { arrive, BOTH, count, leave, type Scene } from './scene.ts';

/** The same history in both databases, side by side: filling is not measured. */
export const fillBoth = async ({ lab, browser }: Scene, messages: number): Promise<void> => {
  console.error(`storage: ${browser}: storing ${count(messages)} messages in both databases ...`);
  await Promise.all(
    BOTH.map(async (engine) => {
      const worker = await arrive(lab, { engine, messages });
      await worker.call('create', '');
      await worker.call('fill', messages);
      await leave(worker);
    }),
  );
};
