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

  it('GET /health answers without a key', async () => {
    const answer = await gateway.send('GET', '/health')
    expect([answer.code, answer.body]).toEqual([200, { success: true, data: { status: 'ok' } }])
  })
})
