/**
 * What the platform-free rooms may use of the world outside ECMAScript, and nothing else: the part of the
 * WinterTC minimum common API that is pure computation. There is no clock, no timer, no random source, no
 * network and no console here, so a room that reaches for one does not compile (docs/ARCHITECTURE.md).
 */
type BufferSource = ArrayBufferView | ArrayBufferLike;

interface CryptoKey {
  readonly algorithm: { readonly name: string };
  readonly extractable: boolean;
  readonly type: 'private' | 'public' | 'secret';
  readonly usages: readonly string[];
}
interface CryptoKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}
interface JsonWebKey {
  crv?: string;
  d?: string;
  ext?: boolean;
  k?: string;
  key_ops?: string[];
  kty?: string;
  x?: string;
  y?: string;
}

type AlgorithmParameters = string | { readonly name: string; readonly [parameter: string]: unknown };

interface SubtleCrypto {
  digest(algorithm: AlgorithmParameters, data: BufferSource): Promise<ArrayBuffer>;
  sign(algorithm: AlgorithmParameters, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>;
  verify(algorithm: AlgorithmParameters, key: CryptoKey, signature: BufferSource, data: BufferSource): Promise<boolean>;
  encrypt(algorithm: AlgorithmParameters, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>;
  decrypt(algorithm: AlgorithmParameters, key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>;
  deriveBits(algorithm: AlgorithmParameters, key: CryptoKey, length: number): Promise<ArrayBuffer>;
  importKey(
    format: 'jwk',
    key: JsonWebKey,
    algorithm: AlgorithmParameters,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKey>;
  importKey(
    format: 'pkcs8' | 'raw' | 'spki',
    key: BufferSource,
    algorithm: AlgorithmParameters,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKey>;
  exportKey(format: 'jwk', key: CryptoKey): Promise<JsonWebKey>;
  exportKey(format: 'pkcs8' | 'raw' | 'spki', key: CryptoKey): Promise<ArrayBuffer>;
  wrapKey(format: string, key: CryptoKey, wrappingKey: CryptoKey, algorithm: AlgorithmParameters): Promise<ArrayBuffer>;
  unwrapKey(
    format: string,
    wrapped: BufferSource,
    unwrappingKey: CryptoKey,
    unwrapAlgorithm: AlgorithmParameters,
    keyAlgorithm: AlgorithmParameters,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKey>;
}
/** `getRandomValues` is left out on purpose: randomness is injected (src/domain/random.ts). */
declare const crypto: { readonly subtle: SubtleCrypto };

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: BufferSource): string;
}

declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    /** By so many pages of 64 KiB; views on the buffer before end. */
    grow(pages: number): number;
  }
  class Global {
    readonly value: unknown;
  }
  class Module {
    constructor(bytes: BufferSource);
  }
  class Instance {
    constructor(module: Module, imports?: object);
    readonly exports: Record<string, unknown>;
  }
  function validate(bytes: BufferSource): boolean;
  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(module: Module, imports?: object): Promise<Instance>;
}

declare function atob(base64: string): string;
declare function btoa(binary: string): string;
