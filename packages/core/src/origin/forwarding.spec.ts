import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { Forwarding } from './forwarding.js'

function from(peer: string, headers: Record<string, string>): IncomingMessage {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const request = new IncomingMessage(socket)
  Object.assign(request.headers, headers)
  return request
}

describe('a reverse proxy that is not believed', () => {
  const forwarding = new Forwarding(['10.0.0.0/8'])

  it.each([
    ['172.18.0.1', { 'x-forwarded-proto': 'https' }, '172.18.0.1'],
    ['::ffff:172.18.0.1', { forwarded: 'for=192.0.2.1' }, '172.18.0.1'],
    ['10.0.0.1', { 'x-forwarded-host': 'obb.example.org' }, undefined],
    ['172.18.0.1', {}, undefined],
  ])('is told by its address: %s %j', (peer, headers, address) => {
    expect(forwarding.unbelieved(from(peer, headers as Record<string, string>))).toBe(address)
  })
})

describe('the address of a client', () => {
  const forwarding = new Forwarding(['10.0.0.0/8', '2001:db8::/32', '192.0.2.1'])
  const told = (peer: string, headers: Record<string, string>) =>
    forwarding.read(from(peer, headers))?.address

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8::9'])('is believed of %s', (peer) => {
    expect(told(peer, { 'x-forwarded-for': '203.0.113.5' })).toBe('203.0.113.5')
  })

  it.each(['11.0.0.1', '192.0.2.2', '::1', ''])('is not believed of %j', (peer) => {
    expect(told(peer, { 'x-forwarded-for': '203.0.113.5' })).toBeUndefined()
  })

  it('is the last one that no trusted proxy vouches for, not what a client makes up', () => {
    expect(told('10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 203.0.113.5, 10.0.0.7' })).toBe('203.0.113.5')
  })

  it.each([
    ['for="[2001:db9::1]:4711"', '2001:db9::1'],
    ['for="203.0.113.5:80"', '203.0.113.5'],
    ['for=unknown', undefined],
    ['for=_hidden', undefined],
    ['for="1.2.3.4.5"', undefined],
    ['for', undefined],
  ])('in %s is %s', (field, address) => {
    expect(told('10.0.0.1', { forwarded: field })).toBe(address)
  })
})
