import { Injectable } from '@nestjs/common'
import { StatusPage } from '@obb/core/status-page'
import { type Audited, AuditSubject } from '../audit/audit-subject.js'

@Injectable()
export class StatusPageSubject extends AuditSubject {
  constructor(private readonly page: StatusPage) {
    super()
  }

  async read(): Promise<Audited> {
    const { published, announcement, maintenance } = await this.page.read()
    const { note = null, until = null, endsByItself = false } = maintenance ?? {}
    return {
      target: 'status page',
      state: {
        ...{ published, announcement, maintenance: maintenance !== null },
        ...{ maintenanceNote: note, maintenanceUntil: until?.toISOString() ?? null, endsByItself },
      },
    }
  }
}
