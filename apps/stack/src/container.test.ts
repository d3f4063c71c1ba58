import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { composeServices, fillIn, settingsOf } from './testing/compose.js'
import { buildImage, imageEnvironment, repository } from './testing/image.js'

const has = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
const canIsolate =
  has('unshare', '--mount', '--net', '--pid', '--fork', 'true') &&
  has('ip', '-V') &&
  has('redis-server', '-v')

/** The whole journey takes half a minute. */
const HANGS_AFTER_MS = 300_000

/** PATH is that of the base image. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const DATABASE_PASSWORDS = ['POSTGRES', 'API_DATABASE', 'FETCHER_DATABASE', 'PROXY_DATABASE'].map(
  (name) => `${name}_PASSWORD`,
)

/** `.env` as the head of compose.yml says, a private network allowed for the stand-in, and an account of no name. */
const ENV = {
  ...Object.fromEntries(
    ['SECRETS_KEY', 'ADMIN_TOKEN', 'REDIS_PASSWORD', ...DATABASE_PASSWORDS].map((name) => [
      name,
      randomBytes(32).toString('hex'),
    ]),
  ),
  FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
  PUID: '12345',
  PGID: '23456',
} as Record<string, string>

interface Result {
  error?: string
  migrate?: number
  copy?: string
  owner?: string
  exits?: (number | null)[]
  logs: Record<string, string>
}

;(canIsolate ? describe : describe.skip)(
  'the services of compose (needs root, iproute2 and redis-server)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'obb-containers-'))
    const image = join(directory, 'image')

    beforeAll(() => buildImage(image))
    afterAll(() => rmSync(directory, { recursive: true, force: true }))

    function run(files: readonly string[], env: Record<string, string>, s3?: { port: number }) {
      const work = mkdtempSync(join(directory, 'run-'))
      const content = randomBytes(3 * 2 ** 20)
      const services = Object.fromEntries(
        ['api', 'proxy', 'fetcher', 'migrate'].map((name) => {
          const { command, user = '', healthcheck } = composeServices(files)[name] ?? {}
          const environment = settingsOf(files, name, env)
          return [
            name,
            { command, user: fillIn(user, env), environment, healthcheck: healthcheck?.test.slice(1) },
          ]
        }),
      )
      const redis = composeServices(files)['redis']
      const plan = {
        ...{ image, work, repository, services, s3, imageEnvironment: { PATH, ...imageEnvironment() } },
        postgresPassword: env['POSTGRES_PASSWORD'],
        names: Object.keys(composeServices(files)),
        // `$$` is how Compose writes a dollar.
        redis: {
          command: redis?.command?.map((word) => word.replaceAll('$$', '$')),
          environment: settingsOf(files, 'redis', env),
        },
        content: content.toString('base64'),
      }
      writeFileSync(join(work, 'plan.json'), JSON.stringify(plan))
      const driver = fileURLToPath(new URL('./testing/containers.mjs', import.meta.url))
      const isolation = ['--mount', '--net', '--pid', '--fork', '--kill-child']
      const { status, stderr } = spawnSync(
        'unshare',
        [...isolation, process.execPath, driver, join(work, 'plan.json')],
        { encoding: 'utf8', timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL' },
      )
      if (status !== 0) throw new Error(`${status} ${stderr}`)
      return { result: JSON.parse(readFileSync(join(work, 'result.json'), 'utf8')) as Result, content }
    }

    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

    function expectJourney({ result, content }: ReturnType<typeof run>) {
      if (result.error !== undefined)
        throw new Error(`${result.error}\n${Object.values(result.logs).join('\n')}`)
      expect(result.migrate).toBe(0)
      expect(sha256(Buffer.from(result.copy ?? '', 'base64'))).toBe(sha256(content))
      expect(result.owner).toBe('12345')
      expect(result.exits).toEqual([0, 0, 0])
      const lines = Object.values(result.logs).flatMap((log) => log.split('\n').filter((line) => line !== ''))
      // Nothing but log lines: no warning of a library greets anybody.
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([])
    }

    it('start, and serve a link to a file from the volume, as any account, on a read-only system', () => {
      expectJourney(run(['compose.yml'], ENV))
    })

    it('start with the S3 server of compose.s3.yml, and serve from there', () => {
      const s3 = { S3_ACCESS_KEY_ID: 'OBBTESTACCESSKEY', S3_SECRET_ACCESS_KEY: 'obb-test-secret-access-key' }
      expectJourney(run(['compose.yml', 'compose.s3.yml'], { ...ENV, ...s3 }, { port: 8333 }))
    })
  },
)

describe('docker-compose config', () => {
  const canCompose = has('docker-compose', '--version')
  ;(canCompose ? it : it.skip)('takes both files (needs docker-compose)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'obb-compose-'))
    try {
      // The old docker-compose of Debian does not know the name of a project yet.
      const compose = readFileSync(join(repository, 'compose.yml'), 'utf8').replace(/^name: .*$/m, '')
      writeFileSync(join(directory, 'compose.yml'), compose)
      copyFileSync(join(repository, 'compose.s3.yml'), join(directory, 'compose.s3.yml'))
      const env = { ...ENV, S3_SECRET_ACCESS_KEY: 'x', PATH: process.env['PATH'] }
      for (const files of [['compose.yml'], ['compose.yml', 'compose.s3.yml']]) {
        const args = [...files.flatMap((file) => ['-f', file]), 'config', '--quiet']
        const { status, stderr } = spawnSync('docker-compose', args, {
          cwd: directory,
          env,
          encoding: 'utf8',
        })
        expect([status, stderr]).toEqual([0, ''])
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
