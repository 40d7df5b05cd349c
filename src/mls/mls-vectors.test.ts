import { readFile } from 'node:fs/promises';
import { describeMlsVectors } from './testing/describe-mls-vectors.ts';

describeMlsVectors((path) => readFile(path, 'utf8'));
