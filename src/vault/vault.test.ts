import { describeVault } from './testing/describe-vault.ts';

describeVault();
