import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { reverseProxyFile } from './reverse-proxy.js'

it('shows the file of the documentation, which is tested with a real Caddy, without its comments', () => {
  const path = new URL('../../../../../docs/reverse-proxy/Caddyfile-one-name', import.meta.url)
  const lines = readFileSync(path, 'utf8').split('\n')
  const file = lines.filter((line) => line !== '' && !line.trim().startsWith('#')).join('\n')
  expect(reverseProxyFile('obb.example.org')).toBe(`${file}\n`)
})
