/** What Node is asked in vault.test.ts and header.frozen.test.ts: a header made in one engine opens in every other. */
import { describeFrozenHeaders } from './testing/describe-frozen-headers.ts';
import { describeVault } from './testing/describe-vault.ts';

describeFrozenHeaders();
describeVault();
