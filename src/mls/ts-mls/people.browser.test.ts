/** The same people in the real engines: Firefox takes private keys in one form only, and both have their own ECDSA. */
import './people.test.ts';
