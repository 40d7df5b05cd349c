import { createNoblePageCipher } from './page-cipher-noble.ts';
import { describePageCipher } from './testing/page-cipher-contract.ts';

describePageCipher('noble', (random, key) => createNoblePageCipher({ random }, { key }));
