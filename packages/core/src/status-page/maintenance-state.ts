import type { StatusPageRow } from './status-page.table.js'

export type MaintenanceRow = Pick<
  StatusPageRow,
  'maintenanceSince' | 'maintenanceUntil' | 'maintenanceEnds' | 'maintenanceNote'
>
export const MAINTENANCE_COLUMNS = `maintenance_since AS "maintenanceSince", maintenance_until AS "maintenanceUntil",
  maintenance_ends AS "maintenanceEnds", maintenance_note AS "maintenanceNote"`

/** A maintenance that lasts. */
export interface MaintenanceNow {
  since: Date
  /** When it is expected to be over. */
  until: Date | null
  endsByItself: boolean
  note: StatusPageRow['maintenanceNote']
}

/** null: there is none, or none any more. */
export function maintenanceOf(row: MaintenanceRow, now: number): MaintenanceNow | null {
  const { maintenanceSince: since, maintenanceUntil: until, maintenanceEnds: endsByItself } = row
  if (since === null || (endsByItself && until !== null && until.getTime() <= now)) return null
  return { since, until, endsByItself, note: row.maintenanceNote }
}
