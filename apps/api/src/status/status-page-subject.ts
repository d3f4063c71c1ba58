import { Injectable } from '@nestjs/common'
import { StatusPage } from '@obb/core/status-page'
import { type Audited, AuditSubject } from '../audit/audit-subject.js'

@Injectable()
export class StatusPageSubject extends AuditSubject {
  constructor(private readonly page: StatusPage) {
    super()
  }

  async read(): Promise<Audited> {
    const { published, announcement } = await this.page.read()
    return { target: 'status page', state: { published, announcement } }
  }
}
