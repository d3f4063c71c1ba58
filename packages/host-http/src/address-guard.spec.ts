import { describe, expect, it } from '@jest/globals'
import { networkInterfaces } from 'node:os'
import { AddressGuard, systemAddresses } from './address-guard.js'
import type { ResolvedAddress } from './address-guard.js'

const PUBLIC = ['93.184.216.34', '1.1.1.1', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101']
const REFUSED = [
  '0.0.0.0',
  '0.1.2.3',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::7f00:1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  '4000::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'not an address',
  '',
]

const names: Record<string, ResolvedAddress[]> = {
  'good.test': [
    { address: '1.1.1.1', family: 4 },
    { address: '2606:4700::1111', family: 6 },
  ],
  'mixed.test': [
    { address: '1.1.1.1', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ],
  'none.test': [],
}
const resolver = (hostname: string) => Promise.resolve(names[hostname] ?? [])
const guard = new AddressGuard({ resolver })

describe('AddressGuard', () => {
  it.each(PUBLIC)('lets %s through', (address) => {
    expect(guard.allows(address)).toBe(true)
  })

  it.each(REFUSED)('refuses %j', (address) => {
    expect(guard.allows(address)).toBe(false)
  })

  it.each([
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://127.0.0.1./',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data',
    'ftp://1.1.1.1/',
  ])('refuses %s before any connection', (url) => {
    expect(() => guard.checkUrl(new URL(url), false)).toThrow(expect.objectContaining({ kind: 'BAD_URL' }))
  })

  it.each(['2130706433', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '[::1]', 'localhost'])(
    'refuses the host %s where it is connected to',
    async (hostname) => {
      const found = guard.addresses({ hostname, port: 80, userUrl: false })
      await expect(found).rejects.toMatchObject({ kind: 'BAD_URL' })
    },
  )

  it('returns every address of a name, and refuses a name with one bad address', async () => {
    const ask = (hostname: string) => guard.addresses({ hostname, port: 443, userUrl: true })
    expect(await ask('good.test')).toEqual(names['good.test'])
    expect(await ask('GOOD.test.')).toEqual(names['good.test'])
    await expect(ask('mixed.test')).rejects.toMatchObject({ kind: 'BAD_URL' })
    await expect(ask('none.test')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('opens only web ports to links of users', async () => {
    const ask = (port: number, userUrl: boolean) => guard.addresses({ hostname: 'good.test', port, userUrl })
    for (const port of [80, 443, 8080, 8443]) expect(await ask(port, true)).toHaveLength(2)
    for (const port of [22, 25, 6379, 8081]) {
      await expect(ask(port, true)).rejects.toMatchObject({ kind: 'BAD_URL' })
      expect(await ask(port, false)).toHaveLength(2)
    }
  })

  it('lets listed networks through on any port, in IPv4-mapped form too', async () => {
    const open = new AddressGuard({ allowNetworks: ['127.0.0.0/8', ' 10.0.0.1', 'fd00::/8'], resolver })
    expect(['127.9.9.9', '::ffff:127.0.0.1', '10.0.0.1', 'fd00::1'].map((one) => open.allows(one))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['10.0.0.2', 'fc00::1', '192.168.0.1'].map((one) => open.allows(one))).toEqual([
      false,
      false,
      false,
    ])
    expect(await open.addresses({ hostname: 'mixed.test', port: 443, userUrl: true })).toHaveLength(2)
    expect(await open.addresses({ hostname: 'localhost', port: 9999, userUrl: true })).toHaveLength(1)
  })

  it('opens no public address of this machine to links of users, in any spelling, unless it is listed', async () => {
    const own = ['1.1.1.1', '2606:4700::1111', 'fe80::1%eth0']
    const ask = (hostname: string, userUrl: boolean, allowNetworks: string[] = []) =>
      new AddressGuard({ resolver, allowNetworks, ownAddresses: () => own }).addresses({
        hostname,
        port: 443,
        userUrl,
      })
    for (const hostname of ['good.test', '1.1.1.1', '16843009', '::ffff:1.1.1.1', '2606:4700:0::1111']) {
      await expect(ask(hostname, true)).rejects.toMatchObject({ kind: 'BAD_URL' })
      expect(await ask(hostname, false)).not.toEqual([])
    }
    expect(await ask('8.8.8.8', true)).toHaveLength(1)
    expect(await ask('1.1.1.1', true, ['1.1.1.1'])).toHaveLength(1)
  })

  it('asks the system which addresses are its own', () => {
    const [one] = Object.values(networkInterfaces()).flat()
    expect(systemAddresses()).toContain(one?.address)
  })

  it('names an entry of allowNetworks that is no network', () => {
    expect(() => new AddressGuard({ allowNetworks: ['10.0.0.0/33'] })).toThrow('10.0.0.0/33')
  })
})
