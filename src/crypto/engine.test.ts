import { describeDerivation } from './testing/describe-derivation.ts';
import { describeDomainSeparation } from './testing/describe-domain-separation.ts';
import { describeHashes } from './testing/describe-hashes.ts';
import { describeHpke } from './testing/describe-hpke.ts';
import { describePasswords } from './testing/describe-passwords.ts';
import { describeSignatures } from './testing/describe-signatures.ts';

describeHashes();
describePasswords();
describeSignatures();
describeHpke();
describeDerivation();
describeDomainSeparation();
