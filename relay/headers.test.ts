import { expect, it } from 'vitest';
import { securityHeaders } from './headers.ts';

/** The answer of `document.featurePolicy.features()` in Chromium 156, without client hints. */
const KNOWN_TO_CHROMIUM = new Set(
  `accelerometer aria-notify autoplay browsing-topics camera captured-surface-control clipboard-read clipboard-write
  compute-pressure cross-origin-isolated deferred-fetch deferred-fetch-minimal digital-credentials-create
  digital-credentials-get display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid
  identity-credentials-get idle-detection interest-cohort keyboard-map language-detector language-model local-fonts
  local-network local-network-access loopback-network magnetometer media-playback-while-not-visible microphone midi
  on-device-speech-recognition otp-credentials payment picture-in-picture private-state-token-issuance
  private-state-token-redemption publickey-credentials-create publickey-credentials-get screen-wake-lock serial
  speaker-selection storage-access summarizer sync-xhr translator unload usb window-management
  xr-spatial-tracking`.split(/\s+/),
);

it('names no feature that Chromium would complain of', () => {
  const policy = securityHeaders({ tls: false })['permissions-policy'] ?? '';
  const named = policy.split(', ').map((item) => item.replace('=()', ''));
  expect(named).toContain('camera');
  expect(named.filter((feature) => !KNOWN_TO_CHROMIUM.has(feature))).toEqual([]);
});

it('differ in development by where styles may come from, and by nothing else', () => {
  const production = securityHeaders({ tls: false });
  const development = securityHeaders({ tls: false, styleSource: "'self' 'nonce-dev'" });
  const policy = (headers: typeof production): string => headers['content-security-policy'] ?? '';
  expect(policy(production)).toContain("style-src 'self';");
  expect(policy(development)).toBe(policy(production).replace("style-src 'self'", "style-src 'self' 'nonce-dev'"));
  expect(Object.keys(development)).toEqual(Object.keys(production));
});
