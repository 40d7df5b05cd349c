import { commands } from 'vitest/browser';
import { describeMlsVectors } from './testing/describe-mls-vectors.ts';

describeMlsVectors((path) => commands.readFile(path));
