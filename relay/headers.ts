/**
 * The scripts within index.html, by the hashes of their bytes: the only ones that are not files. The first looks at what
 * a start would wait for, while the files are on their way; the second draws the unlock screen.
 */
export const PAGE_SCRIPTS = [
  "'sha256-rmQIYXeb4QWKQMzCmqft52h0W+B11DvtPTogBPY/WKc='",
  "'sha256-IvEppp3oygW/fFfePerV6PdcpHKNox+uRrQ4RwbCBVQ='",
] as const;

/** On every answer (docs/THREAT-MODEL.md): no string reaches an HTML sink, nothing is fetched from elsewhere. */
const contentSecurityPolicy = (styleSource: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${PAGE_SCRIPTS.join(' ')}`,
    `style-src ${styleSource}`,
    "img-src 'self' blob: data:",
    'media-src blob:',
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue app',
  ].join('; ');

/** Everything that the app does not use, as far as Chromium knows its name: it complains of each other at every load. */
const PERMISSIONS_POLICY = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

export type HeaderOptions = {
  readonly tls: boolean;
  /** For the development server, which brings styles in elements of its own. */
  readonly styleSource?: string;
};

/** Workers and the service worker get the same: their scripts are documents of their own to the browser. */
export const securityHeaders = ({ tls, styleSource = "'self'" }: HeaderOptions): Readonly<Record<string, string>> => ({
  'content-security-policy': contentSecurityPolicy(styleSource),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  // Over plain HTTP browsers ignore it, and a relay on a home network must stay reachable.
  ...(tls && { 'strict-transport-security': 'max-age=63072000' }),
});
