import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { end, freePort, hasEnded, spawnGuarded } from '../guarded/index.js'

/*
 * A throwaway Ceph: one monitor, one OSD on a file, and radosgw, which is the S3. No authentication inside, no
 * replication, nothing outside its directory, loopback only. About ten seconds to start.
 */

const PROGRAMS = ['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin']
/** DISK is the size of the OSD's file, which is sparse, bytes. */
const DISK = 8 * 1024 ** 3
const START_MS = 120_000
const STEP_MS = 60_000
const run = promisify(execFile)

export interface Ceph {
  endpoint: string
  accessKeyId: string
  secretAccessKey: string
  /** kill -9 of radosgw. */
  crash(): Promise<void>
  /** radosgw again, at the same address. */
  restart(): Promise<void>
  /** Most bytes in a bucket; undefined takes the limit away. */
  setQuota(bytes: number | undefined): Promise<void>
  /** Ends all and removes everything. */
  stop(): Promise<void>
}

/** The programs that are missing; undefined if none is. */
export function cephMissing(): string | undefined {
  const missing = PROGRAMS.filter((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error)
  return missing.length === 0
    ? undefined
    : `not installed: ${missing.join(', ')} (Debian: radosgw ceph-mon ceph-osd)`
}

class Cluster {
  private readonly children: ChildProcess[] = []
  gateway: ChildProcess | undefined

  constructor(
    private readonly directory: string,
    private readonly monitorPort: number,
    readonly port: number,
  ) {}

  async start(): Promise<void> {
    const { directory } = this
    const fsid = randomUUID()
    for (const name of ['mon', 'osd', 'run']) await mkdir(join(directory, name))
    await writeFile(
      this.config,
      configOf({ directory, fsid, monitorPort: this.monitorPort, port: this.port }),
    )
    const map = join(directory, 'monmap')
    const address = `[v2:127.0.0.1:${this.monitorPort}]`
    await this.tool('monmaptool', '--create', '--addv', 'a', address, '--fsid', fsid, map)
    await this.tool('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map)
    this.daemon('ceph-mon', '-i', 'a')
    await this.tool('ceph', '--connect-timeout', '30', 'osd', 'pool', 'ls')
    const osd = randomUUID()
    await this.tool('ceph', 'osd', 'new', osd)
    await this.tool('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd)
    this.daemon('ceph-osd', '-i', '0')
    await this.openGateway()
  }

  async openGateway(): Promise<void> {
    this.gateway = this.daemon('radosgw', '-n', 'client.rgw')
    const until = Date.now() + START_MS
    while (!(await isListening(this.port))) {
      if (Date.now() > until || hasEnded(this.gateway)) throw await this.failure()
      await sleep(100)
    }
  }

  tool(program: string, ...args: string[]): Promise<{ stdout: string }> {
    return run(program, [...args, '-c', this.config], { timeout: STEP_MS, env: this.env })
  }

  async stop(): Promise<void> {
    for (const child of [...this.children].reverse()) await end(child, 'SIGKILL')
    await rm(this.directory, { recursive: true, force: true })
  }

  private get config(): string {
    return join(this.directory, 'ceph.conf')
  }

  private get env(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: this.config }
  }

  private daemon(program: string, ...args: string[]): ChildProcess {
    const command = [program, '-f', ...args, '-c', this.config] as const
    const child = spawnGuarded(this.directory, command, { env: this.env })
    this.children.push(child)
    return child
  }

  private async failure(): Promise<Error> {
    const log = await readFile(join(this.directory, 'client.rgw.log'), 'utf8').catch(() => '')
    return new Error(`radosgw did not start:\n${log.slice(-2_000)}`)
  }
}

/** Raises where the programs are missing, or what they say. */
export async function startCeph(): Promise<Ceph> {
  const missing = cephMissing()
  if (missing !== undefined) throw new Error(`Ceph is ${missing}`)
  const directory = await mkdtemp(join(tmpdir(), 'obb-ceph-'))
  const cluster = new Cluster(directory, await freePort(), await freePort())
  const keys = { accessKeyId: 'OBBTESTACCESSKEY', secretAccessKey: 'obb-test-secret-access-key' }
  const admin = (...args: string[]) => cluster.tool('radosgw-admin', '-n', 'client.rgw', ...args)
  try {
    await cluster.start()
    const secrets = ['--access-key', keys.accessKeyId, '--secret-key', keys.secretAccessKey]
    await admin('user', 'create', '--uid', 'obb', '--display-name', 'obb', ...secrets)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  return {
    endpoint: `http://127.0.0.1:${cluster.port}`,
    ...keys,
    crash: () => end(cluster.gateway!, 'SIGKILL'),
    restart: () => cluster.openGateway(),
    setQuota: async (bytes) => {
      const scope = ['--quota-scope', 'bucket', '--uid', 'obb']
      if (bytes === undefined) await admin('quota', 'disable', ...scope)
      else {
        await admin('quota', 'set', ...scope, '--max-size', `${bytes}B`)
        await admin('quota', 'enable', ...scope)
      }
    },
    stop: () => cluster.stop(),
  }
}

async function isListening(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    ({ ok }) => ok,
    () => false,
  )
}

function configOf(of: { directory: string; fsid: string; monitorPort: number; port: number }): string {
  const { directory, fsid, monitorPort, port } = of
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort}]
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = ${directory}/run
admin socket = ${directory}/run/$name.$pid.asok
log file = ${directory}/$name.log
pid file = ${directory}/run/$name.pid
mon data = ${directory}/mon
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd data = ${directory}/osd
osd objectstore = bluestore
osd memory target = 939524096
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
bluestore block create = true
bluestore block size = ${DISK}
[client.rgw]
# Without keys there is no secure mode, which radosgw would ask for.
ms mon client mode = crc
ms client mode = crc
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw enable usage log = false
# Quotas and what is used of them are looked up anew each time.
rgw cache enabled = false
rgw bucket quota ttl = 0
`
}
