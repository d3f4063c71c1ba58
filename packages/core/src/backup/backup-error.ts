/** Why there is no backup, or nothing was restored; the message is for the operator and says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}
