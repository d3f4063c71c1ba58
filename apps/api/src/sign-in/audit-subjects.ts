import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { type Audited, type AuditRequest, AuditSubject } from '../audit/audit-subject.js'
import { idOf } from '../audit/audit-subjects.js'

@Injectable()
export class InvitationSubject extends AuditSubject {
  constructor(private readonly database: DataSource) {
    super()
  }

  async read(request: AuditRequest): Promise<Audited> {
    const id = idOf(request)
    if (id === undefined) return { target: null, state: null }
    const [state = null] = await this.database.query<Record<string, unknown>[]>(
      `SELECT email, role, traffic, daily_per_host AS "dailyPerHost", to_json(expires_at) AS "expiresAt"
         FROM invitation WHERE id = $1`,
      [id],
    )
    return { target: id, state }
  }
}
