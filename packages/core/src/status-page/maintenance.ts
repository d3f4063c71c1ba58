import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { Statement } from '../statements/index.js'
import {
  MAINTENANCE_COLUMNS,
  type MaintenanceNow,
  type MaintenanceRow,
  maintenanceOf,
} from './maintenance-state.js'

const READ = new Statement<MaintenanceRow>(`SELECT ${MAINTENANCE_COLUMNS} FROM status_page`)

/** Whether operators take new links, as this process saw it when it looked last: asking costs nothing. */
@Injectable()
export class Maintenance {
  private row: MaintenanceRow | undefined

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** null: there is none. */
  get now(): MaintenanceNow | null {
    return this.row ? maintenanceOf(this.row, this.clock.now()) : null
  }

  /** Where it fails, what was seen before holds. */
  async look(): Promise<void> {
    const [row] = await READ.run(this.database, [])
    this.row = row
  }
}
