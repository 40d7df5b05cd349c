import { describePageCiphers } from './testing/describe-page-ciphers.ts';

describePageCiphers();
