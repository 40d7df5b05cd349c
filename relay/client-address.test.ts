import { describe, expect, it } from 'vitest';
import { clientAddressOf } from './client-address.ts';
import { toAddressKey } from './limits.ts';

const asked = (forwarded?: string): Parameters<typeof clientAddressOf>[0] =>
  ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: '10.1.1.1' },
  }) as Parameters<typeof clientAddressOf>[0];

describe('the address of a client', () => {
  it.each<[string, string | undefined, string]>([
    ['what the proxy saw', '8.8.8.8', '8.8.8.8'],
    ['not what the client wrote before it', '1.2.3.4, 5.6.7.8, 8.8.8.8', '8.8.8.8'],
    ['the proxy itself, if it says nothing', undefined, '10.1.1.1'],
    ['the proxy itself, if it says what is no address', '8.8.8.8, unknown', '10.1.1.1'],
    ['the proxy itself, if it says an empty one', '8.8.8.8,', '10.1.1.1'],
    ['an IPv6 one', '1.2.3.4, 2001:db8::1', '2001:db8::1'],
  ])('behind a proxy is %s', (_, forwarded, address) => {
    expect(clientAddressOf(asked(forwarded), { trustProxy: true })).toBe(address);
  });

  it('without a proxy is that of the connection, whatever the client writes', () => {
    expect(clientAddressOf(asked('8.8.8.8'), { trustProxy: false })).toBe('10.1.1.1');
  });
});

it('counts a whole IPv6 /64 as one, also where its zeros are left out', () => {
  const keys = ['2001:db8::1', '2001:db8::2:3:4:5', '2001:db8:0:0:6:7:8:9'].map(toAddressKey);
  expect(new Set(keys).size).toBe(1);
  expect(toAddressKey('2001:db8:0:1::1')).not.toBe(keys[0]);
  expect(toAddressKey('::ffff:192.0.2.1')).not.toBe(toAddressKey('::ffff:192.0.2.2'));
});
