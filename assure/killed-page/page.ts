/** Starts the worker that writes; says so where it does not even start. */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.addEventListener('error', ({ message }) => {
  void fetch('/failed', { method: 'POST', body: `the worker did not start: ${message}` });
});
