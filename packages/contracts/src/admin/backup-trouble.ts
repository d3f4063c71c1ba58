import type { DoctorView } from './doctor.js'

export type NightlyBackupView = NonNullable<DoctorView['nightlyBackup']>

/** `failed`: it is tried again. `old`: nobody makes them any more, since whoever does would have told. */
export type BackupTrouble = 'failed' | 'old'

/** The newest one is old then, ms: also for the health check of compose and the alert ObbBackupOld. */
export const BACKUP_OLD_MS = 30 * 3_600_000

/** backupTrouble is what is wrong with the nightly backups; undefined where they do well. `now`: epoch ms. */
export function backupTrouble(
  { since, madeAt, failure }: NightlyBackupView,
  now: number,
): BackupTrouble | undefined {
  if (failure !== null) return 'failed'
  // Whoever has just begun to make them, as after a night that the machine was off, has made none yet.
  const last = Math.max(Date.parse(since), madeAt === null ? 0 : Date.parse(madeAt))
  return last <= now - BACKUP_OLD_MS ? 'old' : undefined
}
