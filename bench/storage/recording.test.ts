import { expect, it } from 'vitest';
import { recordingFromJson, recordingToJson, type Recording } from './recording.ts';

it('reaches a worker with every value as it was bound', () => {
  const recording: Recording = {
    texts: ['INSERT INTO a VALUES (?, ?, ?, ?, ?)', 'SELECT * FROM a'],
    transactions: [
      [{ text: 0, reads: false, parameters: ['grün', 1.5, 2n ** 60n, new Uint8Array([0, 255]), null] }],
      [{ text: 1, reads: true, parameters: [] }],
    ],
  };
  expect(recordingFromJson(recordingToJson(recording))).toEqual(recording);
});
