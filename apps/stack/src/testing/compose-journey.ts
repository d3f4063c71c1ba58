import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { composeServices, fillIn, settingsOf } from './compose.js'
import { buildImage, imageEnvironment, repository } from './image.js'

const has = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** Whether services can run in namespaces here: needs root, iproute2 and redis-server. */
export const canIsolate =
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
export const ENV = {
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

/** What came of the journey of containers.mjs. */
export interface Journey {
  error?: string
  migrate?: number
  /** Of the file that was downloaded, base64. */
  copy?: string
  owner?: string
  exits?: (number | null)[]
  logs: Record<string, string>
  /** Where the service `backup` ran too. */
  backup?: BackupJourney
}

interface BackupJourney {
  /** What lay in the directory of backups when it was made. */
  names: string[]
  /** The modes of the newest one and its owner, as `stat -c '%a %u'` tells. */
  file: string
  /** Balances in bytes: when it was made, before it was restored, after. */
  made: number
  changed: number
  restored: number
  /** Of the file that was downloaded afterwards by the link of before, base64. */
  copy: string
}

export interface JourneyPlan {
  files: readonly string[]
  env: Record<string, string>
  s3?: { port: number }
  /** Has the service `backup` run, and what it made restored: names that lie in its directory before. */
  backups?: readonly string[]
}

/** The image of the Dockerfile, and what runs in it. */
export class Containers {
  private readonly directory = mkdtempSync(join(tmpdir(), 'obb-containers-'))
  private readonly image = join(this.directory, 'image')

  build(): void {
    buildImage(this.image)
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }

  /** The services of compose files as they start, and a file that is fetched and downloaded through them. */
  run({ files, env, s3, backups }: JourneyPlan): { result: Journey; content: Buffer } {
    const work = mkdtempSync(join(this.directory, 'run-'))
    const content = randomBytes(3 * 2 ** 20)
    const all = composeServices(files)
    const services = Object.fromEntries(
      ['api', 'proxy', 'fetcher', 'migrate', 'backup'].map((name) => {
        const { command, user = '', healthcheck } = all[name] ?? {}
        const environment = settingsOf(files, name, env)
        return [
          name,
          { command, user: fillIn(user, env), environment, healthcheck: healthcheck?.test.slice(1) },
        ]
      }),
    )
    const plan = {
      ...{ image: this.image, work, repository, services, s3, backups },
      imageEnvironment: { PATH, ...imageEnvironment() },
      postgresPassword: env['POSTGRES_PASSWORD'],
      names: Object.keys(all),
      // `$$` is how Compose writes a dollar.
      redis: {
        command: all['redis']?.command?.map((word) => word.replaceAll('$$', '$')),
        environment: settingsOf(files, 'redis', env),
      },
      content: content.toString('base64'),
    }
    writeFileSync(join(work, 'plan.json'), JSON.stringify(plan))
    const driver = fileURLToPath(new URL('./containers.mjs', import.meta.url))
    const isolation = ['--mount', '--net', '--pid', '--fork', '--kill-child']
    const { status, stderr } = spawnSync(
      'unshare',
      [...isolation, process.execPath, driver, join(work, 'plan.json')],
      { encoding: 'utf8', timeout: HANGS_AFTER_MS, killSignal: 'SIGKILL' },
    )
    if (status !== 0) throw new Error(`${status} ${stderr}`)
    return { result: JSON.parse(readFileSync(join(work, 'result.json'), 'utf8')) as Journey, content }
  }
}
