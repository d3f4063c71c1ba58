import { release } from 'node:os'
import { Inject, Injectable } from '@nestjs/common'
import { type Finding, type ReadinessView, type SupportBundle, scrubbed } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { CONFIG, type Config, secretsOf, shownSettings } from '../config/index.js'
import { isDatabaseAway, migrationNames } from '../database/index.js'
import { isUnendedSql } from '../links/liveness.js'
import { Fetchers } from '../queue/index.js'

/** What the gateway knows of how it is. */
export interface SupportSeen {
  version: string
  readiness: ReadinessView
  findings: readonly Finding[] | null
}

type Rows = { name: string; count: number }[]

/** What an operator may send to a stranger who helps: how the installation is, and neither secrets nor names. */
@Injectable()
export class Support {
  constructor(
    private readonly database: DataSource,
    private readonly fetchers: Fetchers,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Partial<Config>,
  ) {}

  async bundle({ version, readiness, findings }: SupportSeen): Promise<SupportBundle> {
    const [known, postgres, counts, migrations] = await Promise.all([
      this.whileThere(() => this.names()),
      this.whileThere(() => this.postgres()),
      this.whileThere(() => this.counts()),
      this.whileThere(() => this.migrations()),
    ])
    const clean = (text: string) => scrubbed(text, [...secretsOf(this.config), ...(known ?? [])])
    const system = `${process.platform} ${process.arch} ${release()}`
    return {
      format: 'obb support 1',
      madeAt: dateOf(this.clock).toISOString(),
      versions: { obb: version, node: process.version, system, ...(postgres && { postgres }) },
      settings: shownSettings('stranger', this.config),
      readiness: {
        ready: readiness.ready,
        checks: readiness.checks.map(({ detail, ...check }) => ({
          ...check,
          ...(detail !== undefined && { detail: clean(detail) }),
        })),
      },
      findings: findings?.map((finding) => shownFinding(finding, clean)) ?? null,
      ...{ counts, migrations, log: null },
    }
  }

  /** What people call themselves and their accounts, which hosts like to repeat. */
  private async names(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }[]>(
      'SELECT label AS name FROM host_account UNION SELECT email FROM account LIMIT 10000',
    )
    return rows.map(({ name }) => name)
  }

  private async postgres(): Promise<string> {
    const [{ version }] = await this.database.query<[{ version: string }]>(
      `SELECT current_setting('server_version') AS version`,
    )
    return version
  }

  /** Links that have ended, and files that nobody fetches, are left out: to count them, all would be read. */
  private async counts(): Promise<SupportBundle['counts']> {
    const now = dateOf(this.clock)
    const [links, fetches, users, hostAccounts, { count: fetchers }] = await Promise.all([
      this.grouped(
        `SELECT f.state AS name, count(*)::int AS count FROM link JOIN source_file f ON f.id = link.file_id
          WHERE link.unfinished AND ${isUnendedSql('link')} GROUP BY 1`,
      ),
      this.grouped(
        `SELECT state AS name, count(*)::int AS count FROM source_file
          WHERE state = 'downloading' OR (state = 'pending' AND next_attempt_at IS NOT NULL) GROUP BY 1`,
      ),
      this.grouped('SELECT state AS name, count(*)::int AS count FROM account GROUP BY 1'),
      this.grouped(
        `SELECT platform || CASE WHEN NOT enabled THEN ' off' WHEN NOT premium OR valid_until <= $1 THEN ' ended'
                                 WHEN cool_until > $1 THEN ' rests' ELSE ' on' END AS name, count(*)::int AS count
           FROM host_account WHERE trial_until IS NULL GROUP BY 1`,
        [now],
      ),
      this.fetchers.alive(),
    ])
    return { links, fetches, users, hostAccounts, fetchers }
  }

  private async grouped(sql: string, values: unknown[] = []): Promise<Record<string, number>> {
    const rows = await this.database.query<Rows>(sql, values)
    return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
  }

  private async migrations(): Promise<SupportBundle['migrations']> {
    const rows = await this.database.query<{ name: string }[]>('SELECT name FROM migrations')
    const applied = rows.map(({ name }) => name).sort()
    return { applied, missing: migrationNames().filter((name) => !applied.includes(name)) }
  }

  /** Null while the database is away. */
  private async whileThere<T>(look: () => Promise<T>): Promise<T | null> {
    try {
      return await look()
    } catch (error) {
      if (isDatabaseAway(error)) return null
      throw error
    }
  }
}

type ShownFinding = NonNullable<SupportBundle['findings']>[number]

/** Accounts and people are not named: the kind says what is wrong with one. */
function shownFinding(finding: Finding, clean: (text: string) => string): ShownFinding {
  const { status, kind } = finding
  const words = 'words' in finding && finding.words !== null ? clean(finding.words) : null
  return { status, kind, about: aboutOf(finding), words }
}

function aboutOf(finding: Finding): string | null {
  switch (finding.kind) {
    case 'check':
      return finding.check
    case 'store':
      return finding.state
    case 'account':
      return finding.trouble.kind
    case 'store_filling':
      return finding.at
    case 'backup':
      return finding.trouble
    case 'host':
    case 'canary':
    case 'traffic':
      return finding.platform
    case 'secrets_unreadable':
    case 'secrets_older':
    case 'attempts':
      return String(finding.count)
    case 'mail':
    case 'no_account':
    case 'no_usable_account':
    case 'webhook':
      return null
  }
}
