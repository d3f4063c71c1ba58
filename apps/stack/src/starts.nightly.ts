import { afterEach, describe, expect, it } from '@jest/globals'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { admin, endAll, launch, launchReady, newHome, readyOf } from './testing/runs.js'

describe('the stack', () => {
  afterEach(endAll)

  it('shows the code by which the operator is made, until there is one', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const { api, setupCode: code = '', user: email } = readyOf(home)
    expect(first.output()).toContain(`${api}/setup makes the operator of the portal, with the code ${code}`)
    const made = await fetch(`${api}/api/portal/v1/set-up`, {
      method: 'POST',
      headers: { origin: api, 'content-type': 'application/json' },
      body: JSON.stringify({ code, email, password: 'a long enough one' }),
    })
    expect(await made.json()).toMatchObject({ success: true, data: { user: { email, role: 'operator' } } })
    first.process.kill('SIGTERM')
    await first.exit
    const second = await launchReady(home)
    expect(readyOf(home)).not.toHaveProperty('setupCode')
    expect(second.output()).not.toMatch(/setup/)
  }, 120_000)

  it('refuses a second instance on the same data, and leaves the first alone', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const second = launch(home)
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain(`OBB already runs on ${home} (process ${first.process.pid})`)
    expect(existsSync(join(home, 'ready.json'))).toBe(true)
    const elsewhere = await launchReady(newHome())
    expect(elsewhere.process.exitCode).toBeNull()
  }, 120_000)

  it('listens wherever HOST says, and tells addresses that work', async () => {
    const home = newHome()
    const own = Object.values(networkInterfaces()).flat()
    const outward = own.find((each) => each?.internal === false && each.family === 'IPv4')?.address
    const hosts = [
      '0.0.0.0',
      '::',
      '::1',
      'localhost',
      '127.0.0.2',
      ...(outward === undefined ? [] : [outward]),
    ]
    for (const HOST of hosts) {
      const run = await launchReady(home, { HOST })
      const { api, admin, proxy } = readyOf(home)
      expect([HOST, new URL(admin).hostname]).toEqual([HOST, '127.0.0.1'])
      for (const url of [api, admin, proxy])
        expect([HOST, (await fetch(`${url}/health`)).status]).toEqual([HOST, 200])
      const isLocal = ['::1', 'localhost', '127.0.0.2'].includes(HOST)
      expect([HOST, run.output().includes('for this machine only')]).toEqual([HOST, isLocal])
      run.process.kill('SIGTERM')
      await run.exit
    }
  }, 240_000)

  it('says so, with an empty key, when the key of the first user was rotated', async () => {
    const home = newHome()
    const first = await launchReady(home)
    const rotated = await admin(readyOf(home), '/keys/rotate', { email: 'user@obb.local' })
    expect(rotated.status).toBe(200)
    first.process.kill('SIGTERM')
    await first.exit
    const second = await launchReady(home)
    expect(readyOf(home).apiKey).toBe('')
    expect(second.output()).toContain('key rotate --email user@obb.local')
  }, 120_000)

  it('does not make up new secrets beside an old database', async () => {
    const home = newHome()
    const first = await launchReady(home)
    first.process.kill('SIGTERM')
    await first.exit
    rmSync(join(home, 'secrets.json'))
    const second = launch(home)
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain('secrets.json is gone')
    writeFileSync(join(home, 'secrets.json'), '{"secretsKey":')
    const third = launch(home)
    expect(await third.exit).toBe(1)
    expect(third.output()).toContain('secrets.json is damaged')
  }, 60_000)
})
