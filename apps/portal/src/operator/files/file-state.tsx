import type { FileView } from '@obb/contracts'
import { m } from '../../shared/text.js'
import { StateBadge } from '../parts.js'
import type { FileState } from '../search.js'

const STATES: Record<FileState, [color: string, text: () => string]> = {
  downloading: ['lake', m.admin_file_downloading],
  pending: ['gray', m.admin_file_pending],
  done: ['green', m.admin_file_done],
  error: ['red', m.admin_file_error],
  idle: ['gray', m.admin_file_idle],
}

export function fileStateText(state: FileState): string {
  return STATES[state][1]()
}

export function FileStateBadge({ file: { state } }: { file: FileView }) {
  const [color, text] = STATES[state as FileState]
  return <StateBadge color={color}>{text()}</StateBadge>
}

export function fileName({ name, fileId }: FileView): string {
  return name ?? fileId
}
