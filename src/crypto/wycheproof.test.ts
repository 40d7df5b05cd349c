import { readFile } from 'node:fs/promises';
import { describeWycheproof } from './testing/describe-wycheproof.ts';
import { WYCHEPROOF_SETS } from './testing/wycheproof.ts';

describeWycheproof((path) => readFile(path, 'utf8'), WYCHEPROOF_SETS);
