import { describeFrozenHeaders } from './testing/describe-frozen-headers.ts';

describeFrozenHeaders();
