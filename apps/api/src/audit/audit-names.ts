import { Injectable } from '@nestjs/common'
import type { AuditEntry } from '@obb/core/audit'
import { DataSource } from 'typeorm'

type About = Pick<AuditEntry, 'target' | 'changes'>

/** What people call a thing, of its fields; the first that is there. */
const NAMING = ['label', 'name', 'value', 'email', 'platform']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * What the targets of entries are called that are ids: as they are called now, else as the entry itself tells it, of
 * what is gone.
 */
@Injectable()
export class AuditNames {
  constructor(private readonly database: DataSource) {}

  async of(entries: readonly About[]): Promise<(entry: About) => string | null> {
    const ids = [...new Set(entries.flatMap(({ target }) => (target && UUID.test(target) ? [target] : [])))]
    const rows = ids.length === 0 ? [] : await this.read(ids)
    const names = new Map(rows.map(({ id, name }) => [id, name]))
    return ({ target, changes }) => {
      if (target === null || !UUID.test(target)) return null
      return names.get(target) ?? toldBy(changes)
    }
  }

  private read(ids: string[]): Promise<{ id: string; name: string | null }[]> {
    return this.database.query(
      `SELECT id, platform || ' · ' || label AS name FROM host_account WHERE id = ANY ($1::uuid[])
        UNION ALL SELECT id, coalesce(name, platform || ' ' || host_file_id) FROM source_file WHERE id = ANY ($1::uuid[])
        UNION ALL SELECT id, value FROM block WHERE id = ANY ($1::uuid[])
        UNION ALL SELECT id, email FROM invitation WHERE id = ANY ($1::uuid[])`,
      [ids],
    )
  }
}

function toldBy(changes: AuditEntry['changes']): string | null {
  const told = NAMING.flatMap((field) => changes?.[field] ?? []).find((value) => typeof value === 'string')
  return typeof told === 'string' ? told : null
}
