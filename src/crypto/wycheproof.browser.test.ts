import { commands } from 'vitest/browser';
import { describeWycheproof } from './testing/describe-wycheproof.ts';
import { WYCHEPROOF_SETS } from './testing/wycheproof.ts';

describeWycheproof((path) => commands.readFile(path), WYCHEPROOF_SETS);
