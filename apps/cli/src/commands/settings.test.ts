import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API, type SettingsView } from '@obb/contracts'
import { run } from '../main.js'
import { testIo } from '../testing/test-io.js'
import { ok, sendJson, TestServer } from '../testing/test-server.js'

const common = { default: null, hidden: false, partial: false, atStart: false } as const
const SETTINGS: SettingsView = {
  ofAll: false,
  settings: [
    {
      ...{ ...common, name: 'LINK_TTL', group: 'files', source: 'file', value: '3d', default: '7d' },
      processes: ['api'],
    },
    { ...common, name: 'LOG_LEVEL', group: 'runs', source: 'default', value: 'info', processes: ['api'] },
    {
      ...{ ...common, name: 'SECRETS_KEY', group: 'secrets', source: 'made', value: null, hidden: true },
      processes: ['api', 'fetcher'],
    },
    { ...common, name: 'FILE_TTL', group: 'files', source: 'elsewhere', value: null, processes: ['fetcher'] },
  ],
}

let home: string
let server: TestServer
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'obb-settings-'))
  server = await TestServer.start(({ path }, response) =>
    path === `${ADMIN_API}/settings` ? sendJson(response, 200, ok(SETTINGS)) : response.end(),
  )
})
afterAll(async () => {
  await server.close()
  await rm(home, { recursive: true })
})

async function obb(...args: string[]): Promise<{ code: number; out: string }> {
  const io = testIo(home, { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN: 'x'.repeat(40) })
  const code = await run(args, io)
  return { code, out: io.stdout.text }
}

describe('obb settings', () => {
  it('tells value, source and processes, of secrets that they are set, and what is not known', async () => {
    const { code, out } = await obb('settings')
    expect([code, out.trim().split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(/^SETTING +VALUE +FROM +DEFAULT +PROCESSES$/),
        expect.stringMatching(/^LINK_TTL +3d +\.env +7d +api$/),
        expect.stringMatching(/^LOG_LEVEL +info +default +- +api$/),
        expect.stringMatching(/^SECRETS_KEY +set +npm start +- +api, fetcher$/),
        expect.stringMatching(/^FILE_TTL +not known here +other processes +- +fetcher$/),
      ],
    ])
  })

  it('shows those alone that were changed', async () => {
    const { out } = await obb('--json', 'settings', '--changed')
    expect(JSON.parse(out)).toEqual({ ofAll: false, settings: [SETTINGS.settings[0]] })
  })
})
