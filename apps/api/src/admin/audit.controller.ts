import { Get, Query } from '@nestjs/common'
import { ApiOperation } from '@nestjs/swagger'
import { type AuditPage, type AuditQuery, auditPageSchema, auditQuerySchema } from '@obb/contracts'
import { AuditLog } from '@obb/core/audit'
import { AuditNames } from '../audit/audit-names.js'
import { AdminApi } from '../http/admin-api.js'
import { ApiAnswer } from '../http/api-answer.js'

/** Who changed what, and who was not let in. */
@AdminApi('audit')
export class AuditController {
  constructor(
    private readonly audit: AuditLog,
    private readonly names: AuditNames,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What operators changed and who was not let in, the newest first, in pages' })
  @ApiAnswer(auditPageSchema)
  async list(
    @Query({ schema: auditQuerySchema }) { who, what, since, after, limit }: AuditQuery,
  ): Promise<AuditPage> {
    const entries = await this.audit.entries({
      ...{ who, what, limit: limit + 1 },
      since: since === undefined ? undefined : new Date(since),
      before: after === undefined ? undefined : Number(after),
    })
    const shown = entries.slice(0, limit)
    const nameOf = await this.names.of(shown)
    const items = shown.map((entry) => ({
      ...entry,
      id: String(entry.id),
      at: entry.at.toISOString(),
      targetName: nameOf(entry),
    }))
    return { items, next: entries.length > limit ? (items.at(-1)?.id ?? null) : null }
  }
}
