import { expect, test } from 'vitest';
import { err, ok } from '../domain/result.ts';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import type { FileLayer, StoredFile } from './file-layer.ts';
import { createPatientLayer } from './patient-layer.ts';

/** Files that are held by somebody for so many looks. */
const heldFor = (looks: number): { readonly layer: FileLayer; readonly looked: () => number } => {
  const memory = createMemoryFileLayer();
  let looked = 0;
  return {
    layer: {
      ...memory,
      open: async (name, mode) => ((looked += 1) > looks ? memory.open(name, mode) : err({ tag: 'taken' })),
    },
    looked: () => looked,
  };
};
const at = (nowMs: { value: number }) => (task: () => void, delayMs: number) => {
  nowMs.value += delayMs;
  task();
  return () => undefined;
};

test('a file that the last worker has not given back yet is waited for', async () => {
  const nowMs = { value: 0 };
  const { layer } = heldFor(4);
  expect((await createPatientLayer(layer, at(nowMs)).open('0', 'create')).ok).toBe(true);
  expect(nowMs.value).toBe(20);
});

test('one that is never given back is told as taken after three seconds, and nothing is made in its place', async () => {
  const nowMs = { value: 0 };
  const { layer, looked } = heldFor(Infinity);
  expect(await createPatientLayer(layer, at(nowMs)).open('0', 'create')).toEqual(err({ tag: 'taken' }));
  expect(nowMs.value).toBe(3_000);
  expect(looked()).toBe(601);
});

test('any other failure is told at once', async () => {
  const layer: FileLayer = { ...createMemoryFileLayer(), open: async () => err({ tag: 'gone' }) };
  const nowMs = { value: 0 };
  expect(await createPatientLayer(layer, at(nowMs)).open('0', 'existing')).toEqual(err({ tag: 'gone' }));
  expect(nowMs.value).toBe(0);
});

test('the rest is the layer below', async () => {
  const { layer } = heldFor(0);
  const patient = createPatientLayer(layer, at({ value: 0 }));
  const opened = await patient.open('0', 'create');
  expect(opened).toMatchObject(ok({} as StoredFile));
  if (opened.ok) opened.value.close();
  expect((await patient.remove('0')).ok).toBe(true);
  expect((await patient.settle()).ok).toBe(true);
});
