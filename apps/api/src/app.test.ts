import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ExternalController } from './external/external.controller.js'
import { UsersController } from './admin/users.controller.js'
import { HostAccountsController } from './admin/host-accounts.controller.js'
import { HostsController } from './admin/hosts.controller.js'
import { FailureFilter } from './failures/failure.filter.js'
import { HealthController } from './health.controller.js'
import { Gateway } from './testing/gateway.js'

describe('the gateway', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await Gateway.start()
  })
  afterAll(() => gateway.close())

  async function page(path: string): Promise<{ code: number; headers: Headers; text: string }> {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`)
    return { code: response.status, headers: response.headers, text: await response.text() }
  }

  it('compiles: every controller gets what it asks for', () => {
    const parts = [
      ExternalController,
      UsersController,
      HostAccountsController,
      HostsController,
      HealthController,
      FailureFilter,
    ]
    for (const part of parts) {
      const made = gateway.app.get<object>(part)
      expect(made).toBeInstanceOf(part)
      expect(Object.values(made)).not.toContain(undefined)
    }
  })

  it('GET / is a page for people: no script, nothing from elsewhere, and its links lead somewhere', async () => {
    const { code, headers, text } = await page('/')
    expect([code, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|script-src|https?:/)
    expect(text).not.toMatch(/<script|\son\w+=|style=|https?:/)
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? ''
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, link]) => link ?? '')
    expect(links).toContain('/api/external/v1/docs')
    for (const link of links) expect([link, (await page(link)).code]).toEqual([link, 200])
    expect(text.length).toBeLessThan(4_000)
  })

  it('has an icon where browsers look for one', async () => {
    const { code, headers, text } = await page('/favicon.ico')
    expect([code, headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(text).toMatch(/^<svg [^]*<\/svg>\s*$/)
  })

  it('POST / is told which methods there are, in the envelope', async () => {
    const answer = await gateway.send('POST', '/', {}, {})
    expect([answer.code, answer.body]).toEqual([
      405,
      expect.objectContaining({ success: false, status: 900 }),
    ])
    expect(answer.headers.get('allow')).toContain('GET')
  })

  it('GET /health answers without a key', async () => {
    const answer = await gateway.send('GET', '/health')
    expect([answer.code, answer.body]).toEqual([200, { success: true, data: { status: 'ok', store: 'ok' } }])
  })
})
